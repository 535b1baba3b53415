"""Field forms: the forms of the field, written out as phones' servers take them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rafiqa.dictionary import FormPack, country_forms, form_pack
from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.xform import converted
from rafiqa.wire.xlsform import xlsform
from rafiqa.wire.xlsx import workbook_bytes


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """One form that was written.

    Attributes:
        form_id: stable id.
        name: its code in the list ``form``.
        title: its title in the language asked for.
        version: changes with the content, and only with it.
        file: where it was written.
        questions: how many questions it asks.
        languages: the languages that it speaks.
    """

    form_id: str
    name: str
    title: str
    version: str
    file: Path
    questions: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormsWritten:
    """What came of writing all forms: the forms, and what is doubtful in the country's file."""

    forms: tuple[WrittenForm, ...]
    warnings: tuple[Fault, ...]


def write_forms(
    folder: Path, lang: str, country: Path | None = None, *, xml: bool = False
) -> FormsWritten:
    """Every form as one workbook in a folder, each proven by converting it first.

    Args:
        folder: where to; made where there is none.
        lang: language of the titles that are told.
        country: a country's file, or None.
        xml: also write what phones run, beside each workbook.

    Raises:
        InvalidInput: every fault of the country's file, ``wire.xlsform.conversion``, or
            ``wire.xlsform.folder`` where the folder cannot be written to.
    """
    pack = form_pack()
    warnings: tuple[Fault, ...] = ()
    if country is not None:
        read = country_forms(country, pack)
        pack, warnings = read.pack, read.warnings
    made = [_made(name, pack, lang, folder) for name in pack.forms]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, data, xform in made:
            form.file.write_bytes(data)
            if xml:
                form.file.with_suffix(".xml").write_text(xform, encoding="utf-8")
    except OSError as error:
        params = {"path": str(folder), "detail": error.strerror or ""}
        raise InvalidInput(Fault("wire.xlsform.folder", "--out", None, params)) from error
    return FormsWritten(tuple(form for form, _, _ in made), warnings)


def _made(name: str, pack: FormPack, lang: str, folder: Path) -> tuple[WrittenForm, bytes, str]:
    """One form with the bytes of its workbook and the text of its XForm."""
    form = pack.forms[name]
    book = xlsform(form, pack)
    data = workbook_bytes(book.sheets)
    xform = converted(data)
    written = WrittenForm(
        form_id=book.form_id,
        name=name,
        title=pack.code_label("form", name, lang),
        version=book.version,
        file=folder / f"{book.form_id}.xlsx",
        questions=book.questions,
        languages=tuple(pack.languages),
    )
    return written, data, xform.xml
