"""Crew: the processes that serve one address together, and what they have in their memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Crew:
    """What each of several serving processes is given when it starts.

    Attributes:
        key: 32 secret bytes, drawn at the start and on no disk: what waits for a moment is sealed
            under it, and who is counted is hashed with it.
        folder: where files lie that are on their way; a process has its own where None.
        n_workers: how many processes serve.
    """

    key: bytes
    folder: Path | None = None
    n_workers: int = 1

    @property
    def together(self) -> bool:
        """Whether there are others."""
        return self.n_workers > 1
