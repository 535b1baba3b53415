"""Days and instants, and the false dates of old programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from rafiqa.dictionary import Bad, day, instant_us

LATEST = date(2026, 11, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2025-05-03",
        " 2025-05-03 ",
        "٢٠٢٥-٠٥-٠٣",
        "۲۰۲۵-۰۵-۰۳",
        "2025-05-03T00:00:00",
        "2025-05-03 23:59",
        "2025-05-03T08:15:00+03:00",
        date(2025, 5, 3),
        datetime(2025, 5, 3, 12, 0),  # noqa: DTZ001 - a workbook's naive time
        datetime(2025, 5, 3, 12, 0, tzinfo=UTC),
    ],
)
def test_days(written):
    found = day(written, latest=LATEST)
    assert found == date(2025, 5, 3)
    assert type(found) is date


def test_named_formats_in_order():
    formats = ("%d.%m.%Y", "%Y/%m/%d")
    assert day("03.05.2025", formats=formats) == date(2025, 5, 3)
    assert day("1943/07/22", formats=formats) == date(1943, 7, 22)
    assert isinstance(day("1943/07/22"), Bad)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2025-02-30", "dictionary.date.invalid"),
        ("03/05/2025", "dictionary.date.invalid"),
        ("2025-W05-1", "dictionary.date.invalid"),
        ("yesterday", "dictionary.date.invalid"),
        ("2025-13-01T10:00", "dictionary.date.invalid"),
        ([2025], "dictionary.date.invalid"),
        (45000, "dictionary.date.number"),
        ("45000", "dictionary.date.number"),
        ("20250503", "dictionary.date.number"),
        ("2001", "dictionary.date.number"),
        ("1899-12-30", "dictionary.date.sentinel"),
        ("1899-12-31", "dictionary.date.sentinel"),
        ("1900-01-01", "dictionary.date.sentinel"),
        ("0001-01-01", "dictionary.date.sentinel"),
        (date(1899, 12, 30), "dictionary.date.sentinel"),
        ("2026-11-02", "dictionary.date.future"),
        ("2099-01-01", "dictionary.date.future"),
        ("9999-12-31", "dictionary.date.future"),
    ],
)
def test_refused_days(written, code):
    found = day(written, latest=LATEST)
    assert isinstance(found, Bad)
    assert found.code == code


def test_edges():
    assert day("1900-01-02", latest=LATEST) == date(1900, 1, 2)
    assert day("2026-11-01", latest=LATEST) == LATEST
    assert day("2099-01-01") == date(2099, 1, 1)
    assert day("9999-12-31", latest=date.max, plan=True) == date.max


def test_plans_may_lie_ahead_but_not_for_ever():
    assert day("2035-01-01", latest=LATEST, plan=True) == date(2035, 1, 1)
    found = day("2099-12-31", latest=LATEST, plan=True)
    assert isinstance(found, Bad)
    assert found.code == "dictionary.date.future"


@pytest.mark.parametrize(
    "written",
    [
        "2025-05-03T08:15:00+03:00",
        "2025-05-03T05:15:00Z",
        "2025-05-03 05:15z",
        datetime(2025, 5, 3, 5, 15, tzinfo=UTC),
        datetime(2025, 5, 3, 8, 15, tzinfo=timezone(timedelta(hours=3))),
    ],
)
def test_instants(written):
    assert instant_us(written, latest=LATEST) == 1_746_249_300_000_000


def test_offset_of_the_file():
    assert instant_us("2025-05-03T08:15", utc_offset_min=180) == 1_746_249_300_000_000
    assert instant_us("03.05.2025 08:15", formats=("%d.%m.%Y %H:%M",), utc_offset_min=180)


def test_before_1970_is_negative_and_exact():
    assert instant_us("1969-12-31T23:59:59.999999Z") == -1


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2025-05-03T08:15", "dictionary.instant.zone"),
        ("2025-05-03", "dictionary.instant.invalid"),
        ("2025-05-03T25:00Z", "dictionary.instant.invalid"),
        (1_746_249_300, "dictionary.instant.invalid"),
        ("1899-12-30T00:00:00Z", "dictionary.date.sentinel"),
        ("2026-11-03T00:00:00Z", "dictionary.date.future"),
    ],
)
def test_refused_instants(written, code):
    found = instant_us(written, latest=LATEST)
    assert isinstance(found, Bad)
    assert found.code == code


def test_tomorrow_in_the_east_is_still_today():
    assert isinstance(instant_us("2026-11-02T01:00:00+13:00", latest=LATEST), int)
    assert isinstance(instant_us("9999-12-31T00:00:00Z", latest=date.max), int)
