"""Country: what one country adds to the forms, and leaves out, by a file of its own.

A country adds choices, questions, languages and words, and hides what nothing rests on. It can
take nothing away that a rule of the land reads, and cannot widen a list that a rule compares
with; a choice of its own always counts as one that the rules know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from types import MappingProxyType

from rafiqa.dictionary.building import code_of, field_of
from rafiqa.dictionary.codelist import Code, CodeList
from rafiqa.dictionary.form import Asked, Form, Part
from rafiqa.dictionary.formpack import FormPack, is_needed
from rafiqa.dictionary.formplace import label_places, places_used
from rafiqa.dictionary.load import Dictionary
from rafiqa.dictionary.soundness import unsound
from rafiqa.dictionary.table import Table, read_table
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import assuring_words

CLOSED_LISTS = frozenset(
    {
        *("class", "outcome", "stage", "validation", "gate", "gate_outcome", "tier", "role"),
        *("severity", "structural_tag", "yes_no_unknown", "evidence_class", "geo_precision"),
        *("inspection_result", "eo_rating", "form", "form_part", "unit", "check_answer"),
        *("damage_copernicus", "damage_ems98", "damage_rpba", "damage_unosat", "damage_scale"),
        *("damage_grade", "date_precision", "outline_method", "report_triage", "report_state"),
    }
)
"""Lists that a rule compares with, or that belong to the maker of a scale."""
_COUNTRY = re.compile(r"[a-z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class CountryForms:
    """The forms as a country uses them, and what is doubtful in its file.

    Attributes:
        pack: the forms.
        warnings: labels that its own languages lack, and that stand in English.
    """

    pack: FormPack
    warnings: tuple[Fault, ...]


def country_forms(file: Traversable, pack: FormPack) -> CountryForms:
    """The forms with what a country's file adds and hides.

    Raises:
        InvalidInput: every fault of the file, each with its place.
    """
    faults: list[Fault] = []
    table = read_table(file, file.name, faults)
    if faults:
        raise InvalidInput(faults)
    country = table.text("country", needed=True)
    if not _COUNTRY.fullmatch(country):
        table.fault("dictionary.country.code", value=country)
    languages = _languages(table, pack)
    made = _with_choices(table, country, pack)
    made = _with_fields(table, country, made)
    made = _hidden(table, made)
    words = _words(table, languages, made)
    table.finish()
    faults += unsound([*made.data.records.values()], [*made.data.lists.values()], [])
    if faults:
        raise InvalidInput(faults)
    chosen, default = languages
    done = replace(
        made,
        country=country,
        languages=MappingProxyType(chosen),
        default_language=default,
        words=words,
    )
    return CountryForms(done, tuple(_untranslated(done)))


def _languages(table: Table, pack: FormPack) -> tuple[dict[str, str], str]:
    """The languages of the forms with their own names, and the one shown first."""
    known = dict(pack.languages)
    for one in table.tables("language", "code"):
        code, name = one.text("code", needed=True), one.text("name", needed=True).strip()
        if not _LANGUAGE.fullmatch(code) or code in known or not name or ":" in name:
            one.fault("dictionary.country.language", lang=code)
        known[code] = name
        one.finish()
    wanted = table.texts("languages") or tuple(known)
    default = table.text("default_language") or wanted[0]
    for code in (*wanted, default):
        if code not in known or code not in wanted:
            table.fault("dictionary.country.language", lang=code)
    chosen = {code: known[code] for code in wanted if code in known}
    return chosen or known, default


def _with_choices(table: Table, country: str, pack: FormPack) -> FormPack:
    added: dict[str, list[Code]] = {}
    narrower: dict[str, str] = {}
    for one in table.tables("choice", "code"):
        name, broad = one.text("list", needed=True), one.text("as", needed=True)
        code = code_of(one)
        if name not in pack.data.lists:
            one.fault("dictionary.country.list", list=name)
        elif name in CLOSED_LISTS:
            one.fault("dictionary.country.closed", list=name)
        elif broad not in pack.data.lists[name].names:
            one.fault("dictionary.country.broader", code=code.code, broad=broad, list=name)
        elif _own(one, country, code.code):
            added.setdefault(name, []).append(code)
            narrower[f"{name}.{code.code}"] = broad
    lists = {
        name: _longer(codelist, added[name]) if name in added else codelist
        for name, codelist in pack.data.lists.items()
    }
    data = Dictionary(pack.data.records, MappingProxyType(lists), pack.data.terms)
    return replace(pack, data=data, narrower=MappingProxyType(narrower))


def _longer(codelist: CodeList, codes: list[Code]) -> CodeList:
    """The list with more codes; made anew, so that it is found by their spellings too."""
    return CodeList(
        codelist.name,
        codelist.labels,
        codelist.about,
        (*codelist.codes, *codes),
        codelist.imas,
        codelist.label_sources,
    )


def _own(table: Table, country: str, name: str) -> bool:
    """Whether a name begins with the country's code; a fault is noted where it does not."""
    if name.startswith(f"{country}_"):
        return True
    table.fault("dictionary.country.prefix", name=name, prefix=f"{country}_")
    return False


