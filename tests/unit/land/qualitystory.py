"""One work under quality management: its accreditation, inspection, lots, and its release."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rafiqa.land import (
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityRaised,
    Recorded,
    ReleaseAccepted,
    WorkReported,
    acceptance_faults,
)
from tests.unit.land.story import (
    FIRST,
    OPERATOR,
    SECOND,
    Story,
    box,
    part,
)

FIELD = box(0, 0, 100, 100)
YARD = box(200, 0, 300, 100)
DAY_US = 86_400_000_000
GRANT = AccreditationGranted("C1", "deminers", ("manual",), 0)
LOT = LotInspected("L1", "quality", True, 1, 3, ("P1",), inspected_share=Decimal("0.1"))
FAILED = replace(LOT, lot_id="L2", passed=False, part_ids=("P2",), team_ids=("T1",))
REVIEW = LotReviewed("V1", "L2", "logs checked", SECOND)
RAISED = NonconformityRaised("N1", "deminers", "critical", "depth", "too shallow", "W1")
WORK = WorkReported(
    "W1",
    "A1",
    "deminers",
    (part("P1", "cleared", FIELD),),
    "J1",
    person_ids=("gus",),
    team_id="T1",
    asset_ids=("dog",),
)


def begun(*grants: object, work: WorkReported = WORK, inspected: bool = True) -> Story:
    """A story with an area and these accreditations; worked at 2, inspected at 3."""
    story = Story(accredited=not grants)
    for fact in grants:
        story.tell(0, FIRST, fact)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, work)
    if inspected:
        story.inspect(3, "W1")
    return story


def codes(story: Story, at_us: int = 10) -> list[str]:
    """Why an acceptance of the whole work would now release nothing."""
    story.propose(9, "R1", "W1", "P1")
    register = story.book().register.joined("release", "R1")
    seq = len(story.facts) + 1
    act = Recorded(seq, "", at_us, 2_000, SECOND, ReleaseAccepted("R1"))
    return [each.code for each in acceptance_faults(register, act, register.releases["R1"])]


def released(work: WorkReported = WORK) -> Story:
    story = begun(work=work)
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.status(50, 50, 5) == "cleared"
    return story
