"""Teams, as the file of a plan names them: read whole, with every fault of every team.

``{"teams": [{"id", "skills": [..], "m2_per_day", "calendar"?}]}``; beside it ``organisation``,
``km_per_day``, ``base`` as ``[lon, lat]``, ``name`` and ``note``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.plan.team import EVERY_DAY, Calendar, Days, Team
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEVELS = 12
_KNOWN = {"id", "skills", "m2_per_day", "calendar", "organisation", "km_per_day", "base"}
_TOLD = {"name", "note"}
_CALENDAR = {"weekdays", "from", "until", "off"}
_LONGEST_DAYS = 7_300

Place = Callable[[Spot], tuple[float, float]]


def teams_from(data: bytes, place: Place) -> list[Team]:
    """Returns the teams of a file.

    Args:
        data: the file's bytes.
        place: turns a spot into metres of the site's plane.

    Raises:
        InvalidInput: not such a file; every fault of every team is listed.
    """
    return teams_of(strict_json(data, levels=_LEVELS, most_bytes=TABLE_BYTES), place)


def teams_of(value: object, place: Place) -> list[Team]:
    """Returns the teams of a document that was read.

    Raises:
        InvalidInput: every fault of every team.
    """
    listed = value.get("teams") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        raise InvalidInput(Fault("wire.teams.none", "teams"))
    faults: list[Fault] = []
    teams: list[Team] = []
    seen: set[str] = set()
    for at, told in enumerate(listed):
        path = f"teams[{at}]"
        if not isinstance(told, dict):
            faults.append(Fault("wire.teams.shape", path, at + 1))
            continue
        reader = _TeamReader(told, path, at + 1, place)
        team = reader.team()
        if team is not None and team.team_id in seen:
            params: dict[str, str | int] = {"team": team.team_id}
            reader.faults.append(Fault("wire.teams.id-twice", f"{path}.id", at + 1, params))
        faults += reader.faults
        if team is not None:
            seen.add(team.team_id)
            teams.append(team)
    if faults:
        raise InvalidInput(faults)
    return teams


class _TeamReader:
    """One team being read; every fault is kept."""

    def __init__(self, told: Mapping[str, Any], path: str, row: int, place: Place) -> None:
        self._told, self._path, self._row, self._place = told, path, row, place
        self.faults: list[Fault] = []

    def team(self) -> Team | None:
        """Returns the team; None where anything of it is at fault."""
        told = self._told
        for key in sorted(set(told) - _KNOWN - _TOLD):
            self._fault("key", key, {"key": key, "known": ", ".join(sorted(_KNOWN | _TOLD))})
        team_id, skills = told.get("id"), told.get("skills")
        if not isinstance(team_id, str) or not team_id.strip():
            self._fault("id", "id")
            team_id = ""
        named: dict[str, str | int] = {"team": team_id or str(self._row)}
        if not _texts(skills) or not skills:
            self._fault("no-skills", "skills", named)
        pace = self._number("m2_per_day", named)
        km_per_day = self._number("km_per_day", named) if "km_per_day" in told else 100.0
        organisation = told.get("organisation")
        if organisation is not None and (not isinstance(organisation, str) or not organisation):
            self._fault("organisation", "organisation", named)
        calendar = self._calendar(told.get("calendar"), named)
        base_m = self._base(told.get("base"), named)
        if self.faults or calendar is None:
            return None
        return Team(
            team_id, frozenset(skills or ()), pace, calendar, organisation, km_per_day, base_m
        )

    def _number(self, name: str, named: dict[str, str | int]) -> float:
        value = self._told.get(name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not isfinite(value) or value <= 0:  # type: ignore[arg-type,operator]
            self._fault("pace" if name == "m2_per_day" else "travel", name, named)
            return 1.0
        return float(value)  # type: ignore[arg-type]

    def _base(self, value: object, named: dict[str, str | int]) -> tuple[float, float] | None:
        if value is None:
            return None
        try:
            lon_deg, lat_deg = map(float, value)  # type: ignore[call-overload]
            return self._place(Spot.of(lon_deg, lat_deg))
        except (TypeError, ValueError, InvalidInput):
            self._fault("base", "base", named)
            return None

    def _calendar(self, value: object, named: dict[str, str | int]) -> Calendar | None:
        if value is None:
            return Calendar()
        n_faults = len(self.faults)
        if not isinstance(value, dict) or set(value) - _CALENDAR:
            known = {**named, "known": ", ".join(sorted(_CALENDAR))}
            self._fault("calendar-shape", "calendar", known)
            return None
        weekdays = value.get("weekdays")
        if weekdays is None:
            days = EVERY_DAY
        elif not _texts(weekdays) or not weekdays or set(weekdays) - set(WEEKDAYS):
            known = {**named, "known": ", ".join(WEEKDAYS)}
            self._fault("calendar-weekday", "calendar.weekdays", known)
            days = EVERY_DAY
        else:
            days = frozenset(WEEKDAYS.index(day) for day in weekdays)
        first = self._day(value.get("from"), "calendar.from")
        last = self._day(value.get("until"), "calendar.until")
        off = tuple(self._spans(value.get("off"), "calendar.off"))
        calendar = Calendar(days, first, last, off)
        if len(self.faults) > n_faults:
            return None
        if first is not None and last is not None and not _works(calendar, first, last):
            code = "calendar-order" if last < first else "calendar-never"
            self._fault(code, "calendar", named)
            return None
        return calendar

    def _spans(self, value: object, at: str) -> Iterator[Days]:
        try:
            yield from spans_of(value, at, "wire.teams")
        except InvalidInput as error:
            for fault in error.faults:
                place = f"{self._path}.{fault.place}"
                self.faults.append(Fault(fault.code, place, self._row, fault.params))

    def _day(self, value: object, at: str) -> int | None:
        if value is None:
            return None
        day = ordinal_of(value)
        if day is None:
            self.faults.append(Fault("wire.teams.date", f"{self._path}.{at}", self._row))
        return day

    def _fault(self, code: str, at: str, params: Mapping[str, str | int] | None = None) -> None:
        place = f"{self._path}.{at}"
        self.faults.append(Fault(_CODES[code], place, self._row, params or {}))


_CODES = {
    "key": "wire.teams.key",
    "id": "wire.teams.id",
    "no-skills": "wire.teams.no-skills",
    "pace": "wire.teams.pace",
    "travel": "wire.teams.travel",
    "organisation": "wire.teams.organisation",
    "base": "wire.teams.base",
    "calendar-shape": "wire.teams.calendar-shape",
    "calendar-weekday": "wire.teams.calendar-weekday",
    "calendar-order": "wire.teams.calendar-order",
    "calendar-never": "wire.teams.calendar-never",
}


def spans_of(value: object, at: str, family: str) -> list[Days]:
    """Returns spans of days, first and last of each meant.

    Args:
        value: a list of ``{"from", "until"}``, or None for none.
        at: where in the file.
        family: with what the codes of its faults begin.

    Raises:
        InvalidInput: every span that is none.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(Fault(f"{family}.spans", at))
    faults: list[Fault] = []
    spans: list[Days] = []
    for row, told in enumerate(value):
        path = f"{at}[{row}]"
        ends = told if isinstance(told, dict) else {}
        first, last = ordinal_of(ends.get("from")), ordinal_of(ends.get("until"))
        if first is None or last is None or set(ends) - {"from", "until", "note"}:
            faults.append(Fault(f"{family}.spans", path))
        elif last < first:
            faults.append(Fault(f"{family}.span-order", path))
        else:
            spans.append((first, last))
    if faults:
        raise InvalidInput(faults)
    return spans


def ordinal_of(value: object) -> int | None:
    """Returns a day written as ``YYYY-MM-DD`` as an ordinal; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value).toordinal()
    except ValueError:
        return None


def _texts(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(
        isinstance(item, str) and item.strip() for item in value
    )  # fmt: skip


def _works(calendar: Calendar, first: int, last: int) -> bool:
    return any(calendar.works_on(day) for day in range(first, min(last, first + _LONGEST_DAYS) + 1))
