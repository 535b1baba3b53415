"""Bad: what a coercer returns instead of a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a written value cannot be taken: a code and the figures of its text.

    Attributes:
        code: stable code, such as ``dictionary.number.invalid``.
        params: values for the text; ``value`` quotes what was written.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def quoted(value: object) -> str:
    """What was written, cut to 40 characters and printable, for the text of a fault."""
    text = value if isinstance(value, str) else repr(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in shown)


def bad(code: str, value: object, **params: str | int) -> Bad:
    """A ``Bad`` that quotes the value."""
    return Bad(code, {"value": quoted(value), **params})
