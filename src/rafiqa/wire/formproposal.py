"""Form proposal: which field of the dictionary a question of a foreign form seems to mean.

A proposal, never more: a person looks it over. What fits nothing stays unmapped and is kept as
it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rafiqa.dictionary import Dictionary, Field, Record, match_columns
from rafiqa.dictionary.field import GEOMETRY_TYPES
from rafiqa.wire.foreignform import ForeignForm, ForeignQuestion, is_answered

_SHAPES = {
    "point": {"geopoint", "gps", "location"},
    "line": {"geotrace"},
    "polygon": {"geoshape", "geotrace"},
    "shape": {"geopoint", "geotrace", "geoshape", "gps", "location"},
}
_FILES = frozenset({"image", "photo", "audio", "video", "file"})
_PLACES = frozenset().union(*_SHAPES.values())


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one question seems to mean.

    Attributes:
        question: its path in the foreign form.
        record: name of the record, or empty.
        field: name of the field, or empty where nothing fits.
        by: ``name`` or ``label``, or empty.
        codes: each choice with the code it seems to mean, or None.
    """

    question: str
    record: str = ""
    field: str = ""
    by: str = ""
    codes: Mapping[str, str | None] | None = None


def proposed(form: ForeignForm, data: Dictionary) -> tuple[Proposal, ...]:
    """A proposal for every question that a person answers, in order.

    The questions outside of repeats, and those of each repeat, are each held against the one
    record that most of them fit.
    """
    scopes: dict[str, list[ForeignQuestion]] = {}
    for one in form.questions:
        if is_answered(one):
            scopes.setdefault(one.repeat, []).append(one)
    found: dict[str, Proposal] = {}
    for asked in scopes.values():
        record, matched = _best(asked, data)
        for one in asked:
            found[one.path] = _proposal(one, record, matched.get(one.path), form, data)
    return tuple(found[one.path] for one in form.questions if one.path in found)


def _best(
    asked: Sequence[ForeignQuestion], data: Dictionary
) -> tuple[Record | None, dict[str, tuple[str, str]]]:
    """The record that most questions fit, with field and way for each of them."""
    best: tuple[Record | None, dict[str, tuple[str, str]]] = (None, {})
    most = 0
    for record in data.records.values():
        matched = dict(_matches(asked, record))
        # A name says more than a label, which several records share.
        weight = sum(3 if by == "name" else 2 for _, by in matched.values())
        if weight > most:
            best, most = (record, matched), weight
    return best


def _matches(
    asked: Sequence[ForeignQuestion], record: Record
) -> Iterator[tuple[str, tuple[str, str]]]:
    taken: set[str] = set()
    for by, spellings in (("name", _by_name(asked)), ("label", _by_label(asked))):
        fields = match_columns(record, list(spellings)).fields
        for spelling, name in fields.items():
            one = spellings[spelling]
            field = record.field(name)
            if field is None or name in taken or one.path in taken or not _fits(one, field):
                continue
            taken |= {name, one.path}
            yield one.path, (name, by)


def _by_name(asked: Iterable[ForeignQuestion]) -> dict[str, ForeignQuestion]:
    return {one.name: one for one in asked}


def _by_label(asked: Iterable[ForeignQuestion]) -> dict[str, ForeignQuestion]:
    return {label.rstrip(" ?:؟*"): one for one in asked for label in one.labels.values() if label}


def _fits(one: ForeignQuestion, field: Field) -> bool:
    """Whether answers of the question's kind can be values of the field."""
    kind = one.type.casefold()
    if field.type in GEOMETRY_TYPES:
        return kind in _SHAPES[field.type]
    if kind in _PLACES:
        return False
    if kind in _FILES:
        return field.name in {"attachments", "source_ref"}
    if field.type in {"date", "instant"}:
        return kind in {"date", "datetime", "date time", "today", "text", "string"}
    return True


def _proposal(
    one: ForeignQuestion,
    record: Record | None,
    matched: tuple[str, str] | None,
    form: ForeignForm,
    data: Dictionary,
) -> Proposal:
    if record is None or matched is None:
        return Proposal(one.path)
    name, by = matched
    field = record.field(name)
    codes = None
    if field is not None and field.codelist and one.list_name in form.lists:
        match = data.lists[field.codelist].match
        codes = {
            choice: next(
                (code for text in (choice, *labels.values()) if (code := match(text))), None
            )
            for choice, labels in form.lists[one.list_name].items()
        }
    return Proposal(one.path, record.name, name, by, codes)
