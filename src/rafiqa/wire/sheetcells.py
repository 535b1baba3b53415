"""Sheet cells: the columns of a sheet that is written plainly, taken from its bytes all at once.

Every tag is looked at together, in columns of numbers, and has to stand in the one order in which
programs write rows of values. What is written in any other way is left to the readers that go
from element to element (``rafiqa.wire.sheetxml`` and python-calamine): here nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from rafiqa.wire.limit import Limits
from rafiqa.wire.markup import check_markup
from rafiqa.wire.sheetstyle import day_of
from rafiqa.wire.sheettext import NotPlain, TextReader
from rafiqa.wire.sheetxml import DIGITS_MOST, LETTERS_MOST, OTHER_ENCODING, refuse_too_many

_BLANK_BEGINS = np.isin(np.arange(256), (0xC2, 0xE1, 0xE2, 0xE3))
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_ROW_CLOSE = b"</row>"
_BEHIND = len(b"</sheetData></worksheet>")
"""What stands behind the rows at least: looking ahead stays within the bytes."""
_PIECE_BYTES = 1 << 18
_ROW_TAG = re.compile(rb'row r="[0-9]+"(?: [A-Za-z0-9:]+="[^"<>&]*")*/?')
_NAMED = re.compile(rb' ([A-Za-z0-9:]+)="')

Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Signs = npt.NDArray[np.uint8]
Columns = list[list[object]]

# The tags of a plain sheet, by what begins them.
_CELL, _CELL_END, _VALUE, _VALUE_END, _INLINE, _INLINE_END = 1, 2, 3, 4, 5, 6
_TEXT, _KEPT, _TEXT_END, _ROW, _ROW_END, _CELL_EMPTY, _ROW_EMPTY = 7, 8, 9, 10, 11, 12, 13
_BEGINS: Final = (
    (b'c r="', _CELL),
    (b"/c>", _CELL_END),
    (b"v>", _VALUE),
    (b"/v>", _VALUE_END),
    (b"is>", _INLINE),
    (b"/is>", _INLINE_END),
    (b"t>", _TEXT),
    (b"t xml:sp", _KEPT),
    (b"/t>", _TEXT_END),
    (b'row r="', _ROW),
    (b"/row>", _ROW_END),
)
_KEPT_TAG = b't xml:space="preserve">'
_NEXT: Final = {
    _ROW: (_CELL, _CELL_EMPTY, _ROW_END),
    _ROW_EMPTY: (_ROW, _ROW_EMPTY),
    _CELL: (_VALUE, _INLINE, _CELL_END),
    _CELL_EMPTY: (_CELL, _CELL_EMPTY, _ROW_END),
    _VALUE: (_VALUE_END,),
    _VALUE_END: (_CELL_END,),
    _INLINE: (_TEXT, _KEPT),
    _TEXT: (_TEXT_END,),
    _KEPT: (_TEXT_END,),
    _TEXT_END: (_INLINE_END,),
    _INLINE_END: (_CELL_END,),
    _CELL_END: (_CELL, _CELL_EMPTY, _ROW_END),
    _ROW_END: (_ROW, _ROW_EMPTY),
}
_ALLOWED = np.zeros(256, dtype=np.bool_)
"""By 16 times the one tag and the next."""
for _before, _afters in _NEXT.items():
    _ALLOWED[[16 * _before + _after for _after in _afters]] = True
_OF_TWO = np.zeros(1 << 16, dtype=np.uint8)
"""What a tag may be, by its first two letters."""
_MASKS, _WANTED = np.zeros(14, dtype=np.uint64), np.zeros(14, dtype=np.uint64)
"""Of each kind of tag the letters that it has to have, of its first eight."""
for _letters, _code in _BEGINS:
    _OF_TWO[int.from_bytes(_letters[:2], "little")] = _code
    _MASKS[_code] = (1 << 8 * len(_letters)) - 1
    _WANTED[_code] = int.from_bytes(_letters, "little")
_PLAIN, _NUMBER, _SHARED, _TEXTUAL = 0, 1, 2, 3
"""How a cell says of what type it is: not at all, a number, a shared text, a text of its own."""


@dataclass(frozen=True, slots=True)
class SheetParts:
    """What stands beside a sheet in its workbook, read where a cell asks for it.

    Attributes:
        texts: the shared texts in order; None where they are not plainly written.
        styles: for each style whether it shows a number as a day; None of one that is neither
            plainly a day nor plainly a number; empty where nothing is known.
    """

    texts: Callable[[], Sequence[str] | None]
    styles: Callable[[], Sequence[bool | None]]


@dataclass(slots=True)
class _Laid:
    """The columns so far, how long they are, and the rows, columns and cells that were met."""

    columns: Columns
    height: int = 0
    last_row: int = 0
    last_column: int = 0
    n_cells: int = 0


@dataclass(frozen=True, slots=True)
class _Tags:
    """The tags of some rows: the bytes, eight from each on, where each tag is, and which."""

    body: bytes
    signs: Signs
    words: Words
    opens: Places
    closes: Places
    codes: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells: which tag, where on the sheet, their style, their type."""

    tags: Places
    rows: Places
    columns: Places
    styles: Places
    types: npt.NDArray[np.uint8]


