"""Requests of residents beside clearances: counted once each, capped, and a tie-breaker alone."""

from __future__ import annotations

from rafiqa.geo import Spot
from rafiqa.land import Actor, Recorded
from rafiqa.recovery import RequestAnswered, ResidentAsked
from rafiqa.recovery.access import Place, Way, openings
from rafiqa.recovery.areaset import FREE
from rafiqa.recovery.resident import ResidentBook
from rafiqa.recovery.voice import COUNTED_MOST, LOOKED_AT_MOST, asked_for, reach_mm, voices

RESIDENT = Actor("resident", "residents", "resident")


def asked(number: int, phone: str | None = None, kind: str = "clearance") -> ResidentAsked:
    spot = Spot.of(38.0 + number / 1_000, 34.9)
    return ResidentAsked(f"Q{number}", kind, spot, code_digest=phone)


def book(*facts: object) -> ResidentBook:
    made = ResidentBook()
    for seq, fact in enumerate(facts, 1):
        made.take(Recorded(seq, f"e{seq}", seq, seq, RESIDENT, fact))
    return made


def ids(found: ResidentBook) -> list[str]:
    return [getattr(record.fact, "request_id", "") for record in voices(found)]


def test_only_what_asks_for_work_at_a_place_and_waits_is_a_voice() -> None:
    answered = RequestAnswered("Q1", "planned")
    nowhere = ResidentAsked("Q9", "survey")
    felt = asked(2, kind="feeling")
    found = book(asked(1), felt, asked(3, kind="survey"), asked(4, kind="knowledge"), nowhere)
    assert ids(found) == ["Q1", "Q3"]
    found.take(Recorded(9, "e9", 9, 9, RESIDENT, answered))
    assert ids(found) == ["Q3"], "an answer ends the wait, whatever it says"


def test_copies_and_floods_count_once() -> None:
    twice = ResidentAsked("Q1b", "survey", Spot.of(38.00100001, 34.9), code_digest="p2")
    flood = [asked(number, "p9") for number in range(100, 100 + 3 * COUNTED_MOST)]
    found = book(asked(1, "p1"), twice, asked(2, "p1"), *flood)
    heard = list(voices(found))
    assert len(heard) == 2 + COUNTED_MOST
    by_area = {"A": heard, "B": heard[:1]}
    told = asked_for(["A", "B"], by_area)
    assert (told.n, told.more, told.oldest_us) == (2, False, 1), "two phones, however often"
    many = book(*(asked(number, f"p{number}") for number in range(LOOKED_AT_MOST + 50)))
    everybody = list(voices(many))
    assert len(everybody) == LOOKED_AT_MOST
    told = asked_for(["A"], {"A": everybody})
    assert (told.n, told.more) == (COUNTED_MOST, True)


def test_a_place_told_inexactly_reaches_further_and_not_far() -> None:
    assert reach_mm(asked(1)) == 100_000
    assert reach_mm(ResidentAsked("Q", "survey", accuracy_m=354)) == 354_000
    assert reach_mm(ResidentAsked("Q", "survey", accuracy_m=9_000)) == 500_000


def test_requests_break_ties_and_nothing_else() -> None:
    def place(place_id: str, *areas: str) -> Place:
        waits = tuple(frozenset([area]) for area in areas)
        return Place(place_id, "project", place_id, Way("closed", waits), FREE, waits)

    places = [place("J1", "H1", "H2"), place("J2", "H3"), place("J3", "H3")]
    loud = list(voices(book(*(asked(number) for number in range(9)))))
    assert [item.area_ids for item in openings(places)] == [("H3",), ("H1",), ("H2",)]
    found = openings(places, {"H2": loud, "H9": loud})
    assert [item.area_ids for item in found] == [("H3",), ("H2",), ("H1",)]
    assert [(item.n, item.asked.n) for item in found] == [(2, 0), (1, 9), (1, 0)]
