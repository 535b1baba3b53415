"""Pictures of text read by Tesseract, a program of its own, where it is installed.

It is optional (Debian: ``tesseract-ocr``, ``tesseract-ocr-ara``, ``tesseract-ocr-kmr``). What only
it read is a guess at letters: a line of which it is unsure is marked as doubtful.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.document import Ocr, Page
from rafiqa.wire.readtext import ReadText

PIXELS: Final = 50_000_000
"""Most pixels of one picture that is looked at: an A3 page at 600 dots per inch has 70 million."""
DOTS_PER_INCH: Final = 200
POINTS_PER_INCH: Final = 72
SCANNED_MOST: Final = 60
"""Pages of one document that are read as pictures: each takes a second or more."""
SURE_PCT: Final = 75.0
"""Tesseract's own confidence in a line's words, on average, below which it is doubtful."""
_WANTED: Final = ("ara", "kmr", "eng")
_SECONDS: Final = 90
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF")
_FIELDS: Final = 12


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A line as Tesseract read it: text, box in pixels from the top left, how sure it is."""

    text: str
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    confidence_pct: float

    def box_pt(self, height_pt: float, scale: float) -> tuple[float, float, float, float]:
        """Returns its box in points from the lower left corner of a page.

        Args:
            height_pt: of the page.
            scale: pixels to a point.
        """
        return (
            round(self.left_px / scale, 1),
            round(height_pt - self.bottom_px / scale, 1),
            round(self.right_px / scale, 1),
            round(height_pt - self.top_px / scale, 1),
        )


def scanner_languages() -> tuple[str, ...]:
    """Returns the languages that Tesseract can read here; none where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return ()
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command
            [program, "--list-langs"], capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    known = set(told.stdout.decode("utf-8", "replace").split())
    return tuple(name for name in _WANTED if name in known)


def scan(picture: Image.Image, languages: tuple[str, ...]) -> list[ScanLine]:
    """Returns the lines of a picture, from top to bottom; none where it could not be read."""
    program = shutil.which("tesseract")
    if program is None or not languages:
        return []
    sent = io.BytesIO()
    picture.convert("L").save(sent, "PNG", compress_level=1)
    command = [program, "stdin", "stdout", "-l", "+".join(languages), "--psm", "3"]
    command += ["--dpi", str(DOTS_PER_INCH), "tsv"]
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command; the picture is its input
            command,
            input=sent.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return list(_lines(told.stdout.decode("utf-8", "replace")))


def _lines(table: str) -> Iterator[ScanLine]:
    """Yields the lines of Tesseract's table of words."""
    words: dict[tuple[str, ...], list[list[str]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t", _FIELDS - 1)
        if len(cells) == _FIELDS and cells[0] == "5" and cells[11].strip():
            words.setdefault(tuple(cells[1:5]), []).append(cells)
    for found in words.values():
        boxes = [[int(cell) for cell in cells[6:10]] for cells in found]
        yield ScanLine(
            " ".join(cells[11].strip() for cells in found),
            min(left for left, _, _, _ in boxes),
            min(top for _, top, _, _ in boxes),
            max(left + width for left, _, width, _ in boxes),
            max(top + height for _, top, _, height in boxes),
            sum(float(cells[10]) for cells in found) / len(found),
        )


def add_scanned(
    found: ReadText, lines: list[ScanLine], page: int, height_pt: float, scale: float
) -> None:
    """Adds lines that only Tesseract read."""
    for line in lines:
        unsure = line.confidence_pct < SURE_PCT
        found.add(line.text, "line", page, line.box_pt(height_pt, scale), doubtful=unsure)


def read_picture(content: bytes, ocr: Ocr) -> ReadText:
    """Returns what a picture, or each picture of a TIFF, says.

    Raises:
        InvalidInput: ``wire.document.broken``, or ``wire.document.pixels``: too many of them.
    """
    languages = () if ocr == "never" else scanner_languages()
    found = ReadText(readers=["tesseract"] if languages else [])
    if not languages:
        found.warnings.append(Fault("wire.document.no-ocr", "", None, {"pages": 1}))
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            for number, frame in enumerate(ImageSequence.Iterator(opened), 1):
                if number > SCANNED_MOST:
                    total = getattr(opened, "n_frames", number)
                    found.warnings.append(pages_left(SCANNED_MOST, total))
                    break
                _read_frame(found, frame, number, languages)
    except Image.DecompressionBombError as error:
        # Pillow's own limit lies above ours and speaks before a frame is there to be asked.
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        if not found.blocks:
            detail = type(error).__name__
            raise InvalidInput(
                Fault("wire.document.broken", "", None, {"detail": detail})
            ) from error
        found.warnings.append(Fault("wire.document.torn", "", None, {"pages": len(found.pages)}))
    return found


def _read_frame(
    found: ReadText, frame: Image.Image, number: int, languages: tuple[str, ...]
) -> None:
    if frame.width * frame.height > PIXELS:
        raise _too_many_pixels()
    upright = ImageOps.exif_transpose(frame)
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    height_pt = upright.height / scale
    found.pages.append(Page(round(upright.width / scale, 1), round(height_pt, 1)))
    add_scanned(found, scan(upright, languages), number, height_pt, scale)


def _too_many_pixels() -> InvalidInput:
    params: dict[str, str | int] = {"limit": PIXELS // 1_000_000}
    return InvalidInput(Fault("wire.document.pixels", "", None, params))


def pages_left(read: int, total: int) -> Fault:
    """Returns that only the first pages of a document were read."""
    return Fault("wire.document.pages-left", "", None, {"read": read, "total": total})
