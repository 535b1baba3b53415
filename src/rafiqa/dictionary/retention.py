"""Retention: how many days an identity is kept, by what it is kept for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from rafiqa.dictionary.load import dictionary
from rafiqa.errors import Fault, InvalidInput


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept for a purpose, in days, and why so long."""

    days: int
    why: str


@cache
def retention() -> Mapping[str, Retention]:
    """Returns how long identities are kept, by each code of the list ``identity_purpose``.

    Raises:
        InvalidInput: the data lack a purpose, or name one that is none.
    """
    text = (resources.files("rafiqa.dictionary") / "data" / "retention.toml").read_text("utf-8")
    told = {name: Retention(**values) for name, values in tomllib.loads(text).items()}
    known = set(dictionary().lists["identity_purpose"].names)
    wrong = sorted(known ^ told.keys())
    wrong += [name for name, kept in told.items() if not 0 < kept.days <= 36_500 or not kept.why]
    if wrong:
        params: dict[str, str | int] = {"purpose": " ".join(wrong)}
        raise InvalidInput(Fault("dictionary.retention", "retention.toml", params=params))
    return MappingProxyType(told)
