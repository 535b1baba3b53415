"""Texts by code, from one PO file per language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from babel import Locale
from babel.messages.pofile import read_po

FALLBACK = "en"

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NO_PARAMS: Mapping[str, object] = MappingProxyType({})


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first, then by name."""
    folder = resources.files("rafiqa.locale") / "po"
    found = {file.name[:-3] for file in folder.iterdir() if file.name.endswith(".po")}
    return (FALLBACK, *sorted(found - {FALLBACK}))


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All texts of one language by code, without fallback; empty for an unknown language."""
    if lang not in languages():
        return MappingProxyType({})
    file = resources.files("rafiqa.locale") / "po" / f"{lang}.po"
    with file.open("rb") as stream:
        messages = read_po(stream, locale=lang)
    return MappingProxyType(
        {str(message.id): str(message.string) for message in messages if message.id}
    )


@cache
def public_words(lang: str) -> Mapping[str, str]:
    """All words of the pages that are told to everybody, in one of the languages of residents."""
    file = resources.files("rafiqa.locale") / "public" / f"{lang}.po"
    with file.open("rb") as stream:
        messages = read_po(stream)
    return MappingProxyType(
        {str(message.id): str(message.string) for message in messages if message.id}
    )


def written(lang: str) -> str:
    """The file of a language's catalogue, as it is written."""
    return (resources.files("rafiqa.locale") / "po" / f"{lang}.po").read_text("utf-8")


def text(code: str, params: Mapping[str, object] = _NO_PARAMS, lang: str = FALLBACK) -> str:
    """The text of a code with its figures filled in, digits in Latin script.

    A code with variants ``.zero .one .two .few .many .other`` is chosen by the whole number
    in ``params["n"]`` and the plural rules of the language. What the language lacks is told
    in English, and what English lacks too is told as the bare code: never as nothing.

    Args:
        code: stable code, such as ``gate.depth.insufficient``.
        params: values for the placeholders ``{name}``; a missing one stays visible.
        lang: language code, such as ``ar``; a region (``ar-SY``) is taken off.
    """
    short = re.split("[-_]", lang, maxsplit=1)[0]
    for tried in (short, FALLBACK):
        found = _pick(tried, code, params.get("n"))
        if found is not None:
            return fill(found, params)
    return code


def texts(lang: str, prefix: str = "") -> dict[str, str]:
    """Every text whose code starts with the prefix, in the language or else in English."""
    merged = {**catalogue(FALLBACK), **catalogue(lang)}
    return {code: words for code, words in sorted(merged.items()) if code.startswith(prefix)}


def direction(lang: str) -> Literal["ltr", "rtl"]:
    """``rtl`` for the languages written from right to left, else ``ltr``."""
    return "rtl" if re.split("[-_]", lang, maxsplit=1)[0] in {"ar", "ckb", "fa", "ur"} else "ltr"


def joined(parts: Iterable[str], lang: str, mark: Literal[",", ";"] = ",") -> str:
    """Returns the parts in one line, with the mark between that the language's script writes."""
    written_as = {",": "،", ";": "؛"}[mark] if direction(lang) == "rtl" else mark
    return f"{written_as} ".join(parts)


def placeholders(words: str) -> frozenset[str]:
    """The names that a text expects in its params."""
    return frozenset(_PLACEHOLDER.findall(words))


def fill(words: str, params: Mapping[str, object]) -> str:
    """The text with each placeholder replaced; what is not given stays as it stands.

    Only plain names are replaced, so no value can reach attributes or format codes.
    """
    return _PLACEHOLDER.sub(
        lambda found: str(params[found[1]]) if found[1] in params else found[0], words
    )


def _pick(lang: str, code: str, number: object) -> str | None:
    entries = catalogue(lang)
    if isinstance(number, int) and f"{code}.other" in entries:
        form = _locale(lang).plural_form(number)
        return entries.get(f"{code}.{form}") or entries[f"{code}.other"]
    return entries.get(code) or None


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(lang)
