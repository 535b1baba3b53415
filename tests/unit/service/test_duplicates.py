"""Duplicates across sources: proposed with reasons, decided by a person, both kept on the map."""

from __future__ import annotations

import json

from rafiqa.land import AccidentRecorded, AreaRecorded
from rafiqa.ledger import PairDecided, RowsImported
from rafiqa.service import Office, Saying
from rafiqa.service.duplicates import Pair, decide_pair, proposed_pairs
from tests.property.test_undo import alike, hazard
from tests.unit.service.ground import (
    DAY_US,
    FIRST,
    INFORMATION,
    RESIDENT,
    START_US,
    new_office,
    spot_in,
    square,
)

DAY = START_US


def area(
    area_id: str, x_m: int, source: str, name: str | None = None, ids: str = "", class_: str = "sha"
) -> AreaRecorded:
    extra = json.dumps({"local_ids": ids}) if ids else None
    shape = square(x_m)
    return AreaRecorded(area_id, class_, shape, name, source=source, extra=extra)  # type: ignore[arg-type]


def say(office: Office, *facts: AreaRecorded | AccidentRecorded, days: int = 0) -> None:
    for fact in facts:
        subject = fact.area_id if isinstance(fact, AreaRecorded) else fact.accident_id
        office.say(FIRST, [Saying(office.new_id(), subject, DAY + days * DAY_US, fact)])


def told(pairs: list[Pair]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (pair.one.id, pair.other.id, tuple(r.code.rpartition(".")[2] for r in pair.reasons))
        for pair in pairs
    ]


def test_pairs_are_proposed_by_overlap_name_and_id() -> None:
    office = new_office()
    say(office, area("A1", 0, "north"), area("A2", 500, "north", "Mill field"))
    say(office, area("A3", 1_000, "north", ids="ha-9; x"), area("A4", 2_000, "north"))
    say(office, area("B1", 40, "south"), area("B2", 640, "south", "mill-field"), days=400)
    say(office, area("B3", 9_000, "south", ids="HA-9"), area("B4", 2_080, "south"), days=400)
    assert told(proposed_pairs(office)) == [
        ("A2", "B2", ("near", "name")),
        ("A3", "B3", ("far", "local-id")),
        ("A1", "B1", ("overlap",)),
    ]


def test_one_source_is_not_held_against_itself() -> None:
    office = new_office()
    say(office, area("A1", 0, "north"), area("A2", 10, "north"))
    assert not proposed_pairs(office)
    # Two files of one name are two sources.
    ids = tuple(record.entry_id for record in office.facts()[1:2])
    group = RowsImported("one", "a.csv", "0", "hazard-areas", ids, 0)
    rows = [Saying("import:hazard-areas:A9", "A9", DAY, area("A9", 20, "north"))]
    own = RowsImported("two", "b.csv", "1", "hazard-areas", ("import:hazard-areas:A9",), 1)
    office.say(FIRST, [*rows, Saying("g", "one", DAY, group), Saying("h", "two", DAY, own)])
    assert [(one, other) for one, other, _ in told(proposed_pairs(office))] == [
        ("A1", "A9"),
        ("A2", "A9"),
    ]


def test_a_decision_takes_the_pair_off_the_queue_and_nothing_off_the_map() -> None:
    office = new_office()
    say(office, area("A1", 0, "north", class_="cha"), area("B1", 40, "south"))
    (pair,) = proposed_pairs(office)
    assert {"class", "source"} <= set(pair.differences)
    was = hazard(office)
    assert decide_pair(office, INFORMATION, PairDecided("B1", "A1", "same", "one sketch")).done
    assert not proposed_pairs(office)
    assert alike(hazard(office), was)
    assert set(office.register().areas) == {"A1", "B1"}
    # The last word counts, and the earlier one stays on record.
    assert decide_pair(office, FIRST, PairDecided("A1", "B1", "different")).done
    (decided,) = proposed_pairs(office, every=True)
    assert decided.decided is not None
    assert getattr(decided.decided.fact, "decision", "") == "different"


def test_what_cannot_be_decided_is_named() -> None:
    office = new_office()
    say(office, area("A1", 0, "north"))
    lost = decide_pair(office, FIRST, PairDecided("A1", "nobody", "same"))
    assert [reason.code for reason in lost.reasons] == ["service.pair.unknown"]
    alone = decide_pair(office, FIRST, PairDecided("A1", "A1", "same"))
    assert [reason.code for reason in alone.reasons] == ["service.pair.itself"]
    assert not decide_pair(office, RESIDENT, PairDecided("A1", "A1", "same")).done


def test_accidents_of_two_sources_on_one_day_are_proposed() -> None:
    office = new_office()
    for number, (source, x_m) in enumerate((("north", 0), ("south", 200), ("east", 5_000))):
        fact = AccidentRecorded(f"X{number}", "ordnance", spot_in(office, x_m, 0), source=source)
        say(office, fact, days=number)
    assert told(proposed_pairs(office)) == [("X0", "X1", ("near", "dates"))]


def test_an_id_that_everybody_has_joins_nobody() -> None:
    office = new_office()
    for number in range(30):
        say(office, area(f"A{number}", 1_000 * number, "north", ids="N/A"))
        say(office, area(f"B{number}", 1_000 * number + 500, "south", ids="N/A; x-3"), days=400)
    say(office, area("C1", 90_000, "north", ids="N/A; HA-9"))
    say(office, area("C2", 99_000, "south", ids="N/A; HA-9"), days=400)
    assert told(proposed_pairs(office)) == [("C1", "C2", ("far", "local-id"))]
