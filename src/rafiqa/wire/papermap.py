"""The map on a certificate: its parts by outcome, what was left, a scale bar and north.

Drawn from the claims alone, so that it shows what is signed and nothing else. An outcome is told
by line and hatching, never by colour: papers are copied in black and white.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rafiqa.geo import E6, SiteFrame, planar_mm
from rafiqa.ledger.claims import Claims
from rafiqa.ledger.outline import Outline
from rafiqa.wire.drawing import View, drawing, swatch

_STYLES: Final = {
    "cleared": 'fill="url(#cleared)" stroke-width="1.6"',
    "reduced": 'fill="url(#reduced)" stroke-width="1.6" stroke-dasharray="9 3"',
    "cancelled": 'fill="none" stroke-width="1.6" stroke-dasharray="3 3"',
}
_LEFT: Final = 'fill="url(#left)" stroke-width="2.2"'
_PATTERNS: Final = (
    ("cleared", 8, "M0 0L8 8", 0.5),
    ("reduced", 8, "M0 4H8", 0.5),
    ("left", 5, "M0 0L5 5M5 0L0 5", 1.1),
)


def map_svg(claims: Claims) -> str:
    """The map of a certificate, as SVG; north is up, metres are straight."""
    outlines = [*(part.outline for part in claims.parts), *_left(claims)]
    frame = SiteFrame(*_middle_deg(outlines))
    shapes = [planar_mm(outline, frame) for outline in outlines]
    view = View.over(shapes)
    drawn = [
        f'<path d="{view.path(shape)}" {_STYLES[part.outcome]}/>'
        for part, shape in zip(claims.parts, shapes, strict=False)
    ]
    drawn += [f'<path d="{view.path(shape)}" {_LEFT}/>' for shape in shapes[len(claims.parts) :]]
    labels = [
        view.label(planar_mm(outline, frame), words) for outline, words in _labels(claims).items()
    ]
    return drawing(view, frame, _PATTERNS, [*drawn, *labels])


def swatch_svg(outcome: str) -> str:
    """A little picture of how an outcome is drawn, for the legend; ``left`` for what was left."""
    return swatch(_STYLES.get(outcome, _LEFT), _PATTERNS)


def _labels(claims: Claims) -> dict[Outline, str]:
    """The words on each outline: numbers of the parts there, X and a number where it was left."""
    found: dict[Outline, str] = {}
    named = [(part.outline, str(at)) for at, part in enumerate(claims.parts, 1)]
    named += [(outline, f"X{at}") for at, outline in enumerate(_left(claims), 1)]
    for outline, word in named:
        found[outline] = f"{found[outline]} {word}" if outline in found else word
    return found


def _left(claims: Claims) -> Iterator[Outline]:
    return (left.outline for left in claims.not_cleared)


def _middle_deg(outlines: Sequence[Outline]) -> tuple[float, float]:
    points = [point for each in outlines for rings in each for point in rings[0]]
    lons, lats = zip(*points, strict=True)
    return (min(lons) + max(lons)) / 2 / E6, (min(lats) + max(lats)) / 2 / E6
