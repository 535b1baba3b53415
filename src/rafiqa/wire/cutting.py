"""A filled form without some of its answers, and otherwise as it came.

What is left is a form of the same shape under the same id, its cut answers empty. Of a form from
which something was cut also the name that the phone gave it goes, which is often made of answers,
and whatever nobody reads: attributes, keys beside the answers, keys beside a place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from rafiqa.errors import InvalidInput
from rafiqa.wire.filled import JSON_DEPTH, NAME_LETTERS, NO_WORD, Filled, is_place, plain_text
from rafiqa.wire.markup import run_parser, strict_parser
from rafiqa.wire.strictjson import Digits, verbatim_json

Cut = Callable[[tuple[str, ...]], bool]
"""Says of an answer's path, its groups and name, whether it is cut."""
_NAMED_BY_PHONE: Final = ("meta", "instancename")
_PLACE_KEYS: Final = frozenset({"type", "coordinates", "geometries", "bbox"})
"""Keys of a geometry (RFC 7946)."""
_READ_KEYS: Final = frozenset(
    {"form_id", "form_version", "values", "number", "replaces", "told_at", "attachments"}
)
_ROOT_ATTRIBUTES: Final = frozenset({"id", "version", "instanceID"})


def cut_by_name(shut: Collection[str]) -> Cut:
    """Returns what cuts answers of some names and all within groups of these names, at any depth.

    Small and capital letters are the same: a form made elsewhere writes them as it likes.
    """
    names = frozenset(name.casefold() for name in shut)
    return lambda path: any(name.casefold() in names for name in path)


def _with_name(cut: Cut) -> Cut:
    """What cuts also the name that the phone made for the form."""
    return lambda path: tuple(map(str.casefold, path[-2:])) == _NAMED_BY_PHONE or cut(path)


@dataclass(slots=True)
class _Writing:
    """An XML document written again, element by element."""

    cut: Cut
    out: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    leaf: bool = False
    n_cut: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush(inner=True)
        is_root = not self.path
        self.path.append(name.rpartition(":")[2][:NAME_LETTERS])
        left = {
            key: value
            for key, value in attributes.items()
            if key.split(":")[0] == "xmlns" or (is_root and key in _ROOT_ATTRIBUTES)
        }
        if len(left) < len(attributes) and self.path[1:] and self.cut(tuple(self.path[1:])):
            self.n_cut += 1
        told = "".join(f" {key}={quoteattr(value)}" for key, value in left.items())
        self.out.append(f"<{name}{told}>")
        self.leaf = True

    def end(self, name: str) -> None:
        self._flush(inner=not self.leaf)
        self.out.append(f"</{name}>")
        self.path.pop()
        self.leaf = False

    def text(self, words: str) -> None:
        self.words.append(words)

    def _flush(self, *, inner: bool) -> None:
        words = "".join(self.words)
        self.words.clear()
        path = tuple(self.path[1:])
        # Words beside elements are no answer that anybody reads; in a cut group they go too.
        if words.strip() and path and self.cut(path):
            self.n_cut += 1
            return
        if words.strip() or not inner:
            # A bare carriage return would be read as another line's end.
            self.out.append(escape(words, {"\r": "&#13;"}))


def cut_xml(content: bytes, cut: Cut) -> tuple[str, int]:
    """Returns an XML instance without some answers, as text, and how many it had of them.

    Raises:
        InvalidInput: it is no plain XML.
    """
    text, n_cut = _written_again(content, cut)
    return (_written_again(content, _with_name(cut))[0] if n_cut else text), n_cut


def _written_again(content: bytes, cut: Cut) -> tuple[str, int]:
    writing = _Writing(cut)
    parser = strict_parser()
    parser.buffer_text = True
    parser.StartElementHandler = writing.start
    parser.EndElementHandler = writing.end
    parser.CharacterDataHandler = writing.text
    run_parser(parser, content)
    return "".join(writing.out), writing.n_cut


def cut_json(content: bytes, cut: Cut) -> tuple[str, int]:
    """Returns a JSON submission without some answers, as text, and how many it had of them.

    Numbers stand as they were written, and so do halves of letters: as escapes.

    Raises:
        InvalidInput: it is no strict JSON.
    """
    sent: Any = verbatim_json(content, levels=JSON_DEPTH)
    left, n_cut = _without(sent, cut)
    if n_cut:
        left, _ = _without(
            {key: value for key, value in sent.items() if key in _READ_KEYS}, _with_name(cut)
        )
    return "".join(_told(left)), n_cut


def _without(sent: dict[str, Any], cut: Cut) -> tuple[dict[str, Any], int]:
    pruning = _Pruning(cut)
    left: dict[str, Any] = {}
    for key, value in sent.items():
        if key == "values" or key not in _READ_KEYS or key == "attachments":
            left[key] = pruning.kept(value, () if key == "values" else _names(key))
        elif isinstance(value, dict | list):
            # Nobody reads it (``filled_json``), whatever it says.
            pruning.n_cut += 1
            left[key] = NO_WORD if key == "form_id" else None
        else:
            left[key] = value
    return left, pruning.n_cut


