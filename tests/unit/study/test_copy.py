"""Copies are known again however they were changed at the edges; what only sounds alike is not."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded, of tests

from rafiqa.study.copy import Copies, Sketch, is_copy, packed, shared, sketch_of, unpacked

WORDS = [f"كلمة{number}" for number in range(4_000)]


def text_of(seed: int, n_words: int) -> list[str]:
    return Random(seed).choices(WORDS, k=n_words)


def test_the_same_words_in_other_dress_are_one_text() -> None:
    one = sketch_of("قال السكان إنّ الألغامَ في الحيّ القديم")
    other = sketch_of("  قال\u00a0السكان\u200f ان الالغام في الحى القديم.")
    assert one == other
    assert shared(one, other) == 1.0


def test_a_copy_with_a_new_head_and_a_few_words_changed_is_known() -> None:
    words = text_of(1, 900)
    changed = [*text_of(2, 60), *words]
    for at in range(100, 900, 90):
        changed[at] = "أخرى"
    assert is_copy(sketch_of(" ".join(words)), sketch_of(" ".join(changed)))


def test_a_report_within_a_long_one_is_known_and_another_is_not() -> None:
    report, paper = text_of(3, 300), text_of(4, 3_000)
    whole = [*paper[:1_500], *report, *paper[1_500:]]
    assert is_copy(sketch_of(" ".join(report)), sketch_of(" ".join(whole)))
    assert not is_copy(sketch_of(" ".join(report)), sketch_of(" ".join(paper)))


def test_how_much_is_shared_is_near_the_truth() -> None:
    for share in (0.2, 0.8):
        own, common = text_of(5, 2_000), text_of(6, round(2_000 * share))
        one = [*common, *own[: 2_000 - len(common)]]
        other = [*common, *text_of(7, 2_000 - len(common))]
        found = shared(sketch_of(" ".join(one)), sketch_of(" ".join(other)))
        assert abs(found - share) < 0.12


def test_what_has_no_words_is_no_copy_of_anything() -> None:
    empty = sketch_of(" . ")
    assert empty == Sketch((), 0)
    assert not is_copy(empty, empty)
    assert sketch_of("لغم").n_runs == 1


def test_a_copy_of_a_copy_is_one_of_both_and_the_first_that_came_leads() -> None:
    first, second, third = text_of(8, 300), text_of(9, 300), text_of(10, 300)
    copies = Copies()
    copies.add("a", sketch_of(" ".join(first)))
    copies.add("b", sketch_of(" ".join(second)))
    copies.add("c", sketch_of(" ".join(third)))
    assert [copies.first(id_) for id_ in "abc"] == ["a", "b", "c"]
    copies.add("d", sketch_of(" ".join([*second, *first])))
    assert [copies.first(id_) for id_ in "abcd"] == ["a", "a", "c", "a"]
    assert copies.of("a") == ["b", "d"]
    assert copies.of("c") == []
    copies.add("c", sketch_of(" ".join(first)))
    assert copies.first("c") == "c"


def test_a_sketch_comes_back_as_it_was_packed() -> None:
    sketch = sketch_of(" ".join(text_of(11, 500)))
    assert unpacked(packed(sketch), sketch.n_runs) == sketch
    assert len(packed(sketch)) == 6 * 256
