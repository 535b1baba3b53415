"""QR codes for paper: how large, how well protected, and as a picture.

What a printer, a fold and a wet hand do to a code decides what is read from it: at level Q (a
quarter of it may be lost) every try survived blots of 6 % and a blur of three pixels, at level M
half or none did. So Q is taken wherever it fits, then smaller modules, and only then M.

Source: ISO/IEC 18004 (levels, versions, a quiet zone of four modules).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import segno

from rafiqa.errors import Fault, InvalidInput

Level = Literal["Q", "M"]
QUIET: Final = 4
SIDE_MM: Final = 86.0
"""Largest side of a code on paper: two of them beside one another on A4."""
_TRIES: Final[tuple[tuple[Level, float], ...]] = (("Q", 0.5), ("Q", 0.45), ("Q", 0.4), ("M", 0.4))


@dataclass(frozen=True, slots=True)
class PaperCode:
    """A code as it is printed.

    Attributes:
        text: what it says.
        level: how much of it may be lost: Q a quarter, M an eighth or so.
        module_mm: side of one module.
        rows: the modules, dark where True, the quiet zone not among them.
    """

    text: str
    level: Level
    module_mm: float
    rows: tuple[tuple[bool, ...], ...]

    @property
    def side_mm(self) -> float:
        """Its side with the quiet zone around it."""
        return (len(self.rows) + 2 * QUIET) * self.module_mm

    def svg(self) -> str:
        """The code as a picture, one unit a module, dark runs as rectangles."""
        side = len(self.rows) + 2 * QUIET
        runs = "".join(
            f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
            for y, row in enumerate(self.rows)
            for start, length in _runs(row)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
            f'<rect width="{side}" height="{side}" fill="#fff"/>'
            f'<path d="{runs}" fill="#000" shape-rendering="crispEdges"/></svg>'
        )


def paper_code(text: str) -> PaperCode:
    """The code of a text, as well protected as it fits on paper.

    Raises:
        InvalidInput: the text fits no code that paper can hold.
    """
    for level, module_mm in _TRIES:
        try:
            made = segno.make_qr(text, error=level.lower(), boost_error=False)
        except segno.DataOverflowError:
            continue
        rows = tuple(tuple(bool(module) for module in row) for row in made.matrix)
        code = PaperCode(text, level, module_mm, rows)
        if code.side_mm <= SIDE_MM:
            return code
    raise InvalidInput(Fault("wire.paper.code-too-long", params={"letters": len(text)}))


def fits_well(text: str) -> bool:
    """Whether a text fits on paper at level Q."""
    try:
        return paper_code(text).level == "Q"
    except InvalidInput:
        return False


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
