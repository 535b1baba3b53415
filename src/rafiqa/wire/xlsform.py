"""XLSForm: one form of the dictionary as the sheets of a workbook that phones' servers read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rafiqa.dictionary.field import GEOMETRY_TYPES, Field
from rafiqa.dictionary.form import Asked, Form, Matrix, Part
from rafiqa.dictionary.formbuilding import YES_NO
from rafiqa.dictionary.formpack import FormPack
from rafiqa.wire.formrule import Rule, expression, rule_of

Row = dict[str, str]
Sheet = list[list[str]]

_QUESTION = ("type", "name", "label", "hint", "required", "required_message", "relevant")
_ANSWER = ("constraint", "constraint_message", "calculation", "appearance", "parameters")
_COLUMNS = (*_QUESTION, *_ANSWER)
_WORDED = ("label", "hint", "required_message", "constraint_message")
_SHAPES = {"point": "geopoint", "line": "geotrace", "polygon": "geoshape"}
_PLAIN = {"integer": "integer", "decimal": "decimal", "date": "date", "instant": "dateTime"}
_UNASKED = ("begin_", "calculate", "start", "end", "deviceid")
_LONG_LETTERS = 1000
_MANY_CHOICES = 8
_PHOTO_PIXELS = 1600
# What a phone notes by itself; none of it names a person.
_META = (
    ("start", "form_started_at"),
    ("end", "form_ended_at"),
    ("deviceid", "device_ref"),
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of one XLSForm.

    Attributes:
        form_id: the id that phones know it by.
        version: made from the content, so that it changes with it and only with it.
        sheets: by name, rows of texts, headers first.
        questions: how many questions it asks.
    """

    form_id: str
    version: str
    sheets: Mapping[str, Sheet]
    questions: int


def xlsform(form: Form, pack: FormPack) -> Workbook:
    """The sheets of a form in all languages of the pack."""
    writer = _Writer(form, pack)
    survey = [dict.fromkeys(_COLUMNS, "") | row for row in writer.survey()]
    sheets: dict[str, Sheet] = {
        "survey": _sheet(survey, writer.header(_COLUMNS, _WORDED)),
        "choices": _sheet(writer.choices(), writer.header(("list_name", "name", "label"))),
    }
    named = ", ' ', ".join(f"${{{name}}}" for name in form.named_by)
    settings = {
        "form_title": pack.code_label("form", form.name, pack.default_language),
        "form_id": form.form_id,
        "default_language": _column("", pack.default_language, pack).removeprefix("::"),
        "instance_name": f"concat({named})",
        "allow_choice_duplicates": "no",
        "style": "pages",
    }
    content = repr((sorted(sheets.items()), sorted(settings.items())))
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    settings["version"] = version
    sheets["settings"] = [list(settings), list(settings.values())]
    asked = [row for row in survey if row["name"] and not row["type"].startswith(_UNASKED)]
    return Workbook(form.form_id, version, sheets, len(asked))


def _column(name: str, lang: str, pack: FormPack) -> str:
    return f"{name}::{pack.languages[lang]} ({lang})"


def _sheet(rows: Sequence[Row], header: Sequence[str]) -> Sheet:
    used = [name for name in header if any(row.get(name) for row in rows)]
    return [used, *([row.get(name, "") for name in used] for row in rows)]


