"""Pixels of the drawn map: the colours that a person would see, not what a layer claims."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from playwright.sync_api import Page

DECODE = """async data => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + data;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  return [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
}"""


@dataclass(frozen=True)
class Pixels:
    """A piece of the screen as red, green and blue."""

    colours: list[tuple[int, int, int]]

    def share(self, colour: str, *, within: int = 30) -> float:
        """Which part of the pixels is of a colour, give or take in each channel."""
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        hits = sum(
            all(abs(own - other) <= within for own, other in zip(pixel, wanted, strict=True))
            for pixel in self.colours
        )
        return hits / len(self.colours)


def middle_of_map(page: Page, side_px: int = 60, away_px: tuple[float, float] = (0, 0)) -> Pixels:
    """The pixels round the middle of the map, or away from it, once it has come to rest."""
    page.wait_for_timeout(600)
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    half = side_px / 2
    clip = {
        "x": box["x"] + box["width"] / 2 - half + away_px[0],
        "y": box["y"] + box["height"] / 2 - half + away_px[1],
        "width": side_px,
        "height": side_px,
    }
    return pixels(page, page.screenshot(clip=clip))  # type: ignore[arg-type]


def pixels(page: Page, png: bytes) -> Pixels:
    """A picture's pixels, decoded by the browser that drew it."""
    flat = page.evaluate(DECODE, base64.b64encode(png).decode())
    return Pixels(list(zip(flat[::4], flat[1::4], flat[2::4], strict=True)))
