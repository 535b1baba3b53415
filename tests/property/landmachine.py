"""The land machine: facts of every kind, at any date, in any order; the book must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import hypothesis.strategies as st
import shapely
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from rafiqa.geo import GridShape, coverage_fault
from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    Finding,
    LandBook,
    LandHistory,
    LandState,
    LotInspected,
    LotReviewed,
    NonconformityClosed,
    NonconformityRaised,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    StandingAccount,
    WorkedPart,
    WorkInspected,
    WorkReported,
    account,
    fold,
    plain_account,
)
from rafiqa.recovery import ProjectRegistered, ask_gate
from tests.property import landworld as world
from tests.property.oracle import HAZARD, NOTHING, Oracle

END_US = 20
LINES_MM = [mm for i in range(5) for mm in (i * world.STEP_MM, i * world.STEP_MM + world.SLIVER_MM)]
CENTRES_MM = [i * world.STEP_MM + world.STEP_MM // 2 for i in range(4)]
STRIPS_MM = [i * world.STEP_MM + world.SLIVER_MM // 2 for i in range(1, 5)]
POINTS_MM = [*product(CENTRES_MM, CENTRES_MM), *product(STRIPS_MM, CENTRES_MM)]
PLACES = shapely.points(POINTS_MM)
TIMES_US = (4, 8, END_US)
States = dict[tuple[tuple[int, int], int], tuple[str, int | None]]


def plain(state: LandState | None) -> tuple[str, int | None]:
    """A state of the book in the oracle's words."""
    if state is None:
        return NOTHING, None
    return (HAZARD, None) if state.is_hazard else (state.status, state.depth_cm)


def state_at(book: LandBook, x_mm: int, y_mm: int, valid_at_us: int) -> tuple[str, int | None]:
    """The state of a point that lies on no line."""
    found = book.at_mm(x_mm, y_mm)
    assert len(found) <= 1, "two faces cover one point"
    return plain(found[0].timeline.at(valid_at_us)) if found else (NOTHING, None)


