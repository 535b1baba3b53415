"""Neutral: a cell of a table that is given out, which no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet may take for a formula (ASVS 1.2.10; the wide forms of the
same signs are taken for them where an office program reads East Asian scripts)."""


def neutral(cell: Any) -> Any:
    """Returns a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
