"""Coercers over everything a table may hold: no exception, no guess, and round trips."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rafiqa.dictionary import (
    Bad,
    Manner,
    check_row,
    day,
    decimal_number,
    dictionary,
    instant_us,
    is_misread,
    whole_number,
    worded,
)

ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")
DIGITS = st.sampled_from([{}, ARABIC, PERSIAN])
DAYS = st.dates(date(1900, 1, 2), date(2200, 1, 1))
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters()),
    st.text("0123456789.,-+eE٠٫٬ \u200f", max_size=12),
    st.binary(max_size=8),
    st.dates(),
    st.datetimes(),
    st.lists(st.text(max_size=3), max_size=3),
    st.decimals(),
)


@given(st.integers(-(10**17), 10**17), DIGITS)
def test_whole_numbers_round_trip_in_three_scripts(number, digits):
    assert whole_number(str(number).translate(digits)) == number
    assert whole_number(number) == number


@given(st.decimals(-(10**9), 10**9, places=4), DIGITS)
def test_decimals_round_trip_exactly(number, digits):
    assert decimal_number(f"{number:f}".translate(digits)) == number


@given(st.floats(-1e12, 1e12))
def test_floats_keep_their_shortest_form(number):
    found = decimal_number(number)
    assert isinstance(found, Decimal)
    assert float(found) == number


@given(st.integers(0, 10**12))
def test_grouped_numbers_are_read_only_with_their_mark(number):
    assert decimal_number(f"{number:,}", ".") == number
    assert decimal_number(f"{number:,}".replace(",", "."), ",") == number
    assert decimal_number(f"{number:,}".replace(",", "٬")) == number
    if number >= 1000:
        assert isinstance(decimal_number(f"{number:,}"), Bad)


@given(DAYS, DIGITS, st.sampled_from(["", "T00:00:00", " 23:59", "T12:00:00+03:00"]))
def test_days_round_trip(when, digits, suffix):
    assert day(when.isoformat().translate(digits) + suffix) == when


@given(DAYS, DAYS)
def test_no_day_after_the_latest_is_believed(when, latest):
    found = day(when.isoformat(), latest=latest)
    assert (found == when) == (when <= latest)


@given(st.dates(date(1, 1, 1), date(1900, 1, 1)))
def test_no_sentinel_is_believed(when):
    found = day(when)
    assert isinstance(found, Bad)
    assert found.code == "dictionary.date.sentinel"


@given(st.datetimes(datetime(1900, 1, 3), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_round_trip(when):
    found = instant_us(when.isoformat())
    assert isinstance(found, int)
    assert found == instant_us(when)
    seconds, microseconds = divmod(found, 10**6)
    again = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
    assert again == when


@given(JUNK)
def test_no_coercer_raises(value):
    latest = date(2026, 1, 1)
    for found in (
        whole_number(value),
        whole_number(value, ","),
        decimal_number(value, "."),
        day(value, latest=latest, formats=("%d.%m.%Y",), plan=True),
        instant_us(value, latest=latest, formats=("%d.%m.%Y",), utc_offset_min=180),
        worded(value),
    ):
        if isinstance(found, Bad):
            assert found.code.startswith("dictionary.")
            assert all(isinstance(said, str | int) for said in found.params.values())


@given(st.text())
def test_taken_texts_can_be_stored(value):
    found = worded(value)
    if isinstance(found, str):
        assert found.encode("utf-8").decode("utf-8") == found
        assert worded(found) == found


@given(st.text(st.characters(min_codepoint=0x620, max_codepoint=0x64A), min_size=1, max_size=30))
def test_arabic_read_as_latin_is_always_found(name):
    assert is_misread(name.encode("utf-8").decode("latin-1"))
    assert not is_misread(name)


@given(st.sampled_from(sorted(dictionary().records)), st.data())
def test_a_clean_row_checks_clean_again(name, data):
    record = dictionary().records[name]
    values = {field: data.draw(JUNK) for field in record.names}
    clean, faults = check_row(record, values, Manner(latest=date(2026, 1, 1)))
    assert {fault.place for fault in faults} <= set(record.names)
    again, left = check_row(record, clean, Manner(latest=date(2026, 1, 1), utc_offset_min=0))
    instants = {field.name for field in record.fields if field.type == "instant"}
    assert {key: again[key] for key in again if key not in instants} == {
        key: clean[key] for key in clean if key not in instants
    }
    assert {fault.code for fault in left if fault.place not in instants} <= {
        "dictionary.field.missing",
        "dictionary.field.missing-when",
    }


@given(st.sampled_from(sorted(dictionary().lists)), st.data())
def test_every_spelling_means_its_own_code(name, data):
    codelist = dictionary().lists[name]
    code = data.draw(st.sampled_from(codelist.codes))
    spelling = data.draw(st.sampled_from(code.spellings()))
    assert codelist.match(f" {spelling.upper()} ".replace("_", " ")) == code.code
    assert codelist.match(spelling) == code.code
