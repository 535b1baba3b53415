"""Answers to every question of a form, good and bad, made from the dictionary alone."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.dictionary import Asked, Field, Form, FormPack
from rafiqa.dictionary.form import Matrix
from rafiqa.dictionary.formbuilding import YES_NO

POINT = "34.9 38.55 0 3"
RING = "34.9 38.55 0 0;34.9 38.56 0 0;34.91 38.56 0 0;34.9 38.55 0 0"


def field_of(asked: Asked, pack: FormPack) -> Field:
    found = pack.data.records[asked.record].field(asked.field)
    assert found is not None
    return found


def codes_asked(asked: Asked, pack: FormPack) -> tuple[str, ...]:
    field = field_of(asked, pack)
    if field.type == "boolean":
        return YES_NO
    return asked.codes or pack.data.lists[field.codelist].names


def rounds(form: Form, pack: FormPack) -> int:
    """How often a form must be filled so that each code that a condition looks at is chosen."""
    looked_at = {(when.record, when.field) for when in form.conditions()}
    asked = [one for one in form.asks() if (one.record, one.field) in looked_at]
    return max((len(codes_asked(one, pack)) for one in asked), default=1)


def good(form: Form, pack: FormPack, number: int) -> dict[str, str]:
    """An answer to every question; the n-th round chooses the n-th code everywhere."""
    found = {}
    for asked in form.asks():
        field = field_of(asked, pack)
        if field.type != "id":
            found[form.question(asked.record, asked.field)] = _good(field, asked, pack, number)
    for name, matrix in matrix_questions(form):
        answers = pack.data.lists[matrix.answers].names
        found[name] = answers[number % len(answers)]
    return found


def matrix_questions(form: Form) -> Iterator[tuple[str, Matrix]]:
    for part in form.parts:
        if (matrix := part.matrix) is None:
            continue
        for row in matrix.row_codes:
            for column in matrix.column_codes or ("",):
                yield f"{part.part}_{row}" + (f"_{column}" if column else ""), matrix


def _good(field: Field, asked: Asked, pack: FormPack, number: int) -> str:
    if asked.photo:
        return "photo.jpg"
    if field.codelist or field.type == "boolean":
        codes = codes_asked(asked, pack)
        return codes[number % len(codes)]
    if field.type in {"integer", "decimal"}:
        low, high = field.limits.minimum, field.limits.maximum
        assert low is not None
        assert high is not None
        return str(low if number % 2 else min(high, low + 7 if high > 1 else high))
    shape = asked.shape or {"point": "geopoint"}.get(field.type, "geoshape")
    by_type = {
        "date": "2024-05-03",
        "instant": "2024-05-03T08:15:00.000Z",
        **dict.fromkeys(("point", "line", "polygon", "shape"), RING),
    }
    if shape == "geopoint" and field.type in {"point", "shape"}:
        return POINT
    return by_type.get(field.type, "نص text")


def bad(form: Form, pack: FormPack) -> Iterator[tuple[str, str]]:
    """Answers that no field of the form may have, one and the other side of its limits."""
    for asked in form.asks():
        field = field_of(asked, pack)
        name = form.question(asked.record, asked.field)
        low, high = field.limits.minimum, field.limits.maximum
        if asked.photo or field.type == "id":
            continue
        if low is not None and high is not None:
            yield name, str(low - 1)
            yield name, str(high + 1)
        elif field.type == "date":
            yield name, "1899-12-30"
            yield name, "2999-01-01"
        elif field.type == "text" and field.limits.length and field.limits.length < 500:
            yield name, "x" * (field.limits.length + 1)
        elif field.type == "codes":
            codes = pack.data.lists[field.codelist].names
            if "none" in codes:
                yield name, f"none {next(code for code in codes if code != 'none')}"
