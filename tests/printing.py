"""What happens to a paper between a printer and a telephone, done to a picture of it.

Pictures are ``(height, width)`` float64 from 0 (black) to 255; every draw is from a seed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pypdfium2  # type: ignore[import-untyped]
import zxingcpp

Picture = npt.NDArray[np.float64]
DPI = 300


def page(pdf: bytes, number: int = 0, dpi: float = DPI) -> Picture:
    """A page as a printer would put it on paper."""
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[number].render(scale=dpi / 72, grayscale=True)
    picture = np.asarray(bitmap.to_numpy(), dtype=np.float64).reshape(bitmap.height, bitmap.width)
    document.close()
    return picture


def pages(pdf: bytes, dpi: float = DPI) -> list[Picture]:
    """Every page."""
    document = pypdfium2.PdfDocument(pdf)
    count = len(document)
    document.close()
    return [page(pdf, number, dpi) for number in range(count)]


def read(picture: Picture) -> set[str]:
    """The texts of all codes that can be read from a picture."""
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8)),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    )
    return {each.text for each in found}


def blurred(picture: Picture, sigma: float) -> Picture:
    """Out of focus: a Gaussian of that many pixels."""
    reach = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(picture, reach, mode="edge")
    across = sum(weight * padded[:, at : at + picture.shape[1]] for at, weight in enumerate(kernel))
    down = sum(weight * across[at : at + picture.shape[0]] for at, weight in enumerate(kernel))
    return np.asarray(down)


def blotted(picture: Picture, share: float, seed: int, *, corners: bool = False) -> Picture:
    """Stained: round blots of some millimetres, dark and light, over that share of a code.

    Args:
        picture: a code with its quiet zone.
        share: of its area.
        seed: of the draws.
        corners: whether blots may lie on the three squares by which a reader finds the code: no
            level of protection brings those back.
    """
    drawn = np.random.default_rng(seed)
    out = picture.copy()
    height, width = picture.shape
    y, x = np.ogrid[:height, :width]
    covered = 0.0
    while covered < share * picture.size:
        radius = drawn.uniform(0.02, 0.06) * width
        at_y, at_x = drawn.uniform(0, height), drawn.uniform(0, width)
        near = 0.2 * width + radius
        if (
            not corners
            and sum([at_x < near, at_x > width - near])
            and (at_y < near or (at_y > height - near and at_x < near))
        ):
            continue
        inside = (y - at_y) ** 2 + (x - at_x) ** 2 < radius**2
        out[inside] = drawn.choice([40.0, 215.0])
        covered += float(inside.sum())
    return out


def folded(picture: Picture, seed: int) -> Picture:
    """Folded: two worn lines across, with a shade beside them."""
    drawn = np.random.default_rng(seed)
    out = picture.copy()
    height, width = picture.shape
    for length, worn in ((height, out), (width, out.T)):
        at = int(drawn.uniform(0.3, 0.7) * length)
        worn[at : at + 3] = 235.0
        worn[at + 3 : at + 12] *= 0.85
    return out


def tilted(picture: Picture, share: float, seed: int) -> Picture:
    """Seen at an angle: each corner moved by up to that share of the picture's width."""
    drawn = np.random.default_rng(seed)
    height, width = picture.shape
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    seen = square + drawn.uniform(0, share * width, square.shape) * np.sign(
        np.array([width / 2, height / 2]) - square
    )
    back = _homography(seen, square)
    y, x = np.mgrid[0:height, 0:width]
    places = back @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    source_x, source_y = places[0] / places[2], places[1] / places[2]
    return _sampled(picture, source_x, source_y).reshape(height, width)


def copied(picture: Picture, seed: int) -> Picture:
    """Photocopied: harder contrast, a little blur, speckles."""
    drawn = np.random.default_rng(seed)
    hard = 255 / (1 + np.exp(-(blurred(picture, 0.8) - 128) / 25))
    return np.asarray(np.clip(hard + drawn.normal(0, 18, picture.shape), 0, 255))


def noisy(picture: Picture, sigma: float, seed: int) -> Picture:
    """In bad light."""
    drawn = np.random.default_rng(seed)
    return np.asarray(np.clip(picture + drawn.normal(0, sigma, picture.shape), 0, 255))


def _homography(
    before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The ``(3, 3)`` projection that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(before, after, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    return np.append(solved, 1.0).reshape(3, 3)


def _sampled(
    picture: Picture, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Values between pixels; white outside."""
    height, width = picture.shape
    inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    x0, y0 = np.clip(x, 0, width - 2).astype(int), np.clip(y, 0, height - 2).astype(int)
    dx, dy = np.clip(x - x0, 0, 1), np.clip(y - y0, 0, 1)
    top = picture[y0, x0] * (1 - dx) + picture[y0, x0 + 1] * dx
    bottom = picture[y0 + 1, x0] * (1 - dx) + picture[y0 + 1, x0 + 1] * dx
    return np.where(inside, top * (1 - dy) + bottom * dy, 255.0)
