"""What is told late with an earlier day is not hidden by what was told before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rafiqa.recovery import (
    ChanceFindAnswered,
    PictureKept,
    RightsClaimed,
    SheetStated,
    register,
    tag_of,
)
from rafiqa.recovery.damage import StructureTagged
from rafiqa.recovery.lastword import last_words
from rafiqa.recovery.passage import passage_of
from tests.unit.recovery.folder import (
    BRIEFED,
    CUT,
    DAY_US,
    FIND,
    LIFT,
    MAY_GO_ON,
    RATED,
    RIGHTS,
    SCREENED,
    SEARCHED,
    TEAM,
    asked,
    of_gate,
    papers_of,
    told,
    works,
)

CLAIM = RightsClaimed("J1", "K7", "title", "clear", "no")
STOP = ChanceFindAnswered("J1", "F1", False, "fuze left in place")


@pytest.mark.parametrize(
    ("good", "bad", "closed"),
    [
        (RIGHTS, replace(RIGHTS, hlp_status="disputed"), ("G1", "gate.rights.disputed")),
        (CLAIM, replace(CLAIM, hlp_status="disputed"), ("G1", "gate.rights.disputed")),
        (CUT, replace(CUT, gas="live"), ("G4", "gate.utilities.live")),
        (SCREENED, replace(SCREENED, hazmat=("fuel",)), ("G6", "gate.materials.no-plan")),
        (BRIEFED, replace(BRIEFED, stop_work=False), ("G7", "gate.crew.not-briefed")),
        (
            RATED,
            replace(RATED, trained=False, item_seen="yes"),
            ("G2", "gate.rating.high-no-plan"),
        ),
        (RATED, replace(RATED, item_seen="yes"), ("G2", "gate.rating.high-no-plan")),
        (SEARCHED, replace(SEARCHED, anomalies_open=2), ("G9", "gate.bombs.signals-open")),
    ],
)
def test_a_paper_told_late_with_an_earlier_day_still_closes(
    good: Any, bad: Any, closed: tuple[str, str]
) -> None:
    about = works("demolition")
    late = asked(about, (5, good), (3, bad))
    assert ("closed", closed[1]) in of_gate(late, closed[0])
    answered = asked(about, (5, good), (3, bad), (6, good))
    assert ("closed", closed[1]) not in of_gate(answered, closed[0])


@pytest.mark.parametrize(
    ("papers", "is_open"),
    [
        (((2, FIND), (3, MAY_GO_ON)), False),
        (((2, FIND), (4, MAY_GO_ON), (3, FIND)), True),
        (((2, FIND), (4, MAY_GO_ON), (3, STOP)), True),
        (((2, FIND), (4, MAY_GO_ON), (3, STOP), (5, MAY_GO_ON)), False),
    ],
)
def test_a_find_told_again_and_a_note_to_stop_count_whenever_they_are_told(
    papers: tuple[Any, ...], is_open: bool
) -> None:
    assert bool(list(papers_of(*papers).folder.open_finds())) == is_open


def test_nobody_answers_a_find_of_their_own_whatever_the_ledger_holds() -> None:
    own = [replace(record, actor=told(FIND)[0].actor) for record in told(FIND, MAY_GO_ON)]
    assert list(register(own, 9 * DAY_US).folder("J1").open_finds())


def test_the_signals_of_one_search_are_not_taken_away_by_another() -> None:
    signals = replace(SEARCHED, anomalies_open=2)
    beside = replace(SEARCHED, search_id="B2", depth_cm=50)
    assert ("closed", "gate.bombs.signals-open") in of_gate(asked(works(), signals, beside), "G9")
    dug_out = replace(signals, anomalies_open=0)
    answer = asked(works(), signals, beside, dug_out)
    assert ("closed", "gate.bombs.signals-open") not in of_gate(answer, "G9")


def test_a_lift_told_again_without_a_team_is_held_against_the_team_of_that_day() -> None:
    alone = replace(LIFT, eod_on_call=False)
    answer = asked(
        works("rubble_removal"),
        (1, LIFT),
        (2, replace(alone, lift_id="U2")),
        (3, TEAM),
        (5, alone),
    )
    assert ("closed", "gate.rubble.lifted-alone") in of_gate(answer, "G8")


def test_whoever_is_not_trained_takes_no_stated_doubt_away() -> None:
    stated = works(stated=SheetStated(eo_rating="high"))
    untrained = asked(stated, replace(RATED, trained=False))
    assert ("closed", "gate.rating.stated-high") in of_gate(untrained, "G2")
    assert of_gate(asked(stated, RATED), "G2") == [("open", "gate.rating.low")]


def test_a_claimant_of_whom_nobody_knows_is_not_taken_to_be_there() -> None:
    unsaid = replace(CLAIM, absent="unknown")
    assert of_gate(asked(works(), RIGHTS, unsaid), "G1") == [
        ("conditions", "gate.rights.absence-unknown")
    ]


def test_consent_that_was_taken_back_is_taken_back() -> None:
    shown = PictureKept("J1", "before", "a" * 64, "2026-03-01", "field", "yes")
    hidden = replace(shown, consent="no")
    assert len(papers_of(shown).folder.shown_pictures()) == 1
    assert papers_of(shown, hidden).folder.shown_pictures() == []
    assert papers_of((5, shown), (3, hidden)).folder.shown_pictures() == []
    assert len(papers_of((3, hidden), (5, shown)).folder.shown_pictures()) == 1


def test_a_worse_tag_told_late_stands_beside_the_newest() -> None:
    green, red = StructureTagged("b1", "green", "eng"), StructureTagged("b1", "red", "eng")

    def colour(*tags: Any) -> str:
        standing = tag_of("b1", register(told(*tags), 9 * DAY_US), 9 * DAY_US)
        assert standing is not None
        return standing.fact.tag

    assert colour((5, green), (3, red)) == "red"
    assert colour((3, red), (5, green)) == "green"
    assert colour((5, red), (3, green)) == "red"


def test_a_tag_that_has_ended_is_not_put_in_force_by_one_told_late() -> None:
    green: Any = StructureTagged("b1", "green", "eng", 7 * DAY_US)
    yellow: Any = StructureTagged("b1", "yellow", "eng")
    standing = tag_of("b1", register(told((5, green), (1, yellow)), 9 * DAY_US), 9 * DAY_US)
    assert standing is not None
    assert (standing.fact.tag, standing.stands) == ("green", False)


def test_a_bridge_with_a_red_tag_told_late_is_not_driven_over() -> None:
    green: Any = StructureTagged("b1", "green", "eng")
    red: Any = StructureTagged("b1", "red", "eng")
    assert (
        passage_of(register(told((5, green), (3, red)), 9 * DAY_US), "b1", 9 * DAY_US) == "broken"
    )
    assert passage_of(register(told((3, red), (5, green)), 9 * DAY_US), "b1", 9 * DAY_US) is None


def test_told_in_order_the_last_word_is_the_newest_alone() -> None:
    records = told((1, CUT), (2, CUT), (2, CUT))
    assert last_words(records) == records[-1:]
