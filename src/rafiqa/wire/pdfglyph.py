"""The glyphs of a PDF's page with what each says, and the lines that they stand in.

One letter may be several glyphs: a font may draw its dots and vowel signs apart, each of which says
the whole letter again. What a run of glyphs says may stand beside it (ISO 32000-2, 14.9.4, actual
text), and is then taken instead.
"""

from __future__ import annotations

import ctypes
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from rafiqa.wire.visualline import Glyph, leans_right

Box = tuple[float, float, float, float]
DEPTH_MOST: Final = 6
"""Forms within one another that are looked into."""
GLYPHS_MOST: Final = 100_000
"""Of one page; a page of small print has some ten thousand."""
_ACTUAL: Final = b"ActualText"
_ACTUAL_BYTES: Final = 4_096
_FIRST: Final = frozenset("\x00\x01\x06\x07\xfb\xfe")
"""First bytes of the letters of Latin and Arabic in UTF-16."""
_BESIDE: Final = frozenset("\x02\x03\x04\x05\x08\x1e\x20\x21\x22\x25")
_SAME_LINE: Final = 0.5
_COLUMN_GAP: Final = 3.5
_TURNED: Final = 0.05


@dataclass(frozen=True, slots=True)
class GlyphLine:
    """Glyphs that stand in one line, how high its letters are, whether it runs across the page."""

    glyphs: tuple[Glyph, ...]
    size_pt: float
    askew: bool

    @property
    def box_pt(self) -> Box:
        """Their box on the page, in points."""
        return box_of(self.glyphs)


@dataclass(slots=True)
class _Char:
    """One character as PDFium tells it, with the tight box and the one of its line."""

    text: str
    tight: Box
    loose: Box


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """Returns the box around glyphs, in points."""
    return (
        round(min(glyph.left_pt for glyph in glyphs), 1),
        round(min(glyph.bottom_pt for glyph in glyphs), 1),
        round(max(glyph.right_pt for glyph in glyphs), 1),
        round(max(glyph.top_pt for glyph in glyphs), 1),
    )


def glyph_lines(page: Any) -> Iterator[GlyphLine]:
    """Yields the lines of a page in the order in which the file draws them.

    Args:
        page: of PDFium.
    """
    textpage = page.get_textpage()
    try:
        drawn = _drawn(page, textpage)
        for glyphs, line in _grouped(drawn):
            for part in _parted(_once(glyphs), line.size_pt):
                if not any(glyph.text.strip() for glyph in part):
                    continue
                yield GlyphLine(tuple(part), line.size_pt, line.askew)
    finally:
        textpage.close()


@dataclass(frozen=True, slots=True)
class _Piece:
    """The glyphs of one text object, where their line lies, how high their letters are."""

    glyphs: list[Glyph]
    baseline_pt: float
    size_pt: float
    askew: bool


def _drawn(page: Any, textpage: Any) -> Iterator[_Piece]:
    """Yields the glyphs of each text object, in the order in which the file draws them."""
    chars = _chars_by_object(textpage.raw)
    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    n_glyphs = 0
    for object_ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=DEPTH_MOST):
        raw = object_.raw
        own = chars.get(ctypes.addressof(raw.contents), [])
        glyphs = _glyphs_of(raw, own, _actual_text(raw))
        n_glyphs += len(glyphs)
        if n_glyphs > GLYPHS_MOST:
            return
        if not glyphs or not pdfium.FPDFPageObj_GetMatrix(raw, matrix):
            continue
        pdfium.FPDFTextObj_GetFontSize(raw, size)
        size_pt = abs(size.value) * math.hypot(matrix.c, matrix.d)
        across = abs(matrix.b) > _TURNED * max(abs(matrix.a), abs(matrix.b), 1e-9)
        box = box_of(glyphs)
        within = box[1] - size_pt <= matrix.f <= box[3] + size_pt
        # Of a form within the page the place is the form's own: the box is the page's.
        baseline_pt = matrix.f if within else box[1]
        yield _Piece(glyphs, baseline_pt, size_pt or box[3] - box[1], across)


def _glyphs_of(raw: Any, own: list[_Char], said: str | None) -> list[Glyph]:
    if said is None:
        return [_glyph(run) for run in _runs(own)]
    if not said.strip():
        return []
    box = _bounds(raw)
    if box is None:
        return []
    low = min((char.loose[1] for char in own), default=box[1])
    high = max((char.loose[3] for char in own), default=box[3])
    return [Glyph(said.strip(), box[0], min(low, box[1]), box[2], max(high, box[3]))]


def _runs(chars: Sequence[_Char]) -> Iterator[list[_Char]]:
    """Yields the characters of each glyph: those that stand in one and the same place."""
    run: list[_Char] = []
    for char in chars:
        if run and (char.tight != run[-1].tight or not char.text.strip()):
            yield run
            run = []
        run.append(char)
    if run:
        yield run


def _glyph(run: Sequence[_Char]) -> Glyph:
    tight, loose = run[0].tight, run[0].loose
    text = "".join(char.text for char in run)
    if not text.strip():
        return Glyph(" ", *tight)
    if len(run) > 1 and leans_right(text):
        # PDFium turns a run of such letters round, and with it those of one glyph.
        text = text[::-1]
    # What a glyph takes up reaches from the one before to the next; its ink does not.
    return Glyph(text, *_around(tight, loose))


