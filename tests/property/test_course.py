"""The course asks for doubt only where it may change, and tells what asking everywhere tells."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    LotInspected,
    LotReviewed,
    ReleaseAccepted,
    ReleaseProposed,
    ReportAnswered,
    ResidentReported,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import ChanceFindAnswered, ChanceFound
from rafiqa.service import Office, Saying
from rafiqa.service.course import DOUBT, UNRECORDED, look
from rafiqa.service.course import course as course_of
from rafiqa.service.doubt import Doubts
from tests.unit.service.ground import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    RESIDENT,
    SECOND,
    START_US,
    SURVEYOR,
    accredit,
    new_office,
    spot_in,
)

HOUR_US = 3_600_000_000
TEAMS = ("T1", "T2")
ENGINEER, OTHER = Actor("eng", "builders", "engineer"), Actor("eod", "deminers", "operator")
Step = tuple[str, int, int, int]
KINDS = ("release", "seen", "told", "answer", "lot", "review", "find", "note", "again", "reopen")


def plot(number: int) -> GridShape:
    x_mm = number * 60_000
    return GridShape.box(x_mm, 0, x_mm + 50_000, 50_000)


class Story:
    """Facts said in an order and true at times that are drawn; unlawful ones have no effect."""

    def __init__(self) -> None:
        self.office = new_office()
        accredit(self.office)
        self.n = 0

    def say(self, actor: Actor, subject: str, hour: int, fact: object) -> None:
        self.n += 1
        at_us = START_US + hour * HOUR_US
        self.office.say(actor, [Saying(f"e{self.n}", subject, at_us, fact)])

    def tell(self, step: Step) -> None:
        """Tells one step: what, on which plot, when, and a draw of its own."""
        kind, at, hour, draw = step
        self.n += 1
        office, name, own = self.office, f"A{at}", f"{kind}{self.n}"
        spot = spot_in(office, at * 60 + (25, 48, 55)[draw % 3], 25)
        organisation = OPERATOR.organisation_id
        match kind:
            case "release":
                self.release(at, hour, TEAMS[draw % 2])
            case "seen":
                seen = EvidenceRecorded(own, "eo_seen", "visual", spot, accuracy_m=Decimal(draw))
                self.say(SURVEYOR, own, hour, seen)
            case "told":
                told = ResidentReported(f"S{at}", spot, "mine", accuracy_m=draw)
                self.say(RESIDENT, f"S{at}", hour, told)
            case "answer":
                outcome = ("nothing_found", "marked")[draw % 2]
                self.say(FIRST, f"S{at}", hour, ReportAnswered(f"S{at}", outcome))
            case "lot":
                failed = self.lot(f"L{at}", hour, TEAMS[draw % 2], organisation)
                self.say(INSPECTOR, f"L{at}", hour, failed)
            case "review":
                review = LotReviewed(own, f"L{at}", "looked again", SECOND)
                self.say(FIRST, f"L{at}", hour, review)
            case "find":
                found = ChanceFound("B1", f"F{at}", "soil", spot)
                self.say(ENGINEER, "B1", hour, found)
            case "note":
                note = ChanceFindAnswered("B1", f"F{at}", bool(draw % 2), "x")
                self.say(OTHER, "B1", hour, note)
            case "again":
                self.say(SURVEYOR, name, hour, AreaRecorded(name, "sha", plot(at), "Plot", ()))
            case "reopen":
                back = LandReopened(own, plot(at), "missed_item", area_id=name)
                self.say(FIRST, name, hour, back)

    def lot(self, lot_id: str, hour: int, team: str, organisation: str) -> LotInspected:
        at_us = START_US + hour * HOUR_US
        return LotInspected(
            lot_id=lot_id,
            organisation_id=INSPECTOR.organisation_id,
            inspected_id=organisation,
            from_us=at_us - HOUR_US,
            until_us=at_us,
            team_ids=(team,),
            passed=False,
        )

    def release(self, at: int, hour: int, team: str) -> None:
        """An area, its work, its inspection and its release by two, an hour after one another."""
        name, own = f"A{at}", f"{at}-{self.n}"
        self.say(SURVEYOR, name, hour, AreaRecorded(name, "cha", plot(at), "Plot", ()))
        part = WorkedPart(f"P{own}", "cleared", plot(at), "manual", 30)
        work = WorkReported(
            f"W{own}", name, OPERATOR.organisation_id, (part,), person_ids=("lead",), team_id=team
        )
        self.say(OPERATOR, name, hour + 1, work)
        checked = WorkInspected(f"I{own}", f"W{own}", INSPECTOR.organisation_id, passed=True)
        self.say(INSPECTOR, name, hour + 2, checked)
        proposed = ReleaseProposed(f"R{own}", f"W{own}", (f"P{own}",))
        self.say(FIRST, name, hour + 3, proposed)
        self.say(SECOND, name, hour + 4, ReleaseAccepted(f"R{own}"))


def simple(office: Office, known_us: int) -> list[list[tuple[int, str]]]:
    """Every face asked at every time at which any fact became true: what nothing is left out of."""
    book = office.book(known_us)
    told: list[list[tuple[int, str]]] = [[] for _ in book.faces]
    before = [UNRECORDED] * len(told)
    for at_us in sorted({fact.valid_at_us for fact in office.facts(known_us)}):
        doubts = Doubts.of(office, book, office.recovery(at_us, known_us), at_us)
        for number, face in enumerate(book.faces):
            state = face.timeline.at(at_us)
            doubted = state is not None and doubts.on(face, state)
            now = DOUBT if doubted else look(state)
            if now != before[number]:
                told[number].append((at_us, now))
            before[number] = now
    return told


steps = st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 60), st.integers(0, 30))


@given(st.lists(steps, max_size=14))
@example([("lot", 0, 10, 0), ("review", 0, 20, 0)])
@example([("seen", 0, 10, 16), ("again", 0, 14, 0)])
@example([("seen", 0, 10, 16), ("release", 0, 20, 0)])
@example([("told", 0, 10, 16), ("answer", 0, 20, 0)])
@example([("find", 0, 12, 0), ("note", 0, 15, 1)])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_doubt_is_left_out_that_asking_everywhere_would_tell(drawn: list[Step]) -> None:
    story = Story()
    for at in range(3):
        story.tell(("release", at, 2 * at, at))
    for step in drawn:
        story.tell(step)
    office = story.office
    facts = office.facts()
    for known_us in (facts[-1].recorded_at_us, facts[len(facts) // 2].recorded_at_us):
        made = course_of(office, known_us)
        assert made is not None
        assert [list(each) for each in made.steps] == simple(office, known_us)


@pytest.mark.parametrize("kind", ["told", "seen", "lot", "find"])
def test_what_is_asked_grows_with_the_entries_and_not_with_their_square(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = {8: 0, 32: 0}
    plain = Doubts.of_few
    for n in counted:

        def of_few(*given: object, n: int = n) -> bool:
            counted[n] += 1
            return plain(*given)  # type: ignore[arg-type]

        story = Story()
        for at in range(n):
            story.release(at, 10 * at, f"team-{at}")
            if kind == "lot":
                failed = story.lot(f"L{at}", 10 * at + 6, f"team-{at}", OPERATOR.organisation_id)
                story.say(INSPECTOR, f"L{at}", 10 * at + 6, failed)
            else:
                story.tell((kind, at, 10 * at + 6, 0))
        monkeypatch.setattr(Doubts, "of_few", of_few)
        made = course_of(story.office, story.office.facts()[-1].recorded_at_us)
        monkeypatch.setattr(Doubts, "of_few", plain)
        assert made is not None
        doubted = [any(name == DOUBT for _, name in each) for each in made.steps]
        assert sum(doubted) >= n, "each plot comes into doubt"
    assert counted[32] <= 5 * counted[8], counted
