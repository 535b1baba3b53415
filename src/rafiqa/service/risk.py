"""Risk: how likely contamination is of every cell, from what a store holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land import Recorded
from rafiqa.recovery import GRADES, DamageAssessed, span_of
from rafiqa.risk import Asking, RiskMap, Strike, risk_map
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf

_HEAVY = GRADES.index("heavy")


def ask_risk(office: Office, as_of: AsOf = NOW, asking: Asking | None = None) -> RiskMap:
    """Returns the map of a store as of two times. It orders survey and work, and lowers no ground.

    Raises:
        InvalidInput: a size or range that cannot be; a grid of too many cells.
    """
    asked = asking or Asking()
    faults = list(_faults(asked))
    if faults:
        raise InvalidInput(faults)
    valid_us = as_of.valid_us(office)
    facts = office.facts(as_of.known_at_us)
    # What is true at a time hangs on the facts true by then alone.
    n_valid = sum(recorded.valid_at_us <= valid_us for recorded in facts)
    key = ("risk", len(facts), n_valid, asked)
    # Facts recorded while the map is made are not to slip into it.
    known_at_us = facts[-1].recorded_at_us if facts else as_of.known_at_us
    return office.judged(
        key,
        lambda: risk_map(
            facts,
            office.book(known_at_us),
            office.frame,
            valid_us,
            list(strikes_of(facts, office.frame, valid_us)),
            asked,
        ),
    )


def _faults(asked: Asking) -> Iterator[Fault]:
    if asked.cell_m is not None and not 1 <= asked.cell_m <= 10_000:
        yield Fault("risk.map.cell-size", "--cell-m", params={"cell_m": asked.cell_m})
    if not 1 <= asked.range_m <= 100_000:
        yield Fault("risk.map.range", "--range-m", params={"range_m": str(asked.range_m)})


def strikes_of(facts: Iterable[Recorded], frame: SiteFrame, valid_at_us: int) -> Iterator[Strike]:
    """Yields the places that damage says were hit: heavy or worse, drawn or placed, once each.

    Damage that names an asset and gives no place of its own is left out.
    """
    newest: dict[str, DamageAssessed] = {}
    for recorded in facts:
        fact = recorded.fact
        if isinstance(fact, DamageAssessed) and recorded.valid_at_us <= valid_at_us:
            newest[fact.assessment_id] = fact
    once: dict[tuple[int, int], Strike] = {}
    for fact in newest.values():
        strike = _strike(fact, frame)
        if strike is not None:
            # Several readings of one place, by several readers, are one strike.
            place = (round(strike.x_mm / _SAME_MM), round(strike.y_mm / _SAME_MM))
            once.setdefault(place, strike)
    yield from once.values()


_SAME_MM = 20_000


def _strike(fact: DamageAssessed, frame: SiteFrame) -> Strike | None:
    span = span_of(fact)
    if span is None or GRADES.index(span.least) < _HEAVY:
        return None
    accuracy_m = 0.0 if fact.accuracy_m is None else float(fact.accuracy_m)
    if fact.shape is not None and not fact.shape.is_empty:
        x_mm, y_mm = shapely.get_coordinates(fact.shape.geometry.centroid)[0].tolist()
    elif fact.spot is not None:
        x_mm, y_mm = frame.spot_mm(fact.spot)
    else:
        return None
    return Strike(float(x_mm), float(y_mm), max(accuracy_m, 0.0))
