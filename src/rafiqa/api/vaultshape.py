"""The shapes of the vault at the desk: counts and looks, never a name nor a pseudonym."""

from __future__ import annotations

from rafiqa.api.shape import Shape


class InAccident(Shape, frozen=True):
    """How many records say who was harmed in one accident, and how many of them are erased."""

    accident_id: str
    kept: int
    erased: int


class LookTold(Shape, frozen=True):
    """One look at somebody: by whom and why; at whom the person is told on the vault's machine."""

    at: str
    by: str
    organisation: str
    role_text: str
    reason: str
    reason_text: str


class ManyTold(Shape, frozen=True):
    """Somebody looked at so many within an hour that it must be asked about."""

    by: str
    organisation: str
    looks: int
    last_at: str


class VaultCommand(Shape, frozen=True):
    """What is done on the vault's machine; words in capitals are filled in there, by a person."""

    act: str
    line: str


class VaultTold(Shape, frozen=True):
    """How the vault stands.

    ``state`` is ``open``, ``away``, ``none`` where none was made, or ``elsewhere`` where a copy
    answers, beside which no vault lies.
    """

    state: str
    detail: str | None
    kept: int
    due: int
    erased: int
    unsettled: bool
    accidents: list[InAccident]
    looks: list[LookTold]
    n_looks: int
    many: list[ManyTold]
    reasons: dict[str, str]
    causes: dict[str, str]
    commands: list[VaultCommand]
