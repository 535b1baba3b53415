"""Papers of one works put together by hand, each true when told, in days since 1970."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rafiqa.geo import GridShape
from rafiqa.land import Actor, Recorded
from rafiqa.recovery import (
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    Gate,
    GateAnswer,
    HazmatScreened,
    ProjectRegistered,
    RightsChecked,
    RubbleLifted,
    SiteFact,
    SitePapers,
    SiteRated,
    UtilitiesNoted,
    ask_gate,
    register,
)
from tests.unit.land.story import FIRST, OPERATOR, Story, box, part

DAY_US = 86_400_000_000
NOW_DAY = 10
FIELD = box(0, 0, 100, 100)
WORKS = box(10, 10, 20, 20)
NO = dict.fromkeys(
    (
        *("item_seen", "entry_hole", "devices_laid", "accident_here"),
        *("bombed", "fought_over", "unsearched_rubble", "unused_since"),
    ),
    "no",
)
RIGHTS = RightsChecked("J1", "clear", consents=("C-1",))
RATED = SiteRated("J1", True, **NO)
TEAM = EodSupportAgreed("J1", "eod-unit", "T4", 400 * DAY_US)
CUT = UtilitiesNoted("J1", "cut", "none", "cut", "no")
SCREENED = HazmatScreened("J1", ("screened_none",))
BRIEFED = CrewBriefed("J1", 12, True, True)
LIFT = RubbleLifted("J1", "U1", 1, Decimal(40), True, ("T-1", "T-2"), Decimal(41))
FIND = ChanceFound("J1", "F1", "rubble")
MAY_GO_ON = ChanceFindAnswered("J1", "F1", True, "fuze, taken away")
SEARCHED = BombSearched("J1", "B1", "eod-unit", 300, 0)


def works(kind: str = "new_building", **said: Any) -> ProjectRegistered:
    """Works whose sheet leaves nothing out."""
    plain = ProjectRegistered(
        "J1",
        "School",
        kind,
        WORKS,
        30,
        box(20, 10, 30, 20),
        owner="municipality",
        volume_m3=Decimal(90),
        method="by_hand",
        n_workers=12,
        funder="fund",
    )
    return replace(plain, **said)


def cleared(depth_cm: int = 30, shape: GridShape = FIELD) -> Story:
    """Field A1, hazard since 1 µs, cleared to a depth at 3 µs."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", shape, depth_cm))
    return story


def told(*facts: SiteFact | tuple[int, SiteFact]) -> list[Recorded]:
    """The facts as the ledger has them; true on day 1, or on the day told with them.

    Finds are answered by somebody else than whoever tells of them.
    """
    dated = [each if isinstance(each, tuple) else (1, each) for each in facts]
    return [
        Recorded(seq, f"e{seq}", day * DAY_US, seq, teller(fact), fact)
        for seq, (day, fact) in enumerate(dated, start=100)
    ]


def teller(fact: SiteFact) -> Actor:
    """Who tells of a fact."""
    return FIRST if isinstance(fact, ChanceFindAnswered) else OPERATOR


def papers_of(
    *facts: SiteFact | tuple[int, SiteFact], day: int = NOW_DAY, **more: Any
) -> SitePapers:
    """What a gate is asked of beside the land, as true on a day."""
    known = register(told(*facts), day * DAY_US)
    finds = [(find, None) for each in known.folders.values() for find in each.open_finds()]
    return SitePapers(known.folder("J1"), finds=finds, **more)


def asked(
    about: ProjectRegistered,
    *facts: SiteFact | tuple[int, SiteFact],
    day: int = NOW_DAY,
    story: Story | None = None,
    **more: Any,
) -> GateAnswer:
    """What the gates answer of works on cleared ground with these papers on a day."""
    book = (story or cleared()).book()
    return ask_gate(about, book, day * DAY_US, papers=papers_of(*facts, day=day, **more))


def of_gate(answer: GateAnswer, gate: str) -> list[tuple[str, str]]:
    """Outcome and code of every answer of one gate."""
    return [(each.outcome, each.code) for each in answer.gates if each.gate == gate]


def row(answer: GateAnswer, code: str) -> Gate:
    """The one answer of a code."""
    (found,) = (each for each in answer.gates if each.code == code)
    return found
