"""Form pack: all forms with the dictionary and the words they are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

from rafiqa.dictionary.form import Asked, Form, Phrase
from rafiqa.dictionary.formbuilding import form_of, phrases_of
from rafiqa.dictionary.label import Labels
from rafiqa.dictionary.load import Dictionary, dictionary
from rafiqa.dictionary.table import read_table
from rafiqa.errors import Fault, InvalidInput

LANGUAGE_NAMES = MappingProxyType(
    {"en": "English", "ar": "العربية", "ckb": "کوردیی ناوەندی", "kmr": "Kurmancî"}
)


@dataclass(frozen=True, slots=True, eq=False)
class FormPack:
    """Forms, dictionary and words, as one country uses them.

    Attributes:
        data: the dictionary, with what the country added.
        forms: by name.
        phrases: by name.
        languages: each language's code with its own name, in the order of the forms.
        default_language: what a phone shows first.
        words: labels that the country wrote, by language and place.
        narrower: codes that a country added, as ``list.code``, with the code they count as.
        country: code of the country, or empty.
    """

    data: Dictionary
    forms: Mapping[str, Form]
    phrases: Mapping[str, Phrase]
    languages: Mapping[str, str] = field(default_factory=lambda: LANGUAGE_NAMES)
    default_language: str = "en"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    narrower: Mapping[str, str] = field(default_factory=dict)
    country: str = ""

    def label(self, place: str, labels: Labels, lang: str) -> str:
        """The words at a place: the country's, else the dictionary's, English where it has none."""
        return self.words.get(lang, {}).get(place) or labels.of(lang)

    def field_label(self, asked: Asked, lang: str) -> str:
        """The label of a field that is asked for."""
        found = self.data.records[asked.record].field(asked.field)
        return self.label(asked.place, found.labels, lang) if found else asked.place

    def code_label(self, list_name: str, code: str, lang: str) -> str:
        """The label of a code."""
        for one in self.data.lists[list_name].codes:
            if one.code == code:
                return self.label(f"{list_name}.{code}", one.labels, lang)
        return code

    def phrase(self, name: str, lang: str, **values: str) -> str:
        """A phrase with its values put in."""
        found = self.phrases[name]
        return self.label(f"phrase.{name}", found.labels, lang).format(**values)


@cache
def form_pack() -> FormPack:
    """The forms that ship with Rafiqa, read once.

    Raises:
        InvalidInput: listing every fault of the data files.
    """
    faults: list[Fault] = []
    data = dictionary()
    folder = resources.files("rafiqa.dictionary") / "data"
    names = sorted(file.name for file in (folder / "forms").iterdir())
    tables = [
        read_table(folder / "forms" / name, f"forms/{name}", faults)
        for name in names
        if name.endswith(".toml")
    ]
    forms = {form.name: form for form in (form_of(table, data) for table in tables)}
    phrases = phrases_of(read_table(folder / "phrases.toml", "phrases.toml", faults))
    if faults:
        raise InvalidInput(faults)
    # In the order of the list, which is the order of the work.
    ordered = {name: forms[name] for name in data.lists["form"].names if name in forms}
    return FormPack(data, MappingProxyType(ordered), MappingProxyType(phrases))


def is_needed(asked: Asked, form: Form, data: Dictionary) -> bool:
    """Whether no country may hide a question.

    So it is where the record needs the field, the minimum data of mine action name it
    (IMAS 05.10), a rule of the land reads it, or other questions hang on it.
    """
    found = data.records[asked.record].field(asked.field)
    if found is None or asked.keep or asked.required:
        return True
    hangs = any(
        (when.record, when.field) == (asked.record, asked.field) for when in form.conditions()
    )
    names = any(one.required.field == asked.field for one in data.records[asked.record].fields)
    minimum = found.imas == "05.10" or (
        asked.record == form.record and asked.field in form.named_by
    )
    return found.required.always or bool(found.required.field) or hangs or names or minimum
