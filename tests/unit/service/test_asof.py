"""As true at T, as known at K: the same bytes for ever, whatever is recorded afterwards."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from rafiqa.land import (
    AccidentRecorded,
    AreaRecorded,
    ClassDecided,
    LandReopened,
    Recorded,
    ResidentReported,
    WorkInspected,
    fold,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import (
    AsOf,
    Office,
    Question,
    Stamp,
    ask_account,
    ask_figures,
    ask_point,
    decide_class,
    declare_area,
    gate_of,
    inspect_work,
    open_office,
    record_accident,
    register_project,
    reopen_land,
    report_hazard,
)
from rafiqa.service.gateall import gate_everything
from rafiqa.wire.answer import account_json, gates_json, point_json
from tests.city import (
    DAY_US,
    FIRST,
    INSPECTOR,
    RESIDENT,
    START_US,
    Clock,
    Draws,
    box,
    small_city,
    spot,
)

POINTS_M = [
    (x, y) for x, y in product((0, 5, 25, 50, 55, 75, 100, 220, 320), (0, 5, 50, 215, 230, 400))
]


def answers(office: Office, valid_us: int, known_us: int) -> bytes:
    """Every kind of answer at two times, as the bytes that are given out."""
    as_of = AsOf(valid_us, known_us)
    points = [point_json(ask_point(office, spot(office, *at), as_of), "en") for at in POINTS_M]
    account = ask_account(office, until_us=valid_us, known_at_us=known_us)
    half = ask_account(
        office,
        from_us=START_US + 10 * DAY_US,
        until_us=valid_us,
        known_at_us=known_us,
        boundary=box(-10, -10, 60, 260),
    ) if valid_us > START_US + 10 * DAY_US else account  # fmt: skip
    asked = Question(until_us=valid_us, known_at_us=known_us)
    floor = ask_figures(office, asked).floor
    projects = office.recovery(valid_us, known_us).project_facts()
    gates = [gates_json(gate_of(office, project, as_of), "ar") for project in projects]
    rows = gate_everything(office, as_of)
    told = [
        points,
        *(
            account_json(each, floor=floor, known_at_us=known_us, source="ledger", boundary="all")
            for each in (account, half)
        ),
        gates,
        [rows.ids, rows.outcome, rows.codes, rows.area_ids],
    ]
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def times(facts: list[Recorded]) -> list[tuple[int, int]]:
    """Pairs of true-at and known-at over the whole history, the last moment among them."""
    known = [facts[index].recorded_at_us for index in (0, 6, 12, 20, len(facts) - 1)]
    valid = [START_US, *(known_us + 1 for known_us in known), START_US + 300 * DAY_US]
    return list(product(valid, known))


def tell_more(office: Office, clock: Clock) -> None:
    """Facts of every kind that could change the past: early dates, old ids, other classes."""
    early = Stamp(START_US + DAY_US)
    clock.sleep_days(5)
    acts = [
        reopen_land(office, FIRST, LandReopened("late", box(0, 0, 30, 30), "missed_item"), early),
        declare_area(
            office,
            FIRST,
            AreaRecorded("H9", "cha", box(0, 0, 400, 400), "All of it", ("E1",)),
            early,
        ),
        decide_class(office, FIRST, ClassDecided("H1", "sha", (), "resurveyed"), early),
        inspect_work(
            office, INSPECTOR, WorkInspected("I-late", "W1", "quality", passed=False), early
        ),
        record_accident(
            office, FIRST, AccidentRecorded("A9", "ordnance", spot(office, 320, 20)), early
        ),
        report_hazard(
            office, RESIDENT, ResidentReported("S9", spot(office, 10, 10), "eo_seen"), early
        ),
        register_project(
            office, FIRST, ProjectRegistered("J-open", "Well", "water", None, None), early
        ),
    ]
    assert all(acted.done for acted in acts), [acted.reasons for acted in acts]


def test_an_answer_as_known_then_is_the_same_bytes_for_ever(tmp_path: Path) -> None:
    clock = Clock()
    office = small_city(tmp_path, clock)
    asked = times(list(office.facts()))
    before = {at: answers(office, *at) for at in asked}
    assert len(set(before.values())) > 10
    tell_more(office, clock)
    assert {at: answers(office, *at) for at in asked} == before
    # What is known now is another thing: the same questions have other answers.
    now_us = office.facts()[-1].recorded_at_us
    changed = [at for at in asked if answers(office, at[0], now_us) != before[at]]
    assert len(changed) == len(asked)
    office.store.close()
    # And once more after a restart, from the disk alone.
    again = open_office(str(tmp_path / "small.rafiqa"), now_us=clock.now_us, entropy=Draws())
    assert {at: answers(again, *at) for at in asked} == before
    again.store.close()


def test_an_open_office_learns_what_another_one_recorded(tmp_path: Path) -> None:
    clock = Clock()
    office = small_city(tmp_path, clock)
    known_us = office.facts()[-1].recorded_at_us
    before = answers(office, START_US + 300 * DAY_US, known_us)
    other = open_office(str(tmp_path / "small.rafiqa"), now_us=clock.now_us, entropy=Draws())
    assert reopen_land(other, FIRST, LandReopened("O9", box(0, 0, 30, 30), "missed_item")).done
    assert ask_point(office, spot(office, 25, 25)).state == "cha"
    assert ask_point(office, spot(office, 25, 25), AsOf(None, known_us)).state == "cleared"
    assert answers(office, START_US + 300 * DAY_US, known_us) == before
    other.store.close()
    office.store.close()


def test_the_book_taken_further_is_the_book_folded(tmp_path: Path) -> None:
    """Facts in order and one with an early date, taken one by one, or all at once."""
    clock = Clock()
    office = small_city(tmp_path, clock)
    office.register()
    for turn in range(3):
        late = Stamp(START_US + DAY_US) if turn == 1 else Stamp()
        fact = LandReopened(f"O{turn}", box(0, 0, 10 + turn, 10), "flood")
        assert reopen_land(office, FIRST, fact, late).done
        taken, folded = office.book(), fold(office.facts())
        assert list(taken.faces) == list(folded.faces)
        assert taken.register.without_effect == folded.register.without_effect
        assert taken.register.reopenings.keys() == folded.register.reopenings.keys()
    office.store.close()


def test_a_decision_dated_back_changes_only_what_is_known_since(tmp_path: Path) -> None:
    """T1 is taken over in January; in March somebody says it was reopened in February."""
    clock = Clock()
    office = small_city(tmp_path, clock)
    place, february = spot(office, 320, 20), START_US + 40 * DAY_US
    clock.at_us = START_US + 70 * DAY_US
    known_us = clock.now_us()
    fact = LandReopened("O9", box(300, 0, 340, 40), "flood")
    assert reopen_land(office, FIRST, fact, Stamp(february)).done
    states = {
        (valid_us, seen_us): ask_point(office, place, AsOf(valid_us, seen_us)).state
        for valid_us in (february - 1, february)
        for seen_us in (known_us, None)
    }
    assert states == {
        (february - 1, known_us): "cleared",
        (february - 1, None): "cleared",
        (february, known_us): "cleared",
        (february, None): "cha",
    }
    office.store.close()
