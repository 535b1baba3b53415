"""Laws of the gates of papers, under folders drawn at random."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rafiqa.land import Recorded
from rafiqa.recovery import (
    QUESTIONS,
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    GateAnswer,
    HazmatScreened,
    MethodStated,
    ProjectRegistered,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    SiteFact,
    SitePapers,
    SiteRated,
    StructureTag,
    UtilitiesNoted,
    WorksClosed,
    ask_gate,
    rated,
    register,
)
from tests.unit.land.story import Story
from tests.unit.recovery.folder import DAY_US, FIELD, cleared, teller, works

WORSE = {"open": 0, "conditions": 1, "closed": 2}
KINDS = ("new_building", "repair", "demolition", "rubble_removal", "road")
STATUS = ("clear", "disputed", "owner_absent", "approval_missing", "decided", "unknown")
ANSWER = st.sampled_from(["yes", "no", "no", "no", "unknown"])
STATE = st.sampled_from(["cut", "none", "live", "unknown"])
IDS = st.sampled_from(["1", "2"])
RATINGS = st.builds(
    SiteRated,
    st.just("J1"),
    st.booleans(),
    plan=st.sampled_from([None, "by hand"]),
    **dict.fromkeys(QUESTIONS, ANSWER),
)
FACTS: st.SearchStrategy[SiteFact] = st.one_of(
    st.builds(
        RightsChecked,
        st.just("J1"),
        st.sampled_from(STATUS),
        consents=st.sampled_from([(), ("C-1",)]),
        decided_by=st.sampled_from([None, "court"]),
    ),
    st.builds(
        RightsClaimed,
        st.just("J1"),
        IDS,
        st.just("title"),
        st.sampled_from(STATUS),
        absent=ANSWER,
    ),
    RATINGS,
    st.builds(
        EodSupportAgreed,
        st.just("J1"),
        st.just("eod"),
        IDS,
        st.integers(0, 40).map(lambda day: day * DAY_US),
    ),
    st.builds(UtilitiesNoted, st.just("J1"), STATE, STATE, STATE, ANSWER),
    st.builds(MethodStated, st.just("J1"), st.just("from the top")),
    st.builds(
        HazmatScreened,
        st.just("J1"),
        st.sampled_from([("screened_none",), ("fuel",), ("unknown",)]),
        st.sampled_from([None, "bagged"]),
    ),
    st.builds(CrewBriefed, st.just("J1"), st.integers(0, 14), st.booleans(), st.booleans()),
    st.builds(
        RubbleLifted,
        st.just("J1"),
        IDS,
        st.integers(1, 3),
        st.just(Decimal(40)),
        st.booleans(),
        st.sampled_from([(), ("T-1",)]),
    ),
    st.builds(ChanceFound, st.just("J1"), IDS, st.just("rubble")),
    st.builds(ChanceFindAnswered, st.just("J1"), IDS, st.booleans(), st.just("seen")),
    st.builds(
        BombSearched, st.just("J1"), IDS, st.just("eod"), st.integers(0, 400), st.integers(0, 1)
    ),
    st.builds(WorksClosed, st.just("J1"), st.sampled_from([None, "2026-01-01"])),
)
FOLDERS = st.lists(st.tuples(st.integers(1, 30), FACTS), max_size=8)
TAGS = st.sampled_from(
    [{}, *({"b1": StructureTag(colour)} for colour in ("green", "yellow", "red"))]
)
ABOUT = st.sampled_from(KINDS).map(lambda kind: works(kind, asset_ids=("b1",)))
CLEARED = cleared().book()
HAZARD = Story()
HAZARD.area(1, "A1", FIELD)
CLOSED = HAZARD.book()


def recorded(told: list[tuple[int, SiteFact]], first: int = 1) -> list[Recorded]:
    return [
        Recorded(seq, f"e{seq}", day * DAY_US, seq, teller(fact), fact)
        for seq, (day, fact) in enumerate(told, start=first)
    ]


def asked(
    about: ProjectRegistered,
    facts: list[Recorded],
    tags: dict[str, StructureTag],
    day: int,
    known_seq: int | None = None,
) -> GateAnswer:
    known = [each for each in facts if known_seq is None or each.seq <= known_seq]
    folded = register(known, day * DAY_US)
    finds = [(find, None) for each in folded.folders.values() for find in each.open_finds()]
    papers = SitePapers(folded.folder("J1"), tags, finds)
    return ask_gate(about, CLEARED, day * DAY_US, papers=papers)


@given(ABOUT, FOLDERS, FACTS, TAGS)
def test_a_paper_that_alone_closes_never_makes_an_answer_better(
    about: ProjectRegistered,
    told: list[tuple[int, SiteFact]],
    bad: SiteFact,
    tags: dict[str, StructureTag],
) -> None:
    alone = asked(about, recorded([(30, bad)]), {"b1": StructureTag("green")}, 30)
    facts = recorded(told)
    before = asked(about, facts, tags, 30)
    after = asked(about, [*facts, *recorded([(30, bad)], 100)], tags, 30)
    if alone.outcome == "closed":
        assert WORSE[after.outcome] >= WORSE[before.outcome]
        closing = {gate.gate for gate in alone.gates if gate.outcome == "closed"}
        # A rating alone has no team beside it; one that was agreed on may stand by already.
        if not isinstance(bad, SiteRated | RubbleLifted):
            assert closing <= {gate.gate for gate in after.gates if gate.outcome == "closed"}


@given(ABOUT, FOLDERS, FACTS, TAGS, st.integers(1, 30))
def test_what_speaks_against_works_counts_however_late_it_is_told(
    about: ProjectRegistered,
    told: list[tuple[int, SiteFact]],
    bad: SiteFact,
    tags: dict[str, StructureTag],
    day: int,
) -> None:
    alone = asked(about, recorded([(day, bad)]), {"b1": StructureTag("green")}, 30)
    facts = recorded(told)
    before = asked(about, facts, tags, 30)
    after = asked(about, [*facts, *recorded([(day, bad)], 100)], tags, 30)
    # A trained rating and a lift are judged by a team that was agreed on; see above.
    if alone.outcome == "closed" and not isinstance(bad, SiteRated | RubbleLifted):
        assert WORSE[after.outcome] >= WORSE[before.outcome]
        closing = {gate.gate for gate in alone.gates if gate.outcome == "closed"}
        assert closing <= {gate.gate for gate in after.gates if gate.outcome == "closed"}


@given(ABOUT, FOLDERS, TAGS, st.integers(1, 40))
def test_no_paper_opens_hazard(
    about: ProjectRegistered,
    told: list[tuple[int, SiteFact]],
    tags: dict[str, StructureTag],
    day: int,
) -> None:
    folded = register(recorded(told), day * DAY_US)
    papers = SitePapers(folded.folder("J1"), tags)
    answer = ask_gate(about, CLOSED, day * DAY_US, papers=papers)
    assert answer.outcome == "closed"
    entered = [gate for gate in answer.gates if gate.gate == "G5"]
    assert entered[0].code == "gate.structure.ground-first"


@given(ABOUT, FOLDERS, TAGS)
def test_works_open_only_with_every_paper_they_are_asked(
    about: ProjectRegistered, told: list[tuple[int, SiteFact]], tags: dict[str, StructureTag]
) -> None:
    answer = asked(about, recorded(told), tags, 30)
    if answer.outcome == "open":
        kinds = {type(fact) for _, fact in told}
        assert {RightsChecked, SiteRated, UtilitiesNoted, CrewBriefed} <= kinds


@given(ABOUT, FOLDERS, FOLDERS, TAGS, st.integers(0, 40))
def test_an_answer_of_a_past_day_stays_the_same(
    about: ProjectRegistered,
    told: list[tuple[int, SiteFact]],
    later: list[tuple[int, SiteFact]],
    tags: dict[str, StructureTag],
    day: int,
) -> None:
    facts = recorded(told)
    appended = [*facts, *recorded(later, 100)]
    assert asked(about, appended, tags, day, known_seq=99) == asked(about, facts, tags, day)
    ahead = [(day + 1, fact) for _, fact in later]
    assert asked(about, [*facts, *recorded(ahead, 100)], tags, day) == asked(
        about, facts, tags, day
    )


@given(RATINGS, st.sampled_from(sorted(QUESTIONS)), st.sampled_from(["yes", "unknown"]))
def test_no_doubt_about_a_site_lowers_its_rating(
    answers: SiteRated, question: str, doubt: str
) -> None:
    levels = ("low", "medium", "high")
    no: dict[str, Any] = {question: "no"}
    doubtful: dict[str, Any] = {question: doubt}
    sure = rated(replace(answers, **no))
    doubted = rated(replace(answers, **doubtful))
    assert levels.index(doubted.rating) >= levels.index(sure.rating)