def plain_columns(data: bytes, parts: SheetParts, limits: Limits) -> Columns | None:
    """Returns a sheet's columns from its first row on; None where it has to be read otherwise.

    All columns are as long as the last row that says anything. Days are ISO texts, whole numbers
    are such, nothing is None.

    Args:
        data: the sheet's XML.
        parts: what stands beside it.
        limits: what it may hold.

    Raises:
        InvalidInput: ``wire.limit.cells``, ``wire.xml.*``.
    """
    try:
        start, end = _rows_of(data)
        laid = _Laid([])
        # A piece at a time stays in the processor's cache, and needs no memory of its own.
        while start < end:
            cut = data.find(_ROW_CLOSE, start + _PIECE_BYTES, end)
            stop = end if cut < 0 else cut + len(_ROW_CLOSE)
            _take(laid, data, (start, stop), parts, limits)
            start = stop
        _ask(laid.columns)
    except NotPlain:
        return None
    return laid.columns


def _ask(there: object) -> None:
    if not there:
        raise NotPlain


def _rows_of(data: bytes) -> tuple[int, int]:
    """Returns where the rows of a sheet begin and end; what stands around them is looked at."""
    start = data.find(_OPEN) + len(_OPEN)
    end = data.find(_CLOSE, start)
    _ask(len(_OPEN) <= start < end <= len(data) - _BEHIND)
    around = data[:start] + data[end:]
    _ask(around.startswith(b"<") and not OTHER_ENCODING.match(around))
    _ask(around.count(b"sheetData") == len((_OPEN, _CLOSE)))
    _ask(b"<!" not in around and b"mergeCell" not in around)
    _ask(data.isascii() or not any(sign in data for sign in (b"\xef\xbf\xbe", b"\xef\xbf\xbf")))
    check_markup(around)
    return start, end


def _take(
    laid: _Laid, data: bytes, span: tuple[int, int], parts: SheetParts, limits: Limits
) -> None:
    """Adds the rows of a piece to the columns."""
    tags = _tags(data, span)
    cells = _cells(tags, laid, limits)
    if cells is not None:
        _add(laid, tags, cells, parts)


