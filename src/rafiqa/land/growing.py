"""A column of numbers that grows at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_LEAST = 64


class Growing:
    """A numpy column with room at its end, so that adding a value costs little on average."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._room: npt.NDArray[Any] = np.zeros(_LEAST, dtype=dtype)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def values(self) -> npt.NDArray[Any]:
        """The values so far, as a view: writing to it writes to the column."""
        return self._room[: self._n]

    def append(self, value: Any) -> None:
        """Adds one value."""
        self.extend([value])

    def extend(self, values: Sequence[Any] | npt.NDArray[Any]) -> None:
        """Adds values in order."""
        end = self._n + len(values)
        if end > len(self._room):
            more = np.zeros(max(end, 2 * len(self._room)) - len(self._room), self._room.dtype)
            self._room = np.concatenate([self._room, more])
        self._room[self._n : end] = values
        self._n = end
