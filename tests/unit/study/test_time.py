"""Times: what words say of when, in four languages, and an honest nothing."""

from __future__ import annotations

from datetime import date

import pytest

from rafiqa.study.folded import fold
from rafiqa.study.number import number_of
from rafiqa.study.timephrase import publication_of, time_phrases
from rafiqa.study.when import Published, days_of
from rafiqa.study.word import plain, shadow

PUBLISHED = Published(date(2025, 3, 10), date(2025, 3, 10))


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("في 17 كانون الثاني 2024", "2024-01-17", "2024-01-17", "day"),
        ("٤ آذار ٢٠٢٥", "2025-03-04", "2025-03-04", "day"),
        ("في شباط 2024", "2024-02-01", "2024-02-29", "month"),
        ("أكتوبر/تشرين الأول 2017", "2017-10-01", "2017-10-31", "month"),
        ("عام 2019", "2019-01-01", "2019-12-31", "year"),
        ("قبل سبع سنوات", "2017-03-01", "2019-03-31", "multi_year"),
        ("قبل 7 سنوات", "2017-03-01", "2019-03-31", "multi_year"),
        ("قبل سنتين", "2022-03-01", "2024-03-31", "multi_year"),
        ("منذ ثلاثة أيام", "2025-03-07", "2025-03-07", "day"),
        ("قبل أسبوعين", "2025-02-21", "2025-02-27", "week"),
        ("قبل شهر", "2025-01-01", "2025-03-31", "month"),
        ("العام الماضي", "2024-01-01", "2024-12-31", "year"),
        ("الشهر الماضي", "2025-02-01", "2025-02-28", "month"),
        ("العام القادم", "2026-01-01", "2026-12-31", "year"),
        ("أمس", "2025-03-09", "2025-03-09", "day"),
        ("يوم الأحد", "2025-03-09", "2025-03-09", "day"),
        ("14 ربيع الثاني 1446 هـ", "2024-10-17", "2024-10-17", "day"),
        ("17/10/2024", "2024-10-17", "2024-10-17", "day"),
        ("2024-10-17", "2024-10-17", "2024-10-17", "day"),
        ("بعد تحرير الرقة", "2017-10-17", "2025-03-10", "open"),
        ("في الذكرى العاشرة لتحرير كوباني", "2025-01-01", "2025-12-31", "year"),
        ("پێش سێ ساڵ", "2021-03-01", "2023-03-31", "multi_year"),
        ("ساڵی ڕابردوو", "2024-01-01", "2024-12-31", "year"),
        ("دوێنێ", "2025-03-09", "2025-03-09", "day"),
        ("لە ١٧ی تشرینی یەکەمی ٢٠١٧", "2017-10-17", "2017-10-17", "day"),
        ("berî 3 salan", "2021-03-01", "2023-03-31", "multi_year"),
        ("Berî heft salan", "2017-03-01", "2019-03-31", "multi_year"),
        ("sala borî", "2024-01-01", "2024-12-31", "year"),
        ("di 17ê Cotmeha 2017an de", "2017-10-17", "2017-10-17", "day"),
        ("duh", "2025-03-09", "2025-03-09", "day"),
        ("two weeks ago", "2025-02-21", "2025-02-27", "week"),
        ("Seven years ago", "2017-03-01", "2019-03-31", "multi_year"),
        ("last year", "2024-01-01", "2024-12-31", "year"),
        ("on 3 May 2021", "2021-05-03", "2021-05-03", "day"),
        ("May 3, 2021", "2021-05-03", "2021-05-03", "day"),
        ("yesterday", "2025-03-09", "2025-03-09", "day"),
        ("in July", "2024-07-01", "2024-07-31", "month"),
        ("since the liberation of Raqqa", "2017-10-17", "2025-03-10", "open"),
    ],
)
def test_which_days_words_name(text: str, first: str, last: str, precision: str) -> None:
    phrases = time_phrases(shadow(fold(text).text))
    found = [days for each in phrases if (days := days_of(each.when, PUBLISHED))]
    assert len(found) == 1, phrases
    days = found[0]
    assert days.first
    assert days.last
    assert (days.first.isoformat(), days.last.isoformat()) == (first, last)
    assert days.precision == precision


@pytest.mark.parametrize(
    "text",
    [
        *("2-3 دول", "2000 عائلة", "removed 1948 mines", "it may be so", "لمدة ثلاثة أشهر"),
        *("سنوات الحرب", "حتى الآن", "so far", "de dibistan", "45/99/2024"),
    ],
)
def test_what_names_no_day(text: str) -> None:
    phrases = time_phrases(shadow(fold(text).text))
    assert not [each for each in phrases if days_of(each.when, PUBLISHED)]


@pytest.mark.parametrize("text", ["قبل سبع سنوات", "yesterday", "العام الماضي", "in July"])
def test_what_is_counted_from_an_unknown_day_is_unknown(text: str) -> None:
    (phrase,) = time_phrases(shadow(fold(text).text))
    assert days_of(phrase.when, None) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("مرت 7 سنوات على تحرير الرقة من التنظيم.", date(2024, 10, 1), date(2024, 10, 31)),
        ("عنوان\n\n17 تشرين الأول 2024\n\nنص الخبر.", date(2024, 10, 17), date(2024, 10, 17)),
        ("Published: 3 March 2025\n\nText of it.", date(2025, 3, 3), date(2025, 3, 3)),
    ],
)
def test_when_a_text_says_it_was_published(text: str, first: date, last: date) -> None:
    seen = shadow(fold(text).text)
    assert publication_of(seen, time_phrases(seen)) == Published(first, last)


def test_a_day_of_which_a_text_tells_is_not_its_own() -> None:
    seen = shadow(fold("A mine exploded on 3 March 2025 near the well and killed a cow.").text)
    assert publication_of(seen, time_phrases(seen)) is None


@pytest.mark.parametrize(
    ("words", "number"),
    [
        *(("سبع", 7), ("مئة و خمسة و عشرين", 125), ("ألفين", 2000), ("du sed", 200), ("12", 12)),
        *(("two thousand", 2000), ("bîst û pênc", 25), ("بیست و پێنج", 25), ("دوو سەد", 200)),
        *(("three hundred", 300), ("سێ", 3), ("سی", 30)),
    ],
)
def test_numbers(words: str, number: int) -> None:
    assert number_of(list(map(plain, words.split()))) == number


def test_no_number() -> None:
    assert number_of(["mine"]) is None
    assert number_of([]) is None
