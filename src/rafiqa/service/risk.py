"""Risk: how likely contamination is of every cell, from what a store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land import Recorded
from rafiqa.recovery import GRADES, DamageAssessed, span_of
from rafiqa.risk import Asking, Footprints, RiskMap, Strike, risk_map
from rafiqa.service.assets import AssetShelf, asset_at
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf

Point = tuple[float, float]
_HEAVY = GRADES.index("heavy")


def ask_risk(
    office: Office,
    as_of: AsOf = NOW,
    asking: Asking | None = None,
    shelf: AssetShelf | None = None,
) -> RiskMap:
    """Returns the map of a store as of two times. It orders survey and work, and lowers no ground.

    Args:
        office: the open store.
        as_of: the two times asked about.
        asking: how it is made.
        shelf: layers kept ready, for their buildings and for damage that names an asset.

    Raises:
        InvalidInput: a size or range that cannot be; a grid of too many cells.
    """
    asked = asking or Asking()
    faults = list(_faults(asked))
    if faults:
        raise InvalidInput(faults)
    valid_us = as_of.valid_us(office)
    facts = office.facts(as_of.known_at_us)
    # Facts recorded while the map is made are not to slip into it.
    times = AsOf(valid_us, facts[-1].recorded_at_us if facts else as_of.known_at_us)
    kept = shelf or AssetShelf()
    return office.judged(
        ("risk", *risk_key(office, times), asked),
        lambda: risk_map(
            facts,
            office.book(times.known_at_us),
            office.frame,
            valid_us,
            list(strikes_of(facts, office.frame, valid_us, places_of(office, kept, times))),
            asked,
            footprints(office, kept, times),
            Doubts.asked(office, valid_us, times.known_at_us).on,
        ),
    )


def risk_key(office: Office, as_of: AsOf) -> tuple[int, int]:
    """Returns what a map of two times hangs on: facts known, and how many of them are true then."""
    facts = office.facts(as_of.known_at_us)
    valid_us = as_of.valid_us(office)
    # What is true at a time hangs on the facts true by then alone.
    return len(facts), sum(recorded.valid_at_us <= valid_us for recorded in facts)


def footprints(office: Office, shelf: AssetShelf, as_of: AsOf) -> Footprints:
    """Returns the buildings of all reference layers; an id that comes twice, once."""
    ids: list[str] = []
    shapes: list[np.ndarray] = []
    seen: set[str] = set()
    for layer in shelf.layers(office, "buildings", as_of.valid_us(office), as_of.known_at_us):
        known = ~shapely.is_missing(layer.table.shapes_mm) & ~shapely.is_empty(
            layer.table.shapes_mm
        )
        rows = [at for at in np.flatnonzero(known).tolist() if layer.table.ids[at] not in seen]
        ids += [layer.table.ids[at] for at in rows]
        shapes.append(layer.table.shapes_mm[rows])
        seen.update(layer.table.ids)
    return Footprints(ids, np.concatenate(shapes)) if shapes else Footprints()


def places_of(office: Office, shelf: AssetShelf, as_of: AsOf) -> Callable[[str], Point | None]:
    """Returns what tells where an asset stands: a place on its own ground, mm; None of no layer."""

    def place(asset_id: str) -> Point | None:
        found = asset_at(office, shelf, asset_id, as_of.valid_us(office), as_of.known_at_us)
        shape = None if found is None else found[0].table.shapes_mm[found[1]]
        if shape is None or shape.is_empty:
            return None
        x_mm, y_mm = shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist()
        return x_mm, y_mm

    return place


def _faults(asked: Asking) -> Iterator[Fault]:
    if asked.cell_m is not None and not 1 <= asked.cell_m <= 10_000:
        yield Fault("risk.map.cell-size", "--cell-m", params={"cell_m": asked.cell_m})
    if not 1 <= asked.range_m <= 100_000:
        yield Fault("risk.map.range", "--range-m", params={"range_m": str(asked.range_m)})


def strikes_of(
    facts: Iterable[Recorded],
    frame: SiteFrame,
    valid_at_us: int,
    place_of: Callable[[str], Point | None] = lambda _: None,
) -> Iterator[Strike]:
    """Yields the places that damage says were hit: heavy or worse, once each.

    Damage that names an asset and gives no place of its own was where the asset stands.

    Args:
        facts: all facts known.
        frame: the site's plane.
        valid_at_us: the time asked about.
        place_of: tells where an asset stands, mm.
    """
    newest: dict[str, DamageAssessed] = {}
    for recorded in facts:
        fact = recorded.fact
        if isinstance(fact, DamageAssessed) and recorded.valid_at_us <= valid_at_us:
            newest[fact.assessment_id] = fact
    once: dict[tuple[int, int], Strike] = {}
    for fact in newest.values():
        strike = _strike(fact, frame, place_of)
        if strike is not None:
            # Several readings of one place, by several readers, are one strike.
            place = (round(strike.x_mm / _SAME_MM), round(strike.y_mm / _SAME_MM))
            once.setdefault(place, strike)
    yield from once.values()


_SAME_MM = 20_000


def _strike(
    fact: DamageAssessed, frame: SiteFrame, place_of: Callable[[str], Point | None]
) -> Strike | None:
    span = span_of(fact)
    if span is None or GRADES.index(span.least) < _HEAVY:
        return None
    accuracy_m = 0.0 if fact.accuracy_m is None else float(fact.accuracy_m)
    place: Point | None = None
    if fact.shape is not None and not fact.shape.is_empty:
        x_mm, y_mm = shapely.get_coordinates(fact.shape.geometry.centroid)[0].tolist()
        place = x_mm, y_mm
    elif fact.spot is not None:
        place = frame.spot_mm(fact.spot)
    elif fact.asset_id is not None:
        place = place_of(fact.asset_id)
    if place is None:
        return None
    return Strike(float(place[0]), float(place[1]), max(accuracy_m, 0.0))
