"""What maps on paper are drawn with: a view in metres, a scale bar, north, corners, hatching.

Told by line and hatching, never by colour: papers are copied in black and white.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame

WIDTH, HEIGHT = 520.0, 300.0
"""Size of the drawing in its own units; ten of them are a line of text."""
_MARGIN: Final = 34.0
_LEAST_SPAN_M: Final = 20.0
_BAR_SHARE: Final = 0.3
_WORDS: Final = 'font-family="Paper latin" font-size="11" fill="#000" stroke="none"'
Pattern = tuple[str, int, str, float]
"""A hatching: its name, the side of its tile, its lines as an SVG path, and their width."""


def drawing(
    view: View, frame: SiteFrame, patterns: Sequence[Pattern], shapes: Sequence[str]
) -> str:
    """A map as SVG: the shapes drawn, then scale bar, north and the positions of two corners."""
    body = "".join((*shapes, view.bar(), _north(), *_corners(frame, view)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
        f"<defs>{''.join(_pattern(*each) for each in patterns)}</defs>"
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1:g}" height="{HEIGHT - 1:g}" fill="#fff" '
        f'stroke="#000"/><g stroke="#000" fill-rule="evenodd" stroke-linejoin="round">{body}</g>'
        "</svg>"
    )


def swatch(style: str, patterns: Sequence[Pattern]) -> str:
    """A little picture of how something is drawn, for the legend."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 16">'
        f"<defs>{''.join(_pattern(*each) for each in patterns)}</defs>"
        f'<rect x="2" y="2" width="24" height="12" stroke="#000" {style}/></svg>'
    )


class View:
    """From millimetres of the frame to units of the drawing.

    Args:
        middle_mm: what lies in the middle of the drawing.
        units_per_mm: the scale.
    """

    def __init__(self, middle_mm: tuple[float, float], units_per_mm: float) -> None:
        self._middle_mm = middle_mm
        self._units = units_per_mm

    @classmethod
    def over(cls, shapes: Sequence[BaseGeometry]) -> View:
        """The view that shows all shapes."""
        west, south, east, north = shapely.total_bounds(shapes)
        least_mm = _LEAST_SPAN_M * 1_000
        across = (WIDTH - 2 * _MARGIN) / max(east - west, least_mm)
        up = (HEIGHT - 2 * _MARGIN) / max(north - south, least_mm)
        return cls(((west + east) / 2, (south + north) / 2), min(across, up))

    def at(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Where a place is drawn."""
        x = WIDTH / 2 + (x_mm - self._middle_mm[0]) * self._units
        return x, HEIGHT / 2 - (y_mm - self._middle_mm[1]) * self._units

    def ground(self, x: float, y: float) -> tuple[float, float]:
        """What place is drawn there, in mm."""
        x_mm = (x - WIDTH / 2) / self._units + self._middle_mm[0]
        return x_mm, (HEIGHT / 2 - y) / self._units + self._middle_mm[1]

    def path(self, shape: BaseGeometry) -> str:
        """A shape's rings as the data of an SVG path, to a tenth of a unit."""
        out = []
        for polygon in shapely.get_parts(shape):
            for ring in (polygon.exterior, *polygon.interiors):
                points = (self.at(*point) for point in ring.coords[:-1])
                out.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
        return "".join(out)

    def label(self, shape: BaseGeometry, words: str) -> str:
        """A word on a shape, on white so that hatching does not hide it."""
        largest = max(shapely.get_parts(shape), key=lambda each: each.area)
        inside = shapely.maximum_inscribed_circle(largest, tolerance=100.0).coords[0]
        x, y = self.at(*inside)
        wide = 5 + 7 * len(words)
        return (
            f'<rect x="{x - wide / 2:.1f}" y="{y - 7:.1f}" width="{wide}" height="14" fill="#fff" '
            f'stroke-width="0.5"/><text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" {_WORDS}>'
            f"{escape(words)}</text>"
        )

    def bar(self) -> str:
        """The scale bar: a round number of metres, in four fields."""
        room_m = (WIDTH - 2 * _MARGIN) * _BAR_SHARE / self._units / 1_000
        length_m = round_length_m(room_m)
        field = length_m * 1_000 * self._units / 4
        x, y = 14.0, HEIGHT - 14
        fields = "".join(
            f'<rect x="{x + at * field:.1f}" y="{y - 5:.1f}" width="{field:.1f}" height="5" '
            f'fill="{"#000" if at % 2 == 0 else "#fff"}" stroke-width="0.7"/>'
            for at in range(4)
        )
        end = x + 4 * field
        return (
            f'{fields}<text x="{x:.1f}" y="{y - 8:.1f}" {_WORDS}>0</text>'
            f'<text x="{end:.1f}" y="{y - 8:.1f}" text-anchor="end" {_WORDS}>{length_m:g} m</text>'
        )


def round_length_m(most_m: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is no longer than what there is."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= most_m)


def _north() -> str:
    x, y = WIDTH - 20, 34.0
    return (
        f'<path d="M{x} {y - 22}L{x + 7} {y}L{x} {y - 5}L{x - 7} {y}Z" fill="#000"/>'
        f'<text x="{x}" y="{y + 12}" text-anchor="middle" {_WORDS}>N</text>'
    )


def _corners(frame: SiteFrame, view: View) -> Iterator[str]:
    """Yields the positions of two opposite corners of the drawing, to a metre or so."""
    for x, y, anchor, down in ((4.0, 0.0, "start", 12.0), (WIDTH - 4, HEIGHT, "end", -5.0)):
        spot = frame.mm_spot(*view.ground(0.0 if x < WIDTH / 2 else WIDTH, y))
        words = f"{_degrees(spot.lat_deg, 'NS')}  {_degrees(spot.lon_deg, 'EW')}"
        yield f'<text x="{x:g}" y="{y + down:g}" text-anchor="{anchor}" {_WORDS}>{words}</text>'


def _degrees(value_deg: float, sides: str) -> str:
    return f"{abs(value_deg):.5f}° {sides[value_deg < 0]}"


def _pattern(name: str, side: int, path: str, stroke: float) -> str:
    return (
        f'<pattern id="{name}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">'
        f'<path d="{path}" stroke="#000" stroke-width="{stroke}" fill="none"/></pattern>'
    )
