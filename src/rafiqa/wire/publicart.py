"""The drawings of public pages and sheets: the small map, and what to do, in our own outlines.

The map is told by pattern and line, so that it can be read in black and white; colour is beside.
Ground of which nothing is on record is dotted, never white. Patterns are those of the desk's map.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 720.0
LEAST_SPAN_M: Final = 150.0
MOST_OUTLINES: Final = 2_000
"""So many are drawn corner by corner. Of more danger, the smallest are drawn as the boxes round
them, never left out; of more released land nothing is drawn, and it shows as without a record."""
_METRES_A_DEGREE: Final = 111_195
_MARGIN: Final = 26.0
_TINY: Final = 7.0
Row = Mapping[str, Any]
Rings = Sequence[Sequence[Sequence[int]]]

_PATTERNS: Final = {
    "cha": (9, "M0 0L9 9M9 0L0 9", "#a82c02", 1.6, "#f7d8cb"),
    "sha": (9, "M-1 1L1 -1M0 9L9 0M8 10L10 8", "#b05f00", 1.5, "#fae5c2"),
    "indication": (9, "M4.5 4.5h.01", "#7a6200", 2.6, "#faf2d3"),
    "cleared": (8, "", "#1b5e97", 0, "#cfe0ee"),
    "reduced": (8, "M4 0V8", "#3d8dc2", 1, "#e4f0f8"),
    "cancelled": (8, "M0 4H8", "#7f8899", 1, "#eceef1"),
    "unrecorded": (18, "M9 9h.01", "#b9b09c", 2.2, "#f1efe8"),
}
_LINES: Final = {
    "cha": 'stroke="#a82c02" stroke-width="2.4"',
    "sha": 'stroke="#a85800" stroke-width="2" stroke-dasharray="6 3"',
    "indication": 'stroke="#7a6200" stroke-width="1.8" stroke-dasharray="2 3"',
    "cleared": 'stroke="#1b5e97" stroke-width="1.4"',
    "reduced": 'stroke="#2f7fb5" stroke-width="1.2"',
    "cancelled": 'stroke="#69738a" stroke-width="1.2"',
}
SHOWN: Final = tuple(_LINES)
"""What the map tells apart beside ground without a record, the most dangerous first."""


@dataclass(frozen=True, slots=True)
class Window:
    """From millionths of a degree to units of the drawing.

    Attributes:
        west, north: the upper left corner, degrees.
        across: units a degree eastwards.
        up: units a degree northwards.
        height: of the drawing; its width is ``WIDTH``.
    """

    west: float
    north: float
    across: float
    up: float
    height: float

    @classmethod
    def over(cls, outlines: Iterable[Any], middle: Sequence[float]) -> Window:
        """Returns the window that shows all corners, or a little ground round the middle."""
        corners = [corner for each in outlines for ring in _rings(each) for corner in ring]
        lons = [corner[0] / 1e6 for corner in corners] or [middle[0]]
        lats = [corner[1] / 1e6 for corner in corners] or [middle[1]]
        west, east, south, north = min(lons), max(lons), min(lats), max(lats)
        squeeze = max(math.cos(math.radians((south + north) / 2)), 0.01)
        least = LEAST_SPAN_M / _METRES_A_DEGREE
        wide = max((east - west) * squeeze, least)
        high = max(north - south, least)
        scale = (WIDTH - 2 * _MARGIN) / max(wide, high * 1.2)
        height = min(max(high * scale + 2 * _MARGIN, WIDTH * 0.55), WIDTH)
        middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
        across = scale * squeeze
        return cls(
            middle_lon - WIDTH / 2 / across, middle_lat + height / 2 / scale, across, scale, height
        )

    def path(self, rings: Iterable[Sequence[Sequence[int]]], *, closed: bool = True) -> str:
        """Returns rings or lines as the data of an SVG path, to a tenth of a unit."""
        end = "Z" if closed else ""
        return "".join("M" + "L".join(self._at(*corner) for corner in ring) + end for ring in rings)

    def _at(self, lon_e6: int, lat_e6: int) -> str:
        x = (lon_e6 / 1e6 - self.west) * self.across
        y = (self.north - lat_e6 / 1e6) * self.up
        return f"{_short(x)} {_short(y)}"

    def middle_of(self, outline: Rings) -> tuple[float, float, float]:
        """Returns where an outline's box has its middle, and the longer of its sides."""
        corners = [corner for ring in _rings(outline) for corner in ring]
        xs = [(corner[0] / 1e6 - self.west) * self.across for corner in corners]
        ys = [(self.north - corner[1] / 1e6) * self.up for corner in corners]
        side = max(max(xs) - min(xs), max(ys) - min(ys))
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, side


