"""One fact among two thousand permits: who must stop, and the notices that are due."""

from __future__ import annotations

from collections.abc import Callable

from bench.table import Table
from bench.timing import each, milliseconds
from rafiqa.geo import Spot
from rafiqa.land import LandReopened, ReleaseTransferred, ResidentReported
from rafiqa.recovery import CrewBriefed, Party, PermitIssued, ProjectRegistered
from rafiqa.service import Office, notices_of
from rafiqa.service.office import Saying
from tests.unit.service.ground import ENGINEER, FIRST, RESIDENT, new_office, spot_in, square

PERMITS, QUICK_PERMITS = 2_000, 20
FACTS, QUICK_FACTS = 300, 4
_SIDE = 50
_NOTES = (
    "A site with so many works, each on released ground of its own and with a permit. A fact",
    "comes in, is folded, and every permit that it may concern is asked again; the stop-work",
    "notices that are due then are listed. The store is in memory: nothing is written to a disk.",
    "Goal: 5 ms for the slowest in a hundred. No peer keeps permits by hazards.",
)
_HEADER = ("a fact", "permits", "facts", "p50, ms", "p95, ms", "p99, ms", "goal", "notices then")


def measure(quick: bool) -> list[Table]:
    """Returns the table of one fact among many permits."""
    n_permits, n_facts = (QUICK_PERMITS, QUICK_FACTS) if quick else (PERMITS, FACTS)
    rows = []
    for name, fact_of in (("a paper", _paper), ("a report", _report), ("a reopening", _reopening)):
        office = _permitted(n_permits)
        notices_of(office)
        told = [0]
        work = [
            _one(office, at, fact_of(office, at * 7 % n_permits, at), told) for at in range(n_facts)
        ]
        timing = each(work)
        quantiles = (milliseconds(timing.quantile_s(at)) for at in (0.5, 0.95, 0.99))
        rows.append(
            (name, f"{n_permits:,}", f"{n_facts:,}", *quantiles, "p99 ≤ 5 ms", f"{told[0]:,}")
        )
    return [Table("One fact among permits", _NOTES, _HEADER, rows)]


def _permitted(n_permits: int) -> Office:
    office = new_office()
    grounds, sayings = [], []
    for at in range(n_permits):
        now_us = office.now_us()
        x_m, y_m = _place(at)
        released = ReleaseTransferred(f"T{at}", "cleared", square(x_m, y_m, 40), "o", "m", None, 50)
        works = ProjectRegistered(f"J{at}", "Works", "school", square(x_m + 5, y_m + 5, 20), 20)
        told = (Party("crew_lead", "builders"),)
        permit = PermitIssued(f"M{at}", f"J{at}", f"works-{at}", "town", told)
        grounds.append(Saying(f"ground-{at}", f"T{at}", now_us, released))
        sayings += [
            Saying(f"works-{at}", f"J{at}", now_us, works),
            Saying(f"permit-{at}", f"M{at}", now_us, permit),
        ]
    office.say(FIRST, grounds)
    office.say(ENGINEER, sayings)
    return office


def _place(at: int) -> tuple[int, int]:
    return at % _SIDE * 60, at // _SIDE * 60


def _one(office: Office, at: int, fact: object, told: list[int]) -> Callable[[], object]:
    actor = FIRST if isinstance(fact, LandReopened) else RESIDENT

    def work() -> None:
        office.say(actor, [Saying(f"fact-{at}", f"fact-{at}", office.now_us(), fact)])
        told[0] = len(notices_of(office))

    return work


def _paper(office: Office, works: int, at: int) -> object:
    del office, at
    return CrewBriefed(f"J{works}", 5, eore=True, stop_work=True)


def _report(office: Office, works: int, at: int) -> object:
    x_m, y_m = _place(works)
    spot: Spot = spot_in(office, x_m + 10, y_m + 10)
    return ResidentReported(f"S{at}", spot, "eo_seen")


def _reopening(office: Office, works: int, at: int) -> object:
    del office
    x_m, y_m = _place(works)
    return LandReopened(f"O{at}", square(x_m + 8, y_m + 8, 4), "missed_item")
