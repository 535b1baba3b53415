"""Times at the border: ISO 8601 text to whole microseconds since 1970 UTC, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rafiqa.errors import Fault, InvalidInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant_us(text: str, place: str = "") -> int:
    """Returns an ISO 8601 time as microseconds since 1970 UTC; a bare date is its first instant.

    Args:
        text: such as ``2026-03-01``, ``2026-03-01T08:30:00Z`` or with an offset. Without an
            offset it is taken as UTC.
        place: where it stood, for the fault.

    Raises:
        InvalidInput: not a time.
    """
    try:
        if "W" in text.upper():
            raise ValueError(text)  # noqa: TRY301 - a week: its first day is not what is meant
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        fault = Fault("wire.time.malformed", place, params={"text": text[:40]})
        raise InvalidInput(fault) from error
    return moment_us(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def end_us(text: str, place: str = "") -> int:
    """Returns the last instant that a time names: the end of the day for a bare date."""
    start_us = instant_us(text, place)
    if len(text.strip()) <= len("2026-03-01"):
        return start_us + 86_400_000_000 - 1
    return start_us


def moment_us(moment: datetime) -> int:
    """Returns an aware datetime as microseconds since 1970 UTC, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def date_us(day: date) -> int:
    """Returns the first instant of a day in UTC."""
    return moment_us(datetime(day.year, day.month, day.day, tzinfo=UTC))


def iso(at_us: int) -> str:
    """Returns microseconds since 1970 UTC as ISO 8601 text ending in Z."""
    moment = _EPOCH + timedelta(microseconds=at_us)
    return moment.isoformat().replace("+00:00", "Z")


def iso_date(at_us: int) -> str:
    """Returns the UTC day of an instant as ISO 8601 text."""
    return (_EPOCH + timedelta(microseconds=at_us)).date().isoformat()


def utc_day(at_us: int) -> date:
    """Returns the UTC day of an instant."""
    return (_EPOCH + timedelta(microseconds=at_us)).date()
