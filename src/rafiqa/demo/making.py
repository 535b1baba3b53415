"""Make a demo store: the city, its layers, its three years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rafiqa.demo import cast
from rafiqa.demo.cast import Login, make_logins
from rafiqa.demo.certificates import demo_keys, issue_papers
from rafiqa.demo.city import LEAST_BUILDINGS, make_city
from rafiqa.demo.clock import DemoClock, SeededEntropy
from rafiqa.demo.documents import documents
from rafiqa.demo.hazard import make_plan, plan_generator
from rafiqa.demo.history import History, on_grid
from rafiqa.demo.layers import register_layers
from rafiqa.demo.othersurvey import other_survey
from rafiqa.demo.papers import works_papers
from rafiqa.demo.people import people
from rafiqa.demo.rebuilding import rebuilding
from rafiqa.demo.structure import area_ids, structure_story
from rafiqa.demo.waiting import waiting
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import SiteOpened
from rafiqa.service import open_office, open_site
from rafiqa.service.place import place_of

ORIGIN = Spot.of(38.55, 34.9)
"""Where the invented city is put: open steppe, where no city is."""
MOST_BUILDINGS = 2_000_000


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo store holds, and how to sign in."""

    n_events: int
    n_areas: int
    n_projects: int
    n_buildings: int
    n_certificates: int
    logins: tuple[Login, ...]


def make_demo(
    store: str,
    *,
    n_buildings: int,
    seed: int,
    entropy: Callable[[int], bytes],
    progress: Callable[[str], None],
) -> Demo:
    """Returns what was made; the same seed and size give the same ledger, byte for byte.

    Args:
        store: path of the store to make; it must not be there yet.
        n_buildings: from ``LEAST_BUILDINGS`` on.
        seed: makes the city and its history.
        entropy: for the passwords alone, which differ with every demo.
        progress: is told what is being made.

    Raises:
        InvalidInput: too few or too many buildings, or a seed below 0.
        StoreError: the store exists.
    """
    faults = list(_order_faults(n_buildings, seed))
    if faults:
        raise InvalidInput(faults)
    clock, seeded = DemoClock(), SeededEntropy(seed)
    office = open_office(store, now_us=clock.now_us, entropy=seeded.draw, create=True)
    progress(f"building a city of {n_buildings} buildings")
    city = make_city(n_buildings, seed)
    opened = SiteOpened(f"{city.name.en} · {city.name.ar}", ORIGIN, cast.AUTHORITY)
    assert open_site(office, cast.FIRST, opened).done  # noqa: S101 - nothing can refuse it
    register_layers(office, city)
    plan = make_plan(city, plan_generator(seed))
    structures = structure_story(city, plan, on_grid)

    def place(x_m: float, y_m: float) -> Spot:
        return office.frame.mm_spot(x_m * 1_000, y_m * 1_000)

    others = (
        *other_survey(plan, on_grid),
        *works_papers(plan),
        *rebuilding(city, plan, place),
        *waiting(city, plan, on_grid, place),
        *people(city, plan, place),
        *documents(city),
    )
    History(office, clock, plan, structures, others).run(progress)
    progress("issuing certificates")
    papers = issue_papers(office, clock, demo_keys(place_of(store)))
    logins = make_logins(office, entropy)
    made = Demo(
        office.store.head().seq,
        len(plan.areas) + len(area_ids((*structures, *others))),
        len(plan.projects),
        len(city.buildings),
        len(papers),
        logins,
    )
    office.store.close()
    return made


def _order_faults(n_buildings: int, seed: int) -> Iterator[Fault]:
    if not LEAST_BUILDINGS <= n_buildings <= MOST_BUILDINGS:
        params: dict[str, str | int] = {"least": LEAST_BUILDINGS, "most": MOST_BUILDINGS}
        yield Fault("cli.demo.buildings", "--buildings", params=params)
    if seed < 0:
        yield Fault("cli.demo.seed", "--seed", params={"seed": seed})
