"""The land's history: what one fact touches, what was known before, and many readers at once."""

from __future__ import annotations

import threading

import numpy as np

from rafiqa.land import (
    AreaRecorded,
    EvidenceRecorded,
    LandBook,
    LandHistory,
    LandReopened,
    StandingAccount,
    account,
)
from rafiqa.land.growing import Growing
from tests.unit.land.story import ACCREDITED, FIRST, Story, box, part

FAR = box(5_000, 0, 5_100, 100)
FIELD = box(0, 0, 100, 100)


def two_fields() -> Story:
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", FAR)
    story.release(2, "W1", "A1", part("P1", "cleared", FIELD))
    return story


def history_of(story: Story) -> LandHistory:
    history = LandHistory()
    history.take([ACCREDITED, *story.facts])
    return history


def test_a_fact_makes_anew_only_the_ground_it_touches() -> None:
    story = two_fields()
    history = history_of(story)
    before = {id(face) for face in LandBook(history, history.seq).faces}
    story.reopen(5, "O1", box(0, 0, 10, 10))
    history.take(story.facts[history.seq :])
    rows = history.rows(history.seq)
    faces = LandBook(history, history.seq).faces
    assert len(rows) == 2
    assert [id(face) in before for face in faces] == [False, False, True] or [
        id(face) in before for face in faces
    ] == [True, False, False]


def test_ground_that_comes_to_touch_is_one_from_then_on_and_two_before() -> None:
    story = two_fields()
    history = history_of(story)
    seq = history.seq
    story.tell(5, FIRST, AreaRecorded("A3", "sha", box(90, 0, 5_010, 100)))
    history.take(story.facts[seq:])
    assert len(history.rows(seq)) == 2
    assert len(history.rows(history.seq)) == 1
    assert list(LandBook(history, seq).faces) == list(story.known(seq).faces)
    assert list(LandBook(history, history.seq).faces) == list(story.book().faces)


def test_facts_that_an_id_joins_are_walked_together_and_apart_before() -> None:
    story = two_fields()
    history = history_of(story)
    seq = history.seq
    # One item of evidence comes to speak of both areas.
    story.tell(5, FIRST, EvidenceRecorded("E1", "crater", "visual", area_id="A1"))
    story.tell(6, FIRST, AreaRecorded("A2", "sha", FAR, evidence_ids=("E1",)))
    history.take(story.facts[seq:])
    one, other = (history.docket("area", id_, history.seq) for id_ in ("A1", "A2"))
    assert one is other
    then = [history.docket("area", id_, seq) for id_ in ("A1", "A2")]
    assert then[0] is not then[1]
    assert LandBook(history, history.seq).register.evidence_raising("A2") == ("E1",)
    assert LandBook(history, seq).register.evidence_raising("A2") == ()


def test_an_unknown_id_is_nowhere() -> None:
    register = LandBook(history_of(two_fields()), 2).register
    assert "A9" not in register.areas
    assert register.areas.get("A9") is None
    assert list(register.areas) == ["A1", "A2"]
    assert len(register.releases) == 0
    assert register.joined("work", "W9").works == {}


def test_a_standing_account_follows_facts_of_the_past_and_of_the_future() -> None:
    story = two_fields()
    history = history_of(story)
    standing = StandingAccount(history, 0)
    for at_us, turn in ((9, 0), (3, 1), (40, 2), (4, 3)):
        story.tell(at_us, FIRST, LandReopened(f"O{turn}", box(0, 0, 10 + turn, 10), "flood"))
        history.take(story.facts[history.seq :])
        for until_us in (10, 30, 50, 10):
            book = LandBook(history, history.seq)
            assert standing.at(until_us) == account(book, from_us=0, until_us=until_us)


def test_many_may_ask_while_one_adds() -> None:
    story = two_fields()
    for turn in range(60):
        where = box(turn * 90, 200, turn * 90 + 100, 300)
        story.tell(5 + turn, FIRST, AreaRecorded(f"B{turn}", "sha", where))
        story.tell(5 + turn, FIRST, LandReopened(f"O{turn}", where, "flood"))
    history = LandHistory()
    history.take([ACCREDITED, *story.facts[:8]])
    expected = {seq: story.known(seq) for seq in (6, 8)}
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for seq, known in expected.items():
                book = LandBook(history, seq)
                if list(book.faces) != list(known.faces):
                    wrong.append(seq)
                if set(book.register.areas) != set(known.register.areas):
                    wrong.append("areas")
            newest = LandBook(history, history.seq)
            if account(newest, from_us=0, until_us=99).balance_error:
                wrong.append("balance")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for recorded in story.facts[8:]:
        history.take([recorded])
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert list(LandBook(history, history.seq).faces) == list(story.book().faces)


def test_a_growing_column_keeps_what_was_put_in() -> None:
    column = Growing(np.int64)
    for number in range(500):
        column.append(number)
    column.extend(np.arange(500, 1_000))
    assert column.values.tolist() == list(range(1_000))
    column.values[3] = -1
    assert column.values[3] == -1
    assert len(column) == 1_000
