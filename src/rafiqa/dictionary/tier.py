"""Tiers: the sensitivity class of each kind of entry of the ledger, beside that of each field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from rafiqa.errors import Fault, InvalidInput

TIERS: Final = ("warn", "delayed", "restricted", "sealed", "identity")
"""Classes 0 to 4; see ``Field.sensitivity``."""


@cache
def entry_tiers() -> Mapping[str, int]:
    """Returns the class of each kind of entry: 0 is for everybody, 3 and 4 stand in no answer.

    Raises:
        InvalidInput: a class is none.
    """
    text = (resources.files("rafiqa.dictionary") / "data" / "tiers.toml").read_text("utf-8")
    told: dict[str, int] = tomllib.loads(text)
    faults = [
        Fault("dictionary.data.sensitivity", f"tiers.toml: {kind}", params={"value": str(tier)})
        for kind, tier in told.items()
        if type(tier) is not int or not 0 <= tier < len(TIERS)
    ]
    if faults:
        raise InvalidInput(faults)
    return MappingProxyType(told)


def told_to_everybody(kind: str) -> bool:
    """Returns whether everybody may read of entries of a kind; not of one that is not listed."""
    return entry_tiers().get(kind, len(TIERS)) == 0


def told_to_staff(kind: str) -> bool:
    """Returns whether an answer may tell staff of entries of a kind: never of who somebody is."""
    return entry_tiers().get(kind, len(TIERS)) <= TIERS.index("restricted")
