"""The map on a permit: the works and their way in, over what is on record of the ground there.

Ground that nothing on record speaks of is drawn, not left white: white alone is released.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame
from rafiqa.wire.drawing import HEIGHT, WIDTH, View, drawing, swatch

_PATTERNS: Final = (
    ("hazard", 5, "M0 0L5 5M5 0L0 5", 1.1),
    ("unrecorded", 9, "M4 4H5.4", 1.4),
)
_STYLES: Final = {
    "works": 'fill="none" stroke-width="3"',
    "access": 'fill="none" stroke-width="1.4" stroke-dasharray="5 3"',
    "released": 'fill="#fff" stroke-width="0.6"',
    "hazard": 'fill="url(#hazard)" stroke-width="1.2"',
    "unrecorded": 'fill="url(#unrecorded)" stroke-width="0.6"',
}
_PLATES: Final = (
    f'x="{WIDTH - 32:g}" y="6" width="28" height="46"',
    'x="2" y="2" width="150" height="13"',
    f'x="{WIDTH - 152:g}" y="{HEIGHT - 16:g}" width="150" height="14"',
    f'x="6" y="{HEIGHT - 36:g}" width="172" height="30"',
)
"""White beneath north, the corners and the scale bar, so that hatching hides none of them."""
DRAWN: Final = tuple(_STYLES)
"""Everything that the map tells apart, in the order of its legend."""


def works_svg(
    frame: SiteFrame,
    works: BaseGeometry,
    access: BaseGeometry | None,
    ground: Sequence[tuple[str, BaseGeometry]],
) -> str:
    """The map of works as SVG; north is up, metres are straight.

    Args:
        frame: of the site; all shapes are in mm of it.
        works: their footprint.
        access: their way in, where one is drawn.
        ground: what is on record of the ground around, each ``released`` or ``hazard``.
    """
    view = View.over([works if access is None else shapely.union(works, access)])
    everywhere = f'<rect x="1" y="1" width="{WIDTH - 2:g}" height="{HEIGHT - 2:g}" '
    drawn = [f"{everywhere}{_STYLES['unrecorded']}/>"]
    window = shapely.box(*view.ground(1, HEIGHT - 1), *view.ground(WIDTH - 1, 1))
    # Hazard is drawn last: where the two were ever to overlap, it is what is seen.
    for kind in ("released", "hazard"):
        for shape in (shape for told, shape in ground if told == kind):
            seen = _with_area(shapely.intersection(shape, window))
            drawn.append(f'<path d="{view.path(seen)}" {_STYLES[kind]}/>')
    if access is not None:
        drawn.append(f'<path d="{view.path(access)}" {_STYLES["access"]}/>')
    drawn.append(f'<path d="{view.path(works)}" {_STYLES["works"]}/>')
    drawn += [f'<rect {place} fill="#fff" stroke="none"/>' for place in _PLATES]
    return drawing(view, frame, _PATTERNS, drawn)


def _with_area(shape: BaseGeometry) -> BaseGeometry:
    """A shape without the lines and points in which it only touches the window."""
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def works_swatch_svg(kind: str) -> str:
    """A little picture of how something on the map is drawn, for the legend."""
    return swatch(_STYLES[kind], _PATTERNS)


def reach_mm(works: BaseGeometry, access: BaseGeometry | None) -> BaseGeometry:
    """The ground that the map of works shows, in mm of the site's frame."""
    view = View.over([works if access is None else shapely.union(works, access)])
    return shapely.box(*view.ground(0, HEIGHT), *view.ground(WIDTH, 0))
