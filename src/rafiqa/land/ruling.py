"""Rulings: the answer of a rule, with every reason, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code, the figures its text names, and the facts it rests on."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """Allowed, or every reason why not; never an exception inside the core.

    A ruling has no truth value on purpose: ``if ruling`` would read a refusal as "there is
    none", and so let a refused act pass.
    """

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("ask a ruling for .allowed")


def rule(against: Iterable[Reason]) -> Ruling:
    """Returns a ruling that allows only where nothing speaks against, listing all that does."""
    reasons = tuple(against)
    return Ruling(allowed=not reasons, reasons=reasons)
