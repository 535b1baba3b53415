"""A submission in words: each answer under its question's label, codes as what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.dictionary import Field, dictionary
from rafiqa.errors import InvalidInput
from rafiqa.locale import joined
from rafiqa.service.fieldbook import Story
from rafiqa.service.sealed import told_to
from rafiqa.service.submission import filled_of
from rafiqa.wire.fieldplace import looks_placed
from rafiqa.wire.filled import Filled

_META: Final = "meta"
_YES_NO: Final = {"true": "yes", "1": "yes", "yes": "yes", "false": "no", "0": "no", "no": "no"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a person reads it.

    Attributes:
        part: the part of the form it stands in, in words; empty where it has none.
        number: the how-manieth filling of that part, from 1; 0 where it was asked once.
        question: the name of the question in the form.
        label: the question in words, its name where the dictionary has none for it.
        words: what was answered, codes in words; empty for a place, which is for the map.
        placed: whether the answer is a place.
    """

    part: str
    number: int
    question: str
    label: str
    words: str
    placed: bool = False


def open_filled(story: Story, reader: str | None) -> Filled | None:
    """Returns what an organisation is told of a submission; None where its words were erased."""
    try:
        return told_to(story, filled_of(story.fact), reader)
    except InvalidInput:
        return None


def answers_in_words(filled: Filled, record: str | None, lang: str) -> list[Answer]:
    """Returns the answers of a form in order, without what it says of itself.

    Args:
        filled: what was filled.
        record: name of the dictionary's record that the form is about, None where unknown.
        lang: language of the words.
    """
    placed = [each for each in filled.placed() if each[2] and _META not in each[0]]
    again = {(names[:-1], row) for names, row, _ in placed if row and row[-1] > 0}
    groups = {names for names, _ in again}
    return [
        Answer(
            _part(names, lang),
            row[-1] + 1 if row and names[:-1] in groups else 0,
            "/".join(names),
            *_said(names, text, record, lang),
        )
        for names, row, text in placed
    ]


def _part(names: Sequence[str], lang: str) -> str:
    known = dictionary().lists["form_part"]
    found = next((name for name in reversed(names[:-1]) if name in known.names), None)
    return "" if found is None else known.label(found, lang)


def _said(names: Sequence[str], text: str, record: str | None, lang: str) -> tuple[str, str, bool]:
    """Returns the label of a question, the answer to it in words, and whether it is a place."""
    field = _field(names, record)
    label = names[-1].replace("_", " ") if field is None else field.labels.of(lang)
    if looks_placed(text):
        return label, "", True
    return label, text if field is None else _words(field, text, lang), False


def _field(names: Sequence[str], record: str | None) -> Field | None:
    """Returns the field that a question asks for: of the form's record, or of one it names."""
    records = dictionary().records
    for owner in (record, *reversed(names[:-1])):
        found = records[owner].field(names[-1]) if owner and owner in records else None
        if found is not None:
            return found
    return next(_prefixed(names[-1]), None) or _agreed(names[-1])


def _prefixed(name: str) -> Iterator[Field]:
    for owner, known in dictionary().records.items():
        if name.startswith(f"{owner}_"):
            found = known.field(name.removeprefix(f"{owner}_"))
            if found is not None:
                yield found


def _agreed(name: str) -> Field | None:
    """Returns the field of a name, where all records that have one mean the same by it."""
    known = [found for one in dictionary().records.values() if (found := one.field(name))]
    alike = {(field.labels, field.type, field.codelist) for field in known}
    return known[0] if len(alike) == 1 else None


def _words(field: Field, text: str, lang: str) -> str:
    lists = dictionary().lists
    if field.codelist:
        codes = text.split() if field.type == "codes" else [text]
        return joined((lists[field.codelist].label(code, lang) for code in codes), lang)
    if field.type == "boolean" and text.casefold() in _YES_NO:
        return lists["yes_no_unknown"].label(_YES_NO[text.casefold()], lang)
    return text
