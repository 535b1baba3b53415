"""A column of depths that names no unit is taken as centimetres, and somebody is told to look."""

from __future__ import annotations

import pytest

from rafiqa.dictionary import dictionary, match_columns
from rafiqa.service.intake import depth_warnings


@pytest.mark.parametrize(
    ("record", "column", "told"),
    [
        ("land_part", "depth", True),
        ("land_part", "Cleared depth", True),
        ("project", "dig_depth", True),
        ("project", "depth_cm", False),
        ("project", "Deepest excavation (cm)", False),
        ("project", "أعمق حفر (سم)", False),
        ("project", "volume", False),
    ],
)
def test_a_depth_without_unit_is_told(record: str, column: str, told: bool) -> None:
    known = dictionary().records[record]
    meant = match_columns(known, [column]).fields
    assert list(meant) == [column]
    found = [fault.code for fault in depth_warnings(known, meant.items())]
    assert found == (["service.import.depth-unit"] if told else [])
