"""Where a ring that could not be made is wrong, for the words of its refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rafiqa.geo.fault import ring_faults

Points = Sequence[Sequence[float]]
_INNERMOST = re.compile(r"\(([^()]*)\)")
_MOST_POINTS = 10_000


def ring_params(code: str, rings: Iterator[Points]) -> Mapping[str, str | int]:
    """Returns the figures of a fault in the first ring that has it: ``at``, as ``x y``."""
    for ring in rings:
        for fault in ring_faults(ring[:_MOST_POINTS], limit=_MOST_POINTS):
            if fault.code == code:
                return fault.to_fault().params
    return {"at": "?"}


def rings_of_json(shape: object) -> Iterator[Points]:
    """Yields each list of positions inside the coordinates of a GeoJSON geometry."""
    if not isinstance(shape, list):
        return
    if all(_is_position(item) for item in shape):
        yield shape
        return
    for item in shape:
        yield from rings_of_json(item)


def _is_position(item: object) -> bool:
    return (
        isinstance(item, list) and len(item) > 1 and all(isinstance(n, int | float) for n in item)
    )


def rings_of_wkt(text: str) -> Iterator[Points]:
    """Yields each list of positions in a WKT text."""
    for inner in _INNERMOST.findall(text):
        try:
            yield [[float(word) for word in place.split()] for place in inner.split(",")]
        except ValueError:
            continue