class LandMachine(RuleBasedStateMachine):
    """Records facts one by one and holds the book against the oracle after each."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Recorded] = []
        self.history = LandHistory()
        self.states: States = {}
        self.book = LandBook(self.history, 0)
        self.turn = 0
        middle = GridShape.box(3_333, 3_333, 25_000, 25_000)
        self.standings = [
            StandingAccount(self.history, 0),
            StandingAccount(self.history, 2, middle),
        ]

    # --- recording

    @initialize(
        how=st.sampled_from([*("whole",) * 12, "none", "none", "short", "short", "mortars"])
    )
    def accredit(self, how: str) -> None:
        """In most histories the operator may work from the beginning."""
        until_us = 5 if how == "short" else None
        scope = ("rocket",) if how == "mortars" else ()
        if how != "none":
            grant = AccreditationGranted("c0", "operator", world.ALL_METHODS, 0, until_us, scope)
            self.record(grant, 0, world.ANA)

    def record(self, fact: object, valid_at_us: int, actor: Actor) -> None:
        self.write(fact, valid_at_us, actor)
        before = self.states
        self.look()
        self.check_lowered(fact, before)

    def write(self, fact: object, valid_at_us: int, actor: Actor) -> None:
        seq = len(self.facts) + 1
        self.facts.append(Recorded(seq, f"e{seq}", valid_at_us, 1_000 + seq, actor, fact))

    def look(self) -> None:
        self.history.take(self.facts[self.history.seq :])
        self.book = LandBook(self.history, self.history.seq)
        self.states = self.all_states()

    def all_states(self) -> States:
        found: States = dict.fromkeys(product(POINTS_MM, TIMES_US), (NOTHING, None))
        points, faces = self.book.tree.query(PLACES, predicate="intersects").tolist()
        assert len(points) == len(set(points)), "two faces cover one point"
        for point, face in zip(points, faces, strict=True):
            for valid_us in TIMES_US:
                state = self.book.faces[face].timeline.at(valid_us)
                found[POINTS_MM[point], valid_us] = plain(state)
        return found

    def check_lowered(self, fact: object, before: States) -> None:
        """Only a release lowers a hazard, and only a corrected outline takes it off record."""
        lowered = [key for key, (was, _) in before.items() if was == HAZARD]
        lowered = [key for key in lowered if self.states[key][0] != HAZARD]
        if isinstance(fact, BoundaryCorrected) and lowered:
            # Two of the authority took an outline off this ground. Where another area was
            # released on it, that release shows: the oracle says whether it was lawful.
            oracle = Oracle(self.facts)
            for key in lowered:
                assert self.states[key] == oracle.state(*key[0], key[1]), (fact, key)
            return
        for key in lowered:
            assert isinstance(fact, (ReleaseAccepted, ReleaseTransferred)), (fact, key)
            assert self.states[key][0] != NOTHING, (fact, key)

    @rule(
        fact=st.one_of(world.AREA, world.WORK, world.INSPECTION, world.PROPOSAL, world.DECISION),
        valid_us=world.TIMES,
        actor=world.ACTORS,
        dutiful=st.booleans(),
    )
    def anything(self, fact: object, valid_us: int, actor: Actor, dutiful: bool) -> None:
        self.record(fact, valid_us, world.DUTY.get(type(fact), actor) if dutiful else actor)

    @rule(
        fact=st.one_of(
            world.EVIDENCE_ITEM,
            world.REOPENING,
            world.QUIET,
            world.BOUNDARY,
            world.TRANSFER,
            world.QUALITY,
            world.structures(),
        ),
        valid_us=world.TIMES,
        actor=world.ACTORS,
        dutiful=st.integers(0, 3),
    )
    def more(self, fact: object, valid_us: int, actor: Actor, dutiful: int) -> None:
        self.record(fact, valid_us, world.DUTY.get(type(fact), actor) if dutiful else actor)

    @rule(
        area_id=world.AREAS,
        shape=world.boxes(),
        class_=world.CLASSES,
        valid_us=st.integers(1, 4),
    )
    def area(self, area_id: str, shape: GridShape, class_: Any, valid_us: int) -> None:
        self.record(AreaRecorded(area_id, class_, shape), valid_us, world.ANA)

    @rule(
        area_id=world.AREAS,
        part=world.parts(),
        second=world.parts(),
        slip=st.sampled_from([*(0,) * 20, *range(1, 27), 24]),
        begin_us=st.integers(3, 8),
        share=st.sampled_from([0, 1, 1, 1, 2, 2]),
    )
    def release(
        self,
        area_id: str,
        part: WorkedPart,
        second: WorkedPart,
        slip: int,
        begin_us: int,
        share: int,
    ) -> None:
        """A release as it should go, with at most one slip on the way."""
        areas = [item.fact for item in self.facts if isinstance(item.fact, AreaRecorded)]
        if share and not any(fact.area_id == area_id for fact in areas):
            self.record(AreaRecorded(area_id, "sha", part.shape), begin_us - 2, world.ANA)
        n = len(self.facts)
        ids = [f"p{n}", f"p{n}" if slip == 1 else f"q{n}"]
        outline = [
            f.fact.shape
            for f in self.facts
            if isinstance(f.fact, AreaRecorded) and f.fact.area_id == area_id
        ]
        shape = outline[-1] if outline and share else part.shape
        parts = tuple(
            WorkedPart(
                key,
                item.outcome,
                ground,
                item.method,
                item.depth_cm,
                "soil",
                "wall",
                item.evidence_answered,
                unit_id=item.unit_id,
                depth_from_cm=item.depth_from_cm,
            )
            for key, item, ground in zip(ids, (part, second), (shape, second.shape), strict=True)
        )
        hands = (None, "team1", "team2")[n % 3]
        work = WorkReported(
            f"w{n}",
            area_id,
            "operator",
            parts,
            person_ids=("chi",),
            team_id=hands,
            begun_us=begin_us - 3 if n % 4 == 1 else None,
            ended_us=begin_us + 3 if n % 4 == 2 else None,
        )
        inspector = Actor("chi", "quality", "quality") if slip == 2 else world.DOV
        inspector = world.CHI if slip == 3 else inspector
        passed = slip != 4
        inspection = WorkInspected(f"i{n}", work.work_id, inspector.organisation_id, passed)
        proposal = ReleaseProposed(f"r{n}", work.work_id, tuple(ids[: 1 if share else 2]))
        accepter = world.ANA if slip == 5 else world.BO
        accepter = Actor("chi", "authority", "authority") if slip == 6 else accepter
        accepter = Actor("bo", "operator", "authority") if slip == 7 else accepter
        accepter = Actor("bo", "authority", "resident") if slip == 8 else accepter
        story: list[tuple[object, Actor]] = [
            (work, world.CHI),
            (inspection, inspector),
            (proposal, world.ANA),
            (ReleaseAccepted(f"r{n}"), accepter),
        ]
        if slip == 9:
            story.pop(1)
        if slip == 10:
            story.reverse()
        dates_us = [begin_us + late for late in range(len(story))]
        if slip == 11:
            dates_us[3] -= 3
        if slip == 12:
            # It failed on a later day than the acceptance names, and was on record before it.
            failed = WorkInspected(f"j{n}", work.work_id, "quality", passed=False)
            story.insert(2, (failed, world.DOV))
            dates_us.insert(2, begin_us + 6)
        if slip == 14:
            told = EvidenceRecorded(f"E{n}", "crater", "visual", area_id=area_id)
            story.insert(0, (told, world.CHI))
            dates_us.insert(0, begin_us)
        if slip == 13:
            story.append((ReleaseRejected(f"r{n}", "no"), world.BO))
            dates_us.append(begin_us + 2)
        if slip > 14:
            self.quality_slip(slip, story, dates_us, n)
        for (fact, actor), at_us in zip(story, dates_us, strict=True):
            self.record(fact, at_us, actor)

    def quality_slip(
        self, slip: int, story: list[tuple[object, Actor]], dates_us: list[int], n: int
    ) -> None:
        """What quality management may have to say of a release on its way."""
        work, begin_us = story[0][0], dates_us[0]
        assert isinstance(work, WorkReported)
        ids = tuple(part.part_id for part in work.parts)
        hands = (work.team_id,) if work.team_id else ()

        def between(fact: object, actor: Actor, late_us: int) -> None:
            story.insert(len(story) - 1, (fact, actor))
            dates_us.insert(len(dates_us) - 1, begin_us + late_us)

        whole = LotInspected(f"l{n}", "quality", True, 1, 9, ids)
        stop = replace(
            whole,
            lot_id=f"s{n}",
            passed=False,
            part_ids=("none",),
            team_ids=hands,
            inspected_id="operator",
        )
        review = LotReviewed(f"v{n}", f"s{n}", "looked at", world.BO)
        raised = NonconformityRaised(
            f"n{n}", "operator", "critical", "depth", "seen", team_id=work.team_id
        )
        if slip == 15:
            story[1] = whole, world.DOV
        elif slip == 16:
            story[1] = replace(whole, part_ids=("none",)), world.DOV
        elif slip == 17:
            story[1] = replace(whole, organisation_id="operator"), world.CHI
        elif slip == 18:
            raised = replace(raised, work_id=work.work_id)
            between(raised, world.DOV, 2)
            closer = world.CHI if begin_us % 2 else world.DOV
            between(NonconformityClosed(f"n{n}", "seen"), closer, 2)
        elif slip == 19:
            between(replace(raised, part_ids=ids), world.DOV, 2 + 5 * (begin_us % 2))
        elif slip in {20, 21, 22}:
            between(stop, world.DOV, 2)
            if slip == 21:
                between(replace(review, confirmed_by=world.ANA), world.ANA, 2)
            if slip == 22:
                between(review, world.ANA, 2)
        elif slip in {23, 26}:
            # Ended before the work, or between its first day and its last.
            if slip == 26:
                story[0] = replace(work, ended_us=begin_us + 3), world.CHI
            late_us = 1 if slip == 26 else -1
            between(AccreditationEnded("c0", "operator", "why"), world.ANA, late_us)
        elif slip == 24:
            story[1] = story[1][0], Actor("bo", "quality", "quality")
        else:
            # Known only after the release: the ground stays, and nothing is built on it.
            story.append((stop, world.DOV))
            dates_us.append(begin_us + 4)
            if begin_us % 2:
                story.append((review, world.ANA))
                dates_us.append(begin_us + 5)

    @rule(
        area_id=world.AREAS,
        shape=world.boxes(2),
        slip=world.SLIPS,
        begin_us=st.integers(3, 8),
        off_record=st.sampled_from([False, False, False, True]),
    )
    def building(
        self, area_id: str, shape: GridShape, slip: str, begin_us: int, off_record: bool
    ) -> None:
        """A building from its registration to the release of every unit, with at most one slip."""
        n = len(self.facts)
        if not off_record:
            self.record(AreaRecorded(area_id, "sha", shape), begin_us - 2, world.ANA)
        work = WorkReported(
            f"w{n}", area_id, "operator", world.building_parts(n, shape, slip), person_ids=("chi",)
        )
        ids = tuple(part.part_id for part in work.parts if part.outcome != "not_cleared")
        story: list[tuple[object, Actor, int]] = [
            (world.building(n, shape), world.CHI, begin_us - 1),
            (work, world.CHI, begin_us),
            (WorkInspected(f"i{n}", f"w{n}", "quality", passed=True), world.DOV, begin_us + 1),
            (ReleaseProposed(f"r{n}", f"w{n}", ids), world.ANA, begin_us + 2),
            (ReleaseAccepted(f"r{n}"), world.BO, begin_us + 3),
        ]
        if slip == "late":
            story.append(story.pop(0))
        if slip == "dated late":
            story[0] = (*story[0][:2], begin_us + 2)
        if slip == "more units":
            story.append((world.building(n, shape, f"c{n}"), world.CHI, begin_us - 1))
        if slip == "wider":
            x0, y0, x1, y1 = shape.bounds_mm
            wide = GridShape.box(x0, y0, x1 + world.STEP_MM, y1)
            story.append((world.building(n, wide), world.CHI, begin_us - 1))
        for fact, actor, at_us in story:
            self.record(fact, at_us, actor)

    @rule(
        which=st.integers(0, 40),
        kind=st.sampled_from(
            [
                *("failed", "critical", "passed", "rejected", "again", "over"),
                *("lot", "item", "stop", "ended", "granted"),
            ]
        ),
        valid_us=world.TIMES,
        ground=world.boxes(),
        class_=world.CLASSES,
    )
    def aftermath(
        self, which: int, kind: str, valid_us: int, ground: GridShape, class_: Any
    ) -> None:
        """Something more of a work on record: an inspection, a rejection, a report, an area."""
        works = [item for item in self.facts if isinstance(item.fact, WorkReported)]
        if not works:
            return
        work = works[which % len(works)]
        fact = work.fact
        assert isinstance(fact, WorkReported)
        n = len(self.facts)
        if kind == "rejected":
            # The whole story of a release numbers its ids by where it begins.
            rejected = ReleaseRejected(f"r{fact.work_id[1:]}", "no")
            self.record(rejected, valid_us, world.ANA)
        elif kind == "again":
            parts = (replace(fact.parts[0], shape=ground),)
            self.record(replace(fact, parts=parts), valid_us, world.CHI)
        elif kind in {"lot", "item", "stop"}:
            ids = ("none",) if kind == "stop" else (fact.parts[0].part_id,)
            lot = LotInspected(
                f"l{n}",
                "quality",
                kind == "item",
                1,
                9,
                ids,
                team_ids=() if fact.team_id is None else (fact.team_id,),
                inspected_id="operator",
                items_found=int(kind == "item"),
            )
            self.record(lot, valid_us, world.DOV)
        elif kind == "granted":
            # Too late for what was accepted before, whatever day it names.
            grant = AccreditationGranted("c8", "operator", world.ALL_METHODS, 0)
            self.record(grant, 0, world.ANA)
        elif kind == "ended":
            self.record(AccreditationEnded("c0", "operator", "why"), valid_us, world.ANA)
        elif kind == "over":
            shape = fact.parts[0].shape
            self.record(AreaRecorded("AB"[which % 2], class_, shape), valid_us, world.ANA)
        else:
            findings = (Finding("critical", "item"),) if kind == "critical" else ()
            passed = kind != "failed"
            inspected = WorkInspected(f"i{n}", fact.work_id, "quality", passed, findings=findings)
            self.record(inspected, valid_us, world.DOV)

    # --- what must hold, asked once after every rule

    def check(self) -> None:
        self.turn += 1
        oracle = Oracle(self.facts)
        self.check_refolded()
        self.check_points(oracle)
        self.check_account()
        self.check_gate(oracle)
        fault = coverage_fault([face.shape for face in self.book.faces])
        assert fault is None, fault

    def check_refolded(self) -> None:
        """The book made fact by fact is the one made at once, in whatever order facts come."""
        some = self.turn % max(1, len(self.facts))
        shuffled = [*self.facts[some:][::-1], *self.facts[:some]]
        assert list(fold(shuffled).faces) == list(self.book.faces)

    def check_points(self, oracle: Oracle) -> None:
        for offset in range(6):
            self.check_point(oracle, POINTS_MM[(self.turn * 7 + offset * 5) % len(POINTS_MM)])

    def check_point(self, oracle: Oracle, place_mm: tuple[int, int]) -> None:
        for valid_us in TIMES_US:
            expected = oracle.state(*place_mm, valid_us)
            assert self.states[place_mm, valid_us] == expected, (place_mm, valid_us)

    def check_account(self) -> None:
        from_us = self.turn % 9
        until_us = from_us + self.turn % 12
        edge = (self.turn % 3 + 1) * world.STEP_MM + 333
        for boundary in (None, GridShape.box(3_333, 3_333, edge, edge)):
            result = account(self.book, from_us=from_us, until_us=until_us, boundary=boundary)
            assert result.balance_error == 0, (from_us, until_us, boundary)
            assert result == plain_account(
                self.book.faces, from_us=from_us, until_us=until_us, boundary=boundary
            )
            moved = sum(item.flows["reclassified"] for item in result.classes.values())
            assert moved == 0
        self.check_sum(until_us)
        standing = self.standings[self.turn % 2]
        again = account(
            self.book, from_us=standing.from_us, until_us=until_us, boundary=standing.boundary
        )
        assert standing.at(until_us) == again

    def check_sum(self, until_us: int) -> None:
        result = account(self.book, from_us=0, until_us=until_us)
        closing = sum(item.closing for item in result.classes.values())
        on_record = told = 0
        for face, state in self.book.states(until_us):
            on_record += face.shape.area2_mm2
            told += face.shape.area2_mm2 if state.status == "indication" else 0
        assert closing + told + sum(result.released.values()) == on_record

    def check_gate(self, oracle: Oracle) -> None:
        x, y = self.turn % 3, self.turn // 3 % 3
        ground = GridShape.box(
            x * world.STEP_MM, y * world.STEP_MM, (x + 2) * world.STEP_MM, (y + 1) * world.STEP_MM
        )
        depth_cm = (0, 10, 20, 30)[self.turn % 4]
        project = ProjectRegistered("P", "school", "school", ground, depth_cm)
        answer = ask_gate(project, self.book, END_US)
        outcome = answer.outcome
        stopped = any(gate.code == "gate.area.quarantined" for gate in answer.gates)
        for x_mm in CENTRES_MM[x : x + 2]:
            state, certified_cm = oracle.state(x_mm, CENTRES_MM[y], END_US)
            if state not in {HAZARD, NOTHING} and oracle.in_doubt(x_mm, CENTRES_MM[y], END_US):
                assert stopped
            if state == HAZARD:
                assert outcome == "closed"
            elif state == "cleared":
                assert outcome == "closed" or depth_cm <= (
                    certified_cm if certified_cm is not None else -1
                )
            elif state == NOTHING or depth_cm:
                assert outcome != "open"

    # --- at the end of each history

    def teardown(self) -> None:
        if not self.facts:
            return
        self.check_known_at()
        self.check_areas()

    def check_known_at(self) -> None:
        """What was known at K is what it was: the facts of then, folded afresh."""
        n_known = max(1, len(self.facts) // 2)
        known_us = self.facts[n_known - 1].recorded_at_us
        then = fold([fact for fact in self.facts if fact.recorded_at_us <= known_us])
        again = fold(list(reversed(self.facts[:n_known])))
        assert list(then.faces) == list(again.faces)
        past = LandBook(self.history, n_known)
        assert list(past.faces) == list(then.faces)
        assert account(past, from_us=3, until_us=END_US) == account(
            then, from_us=3, until_us=END_US
        )
        oracle = Oracle(self.facts[:n_known])
        for x_mm, y_mm in POINTS_MM[:: max(1, len(POINTS_MM) // 5)]:
            assert state_at(then, x_mm, y_mm, END_US) == oracle.state(x_mm, y_mm, END_US)

    def check_areas(self) -> None:
        """The areas by state, cut by lattice and oracle, are the account's to the half mm²."""
        oracle = Oracle(self.facts)
        sums = dict.fromkeys((HAZARD, "cancelled", "reduced", "cleared"), 0)
        for (x0, x1), (y0, y1) in self.cells():
            state, _ = oracle.state((x0 + x1) / 2, (y0 + y1) / 2, END_US)
            if state != NOTHING:
                sums[state] += 2 * (x1 - x0) * (y1 - y0)
        released = account(self.book, from_us=0, until_us=END_US).released
        assert {key: sums[key] for key in released} == released
        hazard = sum(
            face.shape.area2_mm2 for face, state in self.book.states(END_US) if state.is_hazard
        )
        assert hazard == sums[HAZARD]

    def cells(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        ys = [i * world.STEP_MM for i in range(5)]
        yield from product(pairwise(LINES_MM), pairwise(ys))


class HindsightMachine(LandMachine):
    """The machine that looks at a history only afterwards, at few moments of its growing.

    Far quicker than looking after every step; it is what hunts for planted bugs.
    """

    def record(self, fact: object, valid_at_us: int, actor: Actor) -> None:
        self.write(fact, valid_at_us, actor)

    def teardown(self) -> None:
        story = self.facts
        accepted = [n for n, item in enumerate(story) if isinstance(item.fact, ReleaseAccepted)]
        moments = {len(story) * quarter // 4 for quarter in (1, 2, 3, 4)}
        moments |= {n + late for n in accepted[-1:] for late in (0, 1)}
        for n_known in sorted(moments):
            self.facts = story[:n_known]
            if self.facts:
                self.look()
                oracle = Oracle(self.facts)
                for place_mm in POINTS_MM:
                    self.check_point(oracle, place_mm)
                self.check()
        super().teardown()
