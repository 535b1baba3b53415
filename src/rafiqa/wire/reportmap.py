"""The map of a report: the ground by what it is, what was not cleared, and the areas' outlines.

Drawn as on certificates, by line and hatching and never by colour: papers are copied in black and
white. Ground that nothing on record speaks of is dotted, not left white.
"""

from __future__ import annotations

from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame
from rafiqa.land.reporttable import ReportMap
from rafiqa.wire.drawing import HEIGHT, WIDTH, View, drawing, swatch

_PATTERNS: Final = (
    ("cleared", 8, "M0 0L8 8", 0.5),
    ("reduced", 8, "M0 4H8", 0.5),
    ("hazard", 5, "M0 0L5 5M5 0L0 5", 0.6),
    ("left", 4, "M0 0L4 4M4 0L0 4", 1.3),
    ("unrecorded", 9, "M4 4H5.4", 1.4),
)
_STYLES: Final = {
    "unrecorded": 'fill="url(#unrecorded)" stroke-width="0.4"',
    "cancelled": 'fill="#fff" stroke-width="0.6" stroke-dasharray="3 3"',
    "reduced": 'fill="url(#reduced)" stroke-width="0.6"',
    "cleared": 'fill="url(#cleared)" stroke-width="0.6"',
    "hazard": 'fill="url(#hazard)" stroke-width="0.8"',
    "left": 'fill="url(#left)" stroke-width="1.2"',
    "outline": 'fill="none" stroke-width="1.8"',
}
DRAWN: Final = tuple(_STYLES)
"""Everything that the map tells apart, in the order in which it is drawn: the worst last."""
_MOST_LABELS: Final = 12
_HALO: Final = "<style>text{paint-order:stroke;stroke:#fff;stroke-width:3px}</style>"
"""Words stand on a narrow white edge of their own: a plate beneath them would hide hazard."""


def report_map_svg(picture: ReportMap, frame: SiteFrame) -> str:
    """The map as SVG; north is up, metres are straight."""
    outlines = [(name, shape.geometry) for name, shape in picture.outlines if not shape.is_empty]
    ground = [(kind, shape.geometry) for kind, shape in picture.ground if not shape.is_empty]
    view = View.over([shape for _, shape in (outlines or ground)])
    window = shapely.box(*view.ground(1, HEIGHT - 1), *view.ground(WIDTH - 1, 1))
    everywhere = f'<rect x="1" y="1" width="{WIDTH - 2:g}" height="{HEIGHT - 2:g}" '
    drawn = [f"{everywhere}{_STYLES['unrecorded']}/>"]
    for kind in DRAWN[1:-1]:
        for shape in (shape for told, shape in ground if told == kind):
            seen = _with_area(shapely.intersection(shape, window))
            if kind != "left" and not seen.is_empty:
                drawn.append(f'<path d="{view.path(seen)}" fill="#fff" stroke="none"/>')
            drawn.append(f'<path d="{view.path(seen)}" {_STYLES[kind]}/>')
    drawn += [f'<path d="{view.path(shape)}" {_STYLES["outline"]}/>' for _, shape in outlines]
    # What is alone is named by the title, and a word on it would hide what lies beneath.
    if 1 < len(outlines) <= _MOST_LABELS:
        drawn += [view.label(shape, name) for name, shape in outlines]
    return drawing(view, frame, _PATTERNS, [_HALO, *drawn])


def _with_area(shape: BaseGeometry) -> BaseGeometry:
    """A shape without the lines and points in which it only touches the window."""
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def drawn_kinds(picture: ReportMap) -> list[str]:
    """What there is on a map, in the order of its legend."""
    found = {kind for kind, _ in picture.ground} | {"unrecorded", "outline"}
    return [kind for kind in DRAWN if kind in found]


def report_swatch_svg(kind: str) -> str:
    """A little picture of how something on the map is drawn, for the legend."""
    return swatch(_STYLES[kind], _PATTERNS)
