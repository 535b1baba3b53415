"""Who moves a record which step, and that no step changes what the land is."""

from __future__ import annotations

from itertools import product

import pytest

from rafiqa.land import (
    SUBMITTED,
    VALIDATION_MOVES,
    Actor,
    Recorded,
    RecordMoved,
    account,
    approval_ruling,
    standing,
)
from tests.unit.land.story import FIRST, INFORMATION, OPERATOR, SECOND, Story, box, part

FIELD = box(0, 0, 100, 100)
COLLEAGUE = Actor("hal", "deminers", "operator")
STRANGER = Actor("ivy", "elsewhere", "operator")
AUTHOR_OF_OFFICE = FIRST


def record(actor: Actor = OPERATOR) -> Recorded:
    return Recorded(4, "e4", 5, 1_004, actor, "the fact does not matter")


def codes(
    state: str,
    mover: Actor,
    current: str,
    *,
    author: Actor = OPERATOR,
    comments: str | None = "map missing",
    successor: Recorded | None = None,
) -> list[str]:
    move = RecordMoved("W1", "e4", state, (), comments)
    ruling = approval_ruling(move, mover, record(author), current, successor)
    return [reason.code for reason in ruling.reasons]


NOT_YOURS = "land.validation.not-your-move"


@pytest.mark.parametrize(
    ("state", "current", "mover", "expected"),
    [
        ("org_ok", "submitted", OPERATOR, []),
        ("org_ok", "submitted", COLLEAGUE, []),
        ("org_ok", "submitted", STRANGER, [NOT_YOURS]),
        ("org_ok", "submitted", FIRST, [NOT_YOURS]),
        ("ops_ok", "org_ok", FIRST, []),
        ("ops_ok", "org_ok", INFORMATION, []),
        ("ops_ok", "org_ok", OPERATOR, [NOT_YOURS]),
        ("im_ok", "ops_ok", INFORMATION, []),
        ("im_ok", "ops_ok", COLLEAGUE, [NOT_YOURS]),
        ("approved", "im_ok", FIRST, []),
        ("approved", "im_ok", INFORMATION, [NOT_YOURS]),
        ("approved", "im_ok", OPERATOR, [NOT_YOURS, "land.validation.own-record"]),
        ("approved", "submitted", FIRST, ["land.validation.no-such-move"]),
        ("rejected", "ops_ok", INFORMATION, []),
        ("rejected", "submitted", COLLEAGUE, []),
        ("rejected", "submitted", STRANGER, [NOT_YOURS]),
        ("submitted", "rejected", COLLEAGUE, []),
        ("submitted", "rejected", FIRST, [NOT_YOURS]),
        ("submitted", "approved", COLLEAGUE, ["land.validation.no-such-move"]),
    ],
)
def test_each_step_is_somebodys(
    state: str, current: str, mover: Actor, expected: list[str]
) -> None:
    assert codes(state, mover, current) == expected


def test_nobody_of_the_authority_approves_their_own_record() -> None:
    assert codes("approved", FIRST, "im_ok", author=FIRST) == ["land.validation.own-record"]
    assert codes("approved", SECOND, "im_ok", author=FIRST) == []


@pytest.mark.parametrize("comments", [None, "", "  "])
def test_what_is_turned_down_says_why(comments: str | None) -> None:
    found = codes("rejected", FIRST, "org_ok", comments=comments)
    assert found == ["land.validation.comments-missing"]


def test_an_approved_record_is_superseded_by_a_later_entry_alone() -> None:
    missing = ["land.validation.no-successor"]
    assert codes("superseded", FIRST, "approved") == missing
    assert codes("superseded", FIRST, "approved", successor=record()) == missing
    later = Recorded(9, "e9", 5, 1_009, OPERATOR, "corrected")
    assert codes("superseded", FIRST, "approved", successor=later) == []


STEPS = [
    ("org_ok", OPERATOR),
    ("ops_ok", FIRST),
    ("im_ok", INFORMATION),
    ("approved", FIRST),
]


def released() -> Story:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", box(0, 0, 50, 100)))
    return story


def test_unlawful_moves_on_record_move_nothing() -> None:
    story = released()
    work = story.facts[1]
    moves = [
        story.tell(5, actor, RecordMoved("W1", work.entry_id, state))
        for state, actor in [("approved", FIRST), STEPS[0], ("ops_ok", COLLEAGUE), STEPS[1]]
    ]
    found = standing(work, moves)
    assert (found.state, found.moves) == ("ops_ok", (moves[1], moves[3]))
    assert standing(work, []).state == SUBMITTED
    # A move on record before its entry was written about nothing.
    assert standing(moves[-1], moves[:1]).state == SUBMITTED


def test_no_state_of_a_record_changes_what_the_land_is() -> None:
    """Every entry moved to every state: the faces, the account and every answer are the same."""
    before = released().book()
    for state, steps in product(VALIDATION_MOVES, (0, len(STEPS))):
        story = released()
        for entry in list(story.facts):
            for name, actor in STEPS[:steps]:
                story.tell(6, actor, RecordMoved("x", entry.entry_id, name))
            story.tell(6, FIRST, RecordMoved("x", entry.entry_id, state, (), "why", "e1"))
        after = story.book()
        assert list(after.faces) == list(before.faces)
        assert account(after, from_us=0, until_us=9) == account(before, from_us=0, until_us=9)
        assert story.point(25, 50, 9) == released().point(25, 50, 9)
        assert [item.recorded.seq for item in after.register.without_effect] == []