def _names(name: str) -> tuple[str, ...]:
    """The names that a key stands for: with a slash in it it reads as groups and a name."""
    return tuple(name[:NAME_LETTERS].split("/"))


@dataclass(slots=True)
class _Pruning:
    """What is left of a JSON value, and how many answers were cut of it."""

    cut: Cut
    n_cut: int = 0

    def kept(self, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            # All answers together are a group, whatever they are called.
            if not path or not is_place(value):
                return {
                    name: self.kept(each, (*path, *_names(name))) for name, each in value.items()
                }
            if path and self.cut(path):
                self.n_cut += 1
                return None
            left = {
                name: self.kept(each, path) for name, each in value.items() if name in _PLACE_KEYS
            }
            # Keys beside a place are read by nobody: they stay behind, counted where they name.
            for name in value.keys() - left.keys():
                self.kept({name: value[name]}, ())
            return left
        # A list of objects is a group that was asked again, and stays as many; any other answers.
        if isinstance(value, list) and (
            not (path and self.cut(path))
            or all(isinstance(each, dict) and not is_place(each) for each in value)
        ):
            return [self.kept(each, path) for each in value]
        if not path or value in (None, "") or not self.cut(path):
            return value
        self.n_cut += 1
        return None


def _told(value: Any) -> Iterator[str]:
    """Yields a value as JSON, in pieces, that reads as what it was read from."""
    if isinstance(value, Digits):
        yield str(value)
    elif isinstance(value, str):
        yield _quoted(value)
    elif isinstance(value, dict):
        for number, (name, each) in enumerate(value.items()):
            yield f"{',' if number else '{'}{_quoted(name)}:"
            yield from _told(each)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield "," if number else "["
            yield from _told(each)
        yield "]" if value else "[]"
    else:
        yield json.dumps(value)


def _quoted(text: str) -> str:
    # Half of a letter can be written as an escape alone.
    return json.dumps(text, ensure_ascii=plain_text(text) != text)


def cut_as_meant(came: Filled, left: Filled, cut: Cut) -> bool:
    """Returns whether a form that was cut and read again says what it said, but for what was cut.

    Every uncut answer must be there, in its place and letter by letter; every cut one empty. Of an
    answer that is itself a list or a place the parts that were cut are left out on both sides.
    """
    cut = _with_name(cut)
    heads = (came.form_id, came.form_version, came.instance_id, came.replaces, came.awaits)
    if heads != (left.form_id, left.form_version, left.instance_id, left.replaces, left.awaits):
        return False
    # When it was told and its number may stand in what was cut.
    if left.told_at not in {came.told_at, None} or left.number not in {came.number, None}:
        return False
    before, after = list(came.placed()), list(left.placed())
    if len(before) != len(after):
        return False
    for (names, row, text), (names_left, row_left, text_left) in zip(before, after, strict=True):
        if (names, row) != (names_left, row_left) or not _same(names, text, text_left, cut):
            return False
    return True


def _same(names: tuple[str, ...], text: str, left: str, cut: Cut) -> bool:
    if cut(names):
        return not left
    if text == left:
        return True
    was, now = _inner(text), _inner(left)
    return was is not None and now is not None and bool(_Pruning(cut).kept(was, names) == now)


def without_answers(filled: Filled, cut: Cut) -> tuple[Filled, int]:
    """Returns what a form says but for some answers, and how many it had of them.

    They are left out, also where they stand within another answer, and with any of them the name
    that the phone gave the form.
    """
    left, n_cut = _pruned(filled, cut)
    return (_pruned(filled, _with_name(cut))[0] if n_cut else left), n_cut


def _pruned(filled: Filled, cut: Cut) -> tuple[Filled, int]:
    leaves, rows, n_cut = [], [], 0
    for number, (names, row, text) in enumerate(filled.placed()):
        left, n_within = _without_cut(names, text, cut)
        n_cut += n_within
        if not cut(names):
            leaves.append((filled.leaves[number][0], left))
            rows.append(row)
    return replace(filled, leaves=tuple(leaves), rows=tuple(rows) if filled.rows else ()), n_cut


def _without_cut(names: tuple[str, ...], text: str, cut: Cut) -> tuple[str, int]:
    """An answer's text without what is cut of it, and how many answers that were."""
    if cut(names):
        return "", int(bool(text))
    said = _inner(text)
    pruning = _Pruning(cut)
    left = None if said is None else pruning.kept(said, names)
    return (text, 0) if pruning.n_cut == 0 else ("".join(_told(left)), pruning.n_cut)


def _inner(text: str) -> Any:
    """What an answer says that is itself a list or a place; None of words."""
    if not text.startswith(("[", "{")):
        return None
    try:
        return verbatim_json(text.encode(), levels=JSON_DEPTH, odd=True)
    except InvalidInput:
        # Words that begin with a bracket.
        return None
