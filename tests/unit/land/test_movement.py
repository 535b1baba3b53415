"""The account by operator, donor and area: figures worked out by hand in m².

A1 (0,0)-(100,100)    ordered from "kites", paid by "north": 10,000 m²
A2 (50,0)-(150,100)   ordered from "storks", paid by "north": 10,000 m², 5,000 of them shared
A3 (300,0)-(310,10)   of nobody: 100 m²
"""

from __future__ import annotations

from rafiqa.land import (
    Account,
    TaskOrdered,
    account,
    account_of,
    all_ground,
    areas_tasked,
    claimed,
    fold,
    indications,
    unclaimed,
)
from tests.unit.land.story import ACCREDITED, FIRST, Story, box, part


def site() -> Story:
    story = Story()
    story.area(1, "A1", box(0, 0, 100, 100))
    story.area(1, "A2", box(50, 0, 150, 100))
    story.area(1, "A3", box(300, 0, 310, 10))
    story.tell(2, FIRST, TaskOrdered("T1", "A1", "kites", ("manual",), donor_id="north"))
    story.tell(2, FIRST, TaskOrdered("T2", "A2", "storks", ("manual",), donor_id="north"))
    story.release(4, "W1", "A1", part("P1", "cleared", box(0, 0, 100, 100)))
    return story


def of(story: Story, until_us: int = 9, **whose: str) -> Account:
    book = story.book()
    area_ids = areas_tasked(book.register, until_us, **whose)
    return account_of(claimed(book, all_ground(book), area_ids), from_us=0, until_us=until_us)


def figures(found: Account) -> dict[str, float]:
    assert found.balance_error == 0
    item = found.classes["cha"]
    every = {"opening": item.opening, **item.flows, "closing": item.closing}
    return {name: size / 2_000_000 for name, size in every.items() if size}


def test_an_operators_account_is_over_the_ground_of_its_tasks() -> None:
    """What was cleared is cleared for both claims: each has the shared 5,000 m², once."""
    assert figures(of(site(), operator_id="kites")) == {"new": 10_000, "cleared": 10_000}
    assert figures(of(site(), operator_id="storks")) == {
        "new": 10_000,
        "cleared": 5_000,
        "closing": 5_000,
    }
    assert figures(of(site(), operator_id="nobody")) == {}


def test_a_donors_account_counts_ground_of_two_areas_once() -> None:
    assert figures(of(site(), donor_id="north")) == {
        "new": 15_000,
        "cleared": 10_000,
        "closing": 5_000,
    }
    assert figures(of(site(), donor_id="north", operator_id="kites")) == {
        "new": 10_000,
        "cleared": 10_000,
    }


def test_a_task_counts_from_when_it_was_ordered_and_as_first_ordered() -> None:
    story = site()
    assert figures(of(story, 1, operator_id="kites")) == {}
    story.tell(3, FIRST, TaskOrdered("T1", "A3", "herons", ("manual",)))
    assert figures(of(story, operator_id="herons")) == {}
    story.tell(5, FIRST, TaskOrdered("T3", "A3", "herons", ("manual",)))
    assert figures(of(story, operator_id="herons")) == {"new": 100, "closing": 100}


def test_what_nobody_was_tasked_with_is_the_rest() -> None:
    book = site().book()
    every = areas_tasked(book.register, 9)
    rest = account_of(unclaimed(book, all_ground(book), every), from_us=0, until_us=9)
    assert figures(rest) == {"new": 100, "closing": 100}
    whole = account(book, from_us=0, until_us=9)
    assert figures(whole) == {"new": 15_100, "cleared": 10_000, "closing": 5_100}


def test_a_boundary_and_an_operator_together() -> None:
    book = site().book()
    area_ids = areas_tasked(book.register, 9, operator_id="storks")
    ground = claimed(book, all_ground(book, box(0, 0, 200, 10)), area_ids)
    found = account_of(ground, from_us=0, until_us=9)
    assert figures(found) == {"new": 1_000, "cleared": 500, "closing": 500}


def test_an_indication_stands_beside_the_account() -> None:
    story = Story()
    story.area(3, "A1", box(0, 0, 10, 10), "indication")
    ground = all_ground(story.book())
    assert [indications(ground, at_us) / 2_000_000 for at_us in (2, 3)] == [0, 100]


def test_the_order_of_facts_does_not_matter() -> None:
    story = site()
    book = fold([*reversed(story.facts), ACCREDITED])
    area_ids = areas_tasked(book.register, 9, operator_id="storks")
    found = account_of(claimed(book, all_ground(book), area_ids), from_us=0, until_us=9)
    assert figures(found) == figures(of(story, operator_id="storks"))
