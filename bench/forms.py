"""Forms: all of them written and converted, against converting alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.table import Table
from bench.timing import in_turn, milliseconds
from rafiqa.dictionary import form_pack
from rafiqa.service.fieldforms import write_forms
from rafiqa.wire.xform import converted
from rafiqa.wire.xlsform import xlsform
from rafiqa.wire.xlsx import workbook_bytes

REPEATS, QUICK_REPEATS = 5, 1
GOAL_S = 5
_NOTES = (
    f"Goal: at most {GOAL_S} s for all forms in four languages. Peer and lower limit: pyxform",
    "converting the same workbooks, with their bytes ready.",
)


def measure(quick: bool) -> list[Table]:
    """The table of conversion; a quick run repeats nothing."""
    pack = form_pack()
    books = [workbook_bytes(xlsform(form, pack).sheets) for form in pack.forms.values()]
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = in_turn(
            [
                lambda: write_forms(Path(folder), "en"),
                lambda: [converted(book) for book in books],
            ],
            QUICK_REPEATS if quick else REPEATS,
        )
    row = (f"{len(books)} forms", milliseconds(ours.median_s), milliseconds(peer.median_s))
    return [
        Table(
            "All forms, written and converted", _NOTES, ("what", "rafiqa, ms", "pyxform, ms"), [row]
        )
    ]