class _Writer:
    """Writes one form; notes which choices its questions use."""

    def __init__(self, form: Form, pack: FormPack) -> None:
        self._form, self._pack = form, pack
        self._lists: dict[str, tuple[str, tuple[str, ...]]] = {}

    def header(self, names: Sequence[str], worded: Sequence[str] = ("label",)) -> list[str]:
        """The columns, each worded one once in every language."""
        return [
            column
            for name in names
            for column in (
                [_column(name, lang, self._pack) for lang in self._pack.languages]
                if name in worded
                else [name]
            )
        ]

    def survey(self) -> Iterator[Row]:
        """Every row of the survey sheet."""
        for kind, name in _META:
            yield {"type": kind, "name": name}
        for part in self._form.parts:
            if not part.inside:
                yield from self._part(part)

    def choices(self) -> list[Row]:
        """Every row of the choices sheet: the lists that questions use, in their order."""
        return [
            {
                "list_name": name,
                "name": code,
                **self._words("label", self._code_words(source, code)),
            }
            for name, (source, codes) in self._lists.items()
            for code in codes
        ]

    def _part(self, part: Part) -> Iterator[Row]:
        kind = "repeat" if part.repeat else "group"
        labels = self._code_words("form_part", part.part)
        yield {
            "type": f"begin_{kind}",
            "name": f"{part.part}_part",
            "relevant": "" if part.when is None else expression(part.when, self._form, self._pack),
            "appearance": "" if part.repeat or part.matrix else "field-list",
            **self._words("label", labels),
        }
        if part.matrix is not None:
            yield from self._matrix(part.part, part.matrix)
        for asked in part.asks:
            yield from self._question(asked)
        for inner in self._form.parts:
            if inner.inside == part.part:
                yield from self._part(inner)
        yield {"type": f"end_{kind}"}

    def _matrix(self, part: str, matrix: Matrix) -> Iterator[Row]:
        answers = self._list(matrix.answers, self._pack.data.lists[matrix.answers].names)
        for row in matrix.row_codes:
            labels = self._code_words(matrix.rows, row)
            if not matrix.columns:
                yield {
                    "type": f"select_one {answers}",
                    "name": f"{part}_{row}",
                    **self._words("label", labels),
                }
                continue
            group = f"{part}_{row}"
            yield {
                "type": "begin_group",
                "name": group,
                "appearance": "field-list",
                **self._words("label", labels),
            }
            for column in matrix.column_codes:
                yield {
                    "type": f"select_one {answers}",
                    "name": f"{group}_{column}",
                    "appearance": "columns-pack",
                    **self._words("label", self._code_words(matrix.columns, column)),
                }
            yield {"type": "end_group"}

    def _question(self, asked: Asked) -> Iterator[Row]:
        field = self._pack.data.records[asked.record].field(asked.field)
        if field is None:
            return
        name = self._form.question(asked.record, asked.field)
        if field.type == "id":
            # Once: without it the id is minted anew whenever a draft is opened.
            yield {"type": "calculate", "name": name, "calculation": "once(uuid())"}
            return
        rule = rule_of(field, asked, self._form, self._pack)
        row: Row = {
            "type": self._kind(field, asked),
            "name": name,
            "relevant": rule.relevant,
            "required": rule.required,
            "constraint": rule.constraint,
            "appearance": self._look(field, asked),
        }
        if asked.photo:
            row["parameters"] = f"max-pixels={_PHOTO_PIXELS}"
        yield row | self._texts(field, asked, rule)

    def _texts(self, field: Field, asked: Asked, rule: Rule) -> Row:
        pack = self._pack
        labels = {lang: pack.field_label(asked, lang) for lang in pack.languages}
        words = self._words("label", labels)
        if field.hint is not None:
            hints = {
                lang: pack.label(f"{asked.place}.hint", field.hint, lang) for lang in pack.languages
            }
            words |= self._words("hint", hints)
        elif rule.hint:
            words |= self._words("hint", rule.hint)
        if rule.message:
            words |= self._words("constraint_message", rule.message)
        if rule.required:
            needed = {lang: pack.phrase("needed", lang) for lang in pack.languages}
            words |= self._words("required_message", needed)
        return words

    def _kind(self, field: Field, asked: Asked) -> str:
        if asked.photo:
            return "image"
        if field.type in GEOMETRY_TYPES:
            return asked.shape or _SHAPES[field.type]
        if field.type == "boolean":
            return f"select_one {self._list('yes_no_unknown', YES_NO)}"
        if field.codelist:
            known = self._pack.data.lists[field.codelist].names
            codes = asked.codes and self._offered(field.codelist, asked.codes)
            kind = "select_multiple" if field.type == "codes" else "select_one"
            return f"{kind} {self._list(field.codelist, codes or known)}"
        return _PLAIN.get(field.type, "text")

    def _offered(self, codelist: str, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The codes of a shortened list, and a country's own ones that count as one of them."""
        own = (
            code
            for code in self._pack.data.lists[codelist].names
            if self._pack.narrower.get(f"{codelist}.{code}") in codes
        )
        return (*codes, *own)

    def _look(self, field: Field, asked: Asked) -> str:
        if field.type == "code" and not asked.codes and not asked.photo:
            many = len(self._pack.data.lists[field.codelist].codes) > _MANY_CHOICES
            return "minimal" if many else ""
        is_long = field.type == "text" and (field.limits.length or 0) >= _LONG_LETTERS
        return "multiline" if is_long and not asked.photo else ""

    def _list(self, source: str, codes: tuple[str, ...]) -> str:
        """The name of a list of choices; the list's own where all its codes are offered."""
        whole = codes == self._pack.data.lists[source].names
        name = source
        number = 1
        while not whole or name in self._lists:
            if self._lists.get(name) == (source, codes):
                break
            number += 1
            name = f"{source}_{number}"
            if name not in self._lists:
                break
        self._lists.setdefault(name, (source, codes))
        return name

    def _code_words(self, list_name: str, code: str) -> dict[str, str]:
        pack = self._pack
        return {lang: pack.code_label(list_name, code, lang) for lang in pack.languages}

    def _words(self, column: str, words: Mapping[str, str]) -> Row:
        # A brace after a dollar would be read as a reference to a question.
        return {
            _column(column, lang, self._pack): text.replace("${", "$ {")
            for lang, text in words.items()
        }