def _chars_by_object(raw: Any) -> dict[int, list[_Char]]:
    """The characters of a page by the object that draws them."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = pdfium.FS_RECTF()
    found: dict[int, list[_Char]] = {}
    for at in range(min(pdfium.FPDFText_CountChars(raw), GLYPHS_MOST)):
        object_ = pdfium.FPDFText_GetTextObject(raw, at)
        code = pdfium.FPDFText_GetUnicode(raw, at)
        if not object_ or pdfium.FPDFText_IsGenerated(raw, at) == 1 or code == 0:
            continue
        readable = code < 0x110000 and not 0xD800 <= code < 0xE000
        pdfium.FPDFText_GetCharBox(raw, at, left, right, bottom, top)
        pdfium.FPDFText_GetLooseCharBox(raw, at, loose)
        tight = (left.value, bottom.value, right.value, top.value)
        line = (loose.left, loose.bottom, loose.right, loose.top)
        char = _Char(chr(code) if readable else "\ufffd", tight, line)
        found.setdefault(ctypes.addressof(object_.contents), []).append(char)
    return found


def _actual_text(raw: Any) -> str | None:
    """What stands beside an object as what it says; None where nothing does."""
    buffer = ctypes.create_string_buffer(_ACTUAL_BYTES)
    length = ctypes.c_ulong()
    pointer = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    for at in range(pdfium.FPDFPageObj_CountMarks(raw)):
        mark = pdfium.FPDFPageObj_GetMark(raw, at)
        got = pdfium.FPDFPageObjMark_GetParamStringValue(
            mark, _ACTUAL, pointer, _ACTUAL_BYTES, ctypes.byref(length)
        )
        if got and 2 <= length.value <= _ACTUAL_BYTES:
            told = buffer.raw[: length.value].decode("utf-16-le", "replace")
            return _rejoined(told.removesuffix("\x00"))
    return None


def _rejoined(told: str) -> str:
    """A text string as the file has it: PDFium gives each byte of a UTF-16 one by itself.

    The mark that tells the two encodings apart is lost on the way. Which it was is told by the
    first byte of each pair, which is that of a block of letters.
    """
    if not told or len(told) % 2 or max(told) > "\xff":
        return told
    first = set(told[::2])
    if first & _FIRST and first <= _FIRST | _BESIDE:
        return told.encode("latin-1").decode("utf-16-be", "replace")
    return told


def _bounds(raw: Any) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(raw, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _grouped(drawn: Iterator[_Piece]) -> Iterator[tuple[list[Glyph], _Piece]]:
    """Yields the glyphs of one line after another: those that follow on one another in it.

    Dots and marks lie a little above or below the line, less than half of a letter's height; the
    next line lies further.
    """
    held: list[Glyph] = []
    line: _Piece | None = None
    for piece in drawn:
        if not any(glyph.text.strip() for glyph in piece.glyphs):
            # A space opens no line of its own.
            if line is not None and _is_beside(line, piece):
                held += piece.glyphs
            continue
        if line is not None and (piece.askew != line.askew or not _is_beside(line, piece)):
            yield held, line
            held, line = [], None
        held += piece.glyphs
        # The longest piece says best where the line lies.
        if line is None or len(piece.glyphs) > len(line.glyphs):
            line = piece
    if line is not None:
        yield held, line


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _is_beside(line: _Piece, piece: _Piece) -> bool:
    reach_pt = _SAME_LINE * max(line.size_pt, piece.size_pt)
    return abs(line.baseline_pt - piece.baseline_pt) < reach_pt


def _once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs without those that say over again what another in the same place says."""
    kept: list[Glyph] = []
    by_left: list[float] = []
    # The longest text first, of those alike the widest: what a letter's dots say is left.
    order = sorted(glyphs, key=lambda each: (-len(each.text), each.left_pt - each.right_pt))
    widest_pt = max((each.right_pt - each.left_pt for each in glyphs), default=0.0)
    for glyph in order:
        first = bisect_left(by_left, glyph.middle_pt - widest_pt)
        last = bisect_right(by_left, glyph.middle_pt)
        if any(
            glyph.text in other.text and glyph.middle_pt <= other.right_pt
            for other in kept[first:last]
        ):
            continue
        at = bisect_right(by_left, glyph.left_pt)
        by_left.insert(at, glyph.left_pt)
        kept.insert(at, glyph)
    return kept


def _parted(glyphs: Sequence[Glyph], size_pt: float) -> Iterator[list[Glyph]]:
    """Yields the parts of a line that a wide gap parts: cells of a row, columns."""
    ordered = sorted(glyphs, key=lambda glyph: glyph.left_pt)
    if not ordered:
        return
    wide_pt = _COLUMN_GAP * max(size_pt, 0.1)
    parts: list[list[Glyph]] = [[]]
    until_pt = ordered[0].right_pt
    for glyph in ordered:
        if glyph.left_pt - until_pt > wide_pt:
            parts.append([])
        parts[-1].append(glyph)
        until_pt = max(until_pt, glyph.right_pt)
    leans = sum(glyph.text[:1] > "\u0590" for glyph in ordered) * 2 > len(ordered)
    yield from reversed(parts) if leans else parts
