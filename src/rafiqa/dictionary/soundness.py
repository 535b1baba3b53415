"""Soundness: every fault that the dictionary's own data can have, looked for at loading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rafiqa.dictionary.codelist import CodeList, folded
from rafiqa.dictionary.field import UNITS, Field
from rafiqa.dictionary.label import Labels
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.term import Term
from rafiqa.errors import Fault
from rafiqa.locale import assuring_words

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BANNED = frozenset({"area", "distance", "depth", "length", "tolerance", "width", "height"})
_ENDINGS = {"date": "_on", "instant": "_at"}
_LAST_CLASS = 4


def unsound(
    records: Sequence[Record], lists: Sequence[CodeList], terms: Sequence[Term]
) -> list[Fault]:
    """Every fault of the data, each placed at its record, field, list or code; empty when sound."""
    found = [
        *_twice("records", [one.name for one in records]),
        *_twice("lists", [one.name for one in lists]),
        *_twice("glossary", [one.name for one in terms]),
        *_twice("import_kinds", [kind for one in records for kind in one.import_kinds]),
    ]
    known = {one.name: one for one in lists}
    targets = {one.name for one in records}
    for record in records:
        found += _record(record, known, targets)
    for codelist in lists:
        found += _codelist(codelist)
    for term in terms:
        found += _words(term.labels, f"glossary: {term.name}")
    return found


def _record(record: Record, lists: dict[str, CodeList], targets: set[str]) -> Iterator[Fault]:
    yield from _twice(record.name, record.names)
    yield from _words(record.labels, record.name)
    for field in record.fields:
        place = f"{record.name}.{field.name}"
        yield from _field(field, place)
        yield from _links(record, field, place, lists, targets)
    yield from _aliases(record)


def _field(field: Field, place: str) -> Iterator[Fault]:
    if not _NAME.fullmatch(field.name) or field.name in _BANNED:
        yield Fault("dictionary.data.name", place, params={"value": field.name})
    if not 0 <= field.sensitivity <= _LAST_CLASS:
        yield Fault("dictionary.data.sensitivity", place, params={"value": field.sensitivity})
    if field.type in {"decimal", "integer"} and not field.unit:
        yield Fault("dictionary.data.unit", place, params={"unit": field.unit})
    if field.unit:
        yield from _unit(field, place)
    ending = _ENDINGS.get(field.type, "")
    if ending and not field.name.endswith(ending):
        yield Fault("dictionary.data.ending", place, params={"ending": ending})
    low, high = field.limits.minimum, field.limits.maximum
    if low is not None and high is not None and low > high:
        yield Fault("dictionary.data.limits", place, params={"min": str(low), "max": str(high)})
    yield from _words(field.labels, place)
    if field.hint is not None:
        yield from _words(field.hint, place)


def _unit(field: Field, place: str) -> Iterator[Fault]:
    suffix = UNITS.get(field.unit)
    stem = field.name.removesuffix("_min").removesuffix("_max") if field.unit != "min" else ""
    units = tuple(one for one in UNITS.values() if one)
    # A count or a year carries no ending, so it must not look as if it had a unit either.
    misleads = not suffix and field.name.endswith(units)
    if suffix is None or misleads or not (stem or field.name).endswith(suffix):
        yield Fault("dictionary.data.unit", place, params={"unit": field.unit})


def _links(
    record: Record, field: Field, place: str, lists: dict[str, CodeList], targets: set[str]
) -> Iterator[Fault]:
    if (field.type in {"code", "codes"}) != bool(field.codelist) or (
        field.codelist and field.codelist not in lists
    ):
        yield Fault("dictionary.data.list", place, params={"list": field.codelist})
    if (field.type == "ref") != bool(field.target) or (
        field.target and field.target not in targets
    ):
        yield Fault("dictionary.data.target", place, params={"target": field.target})
    when = field.required
    if when.field:
        other = record.field(when.field)
        codes = lists[other.codelist].names if other and other.codelist in lists else ()
        if not when.values or when.always or not set(when.values) <= set(codes):
            yield Fault("dictionary.data.requirement", place, params={"condition": when.text})


def _aliases(record: Record) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for field in record.fields:
        for spelling in (field.name, *field.aliases):
            owner = owners.setdefault(folded(spelling), field.name)
            if owner != field.name:
                params = {"alias": spelling, "other": owner}
                yield Fault("dictionary.data.alias", f"{record.name}.{field.name}", params=params)


def _codelist(codelist: CodeList) -> Iterator[Fault]:
    yield from _twice(codelist.name, codelist.names)
    yield from _words(codelist.labels, codelist.name)
    if not codelist.codes:
        yield Fault("dictionary.data.empty", codelist.name)
    for code in codelist.codes:
        place = f"{codelist.name}: {code.code}"
        if not _NAME.fullmatch(code.code):
            yield Fault("dictionary.data.name", place, params={"value": code.code})
        yield from _words(code.labels, place)
    for spelling, first, second in codelist.clashes():
        params = {"alias": spelling, "other": first}
        yield Fault("dictionary.data.alias", f"{codelist.name}: {second}", params=params)


def _words(labels: Labels, place: str) -> Iterator[Fault]:
    for lang, label in labels.pairs():
        for word in assuring_words(label):
            yield Fault("dictionary.data.assuring", place, params={"word": word, "lang": lang})


def _twice(place: str, names: Iterable[str]) -> Iterator[Fault]:
    for name, number in Counter(names).items():
        if number > 1:
            yield Fault("dictionary.data.twice", place, params={"name": name})
