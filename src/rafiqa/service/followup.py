"""Follow-up: quarter by quarter, what was done, what came back, and how people live with it.

Every figure is an answer that the system gives anyway, asked as true at the end of each quarter
and as known at one moment: the land account, the gates of buildings and projects, where permits
stand, what state services are in. How residents feel about released land stands beside what its
status is, never mixed with it: neither proves the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import Account, Statement
from rafiqa.recovery import OUTCOMES, ResidentAsked, RubbleLifted
from rafiqa.recovery.followup import Feeling, FollowUp, Quarter, banded
from rafiqa.service.access import SERVICE_KINDS
from rafiqa.service.assets import AssetShelf
from rafiqa.service.figures import root_of
from rafiqa.service.office import Office
from rafiqa.service.permitting import permits_of
from rafiqa.service.question import AsOf, ask_account, gate_layers, gate_of, placed_reports
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.instant import date_us, utc_day

MOST_QUARTERS: Final = 80
METHOD: Final = (
    "each figure as true at the end of the quarter; areas on the site's 1 mm grid; gates of"
    " buildings at their footprint and the depth their layer gives, else the surface; feelings of"
    " whole quarters by what had reached the office, of at least five answers, in thirds"
)
BOUNDARY: Final = "everything on record"
UNKNOWN: Final = "unknown"
_QUARTERS = 4
_LONGEST_US = 100 * 86_400_000_000
_MONTHS = 3


def ask_followup(
    office: Office,
    shelf: AssetShelf,
    *,
    from_us: int | None = None,
    until_us: int | None = None,
    known_at_us: int | None = None,
) -> FollowUp:
    """Returns the follow-up of a period; from the first fact and until now where None.

    Raises:
        InvalidInput: the period ends before it begins, or holds more than ``MOST_QUARTERS``.
    """
    facts = office.facts(known_at_us)
    now_us = office.now_us()
    end_us = now_us if until_us is None else until_us
    start_us = from_us
    if start_us is None:
        # What counts from always, since undated, says nothing of when a record began.
        start_us = min((fact.recorded_at_us for fact in facts), default=end_us)
    if end_us < start_us:
        raise InvalidInput(Fault("service.account.period", "--to"))
    spans = spans_of(start_us, end_us)
    statement = Statement(
        office.site.name,
        start_us,
        end_us,
        now_us if known_at_us is None else known_at_us,
        METHOD,
        BOUNDARY,
        len(facts),
        root_of(office, len(facts)),
    )
    found = [_quarter(office, shelf, span, known_at_us) for span in spans]
    return FollowUp(statement, tuple(found))


Span = tuple[str, int, int]
"""A quarter: its name, its first instant, its last."""


def spans_of(start_us: int, end_us: int) -> list[Span]:
    """Returns the quarters of a period, oldest first.

    Raises:
        InvalidInput: there are more than ``MOST_QUARTERS``.
    """
    spans = list(quarters(utc_day(start_us), end_us))
    if len(spans) > MOST_QUARTERS:
        params: dict[str, str | int] = {"n": len(spans), "most": MOST_QUARTERS}
        raise InvalidInput(Fault("service.followup.too-long", "--from", params=params))
    return spans


def quarters(first: date, end_us: int) -> Iterator[Span]:
    """Yields the quarters of UTC from the one that a day lies in: name, start, last instant."""
    year, quarter = first.year, (first.month - 1) // _MONTHS
    while True:
        start = datetime(year, quarter * _MONTHS + 1, 1, tzinfo=UTC)
        name = f"{year}-Q{quarter + 1}"
        year, quarter = (year + 1, 0) if quarter == _QUARTERS - 1 else (year, quarter + 1)
        after_us = date_us(date(year, quarter * _MONTHS + 1, 1))
        yield name, date_us(start.date()), min(after_us - 1, end_us)
        if after_us > end_us:
            return


def _quarter(office: Office, shelf: AssetShelf, span: Span, known_at_us: int | None) -> Quarter:
    name, start_us, until_us = span
    as_of = AsOf(until_us, known_at_us)
    # Changes at the very start belong to the opening: the quarter opens an instant before it.
    account = ask_account(office, from_us=start_us - 1, until_us=until_us, known_at_us=known_at_us)
    rubble, lifted_m3 = _rubble(office, as_of)
    return Quarter(
        name,
        until_us,
        {class_: _m2(account.classes[class_].closing) for class_ in ("sha", "cha")},
        _flows(account),
        _projects(office, as_of),
        Counter(each.standing.state for each in permits_of(office, as_of)),
        _buildings(office, shelf, as_of),
        _services(office, shelf, as_of),
        rubble,
        lifted_m3,
        tuple(_feelings(office, span, known_at_us)),
    )


def _m2(size2_mm2: int) -> float:
    return size2_mm2 / 2e6


def _flows(account: Account) -> dict[str, float]:
    classes = [account.classes[class_] for class_ in ("sha", "cha")]
    names = ("new", "reopened", "cancelled", "reduced", "cleared")
    return {name: _m2(sum(each.flows[name] for each in classes)) for name in names}


def _projects(office: Office, as_of: AsOf) -> Counter[str]:
    valid_us = as_of.valid_us(office)
    folders = WorksFolders.of(office, valid_us, as_of.known_at_us)
    reports = placed_reports(office, as_of)
    answers = (
        gate_of(office, works, as_of, reports=reports, papers=folders.papers(works))
        for works in folders.register.project_facts()
    )
    return Counter(answer.outcome for answer in answers)


def _buildings(office: Office, shelf: AssetShelf, as_of: AsOf) -> Counter[str]:
    counted: Counter[str] = Counter()
    for _, gate in gate_layers(office, shelf, as_of, kinds=("buildings",)):
        for code, outcome in enumerate(OUTCOMES):
            counted[outcome] += gate.count(code)
    return counted


def _services(office: Office, shelf: AssetShelf, as_of: AsOf) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    valid_us = as_of.valid_us(office)
    for layer in shelf.layers(office, "buildings", valid_us, as_of.known_at_us):
        columns = layer.table.values("kind"), layer.table.values("state")
        for kind, state in zip(*columns, strict=True):
            if kind in SERVICE_KINDS:
                found.setdefault(kind, Counter())[state or UNKNOWN] += 1
    return found


def _rubble(office: Office, as_of: AsOf) -> tuple[Counter[str], float]:
    recovery = office.recovery(as_of.valid_us(office), as_of.known_at_us)
    states = [state[0] for each in recovery.lots if (state := recovery.lot_state(each))]
    lifted = [
        float(paper.fact.volume_m3)
        for folder in recovery.folders.values()
        for paper in {each.fact.lift_id: each for each in folder.all_of(RubbleLifted)}.values()
    ]
    return Counter(states), sum(lifted)


def _feelings(office: Office, span: Span, known_at_us: int | None) -> Iterator[Feeling]:
    """Yields each area of which residents said how they feel there, by its id.

    Only of a quarter that is over and wholly known, by what had reached the office within it and
    the areas as known at its end: whatever is asked, and when, the answer is one and the same, so
    that no two of them can be subtracted. Of areas that overlap the smallest has the answer.
    """
    _, start_us, until_us = span
    now_us = office.now_us()
    known_us = now_us if known_at_us is None else min(now_us, known_at_us)
    if until_us != _whole(span) or known_us <= until_us:
        return
    book = office.book(until_us)
    outlines = sorted(
        ((record.outline.area2_mm2, area_id) for area_id, record in book.register.areas.items())
    )
    said: dict[str, list[bool]] = {}
    for record in office.facts(until_us):
        fact = record.fact
        if not isinstance(fact, ResidentAsked) or fact.kind != "feeling" or fact.spot is None:
            continue
        if fact.feels_at_ease not in {"yes", "no"}:
            continue
        point = _point(office, fact.spot)
        if point is None or record.recorded_at_us < start_us:
            continue
        for _, area_id in outlines:
            if book.register.areas[area_id].outline.covers_mm(*point):
                said.setdefault(area_id, []).append(fact.feels_at_ease == "yes")
                break
    for area_id, answers in sorted(said.items()):
        outline = book.register.areas[area_id].outline
        hazard2 = sum(
            face.shape.area2_mm2
            for face in book.near(outline)
            if (state := face.timeline.at(until_us)) is not None
            and state.is_hazard
            and bool(shapely.covers(outline.geometry, face.inner))
        )
        asked_least, at_ease = banded(len(answers), sum(answers))
        yield Feeling(area_id, asked_least, at_ease, _m2(hazard2))


def _whole(span: Span) -> int:
    """Returns the last instant of the quarter that a span begins."""
    return next(quarters(utc_day(span[1]), span[1] + _LONGEST_US))[2]


def _point(office: Office, spot: Spot) -> tuple[int, int] | None:
    try:
        return office.frame.spot_mm(spot)
    except InvalidInput:  # off the site's grid: no area of the site is there
        return None
