"""Foreign form: the questions of a form that others made, and every row that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.foreignsheet import ForeignRow, ForeignSheets, languages_of, read_sheets
from rafiqa.wire.formexpression import REFERENCE, syntax_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.xform import converted, question_types

_NAME = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")
_GROUP = re.compile(r"(begin|end)[ _](?:looped[ _]|l)?(group|repeat|loop)(?:[ _]over[ _].*)?")
_SELECT = re.compile(
    r"(?P<kind>(?:add )?select(?:[ _]one|[ _]multiple|1| all that apply)?(?: prompt using)?"
    r"(?:[ _](?:from|using|external))?(?:[ _]from[ _]file|[ _]file)?|rank)\s+(?P<list>\S.*)",
    re.IGNORECASE,
)
_ROW_TOLD = re.compile(r"\[row ?: ?(\d+)\]")
_RULES = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required")
_NAMELESS = frozenset({"start", "end", "today", "deviceid", "username", "audit", "phonenumber"})
_META = frozenset({"start", "end", "today", "deviceid", "username", "audit", "calculate", "hidden"})


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """One question of a foreign form.

    Attributes:
        row: 1-based row of the survey sheet.
        path: names of its groups and its own.
        repeat: path of the repeat that it stands in, or empty.
        type: as written, without its list.
        list_name: its list of choices, or empty.
        labels: by language.
    """

    row: int
    path: str
    repeat: str
    type: str
    list_name: str
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]


@dataclass(slots=True)
class ForeignForm:
    """A foreign form as it could be read.

    Attributes:
        form_id: its id, or empty.
        title: its title, or empty.
        version: its version, or empty.
        languages: names of its languages.
        questions: in order.
        lists: choices with their labels, by list.
        refused: every row that breaks the standard.
        warnings: what can be read but is doubtful.
        xform: what a phone runs; empty where it could not be converted.
    """

    form_id: str = ""
    title: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    questions: list[ForeignQuestion] = field(default_factory=list)
    lists: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)
    refused: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    xform: str = ""


def read_foreign_form(data: bytes, name: str, limits: Limits) -> ForeignForm:
    """A form that others made, with every fault by its row.

    Args:
        data: the file, XLSX or XLS.
        name: the file's name without ending; the form's id where it names none.
        limits: what the file may hold.

    Raises:
        InvalidInput: what ``read_sheets`` refuses.
    """
    sheets = read_sheets(data, limits)
    settings = next(iter(sheets.rows.get("settings", ())), ForeignRow(0, {}, {})).texts
    form = ForeignForm(
        form_id=settings.get("form_id", settings.get("id_string", "")) or name,
        title=settings.get("form_title", settings.get("title", "")),
        version=settings.get("version", ""),
        languages=tuple(languages_of(sheets)),
        warnings=list(sheets.warnings),
    )
    _read_choices(sheets, settings, form)
    _Survey(sheets, form).read()
    _judge_spaces(sheets, form)
    _untranslated(sheets, form)
    if not form.refused:
        _convert(data, name, form)
    return form


def _judge_spaces(sheets: ForeignSheets, form: ForeignForm) -> None:
    """Names with spaces break a list of which several are chosen; elsewhere they are a doubt."""
    several = {
        one.list_name
        for one in form.questions
        if one.type.casefold().startswith(
            ("select_multiple", "select multiple", "select all", "rank")
        )
    }
    told: set[str] = set()
    for row in sheets.rows.get("choices", ()):
        listed, name = row.texts.get("list_name", ""), row.texts.get("name", "")
        if not re.search(r"\s", name):
            continue
        if listed in several:
            fault = _fault("wire.xlsform.choice", "choices", row.number, list=listed, name=name)
            form.refused.append(fault)
        elif listed not in told:
            told.add(listed)
            fault = _fault(
                "wire.xlsform.choice-space", "choices", row.number, list=listed, name=name
            )
            form.warnings.append(fault)


def _fault(code: str, sheet: str, row: int, **params: str | int) -> Fault:
    return Fault(code, sheet, row, params)


def _read_choices(sheets: ForeignSheets, settings: Mapping[str, str], form: ForeignForm) -> None:
    twice = settings.get("allow_choice_duplicates", "").casefold() in {"yes", "true", "true()"}
    for sheet in ("choices", "external_choices"):
        for row in sheets.rows.get(sheet, ()):
            listed, name = row.texts.get("list_name", ""), row.texts.get("name", "")
            if not listed and not name:
                continue
            if not listed or not name:
                fault = _fault("wire.xlsform.choice", sheet, row.number, list=listed, name=name)
                form.refused.append(fault)
                continue
            codes = form.lists.setdefault(listed, {})
            if name in codes and not twice and sheet == "choices":
                fault = _fault(
                    "wire.xlsform.choice-twice", sheet, row.number, list=listed, name=name
                )
                form.refused.append(fault)
            codes.setdefault(name, row.words.get("label", {}))


class _Survey:
    """Reads the survey sheet, row by row."""

    def __init__(self, sheets: ForeignSheets, form: ForeignForm) -> None:
        self._sheets, self._form = sheets, form
        self._open: list[tuple[str, str, int]] = []
        self._names: dict[str, int] = {}
        self._all: set[str] = set()
        self._types = question_types()

    def read(self) -> None:
        """Reads every row and judges its rules when all names are known."""
        rows = self._sheets.rows["survey"]
        for column in ("type", "name"):
            if column not in self._sheets.headers["survey"]:
                self._refuse("wire.xlsform.column", 1, column=column)
                return
        for row in rows:
            self._row(row)
        for kind, name, number in self._open:
            self._refuse("wire.xlsform.group-open", number, kind=kind, name=name)
        for row in rows:
            self._rules(row)

    def _refuse(self, code: str, row: int, **params: str | int) -> None:
        self._form.refused.append(_fault(code, "survey", row, **params))

    def _row(self, row: ForeignRow) -> None:
        written = " ".join(row.texts.get("type", "").split())
        if not written:
            if row.texts.get("name"):
                self._refuse("wire.xlsform.type-missing", row.number, name=row.texts["name"])
            return
        if group := _GROUP.fullmatch(written.casefold()):
            self._group(group[1], group[2], row)
            return
        kind, listed = self._kind(written, row)
        name = row.texts.get("name", "") or (kind if kind in _NAMELESS else "")
        if kind and self._named(name, row):
            labels = row.words.get("label", {})
            question = ForeignQuestion(
                row.number, self._path(name), self._repeat(), kind, listed, labels
            )
            self._form.questions.append(question)

    def _group(self, edge: str, kind: str, row: ForeignRow) -> None:
        if edge == "begin":
            name = row.texts.get("name", "")
            self._named(name, row)
            self._open.append((kind, name, row.number))
        elif not self._open or self._open[-1][0] != kind:
            self._refuse("wire.xlsform.group-end", row.number, kind=kind)
        else:
            self._open.pop()

    def _kind(self, written: str, row: ForeignRow) -> tuple[str, str]:
        """The type and the list of a question; no type where it cannot be read."""
        plain = written.casefold()
        if plain in self._types or plain.replace("_", " ") in self._types:
            if plain.startswith(("select", "q select", "rank")):
                self._refuse("wire.xlsform.list", row.number, list="")
            return written, ""
        found = _SELECT.fullmatch(written)
        if found is None:
            self._refuse("wire.xlsform.type", row.number, type=written)
            return "", ""
        listed = re.sub(r"[ _]+or[ _]+(?:specify[ _])?other$", "", found["list"]).strip()
        outside = re.search(r"\.(?:csv|xml|geojson)$", listed) or listed.startswith("${")
        if not outside and listed not in self._form.lists:
            self._refuse("wire.xlsform.list", row.number, list=listed)
        return " ".join(found["kind"].split()), listed

    def _named(self, name: str, row: ForeignRow) -> bool:
        if not _NAME.fullmatch(name):
            self._refuse("wire.xlsform.name", row.number, name=name)
            return False
        path = self._path(name)
        if path in self._names:
            self._refuse("wire.xlsform.name-twice", row.number, name=name, other=self._names[path])
            return False
        self._names[path] = row.number
        self._all.add(name)
        return True

    def _path(self, name: str) -> str:
        return "/".join([*(one for _, one, _ in self._open), name])

    def _repeat(self) -> str:
        names = [name for _, name, _ in self._open]
        depth = max((at + 1 for at, one in enumerate(self._open) if one[0] == "repeat"), default=0)
        return "/".join(names[:depth])

    def _rules(self, row: ForeignRow) -> None:
        for column in _RULES:
            rule = row.texts.get(column, "")
            # A count may be a bare number, "required" a bare word.
            if rule and (rest := syntax_fault(rule)) is not None:
                self._refuse("wire.xlsform.expression", row.number, column=column, rest=rest)
        for texts in row.words.values():
            for text in texts.values():
                for name in REFERENCE.findall(text):
                    if name not in self._all:
                        self._refuse("wire.xlsform.reference", row.number, name=name)


def _untranslated(sheets: ForeignSheets, form: ForeignForm) -> None:
    """One warning for each language that lacks words which another one has."""
    rows: Sequence[ForeignRow] = [*sheets.rows["survey"], *sheets.rows.get("choices", ())]
    for lang in form.languages:
        lacking = [
            row.number for row in rows if (words := row.words.get("label")) and lang not in words
        ]
        if lacking:
            params: dict[str, str | int] = {"lang": lang or "–", "number": len(lacking)}
            form.warnings.append(Fault("wire.xlsform.untranslated", lang, lacking[0], params))


def _convert(data: bytes, name: str, form: ForeignForm) -> None:
    try:
        done = converted(data, name)
    except InvalidInput as error:
        form.refused += list(_placed(error.faults))
        return
    form.xform = done.xml
    for words in done.warnings:
        row = _ROW_TOLD.search(words)
        params = {"detail": " ".join(words.split())[:300]}
        number = int(row[1]) if row else None
        form.warnings.append(Fault("wire.xlsform.doubt", "survey", number, params))


def _placed(faults: Sequence[Fault]) -> Iterator[Fault]:
    for fault in faults:
        row = _ROW_TOLD.search(str(fault.params.get("detail", "")))
        yield Fault(fault.code, fault.place, int(row[1]) if row else None, fault.params)


def is_answered(question: ForeignQuestion) -> bool:
    """Whether a person answers it; the phone fills the others, and a note has no answer."""
    return question.type.casefold() not in _META | {"note"}