def _short(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _rings(outline: Any) -> list[Sequence[Sequence[int]]]:
    """Returns the rings of an outline of polygons, or the lines of a road."""
    if outline and outline[0] and isinstance(outline[0][0][0], int):
        return list(outline)
    return [ring for polygon in outline for ring in polygon]


def map_svg(
    danger: Sequence[Row],
    released: Sequence[Row],
    ground: Sequence[Row],
    middle: Sequence[float],
    numbers: Mapping[str, int] | None = None,
) -> str:
    """Returns the small map as SVG; north is up.

    Args:
        danger: rows of ground to keep off; drawn last, over everything.
        released: rows of released land.
        ground: roads and water.
        middle: where it is centred where nothing is on record, degrees.
        numbers: a number to write on each of the danger's outlines, by its ``ref``.
    """
    danger, released = _boxed(danger), released[:MOST_OUTLINES]
    window = Window.over((row["outline"] for row in (*danger, *released)), middle)
    shapes = [_way(window, row) for row in ground]
    shapes += [_land(window, row, row["outcome"]) for row in released]
    for class_ in ("indication", "sha", "cha"):
        shapes += [_land(window, row, class_) for row in danger if row["class"] == class_]
    shapes += [_number(window, row, numbers[row["ref"]]) for row in danger if numbers]
    height = _short(window.height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height}">'
        f"<defs>{''.join(_pattern(name) for name in _PATTERNS)}</defs>"
        f'<rect width="{WIDTH:g}" height="{height}" fill="url(#unrecorded)"/>'
        f'<g fill-rule="evenodd" stroke-linejoin="round">{"".join(shapes)}</g>'
        f"{_bar(window)}{_NORTH}</svg>"
    )


def _boxed(danger: Sequence[Row]) -> Sequence[Row]:
    """Returns danger with the smallest of too many outlines as boxes, which are no smaller."""
    if len(danger) <= MOST_OUTLINES:
        return danger
    sizes = sorted(range(len(danger)), key=lambda at: -danger[at]["area_m2"])
    small = set(sizes[MOST_OUTLINES:])
    return [
        {**row, "outline": _box(row["outline"])} if at in small else row
        for at, row in enumerate(danger)
    ]


def _box(outline: Rings) -> list[list[list[tuple[int, int]]]]:
    corners = [corner for ring in _rings(outline) for corner in ring]
    west, east = min(each[0] for each in corners), max(each[0] for each in corners)
    south, north = min(each[1] for each in corners), max(each[1] for each in corners)
    return [[[(west, south), (east, south), (east, north), (west, north)]]]


def swatch_svg(name: str) -> str:
    """Returns a little picture of how something is drawn, for the legend."""
    line = _LINES.get(name, 'stroke="#8a8f99" stroke-width="1"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 26" width="44" height="26" '
        f'aria-hidden="true"><defs>{_pattern(name, f"k-{name}")}</defs>'
        f'<rect x="2" y="2" width="40" height="22" fill="url(#k-{name})" {line}/></svg>'
    )


def _pattern(name: str, called: str | None = None) -> str:
    side, path, color, stroke, tint = _PATTERNS[name]
    lines = (
        f'<path d="{path}" stroke="{color}" stroke-width="{stroke:g}" stroke-linecap="round"/>'
        if path
        else ""
    )
    return (
        f'<pattern id="{called or name}" width="{side}" height="{side}" '
        f'patternUnits="userSpaceOnUse"><rect width="{side}" height="{side}" fill="{tint}"/>'
        f"{lines}</pattern>"
    )


def _land(window: Window, row: Row, name: str) -> str:
    path = window.path(_rings(row["outline"]))
    drawn = f'<path d="{path}" fill="url(#{name})" {_LINES[name]}/>'
    x, y, side = window.middle_of(row["outline"])
    if side < _TINY and name in {"cha", "sha", "indication"}:
        # Too small to be seen: a ring round it, so that it is not overlooked.
        drawn += f'<circle cx="{_short(x)}" cy="{_short(y)}" r="7" fill="none" {_LINES[name]}/>'
    return drawn


def _way(window: Window, row: Row) -> str:
    path = window.path(_rings(row["line"]), closed=False)
    if row.get("kind") is None:
        return f'<path d="{path}" fill="none" stroke="#9fb6b9" stroke-width="3"/>'
    wide = 3.4 if row["kind"] in {"motorway", "primary", "secondary"} else 1.8
    return f'<path d="{path}" fill="none" stroke="#a49d8e" stroke-width="{wide}"/>'


