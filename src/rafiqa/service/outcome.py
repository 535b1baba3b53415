"""What a verb gives back: done with its entry, or refused with every reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from rafiqa.land import Reason, Ruling


@dataclass(frozen=True, slots=True)
class Acted:
    """The outcome of a verb.

    ``entry_ids`` are on the disk when this value exists; empty where the ruling refused.
    ``already`` says that the very same act had been recorded before; ``warnings`` are what was
    taken otherwise than it was sent, or should be looked at.
    """

    ruling: Ruling
    entry_ids: tuple[str, ...] = ()
    already: bool = False
    warnings: tuple[Reason, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("ask an outcome for .done")

    @property
    def done(self) -> bool:
        """Whether the act was recorded, now or before."""
        return self.ruling.allowed

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason against; empty where the act was done."""
        return self.ruling.reasons
