"""Document: the dictionary as one page of Markdown, for ``docs/reference/dictionary.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa.dictionary.codelist import CodeList
from rafiqa.dictionary.field import Field, Limits
from rafiqa.dictionary.label import LANGUAGES, LabelSource
from rafiqa.dictionary.load import Dictionary, dictionary
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.term import Term

_HEAD = """# Data dictionary

Made from `src/rafiqa/dictionary/data/` by `python -m rafiqa.dictionary`; do not edit. A test
holds this page equal to the data.

Sensitivity classes: 0 warn (public) · 1 delayed · 2 restricted · 3 sealed · 4 identity.
The column IMAS gives the number of the International Mine Action Standard that asks for the
field; the words are ours. Arabic, Sorani and Kurmanji labels marked *not reviewed* wait for a
native speaker of the trade.
"""
_CLASSES = ("0 warn", "1 delayed", "2 restricted", "3 sealed", "4 identity")
_LANGUAGE_HEADS = ("English", "العربية", "سۆرانی", "Kurmancî")


def document(data: Dictionary | None = None) -> str:
    """The whole dictionary as Markdown: records with their fields, code lists, glossary."""
    data = data or dictionary()
    lines = [_HEAD, *_contents(data), "## Records", ""]
    for record in data.records.values():
        lines += _record(record)
    lines += ["## Code lists", ""]
    for codelist in data.lists.values():
        lines += _codelist(codelist)
    lines += ["## Glossary", "", *_glossary(data.terms.values())]
    return "\n".join(lines).rstrip() + "\n"


def _contents(data: Dictionary) -> Iterator[str]:
    n_fields = sum(len(record.fields) for record in data.records.values())
    n_codes = sum(len(codelist.codes) for codelist in data.lists.values())
    yield (
        f"{len(data.records)} records with {n_fields} fields, {len(data.lists)} code lists "
        f"with {n_codes} codes, {len(data.terms)} terms."
    )
    yield ""


def _record(record: Record) -> Iterator[str]:
    yield f"### `{record.name}`: {record.labels.en}"
    yield ""
    yield record.about
    yield ""
    if record.import_kinds:
        kinds = ", ".join(f"`{kind}`" for kind in record.import_kinds)
        yield f"Import kinds: {kinds}."
        yield ""
    yield from _provenance(record.label_sources.items(), record.imas)
    yield from _table(
        ("field", "type", "unit", "required", "limits", "class", "IMAS", *_LANGUAGE_HEADS),
        (_field(field) for field in record.fields),
    )
    yield from _hints(record)


def _field(field: Field) -> tuple[str, ...]:
    kind: str = field.type
    if field.codelist:
        kind = f"{field.type} [`{field.codelist}`](#{field.codelist})"
    elif field.target:
        kind = f"{field.type} `{field.target}`"
    labels = tuple(label for _, label in field.labels.pairs())
    return (
        f"`{field.name}`",
        kind,
        field.unit,
        field.required.text,
        _limits(field.limits),
        _CLASSES[field.sensitivity],
        field.imas,
        *labels,
    )


def _hints(record: Record) -> Iterator[str]:
    hinted = [field for field in record.fields if field.hint is not None]
    for field in hinted:
        if field.hint is not None:
            yield f"`{field.name}`: {field.hint.en}"
    if hinted:
        yield ""


def _limits(limits: Limits) -> str:
    parts = []
    if limits.minimum is not None:
        parts.append(f"≥ {limits.minimum}")
    if limits.maximum is not None:
        parts.append(f"≤ {limits.maximum}")
    if limits.length is not None:
        parts.append(f"{limits.length} characters")
    return ", ".join(parts)


def _codelist(codelist: CodeList) -> Iterator[str]:
    yield f'<a id="{codelist.name}"></a>'
    yield ""
    yield f"### `{codelist.name}`: {codelist.labels.en}"
    yield ""
    yield codelist.about
    yield ""
    yield from _provenance(codelist.label_sources.items(), codelist.imas)
    yield from _table(
        ("code", *_LANGUAGE_HEADS),
        (
            (f"`{code.code}`", *(label for _, label in code.labels.pairs()))
            for code in codelist.codes
        ),
    )


def _glossary(terms: Iterable[Term]) -> Iterator[str]:
    yield "Source of the Arabic: forms (Syrian bilingual forms), gichd, iraq, press, own (a native"
    yield "deminer must check)."
    yield ""
    yield from _table(
        ("term", *_LANGUAGE_HEADS, "also", "source"),
        (
            (
                f"`{term.name}`",
                *(label for _, label in term.labels.pairs()),
                "، ".join(term.variants),
                term.source,
            )
            for term in terms
        ),
    )


def _provenance(sources: Iterable[tuple[str, LabelSource]], imas: str) -> Iterator[str]:
    by_lang = dict(sources)
    waiting = [lang for lang in LANGUAGES if not by_lang[lang].reviewed]
    parts = [f"IMAS {imas}."] if imas else []
    if waiting:
        parts.append(f"Labels not reviewed: {', '.join(waiting)}.")
    if parts:
        yield " ".join(parts)
        yield ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
