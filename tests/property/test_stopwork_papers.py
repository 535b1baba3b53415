"""Stops by papers, roads, tags, sheets and dates are those found by asking every permit anew.

Through the verbs' own office: the watch against ``permit_of``, which knows nothing of whom a fact
concerns and asks every gate again.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.geo import Spot
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    RecordWithdrawn,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
)
from rafiqa.recovery import (
    AssetGroup,
    AssetsMatched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    DamageAssessed,
    EodSupportAgreed,
    Gate,
    GatePolicy,
    HazmatScreened,
    LayerRegistered,
    Party,
    PermitEnded,
    PermitIssued,
    ProjectRegistered,
    RightsChecked,
    SiteRated,
    StructureTagged,
    UtilitiesNoted,
    following,
    grounds,
    is_of_rebuilding,
    register,
    uncovered,
)
from rafiqa.recovery.stopwork import StopWork
from rafiqa.service import AsOf, Office, gate_of, notices_of, permit_of, permits_of, register_layer
from rafiqa.service.office import Saying
from tests.unit.service.ground import (
    DAY_US,
    ENGINEER,
    FIRST,
    OPERATOR,
    RESIDENT,
    SECOND,
    Clock,
    new_office,
    spot_in,
    square,
)

TOLD = (Party("crew_lead", "builders"),)
N_WORKS = 3
Move = tuple[str, int, int]
KINDS = (
    *("hazard", "hazard", "road hazard", "road hazard", "release", "report", "road report"),
    *(
        "answer",
        "find",
        "find answered",
        "brief",
        "rate",
        "team",
        "rights",
        "live",
        "materials",
        "tag",
        "match",
        "bridge tag",
        "bridge damage",
        "evidence",
        "taken back",
        *("part sign", "part sign", "part report", "part find"),
        *("beside sign", "beside sign", "beside hazard"),
    ),
    *("sheet", "layer", "permit", "permit", "permit", "permit", "end", "wait", "wait", "wait"),
)
MOVES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, N_WORKS - 1), st.integers(0, 3)),
    min_size=10,
    max_size=26,
)


class Site:
    """Works on released ground beside one road that is entered in the west, and their story."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.office: Office = new_office(self.clock)
        self.n_said = 0
        self.evidence: dict[int, tuple[str, str]] = {}
        lines = [
            shapely.LineString([(x * 1_000, 0), ((x + 100) * 1_000, 0)]) for x in (0, 100, 200)
        ]
        self.roads = self.office.frame.shapes_to_lonlat(np.array(lines, dtype=object))
        self.layer(0)
        deck = self.office.frame.to_lonlat(square(80, -5, 10)).geometry
        bridge = LayerRegistered("d", "bridges", "", 0)
        rows = np.array([deck], dtype=object)
        assert register_layer(self.office, FIRST, bridge, (["bridge"], rows, {})).done
        for at in range(N_WORKS):
            self.say(FIRST, released(f"T{at}", at))
        for at in range(N_WORKS):
            self.sheet(at, 0)

    def say(self, actor: Actor, fact: object) -> None:
        self.n_said += 1
        name = f"e{self.n_said}"
        self.office.say(actor, [Saying(name, name, self.office.now_us(), fact)])

    def layer(self, how: int) -> None:
        self.n_said += 1
        fact = LayerRegistered(f"roads{how}", "roads", "", 0)
        rows = (["a", "b", "c"], self.roads, {"is_entry": [True, False, False]})
        assert register_layer(self.office, FIRST, fact, rows).done

    def sheet(self, at: int, how: int) -> None:
        place = 100 * at
        self.say(
            ENGINEER,
            ProjectRegistered(
                f"J{at}", "Works", "school" if how < 2 else "demolition",
                square(place + 10, 10, 20), 20, square(place + 15, 0, 10),
                (f"B{at}",), n_workers=(None, 5, 5, 9)[how], protected="heritage" if how else None,
            ),
        )  # fmt: skip


def released(name: str, at: int, *, by_road: bool = False) -> ReleaseTransferred:
    """Ground round works, or of the road between them and the next; neither touches the other."""
    ground = square(100 * at + 50, -10, 40) if by_road else square(100 * at + 5, -5, 40)
    return ReleaseTransferred(name, "cleared", ground, "other", "map", None, 50)


