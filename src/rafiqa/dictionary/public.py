"""The whitelist: every field of every file that is told to everybody, and what it may hold."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from rafiqa.dictionary.load import Dictionary, dictionary
from rafiqa.errors import Fault, InvalidInput

PUBLIC_TYPES: Final = frozenset(
    {
        *("code", "day", "month", "instant", "count", "band", "reference", "references"),
        *("outline", "position", "certificate", "hash", "picture", "file", "name", "words"),
    }
)
"""What a public value may be. Only ``name`` and ``words`` are letters that somebody chose."""


@dataclass(frozen=True, slots=True)
class PublicField:
    """One field of a public file.

    Attributes:
        name: as it stands in the file.
        type: one of ``PUBLIC_TYPES``.
        codelist: of a code.
        of: the record and field of the dictionary that it is, or empty.
        why: why it may be told; of a field of the dictionary its sensitivity class says so.
    """

    name: str
    type: str
    codelist: str = ""
    of: str = ""
    why: str = ""


PublicFiles = Mapping[str, Mapping[str, PublicField]]


@cache
def public_files() -> PublicFiles:
    """Returns the whitelist that ships with Rafiqa: file → field → what it may hold.

    Raises:
        InvalidInput: see ``whitelist_of``.
    """
    text = (resources.files("rafiqa.dictionary") / "data" / "public.toml").read_text("utf-8")
    return whitelist_of(tomllib.loads(text), dictionary())


def whitelist_of(told: Mapping[str, Any], known: Dictionary) -> PublicFiles:
    """Returns a whitelist, checked against the dictionary.

    Raises:
        InvalidInput: a field is of no type, of no list, says neither whose field it is nor why it
            may be told, or is a field that is not for everybody; every fault is listed.
    """
    faults: list[Fault] = []
    files = {
        file: MappingProxyType(
            {
                name: _field(f"{file}.{name}", name, values, known, faults)
                for name, values in fields.items()
            }
        )
        for file, fields in told.items()
    }
    if faults:
        raise InvalidInput(faults)
    return MappingProxyType(files)


def _field(
    place: str, name: str, values: Mapping[str, str], known: Dictionary, faults: list[Fault]
) -> PublicField:
    made = PublicField(
        name,
        values.get("type", ""),
        values.get("list", ""),
        values.get("of", ""),
        values.get("why", ""),
    )
    listed = made.codelist in known.lists if made.type == "code" else not made.codelist
    if made.type not in PUBLIC_TYPES or not listed or not (made.of or made.why):
        faults.append(Fault("dictionary.public.field", f"public.toml: {place}"))
    if made.of:
        record, _, field_name = made.of.partition(".")
        field = known.records[record].field(field_name) if record in known.records else None
        if field is None or field.sensitivity > 0:
            params: dict[str, str | int] = {"field": made.of}
            faults.append(
                Fault("dictionary.public.sensitive", f"public.toml: {place}", None, params)
            )
    return made