def _tags(data: bytes, span: tuple[int, int]) -> _Tags:
    start, stop = span
    n = stop - start
    signs = np.frombuffer(data, np.uint8, n + _BEHIND, start)
    low = signs[:n] < ord(" ")
    if bool(low.any()):
        _ask(np.isin(signs[:n][low], list(b"\t\n")).all())
    # "_x000D_" and its like are escapes of spreadsheets.
    _ask((signs[np.flatnonzero(signs[:n] == ord("_")) + 1] != ord("x")).all())
    opens, closes = np.flatnonzero(signs[:n] == ord("<")), np.flatnonzero(signs[:n] == ord(">"))
    _ask(len(opens) and len(opens) == len(closes))
    _ask(opens[0] == 0 and closes[-1] == n - 1)
    gaps = opens[1:] - closes[:-1]
    _ask((closes > opens).all() and (gaps > 0).all())
    words: Words = np.ndarray((n + _BEHIND - 7,), np.dtype("<u8"), data, start, (1,))
    codes = _codes(signs, words, opens, closes)
    _ask(_ALLOWED[codes[:-1] * 16 + codes[1:]].all())
    _ask(codes[0] in {_ROW, _ROW_EMPTY} and codes[-1] in {_ROW_END, _ROW_EMPTY})
    said = (codes == _VALUE) | (codes == _TEXT) | (codes == _KEPT)
    _ask(((gaps == 1) | said[:-1]).all())
    return _Tags(data[start:stop], signs, words, opens, closes, codes)


def _codes(signs: Signs, words: Words, opens: Places, closes: Places) -> npt.NDArray[np.uint8]:
    """Returns what each tag is; 0, which nothing may follow, where it is none of a plain sheet."""
    begins = words[opens + 1]
    codes = _OF_TWO[(begins & np.uint64(0xFFFF)).astype(np.uint16)]
    _ask(((begins & _MASKS[codes]) == _WANTED[codes]).all())
    kept = np.flatnonzero(codes == _KEPT)
    if len(kept):
        _ask((closes[kept] - opens[kept] == len(_KEPT_TAG)).all())
        for offset in (8, 15):
            wanted = np.uint64(int.from_bytes(_KEPT_TAG[offset : offset + 8], "little"))
            _ask((words[opens[kept] + 1 + offset] == wanted).all())
    # A tag with more than its name ends where it says.
    empty = signs[closes - 1] == ord("/")
    codes[empty & (codes == _CELL)] = _CELL_EMPTY
    codes[empty & (codes == _ROW)] = _ROW_EMPTY
    return codes


def _cells(tags: _Tags, laid: _Laid, limits: Limits) -> _Cells | None:
    which = np.flatnonzero((tags.codes == _CELL) | (tags.codes == _CELL_EMPTY))
    rows, columns, place = _places(tags, which, laid)
    laid.n_cells += len(which)
    if not len(which):
        return None
    laid.last_column = max(laid.last_column, int(columns.max()))
    refuse_too_many(laid.n_cells, (int(rows[-1]), laid.last_column), limits.sheet_cells)
    styles = np.full(len(which), -1, dtype=np.int64)
    styled = _begins(tags, place, b' s="')
    if bool(styled.any()):
        at = np.flatnonzero(styled)
        styles[at], ends = _number(tags.signs, place[at] + 4, (ord("0"), 10), 5)
        _ask((ends > place[at] + 4).all() and (tags.signs[ends] == ord('"')).all())
        place[at] = ends + 1
    types = np.full(len(which), _PLAIN, dtype=np.uint8)
    typed = _begins(tags, place, b' t="')
    left = int(typed.sum())
    for letters, code in ((b' t="n"', _NUMBER), (b' t="s"', _SHARED), (b' t="inli', _TEXTUAL)):
        at = np.flatnonzero(typed & _begins(tags, place, letters)) if left else place[:0]
        if code == _TEXTUAL and len(at):
            rest = np.uint64(int.from_bytes(b'lineStr"', "little"))
            _ask((tags.words[place[at] + 6] == rest).all())
        types[at] = code
        place[at] += len(b' t="inlineStr"') if code == _TEXTUAL else len(letters)
        left -= len(at)
    _ask(left == 0)
    ends = tags.closes[which] - (tags.codes[which] == _CELL_EMPTY)
    _ask((place == ends).all())
    return _Cells(which, rows, columns, styles, types)


