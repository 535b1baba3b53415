"""Why an area has its class: item by item, with the grades of each; nothing lowers by a grade."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from rafiqa.dictionary import dictionary
from rafiqa.land import (
    AreaRecorded,
    ClassDecided,
    EvidenceAnswer,
    EvidencePolicy,
    EvidenceRecorded,
    Reason,
    account,
    area_ruling,
    class_faults,
    evidence_class,
    explain_class,
)
from rafiqa.land.evidence import DOUBTED_CONTENTS, DOUBTED_SOURCES, INFORMAL, LAID_ACCOUNT
from tests.unit.land.story import FIRST, SURVEYOR, Story, box, evidence, part

FIELD = box(0, 0, 100, 100)
RANK = ("indication", "sha", "cha")
SEEN = evidence("E1")
KINDS = sorted(dictionary().lists["evidence_kind"].names)
SOURCES = sorted(dictionary().lists["evidence_source"].names)
GRADES = [
    (source, content)
    for source in (None, *dictionary().lists["source_grade"].names)
    for content in (None, *dictionary().lists["content_grade"].names)
]


def told(item: EvidenceRecorded, policy: EvidencePolicy | None = None) -> tuple[str, str]:
    (only,) = explain_class([item], policy).reasons
    return only.code, str(only.params["supported"])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (SEEN, ("land.evidence.seen", "cha")),
        (evidence("E", "record_map", "former_record"), ("land.evidence.mapped", "cha")),
        (evidence("E", "statement", "verbal"), ("land.evidence.told", "sha")),
        (evidence("E", "crater", "remote"), ("land.evidence.remote", "sha")),
        (evidence("E", INFORMAL, "visual"), ("land.evidence.informal", "sha")),
        (replace(evidence("E", "accident"), spot=None), ("land.evidence.placeless", "sha")),
        (replace(SEEN, source_grade="f"), ("land.evidence.doubted", "sha")),
        (evidence("E", "contrary_use"), ("land.evidence.contrary", "indication")),
        (evidence("E", "not_asked"), ("land.evidence.nothing", "indication")),
    ],
)
def test_each_item_says_what_it_counts_for_and_why(
    item: EvidenceRecorded, expected: tuple[str, str]
) -> None:
    assert told(item) == expected
    (reason,) = explain_class([item]).reasons
    assert reason.subjects == (item.evidence_id,)


@pytest.mark.parametrize(
    ("accuracy_m", "expected"), [(None, "direct"), ("99.9", "direct"), ("100", "indirect")]
)
def test_an_accident_is_direct_at_a_precisely_known_place(
    accuracy_m: str | None, expected: str
) -> None:
    exact = None if accuracy_m is None else Decimal(accuracy_m)
    item = replace(evidence("E", "accident"), accuracy_m=exact)
    assert evidence_class(item) == expected
    shaped = replace(item, spot=None, shape=box(0, 0, 5, 5))
    assert evidence_class(shaped) == expected
    assert evidence_class(replace(item, spot=None)) == "indirect"


def test_the_worst_grades_are_the_last_two_of_the_dictionary() -> None:
    assert set(dictionary().lists["source_grade"].names[-2:]) == DOUBTED_SOURCES
    assert set(dictionary().lists["content_grade"].names[-2:]) == DOUBTED_CONTENTS
    assert {INFORMAL, LAID_ACCOUNT} <= set(KINDS)


def test_no_grade_raises_takes_suspicion_away_or_goes_below_suspected() -> None:
    """Every kind, source and pair of grades: a grade only keeps a confirmation back."""
    n_kept_back = 0
    for kind, source, (one, two) in product(KINDS, SOURCES, GRADES):
        plain = evidence("E", kind, source)
        graded = replace(plain, source_grade=one, content_grade=two)
        assert evidence_class(graded) == evidence_class(plain)
        was, now = explain_class([plain]).supported, explain_class([graded]).supported
        doubted = one in DOUBTED_SOURCES or two in DOUBTED_CONTENTS
        assert now == ("sha" if doubted and was == "cha" else was)
        n_kept_back += now != was
    assert n_kept_back


def test_one_good_item_confirms_beside_any_that_are_doubted() -> None:
    doubted = replace(evidence("E2"), content_grade="g6")
    assert explain_class([doubted]).supported == "sha"
    assert explain_class([doubted, SEEN]).supported == "cha"
    assert explain_class([]).supported == "indication"


def test_the_account_of_who_laid_it_is_direct_only_where_a_country_says_so() -> None:
    laid = evidence("E2", LAID_ACCOUNT, "verbal")
    national = EvidencePolicy(laid_account=True)
    assert told(laid) == ("land.evidence.told", "sha")
    # Even then it is to be borne out on the ground.
    assert told(laid, national) == ("land.evidence.told", "sha")
    seen_scrap = evidence("E3", "marking")
    items = explain_class([laid, seen_scrap], national).items
    assert [(item.why, item.supports) for item in items] == [("laid", "cha"), ("seen", "cha")]
    assert items[0].reason.code == "land.evidence.laid"
    assert explain_class([laid, seen_scrap]).items[0].supports == "sha"


def test_a_class_above_its_evidence_is_refused_with_every_item() -> None:
    items = [evidence("E1", "statement", "verbal"), replace(evidence("E2"), source_grade="e")]
    area = AreaRecorded("A1", "cha", FIELD, evidence_ids=("E1", "E2"))
    (reason,) = area_ruling(area, items).reasons
    assert reason.code == "land.class.above-evidence"
    assert reason.params["items"] == "E1: told, E2: doubted"
    assert reason.subjects == ("E1", "E2")
    assert list(class_faults("sha", items)) == []


def reasons_at(story: Story, code: str, at_us: int = 9) -> list[Reason]:
    return [item for item in story.point(50, 50, at_us).reasons if item.code == code]


def test_clearance_by_nobody_accredited_is_told_of_and_counts_in_no_figure() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    before = account(story.book(), from_us=0, until_us=9)
    informal = replace(evidence("E7", INFORMAL, "visual", "A1"), text="the villagers dug")
    story.tell(3, SURVEYOR, informal)
    assert story.status(50, 50, 9) == "sha"
    assert account(story.book(), from_us=0, until_us=9) == before
    (reason,) = reasons_at(story, "land.point.informal-clearance")
    assert (reason.params, reason.subjects) == ({"n": 1}, ("E7",))
    # It shows that ordnance was there: it must be answered like any other evidence.
    assert story.book().register.evidence_raising("A1") == ("E7",)


def test_an_area_of_no_evidence_explains_nothing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    assert not reasons_at(story, "land.point.class-supported")


def test_how_evidence_was_answered_is_told_of_what_was_released_on_it() -> None:
    story = Story()
    story.tell(1, SURVEYOR, evidence("E1", "statement", "verbal"))
    story.area(1, "A1", FIELD, "sha", ("E1",))
    one = part("P1", "reduced", FIELD, answered=("E1",))
    story.release(3, "W1", "A1", replace(one, answers=(EvidenceAnswer("E1", "searched"),)))
    (reason,) = reasons_at(story, "land.point.evidence-answered")
    assert reason.params == {"part": "P1", "evidence": "E1", "note": "searched"}


def test_evidence_that_comes_between_work_and_acceptance_is_answered_too() -> None:
    """New evidence, linked in any of three ways, keeps a survey's release from taking hold."""
    for link in ("item", "decision"):
        story = Story()
        story.tell(1, SURVEYOR, evidence("E1", "statement", "verbal"))
        story.area(1, "A1", FIELD, "sha", ("E1",))
        story.work(3, "W1", "A1", [part("P1", "cancelled", FIELD, answered=("E1",))])
        area_id = "A1" if link == "item" else None
        story.tell(4, SURVEYOR, evidence("E2", "statement", "verbal", area_id))
        if link == "decision":
            story.tell(4, FIRST, ClassDecided("A1", "sha", ("E2",), "told anew"))
        story.propose(5, "R1", "W1", "P1")
        story.accept(6, "R1")
        assert story.void_codes() == [
            (f"e{len(story.facts)}", ["land.release.evidence-unanswered"])
        ], link
        assert story.status(50, 50, 9) == "sha"