def _number(window: Window, row: Row, number: int) -> str:
    x, y, _ = window.middle_of(row["outline"])
    wide = 7 * len(str(number)) + 7
    return (
        f'<rect x="{_short(x - wide / 2)}" y="{_short(y - 8)}" width="{wide}" height="16" '
        f'fill="#fff" stroke="#000" stroke-width=".8"/><text x="{_short(x)}" y="{_short(y + 4.5)}" '
        f'font-family="Paper latin, sans-serif" font-size="12" font-weight="700" '
        f'text-anchor="middle">{number}</text>'
    )


def _bar(window: Window) -> str:
    """The scale bar: a round number of metres, beside it on white what it is."""
    room_m = WIDTH / 4 / window.up * _METRES_A_DEGREE
    power = 10 ** math.floor(math.log10(room_m))
    length_m = next(step * power for step in (5, 2, 1) if step * power <= room_m)
    long = length_m / _METRES_A_DEGREE * window.up
    y = window.height - 12
    words = f"{length_m / 1_000:g} km" if length_m >= 1_000 else f"{length_m:g} m"
    return (
        f'<rect x="8" y="{_short(y - 18)}" width="{_short(long + 16)}" height="26" fill="#fff"/>'
        f'<path d="M16 {_short(y - 4)}v5h{_short(long)}v-5" fill="none" stroke="#000" '
        f'stroke-width="1.6"/><text x="16" y="{_short(y - 6)}" font-size="11" '
        f'font-family="Paper latin, sans-serif">{words}</text>'
    )


_NORTH: Final = (
    f'<g transform="translate({WIDTH - 26:g} 8)"><rect width="20" height="34" fill="#fff"/>'
    '<path d="M10 3l6 15l-6-4l-6 4z"/><text x="10" y="31" font-size="11" text-anchor="middle" '
    'font-family="Paper latin, sans-serif">N</text></g>'
)

_BODY: Final = 'fill="#e9e3d4" stroke="#1d2430" stroke-width="2.5" stroke-linejoin="round"'
_LINE: Final = 'fill="none" stroke="#1d2430" stroke-width="2.5" stroke-linecap="round"'
_BAR: Final = 'fill="none" stroke="#9c1f3f" stroke-width="5" stroke-linecap="round"'
MESSAGES: Final[Mapping[str, str]] = {
    "touch": (
        f'<path {_BODY} d="M24 46V22q0-3 3-3t3 3V12q0-3 3-3t3 3v10V9q0-3 3-3t3 3v14v-9q0-3 3-3t3 3v'
        f'18q0 8-6 14z"/><ellipse {_BODY} cx="74" cy="44" rx="14" ry="6"/><path {_BAR} '
        'd="M14 8L86 52"/>'
    ),
    "mark": (
        f'<circle {_BODY} cx="20" cy="12" r="6"/><path {_LINE} d="M20 18v18M20 24l14 2M20 36l-7 '
        f'14M20 36l8 14"/><path {_BODY} d="M48 24l9 16H39z"/><path {_LINE} d="M48 40v10M48 30v4"/>'
        f'<path {_LINE} stroke-dasharray="3 5" d="M62 45h8"/><ellipse {_BODY} cx="84" cy="46" '
        'rx="11" ry="5"/>'
    ),
    "back": (
        f'<ellipse {_BODY} cx="84" cy="46" rx="11" ry="5"/>'
        f'<path {_LINE} d="M64 14H22M32 5L22 14l10 9"/>'
        f'<ellipse {_BODY} cx="62" cy="34" rx="5" ry="3"/>'
        f'<ellipse {_BODY} cx="48" cy="42" rx="5" ry="3"/>'
        f'<ellipse {_BODY} cx="34" cy="34" rx="5" ry="3"/>'
        f'<ellipse {_BODY} cx="20" cy="42" rx="5" ry="3"/>'
    ),
    "report": (
        f'<rect {_BODY} x="20" y="6" width="26" height="44" rx="4"/><path {_LINE} d="M27 13h12M31 '
        f'44h4"/><path {_LINE} d="M56 20q6 8 0 16M64 14q11 14 0 28M72 8q16 20 0 40"/>'
    ),
}
"""What to do, in a field of 100 by 56: the inside, or the working, of nothing is shown."""


def message_svg(name: str) -> str:
    """Returns one drawing of what to do; the words stand beside it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 56" aria-hidden="true">'
        f"{MESSAGES[name]}</svg>"
    )
