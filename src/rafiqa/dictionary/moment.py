"""Moments as people write them: days and instants, with the false dates of old programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from rafiqa.dictionary.bad import Bad, bad
from rafiqa.dictionary.number import latin_digits

# Programs write their day zero (30 or 31 December 1899, 1 January 1900) for "no date".
FIRST_DAY = date(1900, 1, 2)
# A plan may reach this far beyond the day of reporting.
PLAN_DAYS = 30 * 366

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.IGNORECASE,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def day(
    value: object,
    *,
    latest: date | None = None,
    formats: Sequence[str] = (),
    plan: bool = False,
) -> date | Bad:
    """The day that was written, or why there is none.

    Args:
        value: a date, a date with time (its day as written is taken), or text in the form
            ``2025-05-03``, with or without a time, or in one of the formats.
        latest: last day that is believed; None for no bound.
        formats: further forms of this file, such as ``%d.%m.%Y``; tried in order.
        plan: the day may lie up to 30 years after ``latest``.

    Refuses:
        dictionary.date.invalid, dictionary.date.number (a bare number: days since when?),
        dictionary.date.sentinel, dictionary.date.future
    """
    found = _day(value, formats)
    if isinstance(found, Bad):
        return found
    if found < FIRST_DAY:
        return bad("dictionary.date.sentinel", value, day=found.isoformat())
    bound = _bound(latest, plan=plan)
    if bound is not None and found > bound:
        params = {"day": found.isoformat(), "latest": bound.isoformat()}
        return bad("dictionary.date.future", value, **params)
    return found


def instant_us(
    value: object,
    *,
    latest: date | None = None,
    formats: Sequence[str] = (),
    utc_offset_min: int | None = None,
    plan: bool = False,
) -> int | Bad:
    """The instant that was written, in microseconds since 1970 UTC, or why there is none.

    Args:
        value: a date with time, or text such as ``2025-05-03T08:15:00+03:00``.
        latest: last day that is believed, as for ``day``.
        formats: as for ``day``.
        utc_offset_min: offset of the file's clock, used where the value names none.
        plan: as for ``day``.

    Refuses:
        dictionary.instant.invalid, dictionary.instant.zone, dictionary.date.sentinel,
        dictionary.date.future
    """
    found = _instant(value, formats)
    if isinstance(found, Bad):
        return found
    if found.tzinfo is None:
        if utc_offset_min is None:
            return bad("dictionary.instant.zone", value)
        found = found.replace(tzinfo=timezone(timedelta(minutes=utc_offset_min)))
    judged = day(found, latest=None if latest is None else _next(latest), plan=plan)
    # The bound is a day; half the world reaches tomorrow before UTC does.
    return judged if isinstance(judged, Bad) else (found - _EPOCH) // _MICROSECOND


def _day(value: object, formats: Sequence[str]) -> date | Bad:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return bad("dictionary.date.number", value)
    if not isinstance(value, str):
        return bad("dictionary.date.invalid", value)
    text = latin_digits(value).strip()
    if _DAY.fullmatch(text) or _INSTANT.fullmatch(text):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return bad("dictionary.date.invalid", value)
    found = _by_format(text, formats)
    if found is not None:
        return found.date()
    if re.fullmatch(r"[0-9]{4,}(?:\.[0-9]+)?", text):
        return bad("dictionary.date.number", value)
    return bad("dictionary.date.invalid", value)


def _instant(value: object, formats: Sequence[str]) -> datetime | Bad:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        text = latin_digits(value).strip()
        if _INSTANT.fullmatch(text):
            try:
                return datetime.fromisoformat(text.upper())
            except ValueError:
                return bad("dictionary.instant.invalid", value)
        found = _by_format(text, formats)
        if found is not None:
            return found
    return bad("dictionary.instant.invalid", value)


def _by_format(text: str, formats: Sequence[str]) -> datetime | None:
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller names the zone
        except ValueError:
            continue
    return None


def _next(latest: date) -> date:
    return latest if latest == date.max else latest + timedelta(days=1)


def _bound(latest: date | None, *, plan: bool) -> date | None:
    if latest is None or not plan:
        return latest
    return latest + min(timedelta(days=PLAN_DAYS), date.max - latest)