def _with_fields(table: Table, country: str, pack: FormPack) -> FormPack:
    records, forms = dict(pack.data.records), dict(pack.forms)
    for one in table.tables("field", "name"):
        record, form = one.text("record", needed=True), one.text("form", needed=True)
        part, after = one.text("part", needed=True), one.text("after")
        shape = one.text("shape")
        field = field_of(one)
        asked = Asked(record, field.name, shape=shape)
        placed = _placed(forms.get(form), part, after, asked)
        if record not in records or placed is None:
            one.fault("dictionary.country.part", form=form, part=part, record=record)
        elif _own(one, country, field.name):
            records[record] = replace(records[record], fields=(*records[record].fields, field))
            forms[form] = placed
    data = Dictionary(MappingProxyType(records), pack.data.lists, pack.data.terms)
    return replace(pack, data=data, forms=MappingProxyType(forms))


def _placed(form: Form | None, code: str, after: str, asked: Asked) -> Form | None:
    """The form with a question added to a part, after another one or last; None if nowhere."""
    part = next((one for one in form.parts if one.part == code), None) if form else None
    if form is None or part is None or {one.record for one in part.asks} - {asked.record}:
        return None
    names = [one.field for one in part.asks]
    if after and after not in names:
        return None
    at = names.index(after) + 1 if after else len(names)
    changed = replace(part, asks=(*part.asks[:at], asked, *part.asks[at:]))
    return replace(form, parts=tuple(changed if one is part else one for one in form.parts))


def _hidden(table: Table, pack: FormPack) -> FormPack:
    hidden = set(table.texts("hide"))
    for place in sorted(hidden):
        asking = [
            (form, asked)
            for form in pack.forms.values()
            for asked in form.asks()
            if asked.place == place
        ]
        if not asking:
            table.fault("dictionary.country.unasked", field=place)
        for form, asked in asking:
            if is_needed(asked, form, pack.data):
                table.fault("dictionary.country.needed", field=place, form=form.name)
    forms = {name: _without(form, hidden) for name, form in pack.forms.items()}
    return replace(pack, forms=MappingProxyType(forms))


def _without(form: Form, hidden: set[str]) -> Form:
    parts: list[Part] = []
    for part in form.parts:
        asks = tuple(one for one in part.asks if one.place not in hidden)
        holds = any(inner.inside == part.part for inner in form.parts)
        if asks or part.matrix is not None or holds:
            parts.append(replace(part, asks=asks))
    return replace(form, parts=tuple(parts))


def _words(
    table: Table, languages: tuple[dict[str, str], str], pack: FormPack
) -> Mapping[str, Mapping[str, str]]:
    """The labels that the file writes, by language and place, each of them judged."""
    known = label_places(pack)
    labels = table.table("labels")
    found: dict[str, Mapping[str, str]] = {}
    for lang in labels.keys():  # noqa: SIM118 - a table is no mapping
        one = labels.table(lang)
        if lang not in languages[0]:
            one.fault("dictionary.country.language", lang=lang)
        words = one.words()
        for place, text in words.items():
            if place not in known:
                one.fault("dictionary.country.place", name=place)
            elif _placeholders(known[place]) != _placeholders(text):
                one.fault("dictionary.form.placeholder", name=place)
            for word in assuring_words(text):
                one.fault("dictionary.data.assuring", word=word, lang=lang)
        found[lang] = MappingProxyType(words)
    return MappingProxyType(found)


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _untranslated(pack: FormPack) -> Iterator[Fault]:
    """One warning for each language of the country's own that lacks labels."""
    used = places_used(pack)
    for lang in pack.languages:
        if lang in {"en", "ar", "ckb", "kmr"}:
            continue
        missing = [place for place in used if place not in pack.words.get(lang, {})]
        if missing:
            params: dict[str, str | int] = {
                "lang": lang,
                "number": len(missing),
                "first": ", ".join(missing[:_SHOWN]),
            }
            yield Fault("dictionary.country.untranslated", lang, None, params)