def _places(tags: _Tags, which: Places, laid: _Laid) -> tuple[Places, Places, Places]:
    """Returns the row and the column of each cell, and where its reference ends."""
    lines = np.flatnonzero((tags.codes == _ROW) | (tags.codes == _ROW_EMPTY))
    starts = tags.opens[lines] + len(b'<row r="')
    numbers, ends = _number(tags.signs, starts, (ord("0"), 10), DIGITS_MOST)
    n_digits = ends - starts
    _ask((n_digits > 0).all() and (tags.signs[ends] == ord('"')).all())
    _ask(numbers[0] > laid.last_row)
    laid.last_row = int(numbers[-1])
    _ask((np.diff(numbers) > 0).all() and (tags.signs[starts] != ord("0")).all())
    longer = np.flatnonzero(ends + 1 != tags.closes[lines])
    for begin, end in zip(
        (tags.opens[lines[longer]] + 1).tolist(), tags.closes[lines[longer]].tolist(), strict=True
    ):
        _ask(_ROW_TAG.fullmatch(tags.body, begin, end))
        # What names one attribute twice is no XML.
        names = _NAMED.findall(tags.body, begin, end)
        _ask(len(set(names)) == len(names))
    n_cells = np.diff(np.searchsorted(which, lines), append=len(which))
    line = np.repeat(np.arange(len(lines)), n_cells)
    columns, place = _number(
        tags.signs, tags.opens[which] + len(b'<c r="'), (ord("A"), 26), LETTERS_MOST
    )
    _ask((columns > 0).all())
    # The digits of a cell are those of its row, up to the quote.
    mask = (np.uint64(1) << (8 * (n_digits + 1)).astype(np.uint64)) - np.uint64(1)
    mask[n_digits == DIGITS_MOST] = np.uint64(0xFFFFFFFFFFFFFFFF)
    _ask(((tags.words[place] & mask[line]) == (tags.words[starts] & mask)[line]).all())
    rows: Places = numbers[line]
    _ask((np.diff(rows * 32_768 + columns) > 0).all())
    return rows, columns, place + n_digits[line] + 1


def _begins(tags: _Tags, place: Places, letters: bytes) -> npt.NDArray[np.bool_]:
    mask = np.uint64((1 << 8 * len(letters)) - 1)
    wanted = np.uint64(int.from_bytes(letters, "little"))
    found: npt.NDArray[np.bool_] = (tags.words[place] & mask) == wanted
    return found


def _number(
    signs: Signs, place: Places, alphabet: tuple[int, int], most: int
) -> tuple[Places, Places]:
    """Returns the numbers written from each place on, and where they end.

    Letters count from one (A is 1), digits from nothing.
    """
    zero, base = alphabet
    lift = 1 if zero == ord("A") else 0
    number, place = np.zeros(len(place), dtype=np.int64), place.copy()
    for _ in range(most):
        digit = signs[place] - np.uint8(zero)
        there = digit < base
        if not bool(there.any()):
            break
        if bool(there.all()):
            number = number * base + digit + lift
            place += 1
        else:
            number = np.where(there, number * base + digit + lift, number)
            place += there
    return number, place


def _add(laid: _Laid, tags: _Tags, cells: _Cells, parts: SheetParts) -> None:
    after = tags.codes[cells.tags + 1]
    inside = tags.codes[cells.tags] == _CELL
    valued, inline = inside & (after == _VALUE), inside & (after == _INLINE)
    _ask((cells.types[inline] == _TEXTUAL).all() and (cells.types[valued] != _TEXTUAL).all())
    said = np.flatnonzero(valued | inline)
    if not len(said):
        return
    tag = cells.tags[said] + 1 + inline[said]
    starts, ends = tags.closes[tag] + 1, tags.opens[tag + 1]
    _ask((starts < ends)[valued[said]].all())
    _ask_edges(tags, tag, starts, ends)
    text = TextReader.of(tags.body)
    if text is None:
        raise NotPlain
    kinds = np.where(inline, _TEXTUAL, np.where(cells.types == _SHARED, _SHARED, _NUMBER))[said]
    rows, columns, styles = cells.rows[said], cells.columns[said], cells.styles[said]
    order = np.argsort(columns.astype(np.int16), kind="stable")
    height, width = int(rows[-1]), max(len(laid.columns), int(columns.max()))
    laid.columns += [[None] * laid.height for _ in range(len(laid.columns), width)]
    bounds = np.searchsorted(columns[order], np.arange(1, width + 2)).tolist()
    for column, first, last in zip(laid.columns, bounds[:-1], bounds[1:], strict=True):
        at = order[first:last]
        values = _values(text, (starts[at], ends[at]), kinds[at], styles[at], parts)
        column.extend(_laid_out(values, rows[at] - laid.height - 1, height - laid.height))
    laid.height = height


