"""A picture as a PNG of 256 colours: a third of the weight, and nobody sees the difference."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page

COLOURS = 256
DECODE = """async data => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + data;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const { data: bytes, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return [width, height, btoa(text)];
}"""

BESIDE = """async pictures => {
  const gap = 24, drawn = [];
  for (const data of pictures) {
    const picture = new Image();
    picture.src = "data:image/png;base64," + data;
    await picture.decode();
    drawn.push(picture);
  }
  const canvas = document.createElement("canvas");
  canvas.width = drawn.reduce((sum, {width}) => sum + width + gap, -gap);
  canvas.height = Math.max(...drawn.map(({height}) => height));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#d9dae0";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let x = 0;
  for (const picture of drawn) {
    pen.drawImage(picture, x, 0);
    x += picture.width + gap;
  }
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def beside(page: Page, pictures: Sequence[bytes]) -> bytes:
    """Pictures beside one another, with a gap between them."""
    told = [base64.b64encode(png).decode() for png in pictures]
    return base64.b64decode(page.evaluate(BESIDE, told))


def lighter(page: Page, png: bytes) -> bytes:
    """The same picture in the 256 colours that it uses most."""
    width, height, packed = page.evaluate(DECODE, base64.b64encode(png).decode())
    flat = np.frombuffer(base64.b64decode(packed), dtype=np.uint8)
    rgb = flat.reshape(height * width, 4)[:, :3]
    palette, index = _palette(rgb.astype(np.int64))
    rows = np.zeros((height, width + 1), dtype=np.uint8)
    rows[:, 1:] = index.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _palette(
    rgb: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The palette, and for each pixel its place in it."""
    cells = (rgb[:, 0] >> 3 << 10) | (rgb[:, 1] >> 3 << 5) | (rgb[:, 2] >> 3)
    found, cell_of, counts = np.unique(cells, return_inverse=True, return_counts=True)
    sums = [np.bincount(cell_of, weights=rgb[:, channel]) for channel in range(3)]
    means = np.round(np.stack(sums, axis=1) / counts[:, None]).astype(np.int64)
    palette = means[np.argsort(-counts)[:COLOURS]]
    apart = ((means[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    assert len(found) == len(apart)
    return palette, apart.argmin(axis=1)[cell_of]


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check
