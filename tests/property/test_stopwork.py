"""Stops found by asking only whom a fact concerns are those found by asking everybody each time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.geo import Spot
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    LandBook,
    LandHistory,
    LandReopened,
    LotInspected,
    LotReviewed,
    Recorded,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
)
from rafiqa.recovery import (
    Asked,
    Asking,
    Gate,
    GateAnswer,
    Party,
    PermitBook,
    PermitEnded,
    PermitIssued,
    PermitStanding,
    ProjectRegistered,
    Stop,
    StopWork,
    ask_gate,
    grounds,
    reports_near,
    standing,
    uncovered,
)
from tests.unit.land.story import ACCREDITED, FIRST, INSPECTOR, SECOND, Story, box, part

ENGINEER = Actor("eng", "town", "engineer")
TOLD = (Party("crew_lead", "builders"),)
N_PLOTS = 4
HOUR_US = 3_600_000_000
Move = tuple[str, int, int]
KINDS = (
    *("area", "area", "release", "reopen", "ahead", "report", "answer", "evidence", "accident"),
    *("correct", "lot", "review", "project", "permit", "permit", "permit", "override", "end"),
)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, N_PLOTS - 1),
        st.integers(0, 3),
    ),
    min_size=8,
    max_size=24,
)


def plot(at: int, wide_m: int = 8):
    return box(at * 10, 0, at * 10 + wide_m, 10)


def spot_at(at: int) -> Spot:
    # One metre is about 1.1e-5 degrees of longitude at the equator, where this site lies.
    return Spot.of(10 + (at * 10 + 4) * 8.98e-6, 4 * 8.98e-6)


def told(moves: list[Move]) -> list[Recorded]:
    """A history: works on six plots side by side, and all that may befall them."""
    story = Story()
    story.tell(0, FIRST, SiteOpened("Site", Spot.of(10, 0), "office"))
    for at in range(N_PLOTS):
        project(story, at, 0)
    for number, move in enumerate(moves):
        do(story, number, *move)
    return [
        Recorded(each.seq, each.entry_id, valid(each), each.seq * HOUR_US, each.actor, each.fact)
        for each in story.facts
    ]


def valid(each: Recorded) -> int:
    """Most facts were true at once; some are dated five hours ahead."""
    ahead_us = 11 * HOUR_US // 2 if each.valid_at_us == 1 else 0
    return each.seq * HOUR_US + ahead_us


def project(story: Story, at: int, depth_cm: int) -> None:
    shape = plot(at, 12) if at % 2 else plot(at)
    fact = ProjectRegistered(f"J{at}", "Works", "school", shape, depth_cm)
    story.tell(0, ENGINEER, fact)


def do(story: Story, number: int, kind: str, at: int, how: int) -> None:
    name = f"{number}"
    shape = plot(at, 8 + 6 * (how == 3))
    if kind == "area":
        story.area(0, f"A{name}", shape, "sha" if how % 2 else "cha")
    elif kind == "release":
        area_id = [*areas(story), f"A{name}"][-2:][0]
        story.release(0, f"W{name}", area_id, part(f"P{name}", "cleared", shape, 30))
    elif kind == "reopen":
        story.tell(0, FIRST, LandReopened(f"O{name}", shape, "missed_item", "cha"))
    elif kind == "ahead":
        story.tell(1, FIRST, LandReopened(f"O{name}", shape, "missed_item", "sha"))
    elif kind == "report":
        story.tell(how == 1, FIRST, ResidentReported(f"S{at}", spot_at(at), "eo_seen"))
    elif kind == "answer":
        story.tell(how == 1, FIRST, ReportAnswered(f"S{at}", "nothing_found", None, "seen"))
    elif kind == "evidence":
        story.tell(
            0,
            FIRST,
            EvidenceRecorded(
                f"E{name}", "eo_seen", "visual", spot_at(at), accuracy_m=Decimal(how * 6)
            ),
        )
    elif kind == "accident":
        story.tell(0, FIRST, AccidentRecorded(f"X{name}", "ordnance", spot_at(at)))
    elif kind == "correct":
        known = areas(story)
        if known:
            fact = BoundaryCorrected(known[how % len(known)], shape, "drawn anew", SECOND)
            story.tell(0, FIRST, fact)
    elif kind in {"lot", "review"}:
        parts = [
            p.part_id for each in story.facts for p in getattr(each.fact, "parts", ()) if p.part_id
        ]
        if parts and kind == "lot":
            lot = LotInspected(f"L{name}", "quality", False, 0, 1, (parts[how % len(parts)],))
            story.tell(0, INSPECTOR, lot)
        elif parts:
            lots = [f.lot_id for each in story.facts if isinstance(f := each.fact, LotInspected)]
            if lots:
                story.tell(0, FIRST, LotReviewed(f"V{name}", lots[-1], "watched", SECOND))
    elif kind == "project":
        project(story, at, 20 * how)
    elif kind in {"permit", "override"}:
        permit(story, f"M{name}", at, how, over=kind == "override")
    elif kind == "end":
        ids = [f.permit_id for each in story.facts if isinstance(f := each.fact, PermitIssued)]
        if ids:
            story.tell(0, ENGINEER, PermitEnded(ids[how % len(ids)], "done"))


def areas(story: Story) -> list[str]:
    return [f.area_id for each in story.facts if isinstance(f := each.fact, AreaRecorded)]


def permit(story: Story, permit_id: str, at: int, how: int, *, over: bool) -> None:
    """Issues a permit as the verb does: what speaks against the works now is printed on it."""
    registered = [
        each
        for each in story.facts
        if isinstance(each.fact, ProjectRegistered) and each.fact.project_id == f"J{at}"
    ][-1]
    assert isinstance(registered.fact, ProjectRegistered)
    seq = len(story.facts)
    history = LandHistory()
    known = [
        Recorded(e.seq, e.entry_id, valid(e), e.seq * HOUR_US, e.actor, e.fact) for e in story.facts
    ]
    history.take([ACCREDITED, *known])
    answer = asked(history, registered.fact, (seq + 1) * HOUR_US, seq)
    until_us = (seq + 9) * HOUR_US + 9 if how == 2 else None
    fact = PermitIssued(
        permit_id,
        f"J{at}",
        registered.entry_id,
        "town",
        TOLD,
        grounds(answer.gates),
        until_us=until_us,
        override="no other way" if over else None,
        authority="governor" if over else None,
    )
    if over or answer.outcome != "closed":
        story.tell(0, FIRST if over else ENGINEER, fact)


def asked(history: LandHistory, works: ProjectRegistered, at_us: int, seq: int) -> GateAnswer:
    book = LandBook(history, seq)
    return ask_gate(works, book, at_us, reports=reports_near(works, book, at_us))


def everybody(facts: list[Recorded], until_us: int) -> list[tuple[str, int, str | None]]:
    """Asks every permit anew after every fact and on every date that any fact names."""
    history = LandHistory()
    history.take([ACCREDITED, *facts])
    dates = {each.valid_at_us for each in facts}
    permits = [f for each in facts if isinstance(f := each.fact, PermitIssued)]
    dates |= {fact.until_us + 1 for fact in permits if fact.until_us is not None}
    moments: list[tuple[int, int, str | None]] = []
    moments += [(each.recorded_at_us, 0, each.entry_id) for each in facts]
    moments += [(date, 1, None) for date in dates]
    book, found, n_known = PermitBook(), [], 0
    told: dict[str, list[Gate]] = {}
    for at_us, _, cause in sorted(moments, key=lambda each: each[:2]):
        if at_us > until_us:
            break
        while n_known < len(facts) and facts[n_known].recorded_at_us <= at_us:
            book.take(facts[n_known])
            n_known += 1
        for permit_id in book.permits:
            case = book.case(permit_id, at_us)
            if case is None or case.works is None:
                continue
            answers = [asked(history, works, at_us, n_known) for works in case.asked]
            stood = standing(case, answers, at_us)
            if newly(told, permit_id, stood):
                found.append((permit_id, at_us, cause))
    return sorted(found)


def newly(told: dict[str, list[Gate]], permit_id: str, stood: PermitStanding) -> bool:
    """Whether a permit is stopped by something that was not told since it last stood."""
    if stood.state != "stopped":
        told.pop(permit_id, None)
        return False
    first = permit_id not in told
    known = told.setdefault(permit_id, [])
    more = uncovered(stood.gates, grounds(known))
    # A sheet that says other works is told once, however many say so after it.
    changed = any(reason.code == "gate.permit.works-changed" for reason in stood.reasons)
    first_change = changed and not any(each.code == "works-changed" for each in known)
    known += more
    if first_change:
        known.append(Gate("G0", "closed", "works-changed"))
    return first or bool(more) or first_change


def keys(stops: list[Stop]) -> list[tuple[str, int, str | None]]:
    return sorted((stop.permit.permit_id, stop.at_us, stop.cause) for stop in stops)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(MOVES)
def test_whom_a_fact_concerns_in_many_histories(moves: list[Move]) -> None:
    stops_agree(moves)


@settings(max_examples=12, deadline=None)
@given(MOVES)
def test_whom_a_fact_concerns_is_whoever_it_stops(moves: list[Move]) -> None:
    stops_agree(moves)


def stops_agree(moves: list[Move]) -> None:
    facts = told(moves)
    history = LandHistory()
    history.take([ACCREDITED, *facts])
    watch = StopWork(history, Asking(lambda *about: Asked(asked(history, *about))))
    watch.take(facts)
    for until_us in (
        facts[len(facts) // 2].recorded_at_us,
        facts[-1].recorded_at_us + 99 * HOUR_US,
    ):
        assert keys(watch.stops(until_us)) == everybody(facts, until_us)


@settings(max_examples=5, deadline=None)
@given(MOVES)
def test_what_was_told_then_is_told_again_for_ever(moves: list[Move]) -> None:
    """The notices known at each place in the ledger are a beginning of those known later."""
    facts = told(moves)
    history = LandHistory()
    history.take([ACCREDITED])
    watch = StopWork(history, Asking(lambda *about: Asked(asked(history, *about))))
    then = []
    for each in facts:
        history.take([each])
        watch.take([each])
        then.append((each.recorded_at_us, watch.stops(each.recorded_at_us)))
    for at_us, stops in then:
        assert watch.stops(at_us) == stops
