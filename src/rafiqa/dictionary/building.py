"""Building: records, code lists and terms out of the tables of data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import cast

from rafiqa.dictionary.codelist import Code, CodeList
from rafiqa.dictionary.field import FIELD_TYPES, Field, FieldType, Limits, Requirement
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.table import Table
from rafiqa.dictionary.term import Term

_UNSET = -1  # outside 0-4, so that soundness names the field


def codelist_of(table: Table) -> CodeList:
    """The code list that a file's table describes."""
    made = CodeList(
        name=table.text("name", needed=True),
        labels=table.labels(),
        about=table.text("about", needed=True),
        codes=tuple(code_of(one) for one in table.tables("code", "code")),
        imas=table.text("imas"),
        label_sources=table.sources(),
    )
    table.finish()
    return made


def code_of(table: Table) -> Code:
    """The code that a table describes."""
    made = Code(
        table.text("code", needed=True),
        table.labels(),
        table.texts("aliases"),
        table.text("about"),
    )
    table.finish()
    return made


def terms_of(table: Table) -> list[Term]:
    """The terms of the glossary's table."""
    found = []
    table.sources()
    for one in table.tables("term", "name"):
        found.append(
            Term(
                one.text("name", needed=True),
                one.labels(),
                one.text("source", needed=True),
                one.texts("variants"),
                one.text("about"),
            )
        )
        one.finish()
    table.finish()
    return found


def fields_of(table: Table) -> dict[str, Field]:
    """The fields of a table with ``[[field]]`` entries, by name."""
    table.sources()
    found = [field_of(one) for one in table.tables("field", "name")]
    table.finish()
    return {field.name: field for field in found}


def record_of(table: Table, shared: Mapping[str, Field]) -> Record:
    """The record that a file's table describes; ``use`` takes a shared field."""
    fields = [
        _shared(one, shared) if one.has("use") else field_of(one)
        for one in table.tables("field", "name")
    ]
    made = Record(
        name=table.text("name", needed=True),
        labels=table.labels(),
        about=table.text("about", needed=True),
        fields=tuple(field for field in fields if field is not None),
        import_kinds=table.texts("import_kinds"),
        imas=table.text("imas"),
        label_sources=table.sources(),
    )
    table.finish()
    return made


def field_of(table: Table) -> Field:
    """The field that a table describes."""
    kind = table.text("type", needed=True)
    if kind not in FIELD_TYPES:
        table.fault("dictionary.data.fieldtype", value=kind)
    sensitivity = table.integer("sensitivity", needed=True)
    made = Field(
        name=table.text("name", needed=True),
        type=cast("FieldType", kind),
        sensitivity=_UNSET if sensitivity is None else sensitivity,
        labels=table.labels(),
        unit=table.text("unit"),
        required=_requirement(table),
        codelist=table.text("list"),
        target=table.text("target"),
        limits=_limits(table.table("limits")),
        future=table.boolean("future"),
        imas=table.text("imas"),
        hint=table.labels("hint") if table.has("hint") else None,
        aliases=table.texts("aliases"),
    )
    table.finish()
    return made


def _shared(table: Table, shared: Mapping[str, Field]) -> Field | None:
    name = table.text("use")
    field = shared.get(name)
    if field is None:
        table.fault("dictionary.data.use", name=name)
        return None
    sensitivity = table.integer("sensitivity")
    changed = replace(
        field,
        required=_requirement(table),
        sensitivity=field.sensitivity if sensitivity is None else sensitivity,
        imas=table.text("imas") or field.imas,
        aliases=(*field.aliases, *table.texts("aliases")),
    )
    table.finish()
    return changed


def _requirement(table: Table) -> Requirement:
    when = table.table("required_for")
    found = Requirement(table.boolean("required"), when.text("field"), when.texts("values"))
    when.finish()
    return found


def _limits(table: Table) -> Limits:
    length = table.integer("length")
    found = Limits(_bound(table, "min"), _bound(table, "max"), length)
    table.finish()
    return found


def _bound(table: Table, key: str) -> Decimal | None:
    # Written as text where it has a fraction: TOML would make a binary float of it.
    if isinstance(written := table.peek(key), str):
        try:
            table.text(key)
            return Decimal(written)
        except InvalidOperation:
            table.fault("dictionary.data.type", key=key, wanted="number")
            return None
    number = table.integer(key)
    return None if number is None else Decimal(number)
