"""PDF of strangers as text: PDFium's glyphs by their places, held against pypdf and Tesseract.

The text is that of the glyphs, put in order by ``visualline``. A line that pypdf reads otherwise is
looked at as a picture too, where Tesseract is installed; where that does not bear it out, it is
marked as doubtful. Nothing of what a second reader says goes into the text.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdf
import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.document import Ocr, Page
from rafiqa.wire.documentscan import (
    DOTS_PER_INCH,
    PIXELS,
    POINTS_PER_INCH,
    SCANNED_MOST,
    ScanLine,
    add_scanned,
    pages_left,
    scan,
    scanner_languages,
)
from rafiqa.wire.linecompare import Readings, same_line
from rafiqa.wire.pdfglyph import Box, glyph_lines
from rafiqa.wire.readtext import ReadText
from rafiqa.wire.visualline import leans_right, read_line

PAGES_MOST: Final = 1_000
_BARE: Final = 25
"""Letters of a page with a picture below which the picture is taken to be the page."""
_PARAGRAPH_GAP: Final = 0.8
_FULL: Final = 0.85
_SCALE: Final = DOTS_PER_INCH / POINTS_PER_INCH


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a page: its text, its box in points, whether it goes on the one before."""

    text: str
    box_pt: Box
    goes_on: bool
    turned: bool

    @property
    def width_pt(self) -> float:
        return self.box_pt[2] - self.box_pt[0]


def read_pdf(content: bytes, ocr: Ocr) -> ReadText:
    """Returns what a PDF says, page by page and line by line.

    Raises:
        InvalidInput: ``wire.document.password`` or ``wire.document.broken``.
    """
    document = _opened(content)
    second = _Second(content)
    languages = () if ocr == "never" else scanner_languages()
    found = ReadText(readers=["pdfium"])
    n_pages = len(document)
    n_scanned, n_unseen = 0, 0
    for number in range(min(n_pages, PAGES_MOST)):
        if found.is_full:
            break
        page = document[number]
        size = Page(round(page.get_width(), 1), round(page.get_height(), 1))
        found.pages.append(size)
        lines = _lines_of(page)
        scanned: list[ScanLine] | None = None
        readings = Readings(second.page(number))
        doubted = [not readings.bear_out(line.text) or line.turned for line in lines]
        bare = sum(len(line.text) for line in lines) < _BARE and _has_picture(page)
        if bare or ocr == "always" or (ocr == "doubtful" and any(doubted)):
            if not languages or n_scanned >= SCANNED_MOST:
                n_unseen += bare
            else:
                n_scanned += 1
                scanned = _scanned(page, languages)
        _add(found, lines, doubted, scanned, number + 1)
        if bare and scanned is not None:
            fresh = [each for each in scanned if not same_line(each.text, lines_text(lines))]
            add_scanned(found, fresh, number + 1, size.height_pt, _SCALE)
        page.close()
    if n_pages > PAGES_MOST:
        found.warnings.append(pages_left(PAGES_MOST, n_pages))
    if n_unseen:
        code = "wire.document.pages-unseen" if languages else "wire.document.no-ocr"
        found.warnings.append(Fault(code, "", None, {"pages": n_unseen}))
    if second.failed:
        found.warnings.append(Fault("wire.document.one-reader"))
    else:
        found.readers.append("pypdf")
    if n_scanned:
        found.readers.append("tesseract")
    return found


def lines_text(lines: Sequence[_Line]) -> str:
    """Returns the text of lines together."""
    return " ".join(line.text for line in lines)


def _opened(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InvalidInput(Fault("wire.document.password")) from error
        raise InvalidInput(
            Fault("wire.document.broken", "", None, {"detail": str(error)[:80]})
        ) from error


def _add(
    found: ReadText,
    lines: Sequence[_Line],
    doubted: Sequence[bool],
    scanned: list[ScanLine] | None,
    number: int,
) -> None:
    """Adds the lines of a page; those that the picture bears out are not doubted any more."""
    seen = None if scanned is None else Readings("\n".join(line.text for line in scanned))
    for line, is_doubted in zip(lines, doubted, strict=True):
        unsure = is_doubted
        if seen is not None:
            unsure = not seen.nearly_bear_out(line.text)
        found.add(line.text, "line", number, line.box_pt, doubtful=unsure, goes_on=line.goes_on)


class _Second:
    """The second reader. Where it fails, no line is borne out."""

    def __init__(self, content: bytes) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        self.failed = False
        self._reader: pypdf.PdfReader | None = None
        try:
            self._reader = pypdf.PdfReader(io.BytesIO(content))
        except Exception:  # noqa: BLE001 - whatever a stranger's file makes it stumble over
            self.failed = True

    def page(self, number: int) -> str:
        """The text of one page, counted from 0; nothing where it cannot be read."""
        if self._reader is None:
            return ""
        try:
            return self._reader.pages[number].extract_text()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - as above
            self.failed = True
            return ""


def _scanned(page: Any, languages: tuple[str, ...]) -> list[ScanLine] | None:
    if page.get_width() * page.get_height() * _SCALE**2 > PIXELS:
        return None
    return scan(page.render(scale=_SCALE, grayscale=True).to_pil(), languages)


def _has_picture(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _lines_of(page: Any) -> list[_Line]:
    """The lines of a page in the order in which the file draws them."""
    groups = list(glyph_lines(page))
    turned = page.get_rotation() != 0
    texts = ["".join(glyph.text for glyph in group.glyphs) for group in groups]
    boxes = [group.box_pt for group in groups]
    whole_leans = leans_right("".join(texts))
    lines: list[_Line] = []
    before: _Line | None = None
    for group, text, box in zip(groups, texts, boxes, strict=True):
        leaning = leans_right(text) or (whole_leans and not _has_latin(text))
        goes_on = before is not None and _goes_on(before, box, boxes, leaning=leaning)
        askew = turned or group.askew
        # What stands across the page is left in the order in which it was drawn.
        said = text
        if not askew:
            said = read_line(group.glyphs, group.size_pt, right_to_left=leaning, goes_on=goes_on)
        if said.strip():
            before = _Line(said.strip(), box, goes_on, askew)
            lines.append(before)
    return lines


def _has_latin(text: str) -> bool:
    return any(letter.isalpha() and letter < "\u0250" for letter in text)


def _goes_on(before: _Line, box: Box, boxes: Sequence[Box], *, leaning: bool) -> bool:
    """Whether a line goes on the paragraph of the one before: close below a line that was full."""
    height_pt = max(before.box_pt[3] - before.box_pt[1], 1.0)
    gap_pt = before.box_pt[1] - box[3]
    if not -height_pt < gap_pt < _PARAGRAPH_GAP * height_pt:
        return False
    if leans_right(before.text) != leaning:
        return False
    beside = [each for each in boxes if each[0] < box[2] and each[2] > box[0]]
    left, right = min(each[0] for each in beside), max(each[2] for each in beside)
    return before.width_pt >= _FULL * (right - left)
