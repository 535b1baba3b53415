"""Form building: forms and phrases out of the tables of data files, checked against the records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rafiqa.dictionary.field import GEOMETRY_TYPES, Field
from rafiqa.dictionary.form import SHAPES, Asked, Condition, Form, Matrix, Part, Phrase
from rafiqa.dictionary.load import Dictionary
from rafiqa.dictionary.table import Table

YES_NO = ("yes", "no")
"""How a phone answers a boolean, in codes of the list ``yes_no_unknown``."""
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")


def form_of(table: Table, data: Dictionary) -> Form:
    """The form that a file's table describes."""
    record = table.text("record", needed=True)
    made = Form(
        name=table.text("name", needed=True),
        record=record,
        named_by=table.texts("named_by"),
        parts=tuple(_part(one, record) for one in table.tables("part", "part")),
    )
    table.finish()
    _judge(made, data, table)
    return made


def phrases_of(table: Table) -> dict[str, Phrase]:
    """The phrases of a table, by name; every language must name the same placeholders."""
    found = {}
    table.sources()
    for one in table.tables("phrase", "name"):
        made = Phrase(one.text("name", needed=True), one.labels())
        asked = {frozenset(_PLACEHOLDER.findall(words)) for _, words in made.labels.pairs()}
        if len(asked) > 1:
            one.fault("dictionary.form.placeholder", name=made.name)
        one.finish()
        found[made.name] = made
    table.finish()
    return found


def _part(table: Table, main: str) -> Part:
    record = table.text("record") or main
    asks = [_plain(written, record) for written in table.texts("ask")]
    for how in table.tables("how", "field"):
        _decorate(asks, how, record)
    made = Part(
        part=table.text("part", needed=True),
        asks=tuple(asks),
        repeat=table.boolean("repeat"),
        inside=table.text("inside"),
        when=condition_of(table, record),
        matrix=_matrix(table),
    )
    table.finish()
    return made


def _plain(written: str, record: str) -> Asked:
    named, dot, field = written.rpartition(".")
    return Asked(named if dot else record, field)


def _decorate(asks: list[Asked], how: Table, record: str) -> None:
    asked = _plain(how.text("field", needed=True), record)
    changed = replace(
        asked,
        when=condition_of(how, record),
        required=how.boolean("required"),
        keep=how.boolean("keep"),
        shape=how.text("shape"),
        photo=how.boolean("photo"),
        codes=how.texts("codes"),
    )
    how.finish()
    if asked not in asks:
        how.fault("dictionary.form.unasked", field=asked.place)
        return
    asks[asks.index(asked)] = changed


def condition_of(table: Table, record: str) -> Condition | None:
    """The condition at the key ``when`` of a table, or None."""
    if not table.has("when"):
        return None
    when = table.table("when")
    asked = _plain(when.text("field", needed=True), record)
    made = Condition(asked.record, asked.field, when.texts("any"), when.integer("least"))
    when.finish()
    return made


def _matrix(table: Table) -> Matrix | None:
    if not table.has("matrix"):
        return None
    one = table.table("matrix")
    made = Matrix(
        one.text("rows", needed=True),
        one.texts("row_codes"),
        one.text("columns"),
        one.texts("column_codes"),
        one.text("answers", needed=True),
    )
    one.finish()
    return made


def _judge(form: Form, data: Dictionary, table: Table) -> None:
    for fault, params in judged(form, data):
        table.fault(fault, **params)


def judged(form: Form, data: Dictionary) -> Iterator[tuple[str, dict[str, str]]]:
    """Every fault of a form against the dictionary: a code and the values of its text."""
    if form.name not in data.lists["form"].names:
        yield "dictionary.form.unnamed", {"code": form.name, "list": "form"}
    parts: list[str] = []
    for part in form.parts:
        if part.part not in data.lists["form_part"].names:
            yield "dictionary.form.unnamed", {"code": part.part, "list": "form_part"}
        if (part.inside and part.inside not in parts) or part.part in parts:
            yield "dictionary.form.order", {"part": part.part}
        parts.append(part.part)
        for asked in part.asks:
            yield from _judged_ask(asked, data)
        if part.matrix is not None:
            yield from _judged_matrix(part.matrix, data)
    places = [asked.place for asked in form.asks()]
    for place in sorted({one for one in places if places.count(one) > 1}):
        yield "dictionary.form.twice", {"field": place}
    for condition in form.conditions():
        yield from _judged_condition(condition, form, data)
    for name in form.named_by:
        if form.asked(form.record, name) is None:
            yield "dictionary.form.unasked", {"field": f"{form.record}.{name}"}


def _judged_ask(asked: Asked, data: Dictionary) -> Iterator[tuple[str, dict[str, str]]]:
    field = _field(asked.record, asked.field, data)
    if field is None:
        yield "dictionary.form.field", {"field": asked.place}
        return
    is_shape = field.type in GEOMETRY_TYPES
    bad_shape = bool(asked.shape) and (asked.shape not in SHAPES or not is_shape)
    if bad_shape or (field.type == "shape" and not asked.shape):
        yield "dictionary.form.shape", {"field": asked.place}
    known = codes_of(field, data)
    for code in asked.codes:
        if code not in known:
            yield "dictionary.form.code", {"field": asked.place, "code": code}


def _judged_matrix(matrix: Matrix, data: Dictionary) -> Iterator[tuple[str, dict[str, str]]]:
    asked = [(matrix.rows, matrix.row_codes), (matrix.answers, ())]
    asked += [(matrix.columns, matrix.column_codes)] if matrix.columns else []
    for name, codes in asked:
        known = data.lists[name].names if name in data.lists else ()
        if not known or not set(codes) <= set(known):
            yield "dictionary.form.matrix", {"list": name}


def _judged_condition(
    when: Condition, form: Form, data: Dictionary
) -> Iterator[tuple[str, dict[str, str]]]:
    place = f"{when.record}.{when.field}"
    field = _field(when.record, when.field, data)
    known = codes_of(field, data) if field else ()
    told = set(when.any) <= set(known) and (bool(when.any) != (when.least is not None))
    if form.asked(when.record, when.field) is None or not told:
        yield "dictionary.form.condition", {"field": place}


def codes_of(field: Field, data: Dictionary) -> tuple[str, ...]:
    """The codes that a field can be answered with; yes and no for a boolean, none for a figure."""
    if field.type == "boolean":
        return YES_NO
    return data.lists[field.codelist].names if field.codelist else ()


def _field(record: str, field: str, data: Dictionary) -> Field | None:
    return data.records[record].field(field) if record in data.records else None