def _ask_edges(tags: _Tags, tag: Places, starts: Places, ends: Places) -> None:
    """Asks that no text begins or ends with a blank that a reader might take away.

    Blanks beyond ASCII begin with one of four bytes: texts that begin or end with a letter of
    those blocks are left to other readers, few as they are.
    """
    loose = (tags.codes[tag] == _TEXT) & (starts < ends)
    first, behind = starts[loose], ends[loose]
    _ask((tags.signs[first] > ord(" ")).all() and (tags.signs[behind - 1] > ord(" ")).all())
    if not tags.body.isascii():
        # Before a text stand at least the three bytes of its tag.
        blank = _BLANK_BEGINS[tags.signs[first]]
        blank |= _BLANK_BEGINS[tags.signs[behind - 2]] | _BLANK_BEGINS[tags.signs[behind - 3]]
        _ask(not blank.any())


def _laid_out(values: list[object], rows: Places, n_rows: int) -> list[object]:
    if len(values) == n_rows:
        return values
    column: list[object] = [None] * n_rows
    for row, value in zip(rows.tolist(), values, strict=True):
        column[row] = value
    return column


def _values(
    text: TextReader,
    spans: tuple[Places, Places],
    kinds: npt.NDArray[np.int64],
    styles: Places,
    parts: SheetParts,
) -> list[object]:
    """Returns the values of the cells of one column, in the order of its rows."""
    if not len(kinds):
        return []
    alike = bool((kinds == kinds[0]).all())
    if alike:
        return _alike(text, spans, int(kinds[0]), styles, parts)
    values: list[object] = [None] * len(kinds)
    for kind in np.unique(kinds).tolist():
        at = np.flatnonzero(kinds == kind)
        some = _alike(text, (spans[0][at], spans[1][at]), kind, styles[at], parts)
        for index, value in zip(at.tolist(), some, strict=True):
            values[index] = value
    return values


def _alike(
    text: TextReader,
    spans: tuple[Places, Places],
    kind: int,
    styles: Places,
    parts: SheetParts,
) -> list[object]:
    if kind == _TEXTUAL:
        texts = text.texts(*spans)
        return [each or None for each in texts] if "" in texts else list(texts)
    if kind == _SHARED:
        return _shared(text.indices(*spans), parts.texts())
    numbers = text.numbers(*spans)
    if numbers is None:
        raise NotPlain
    return _shown(numbers, styles, parts)


def _shared(numbers: list[int] | None, texts: Sequence[str] | None) -> list[object]:
    if numbers is None or texts is None or max(numbers) >= len(texts):
        raise NotPlain
    return [texts[number] or None for number in numbers]


def _shown(numbers: list[float], styles: Places, parts: SheetParts) -> list[object]:
    """Returns numbers as their styles show them: days as ISO texts, whole numbers as such."""
    used = np.unique(styles).tolist()
    shows: dict[int, bool | None] = {-1: False}
    if used != [-1]:
        known = parts.styles()
        _ask(used[-1] < len(known))
        shows |= {style: known[style] for style in used if style >= 0}
    _ask(None not in shows.values())
    if not any(shows.values()):
        return _whole(numbers)
    made: list[object] = []
    for number, style in zip(numbers, styles.tolist(), strict=True):
        day = day_of(number) if shows[style] else None
        _ask(not shows[style] or day is not None)
        made.append(day if shows[style] else _whole([number])[0])
    return made


def _whole(numbers: list[float]) -> list[object]:
    if not any(map(float.is_integer, numbers)):
        return list(numbers)
    return [int(each) if each.is_integer() and abs(each) < 2**53 else each for each in numbers]
