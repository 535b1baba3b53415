"""Rows of a filled form: what it asks once, and what it asks again, as rows of the dictionary.

Forms of ours name a question of another record with that record before it, in a group that ends
with ``_part``; programs that send JSON name groups by the part and questions by the field. A
country's own choice counts as what it was given out to count as, and is kept beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import Manner, Record, check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Reason
from rafiqa.ledger import FormPublished
from rafiqa.service.intakefact import Checked, open_fields
from rafiqa.service.office import Office
from rafiqa.wire.fieldplace import accuracy_of, place_from
from rafiqa.wire.filled import Filled
from rafiqa.wire.instant import utc_day

PART: Final = "_part"
"""What the group of a part of our forms ends with."""


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """One row that was answered.

    Attributes:
        record: the dictionary's record that it is of.
        answers: by field.
        number: the how-manieth of its part, from 1.
        place: where its faults are said to be, such as ``land_part 2``; empty for the form's own.
        own: answers to a country's own questions.
    """

    record: str
    answers: Mapping[str, str]
    number: int = 1
    place: str = ""
    own: Mapping[str, str] = field(default_factory=dict)


def form_row(
    filled: Filled, record: str, form: FormPublished | None, repeats: Collection[str]
) -> AnsweredRow:
    """Returns what a form says of the record that it is about, without its repeated parts.

    Args:
        filled: the form.
        record: the record's name.
        form: as it was given out.
        repeats: the parts that are records of their own.
    """
    without = {group for part in repeats for group in (part, f"{part}{PART}")}
    answers = filled.answers(without)
    known = {each.name for each in dictionary().records[record].fields}
    named = {name: text for name, text in answers.items() if name in known}
    return AnsweredRow(record, named, own=_own(answers, form))


def repeated_rows(
    filled: Filled, part: str, record: str, form: FormPublished | None
) -> list[AnsweredRow]:
    """Returns each filling of a repeated part, in order."""
    known = {each.name for each in dictionary().records[record].fields}
    told = [_without_record(each, f"{record}_") for each in filled.times(f"{part}{PART}")]
    told = told or filled.times(part)
    return [
        AnsweredRow(
            record,
            {name: text for name, text in answers.items() if name in known},
            number,
            f"{part} {number}",
            _own(answers, form),
        )
        for number, answers in enumerate(told, 1)
    ]


def _without_record(answers: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in answers.items()}


def _own(answers: Mapping[str, str], form: FormPublished | None) -> dict[str, str]:
    """Returns the answers to a country's own questions, which begin with its code."""
    if form is None or form.country is None:
        return {}
    prefix = f"{form.country}_"
    return {name: text for name, text in answers.items() if name.startswith(prefix)}


def checked_row(
    office: Office,
    row: AnsweredRow,
    form: FormPublished | None,
    source: str,
    defaults: Mapping[str, str],
) -> Checked | tuple[Reason, ...]:
    """Returns a row with its values in the types of its record, or every fault of it.

    Args:
        office: the open store.
        row: as it was answered.
        form: as it was given out.
        source: the organisation that sent it.
        defaults: what holds where it was not answered, its id among them.
    """
    record = dictionary().records[row.record]
    named: dict[str, Any] = {**defaults, **row.answers}
    counted = dict(_counted(record, named, form))
    named |= counted
    kept = {f"{name} ({form.country})": row.answers[name] for name in counted if form}
    placed = named.pop("geometry", None)
    faults: list[Fault] = []
    geometry = None
    if placed is not None:
        try:
            geometry = named["geometry"] = place_from(placed)
            named |= _receiver(record, named, str(placed), geometry)
        except InvalidInput as error:
            faults += [replace(fault, place="geometry") for fault in error.faults]
            # It was told and cannot be read: that it is missing would be another fault.
            named["geometry"] = placed
    clean, against = check_row(record, named, Manner(utc_day(office.now_us())), row.number)
    faults += against
    if faults:
        return tuple(reason_of(fault, row.place) for fault in faults)
    values, _ = open_fields(record, clean)
    left_over = {**row.own, **kept}
    return Checked(row.number, str(values["id"]), values, left_over, geometry, source)


def _receiver(
    record: Record, named: Mapping[str, Any], told: str, geometry: BaseGeometry
) -> dict[str, str]:
    """Returns how exact the phone says a place is, where the form asks nobody for that."""
    stated_m = accuracy_of(told)
    asked = "accuracy_m" in record.names and named.get("accuracy_m") is None
    return {"accuracy_m": str(stated_m)} if asked and stated_m and not geometry.area else {}


def _counted(
    record: Record, named: Mapping[str, Any], form: FormPublished | None
) -> Iterator[tuple[str, str]]:
    """Yields each field that holds choices of a country's own, with what these count as."""
    choices = {
        (each.list_name, each.code): each.counts_as for each in (form and form.choices) or ()
    }
    for each in record.fields:
        told = named.get(each.name)
        if not each.codelist or not isinstance(told, str):
            continue
        words = told.split() if each.type == "codes" else [told]
        counted = [choices.get((each.codelist, word), word) for word in words]
        if counted != words:
            yield each.name, " ".join(dict.fromkeys(counted))


def reason_of(fault: Fault, place: str = "") -> Reason:
    """Returns a fault of a row as a reason against the review, its place among its words."""
    at = f"{place}: {fault.place}" if place and fault.place else place or fault.place
    return Reason(fault.code, {"place": at, **fault.params})
