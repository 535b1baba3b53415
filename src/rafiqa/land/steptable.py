"""Steps in columns: every change of every face of every version of a ground, for quick sums.

What an account sums are the sizes of faces by what happened to them. Changes of the same kind
share a code, so that sums over hundreds of thousands of changes are sums over columns, and each
kind is then booked once with its whole size. Sizes are whole half square millimetres in int64:
the site's grid reaches 500 km each way, so its whole plane is under 2**61 of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.land.face import Face
from rafiqa.land.growing import Growing
from rafiqa.land.timeline import LandState, Step

_NEVER_US = 2**62
_Kind = tuple[str | None, str | None, str | None, str | None, bool]


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: the state before, and a step that led from it."""

    before: LandState | None
    step: Step


class StepTable:
    """Columns over all faces made so far, and over all their steps.

    Attributes:
        faces: each face, in the order in which it was made.
        row: of each face the number of its ground's version.
        area2_mm2: of each face twice the area.
        bounds_mm: of each face ``(x_min, y_min, x_max, y_max)``, ``(n, 4)``.
        face: of each step its face.
        at_us: of each step when it began to be true.
        next_us: of each step when the next one did.
        code: of each step which of ``changes`` it is.
        changes: every kind of change there is so far.
    """

    def __init__(self) -> None:
        self.faces: list[Face] = []
        self.row, self.area2_mm2 = Growing(np.int64), Growing(np.int64)
        self._bounds_mm = Growing(np.int64)
        self.face, self.code = Growing(np.int64), Growing(np.int64)
        self.at_us, self.next_us = Growing(np.int64), Growing(np.int64)
        self.changes: list[Change] = []
        self._codes: dict[_Kind, int] = {}

    @property
    def bounds_mm(self) -> npt.NDArray[np.int64]:
        """Of each face its bounds in mm."""
        return self._bounds_mm.values.reshape(-1, 4)

    def add(self, row: int, faces: Sequence[Face]) -> None:
        """Adds the faces of a version of a ground."""
        first = len(self.faces)
        self.faces += faces
        self.row.extend([row] * len(faces))
        self.area2_mm2.extend([face.shape.area2_mm2 for face in faces])
        self._bounds_mm.extend([edge for face in faces for edge in face.shape.bounds_mm])
        for number, face in enumerate(faces, first):
            steps = face.timeline.steps
            before = [None, *(step.state for step in steps)][: len(steps)]
            self.face.extend([number] * len(steps))
            self.at_us.extend([step.at_us for step in steps])
            self.next_us.extend([*(step.at_us for step in steps), _NEVER_US][1:])
            self.code.extend(
                [self._code(was, step) for was, step in zip(before, steps, strict=True)]
            )

    def _code(self, before: LandState | None, step: Step) -> int:
        after = step.state
        kind = (
            before.status if before else None,
            before.raised_class if before else None,
            after.status if after else None,
            after.raised_class if after else None,
            step.corrected,
        )
        known = self._codes.get(kind)
        if known is None:
            known = self._codes[kind] = len(self.changes)
            self.changes.append(Change(before, step))
        return known
