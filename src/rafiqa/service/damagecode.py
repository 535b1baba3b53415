"""Which code of its scale a damaged thing was given, as a row of a table writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault
from rafiqa.recovery import SCALE_LISTS

COLUMN_OF: Mapping[str, str] = {
    "ems98": "ems98",
    "copernicus": "copernicus",
    "unosat": "unosat",
    "rpba": "rpba",
    "field_tag": "structural_tag",
}
"""Scale → the column of the dictionary's damage record that holds its code."""


def damage_code(
    scale: str, values: Mapping[str, Any], number: int
) -> tuple[str | None, list[Fault]]:
    """Returns the code of a row in its own scale, and why there is none.

    The column of the scale says it, or else the source's own words do; where both do and differ,
    nobody knows which is meant, and the row is refused.

    Args:
        scale: the scale that the row is written in.
        values: the row by dictionary field.
        number: the row's number.
    """
    listed = SCALE_LISTS.get(scale)
    if listed is None:
        return None, []
    codes, column = dictionary().lists[listed], COLUMN_OF[scale]
    written = str(values.get("as_written") or "")
    told, read = values.get(column), codes.match(written)
    if told is not None and read is not None and told != read:
        params: dict[str, str | int] = {"scale": scale, "value": written[:60], "code": told}
        return None, [Fault("service.damage.code-two", column, number, params)]
    if told is None and read is None:
        known = " ".join(codes.names)
        params = {"scale": scale, "value": written[:60], "known": known}
        return None, [Fault("service.damage.code-unknown", "as_written", number, params)]
    return told or read, []
