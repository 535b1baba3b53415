"""A line of a page as it is seen, and as it is read: glyphs by their places to text in order.

A PDF holds glyphs at places and says little of their order. In a line of Arabic the words go from
right to left, and within it numbers and Latin words from left to right. The order in which a line
is read is found from what is seen of it, by the rules that put it there, backwards (UAX 9, rules
W2, W4, W5, W7, N0, N1 and L2, of a paragraph without marks of embedding). Where two orders look
the same, a number beside a Latin word is read with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_RIGHT: Final = frozenset({"R", "AL"})
_NUMBERS: Final = frozenset({"EN", "AN"})
_SPACE_SHARE: Final = 0.17
"""Of the size of the letters: a wider gap between two glyphs is a space, a narrower one none."""
_MARKS: Final = frozenset({"Mn", "Me"})
_OPENS: Final = "([{"
_SHUTS: Final = ")]}"
_PAIRS: Final = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"), ("‹", "›"))


@dataclass(frozen=True, slots=True)
class Glyph:
    """What one glyph shows, and its box on the page in points, from the lower left corner.

    ``text`` may be of several characters, in the order in which they are read.
    """

    text: str
    left_pt: float
    bottom_pt: float
    right_pt: float
    top_pt: float

    @property
    def middle_pt(self) -> float:
        """Its middle from left to right."""
        return (self.left_pt + self.right_pt) / 2


def read_line(
    glyphs: Sequence[Glyph], size_pt: float, *, right_to_left: bool, goes_on: bool = False
) -> str:
    """Returns the text of the glyphs of one line as it is read.

    Args:
        glyphs: of one line, in any order; a gap among them is a space although none is drawn.
        size_pt: how high its letters are.
        right_to_left: whether the paragraph is.
        goes_on: whether the line before belongs to the same paragraph.
    """
    ordered = sorted(glyphs, key=_from_left)
    seen = _spaced(ordered, size_pt)
    return read_seen(seen, right_to_left=right_to_left, goes_on=goes_on)


def read_seen(seen: Sequence[str], *, right_to_left: bool, goes_on: bool = False) -> str:
    """Returns the text of a line whose glyphs are given from left to right; as ``read_line``."""
    types = _resolved(seen, right_to_left=right_to_left, goes_on=goes_on)
    levels = [_level(type_, right_to_left=right_to_left) for type_ in types]
    order = _logical(levels)
    texts = [seen[at] for at in order]
    turned = [levels[at] % 2 == 1 for at in order]
    text = "".join(_mirrored(texts, turned))
    return unicodedata.normalize("NFC", text).strip()


def leans_right(text: str) -> bool:
    """Returns whether more letters of a text are read from right to left than the other way."""
    types = [unicodedata.bidirectional(letter) for letter in text]
    return sum(type_ in _RIGHT for type_ in types) > sum(type_ == "L" for type_ in types)


def _from_left(glyph: Glyph) -> tuple[float, float]:
    return glyph.middle_pt, glyph.left_pt


def _spaced(glyphs: Sequence[Glyph], size_pt: float) -> list[str]:
    """The texts of glyphs from left to right, with a space in each gap that is wide enough."""
    if not glyphs:
        return []
    texts: list[str] = []
    until_pt = glyphs[0].left_pt
    for glyph in glyphs:
        gap = glyph.left_pt - until_pt > _SPACE_SHARE * size_pt
        if texts and texts[-1] != " " and (gap or not glyph.text.strip()):
            texts.append(" ")
        if glyph.text.strip():
            texts.append(glyph.text)
            until_pt = max(until_pt, glyph.right_pt)
    return texts


def _type_of(text: str) -> str:
    """The bidirectional type of a glyph: of the first of its characters that is no mark."""
    for letter in text:
        if unicodedata.category(letter) not in _MARKS:
            return unicodedata.bidirectional(letter) or "ON"
    return "ON"


def _resolved(seen: Sequence[str], *, right_to_left: bool, goes_on: bool) -> list[str]:
    """The types of glyphs as seen: L, R, EN, AN, or ON where the paragraph's direction rules."""
    types = [_type_of(text) for text in seen]
    found = ["R" if type_ in _RIGHT else type_ for type_ in types]
    back = range(len(types) - 1, -1, -1) if right_to_left else range(len(types))
    strong = ("AL" if goes_on else "R") if right_to_left else "L"
    for at in back:
        if types[at] == "L" or types[at] in _RIGHT:
            strong = types[at]
        elif types[at] == "EN":
            found[at] = {"AL": "AN", "L": "L"}.get(strong, "EN")
    _join_separators(found)
    if right_to_left:
        _join_numbers(found)
    _join_neutrals(seen, found, right_to_left=right_to_left)
    return found