def do(site: Site, kind: str, at: int, how: int) -> None:
    office, works, n = site.office, f"J{at}", site.n_said
    where = spot_in(office, 100 * at + 15, 15)
    if kind == "wait":
        site.clock.wait((1, 40, 200, 370)[how])
    elif kind == "permit":
        permit(site, at, how)
    elif kind == "sheet":
        site.sheet(at, how)
    elif kind == "layer":
        site.layer(how)
    else:
        site.say(*told(kind, works, at, how, n, where, site))
    if kind in {"evidence", "part sign", "beside sign"}:
        site.evidence[at] = f"e{n + 1}", f"E{n}"


def sign(evidence_id: str, site: Site, x_m: int, how: int) -> EvidenceRecorded:
    where = spot_in(site.office, x_m, 32)
    return EvidenceRecorded(evidence_id, "eo_seen", "visual", where, accuracy_m=Decimal(8 * how))


def taken_back(entry_id: str, evidence_id: str) -> RecordWithdrawn:
    return RecordWithdrawn(entry_id, "i", "evidence", evidence_id, "wrong", SECOND)


def told(
    kind: str, works: str, at: int, how: int, n: int, where: Spot, site: Site
) -> tuple[Actor, object]:
    place, ends_us = 100 * at, site.clock.at_us + (how + 1) * 30 * DAY_US
    return {
        "hazard": lambda: (FIRST, AreaRecorded(f"A{n}", "cha", square(place + 12, 12, 4))),
        "road hazard": lambda: (FIRST, AreaRecorded(f"A{n}", "sha", square(place + 60, -5, 8))),
        "release": lambda: (FIRST, released(f"T{n}", at, by_road=how > 1)),
        "report": lambda: (RESIDENT, ResidentReported(f"S{at}{how}", where, "eo_seen")),
        "road report": lambda: (
            RESIDENT,
            ResidentReported(f"S{at}{how}", spot_in(site.office, place + 70, 0), "eo_seen"),
        ),
        "answer": lambda: (FIRST, ReportAnswered(f"S{at}{how}", "nothing_found", None, "seen")),
        "find": lambda: (OPERATOR, ChanceFound(works, f"F{how}", "rubble", where)),
        "find answered": lambda: (SECOND, ChanceFindAnswered(works, f"F{how}", how != 3, "ok")),
        "brief": lambda: (ENGINEER, CrewBriefed(works, 5 * (how > 0), eore=True, stop_work=True)),
        "rate": lambda: (
            FIRST,
            SiteRated(works, how != 0, *(["yes", "no", "no", "unknown"][how],) * 8,
                      plan="plan" if how != 3 else None),
        ),
        "team": lambda: (ENGINEER, EodSupportAgreed(works, "co", f"team {how}", ends_us)),
        "rights": lambda: (
            ENGINEER,
            RightsChecked(works, ("clear", "disputed", "owner_absent", "clear")[how], None, ("d",)),
        ),
        "live": lambda: (
            ENGINEER, UtilitiesNoted(works, ("cut", "live")[how % 2], "cut", "cut", "no"),
        ),
        "materials": lambda: (
            ENGINEER,
            HazmatScreened(works, (("screened_none",), ("asbestos",))[how % 2], "p" * (how > 1)),
        ),
        "tag": lambda: (
            ENGINEER,
            StructureTagged(f"{'BC'[how % 2]}{at}", ("green", "red")[how // 2], "E", ends_us),
        ),
        "bridge tag": lambda: (
            ENGINEER,
            StructureTagged("bridge", ("green", "yellow", "red", "green")[how], "E", ends_us),
        ),
        "bridge damage": lambda: (
            FIRST,
            DamageAssessed(f"D{n}", "ems98", f"grade_{how + 2}", f"grade_{how + 2}", None,
                           spot_in(site.office, 85, 0)),
        ),
        "evidence": lambda: (FIRST, EvidenceRecorded(f"E{n}", "eo_seen", "visual", where)),
        # On the same released ground as the works and beside them; then beside that ground too.
        "part sign": lambda: (FIRST, sign(f"E{n}", site, place + 40, how)),
        "part report": lambda: (
            RESIDENT,
            ResidentReported(f"S{at}{how}", spot_in(site.office, place + 40, 32), "eo_seen"),
        ),
        "part find": lambda: (
            OPERATOR,
            ChanceFound(f"J{(at + 1) % N_WORKS}", f"F{how}", "rubble",
                        spot_in(site.office, place + 40, 32)),
        ),
        "beside sign": lambda: (FIRST, sign(f"E{n}", site, place + 52, how)),
        "beside hazard": lambda: (FIRST, AreaRecorded(f"A{n}", "cha", square(place + 50, 30, 4))),
        "taken back": lambda: (FIRST, taken_back(*site.evidence.get(at, ("none", "E0")))),
        "match": lambda: (
            FIRST,
            AssetsMatched(
                f"X{n}", "a", "b", (AssetGroup((f"B{at}",), (f"C{at}",), "same", 900),), "p"
            ),
        ),
        "end": lambda: (ENGINEER, PermitEnded(f"M{n - how - 1}", "done")),
    }[kind]()  # fmt: skip


def permit(site: Site, at: int, how: int) -> None:
    """A permit as the verb would write it, and an override of all that closes the works."""
    office = site.office
    now_us = office.now_us()
    records = office.recovery(now_us).permits
    newest = records.newest(f"J{at}", now_us)
    works = office.recovery(now_us).works(f"J{at}")
    assert newest is not None
    assert works is not None
    answer = gate_of(office, works)
    over = answer.outcome == "closed"
    if over and how == 3:
        return
    until_us = now_us + 50 * DAY_US if how == 2 else None
    fact = PermitIssued(
        f"M{site.n_said}", f"J{at}", newest.entry_id, "town", TOLD, grounds(answer.gates),
        until_us=until_us,
        override="no other way" if over else None, authority="governor" if over else None,
    )  # fmt: skip
    site.say(SECOND if over else ENGINEER, fact)


def everybody(office: Office, until_us: int) -> list[tuple[str, int, bool]]:
    """Asks every permit at every fact and on every date on which anything ends."""
    facts = office.facts()
    register = office.recovery(until_us + 10_000 * DAY_US)
    ends = register.deadlines_us(GatePolicy())
    permits = [each.fact for each in register.permits.permits.values()]
    ends += [each.until_us for each in permits if isinstance(each, PermitIssued) and each.until_us]
    moments = {(each.recorded_at_us, True) for each in facts}
    moments |= {(moment, False) for end in ends for moment in (end, end + 1)}
    found: list[tuple[str, int, bool]] = []
    known: dict[str, list[Gate]] = {}
    changed: set[str] = set()
    for at_us, by_fact in sorted(moments):
        for permit_id in register.permits.permits if at_us <= until_us else ():
            shown = permit_of(office, permit_id, AsOf(at_us, at_us))
            if shown is None or shown.standing.state != "stopped":
                known.pop(permit_id, None)
                changed.discard(permit_id)
                continue
            told_of = known.setdefault(permit_id, [])
            more = uncovered(shown.standing.gates, grounds(told_of))
            sheet = bool(shown.standing.reasons) and permit_id not in changed
            told_of += more
            if sheet:
                changed.add(permit_id)
            if more or sheet:
                found.append((permit_id, at_us, by_fact))
    return sorted(found)


def watched(office: Office, until_us: int) -> list[tuple[str, int, bool]]:
    return sorted(
        (each.stop.permit.permit_id, each.stop.at_us, each.stop.cause is not None)
        for each in notices_of(office, until_us)
    )


def lived(moves: list[Move]) -> Site:
    site = Site()
    for kind, at, how in moves:
        do(site, kind, at, how)
    return site


def agree(moves: list[Move]) -> int:
    site = lived(moves)
    until_us = site.clock.at_us + 400 * DAY_US
    found = watched(site.office, until_us)
    assert found == everybody(site.office, until_us)
    assert going_on(site.office, site.clock.at_us) == stopped(site.office, site.clock.at_us)
    return len(found)


def going_on(office: Office, at_us: int) -> set[str]:
    """The permits that a notice says are stopped, as known at a time."""
    notices = notices_of(office, at_us)
    return {each.stop.permit.permit_id for each in notices if each.stop.over_us is None}


def stopped(office: Office, at_us: int) -> set[str]:
    """The permits that are stopped at a time, each asked by itself."""
    shown = permits_of(office, AsOf(at_us, at_us))
    return {each.case.fact.permit_id for each in shown if each.standing.state == "stopped"}


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(MOVES)
def test_in_many_stories_nobody_is_forgotten(moves: list[Move]) -> None:
    agree(moves)


@settings(max_examples=3, deadline=None)
@given(MOVES)
def test_nobody_is_forgotten_and_nobody_stopped_for_nothing(moves: list[Move]) -> None:
    agree(moves)


@settings(max_examples=10, deadline=None)
@given(MOVES)
def test_a_register_that_follows_is_the_one_folded_anew(moves: list[Move]) -> None:
    facts = [each for each in lived(moves).office.facts() if is_of_rebuilding(each.fact)]
    facts.sort(key=lambda each: (each.valid_at_us, each.seq))
    now_us = facts[-1].valid_at_us
    kept = grown = register(facts[:1], now_us)
    before = register(facts[:1], now_us)
    for n_known in range(2, len(facts) + 1):
        assert kept == before, "what was given out stays what it was"
        kept, before = grown, register(facts[: n_known - 1], now_us)
        grown = following(grown, facts[n_known - 1])
        assert grown == register(facts[:n_known], now_us)


ROAD: list[Move] = [("permit", 2, 0), ("road hazard", 0, 0)]
PAPER: list[Move] = [("brief", 0, 1), ("rate", 0, 1), ("permit", 0, 0), ("wait", 0, 3)]
TAG: list[Move] = [("match", 1, 0), ("permit", 1, 0), ("tag", 1, 3)]
SHEET: list[Move] = [("permit", 0, 0), ("sheet", 0, 1)]
SIGN: list[Move] = [("permit", 2, 0), ("road report", 0, 0)]
BACK: list[Move] = [
    *(("permit", 0, 0), ("evidence", 0, 0), ("taken back", 0, 0)),
]
BRIDGE: list[Move] = [("bridge damage", 0, 3), ("bridge tag", 0, 0), ("permit", 2, 0)]
AGAIN: list[Move] = [
    *(("permit", 2, 0), ("road hazard", 0, 0), ("layer", 2, 1), ("release", 0, 2)),
    ("road hazard", 0, 0),
]


PART: list[Move] = [("permit", 0, 0), ("part sign", 0, 0)]
PART_TOLD: list[Move] = [("permit", 0, 0), ("part report", 0, 0), ("answer", 0, 0)]
PART_FOUND: list[Move] = [("permit", 0, 0), ("part find", 0, 0), ("find answered", 1, 0)]
PART_BACK: list[Move] = [("permit", 0, 0), ("part sign", 0, 0), ("taken back", 0, 0)]
BESIDE: list[Move] = [("permit", 0, 0), ("beside sign", 0, 2), ("beside hazard", 0, 0)]


@pytest.mark.parametrize(
    "moves",
    [
        *(ROAD, PAPER, TAG, SHEET, SIGN, BRIDGE, BACK, AGAIN),
        *(PART, PART_TOLD, PART_FOUND, PART_BACK, BESIDE),
    ],
)
def test_each_way_to_be_stopped_is_found(moves: list[Move]) -> None:
    assert agree(moves) >= 1


@pytest.mark.parametrize(
    ("moves", "blind"),
    [
        *((ROAD, "_by_road"), (SIGN, "_by_road"), (TAG, "_of_papers"), (SHEET, "_of_papers")),
        (PART_FOUND, "_found_near"),
    ],
    ids=["road", "sign", "tag", "sheet", "find"],
)
def test_control_a_watch_that_is_blind_is_seen(
    moves: list[Move], blind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StopWork, blind, lambda *_: set())
    with pytest.raises(AssertionError):
        agree(moves)
