"""Field forms: the forms of the field, written out as phones' servers take them, or given out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rafiqa.dictionary import FormPack, country_forms, form_pack
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor
from rafiqa.ledger import FormPublished, OwnChoice
from rafiqa.service.fieldkit import publish_form
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
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
    pack, warnings = _pack(country)
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


def publish_forms(
    office: Office, actor: Actor, country: Path | None = None
) -> Iterator[tuple[str, Acted]]:
    """Yields each form's id with the act of giving it out; one that is out already is done.

    Raises:
        InvalidInput: every fault of the country's file, or ``wire.xlsform.conversion``.
    """
    pack = pack_of(country)
    for form in pack.forms.values():
        book = xlsform(form, pack)
        content = converted(workbook_bytes(book.sheets)).xml.encode()
        told = of_country(FormPublished("", "", "", "", form.record), pack)
        yield book.form_id, publish_form(office, actor, told, content)


def of_country(form: FormPublished, pack: FormPack) -> FormPublished:
    """Returns a form with what a country's own choices count as; as it is where there are none."""
    own = []
    for name, counts_as in sorted(pack.narrower.items()):
        list_name, _, code = name.partition(".")
        own.append(OwnChoice(list_name, code, counts_as))
    return replace(form, country=pack.country or None, choices=tuple(own) or None)


def pack_of(country: Path | None) -> FormPack:
    """Returns the forms as a country uses them, the dictionary's own where none is named.

    Raises:
        InvalidInput: every fault of the country's file.
    """
    return _pack(country)[0]


def _pack(country: Path | None) -> tuple[FormPack, tuple[Fault, ...]]:
    """Returns the forms, a country's where its file is given, and what is doubtful in it."""
    pack = form_pack()
    if country is None:
        return pack, ()
    read = country_forms(country, pack)
    return read.pack, read.warnings


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