def _join_separators(found: list[str]) -> None:
    """Lets a single separator between two numbers be part of them (W4), and signs (W5)."""
    for at in range(1, len(found) - 1):
        before, after = found[at - 1], found[at + 1]
        if before != after or before not in {*_NUMBERS, "L"}:
            continue
        if found[at] == "CS" or (found[at] == "ES" and before != "AN"):
            found[at] = before
    for at, type_ in enumerate(found):
        beside = {found[each] for each in (at - 1, at + 1) if 0 <= each < len(found)}
        if type_ == "ET" and "EN" in beside:
            found[at] = "EN"


def _join_numbers(found: list[str]) -> None:
    """Lets a number to the right of a Latin word be read with it."""
    strong = "R"
    for at, type_ in enumerate(found):
        if type_ in {"L", "R"}:
            strong = type_
        elif type_ in _NUMBERS and strong == "L":
            found[at] = "L"


def _join_neutrals(seen: Sequence[str], found: list[str], *, right_to_left: bool) -> None:
    """Gives what has no direction that of its two neighbours, where they have the same (N1)."""
    known = {"L", "R", *_NUMBERS}
    start = 0
    while start < len(found):
        if found[start] in known:
            start += 1
            continue
        end = start
        while end < len(found) and found[end] not in known:
            end += 1
        ends = ["L" if found[at] == "L" else "R" for at in (start - 1, end) if 0 <= at < len(found)]
        whole = len(ends) == 2 and ends[0] == ends[1]
        way = ends[0] if whole else ("R" if right_to_left else "L")
        if way == "L" and right_to_left and not _stands_upright(seen, start, end):
            way = "R"
        found[start:end] = [way] * (end - start)
        start = end


def _stands_upright(seen: Sequence[str], start: int, end: int) -> bool:
    """Whether the brackets among some glyphs are those of a text from left to right (N0)."""
    for at in range(start, end):
        if seen[at] in _OPENS:
            after = next((text for text in seen[at + 1 :] if text in {*_OPENS, *_SHUTS}), "")
            if after not in _SHUTS or not after:
                return False
        elif seen[at] in _SHUTS:
            rest = (text for text in reversed(seen[:at]) if text in {*_OPENS, *_SHUTS})
            before = next(rest, "")
            if before not in _OPENS or not before:
                return False
    return True


def _level(type_: str, *, right_to_left: bool) -> int:
    if type_ == "R":
        return 1
    if type_ == "L":
        return 2 if right_to_left else 0
    return 2


def _logical(levels: Sequence[int]) -> list[int]:
    """The places of glyphs in the order in which they are read (L2, backwards)."""
    order = list(range(len(levels)))
    for level in (1, 2):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end
    return order


def _mirrored(texts: Sequence[str], turned: Sequence[bool]) -> list[str]:
    """The texts in order, brackets turned round where the file named them as they look.

    Files name them one way or the other, and PDFium some of each: in the order in which they are
    read, the first of two opens and the second shuts.
    """
    found = list(texts)
    for opens, shuts in _PAIRS:
        places = [
            at
            for at, (text, is_turned) in enumerate(zip(texts, turned, strict=True))
            if is_turned and text in {opens, shuts}
        ]
        if len(places) % 2 == 0:
            for number, at in enumerate(places):
                found[at] = shuts if number % 2 else opens
    return found
