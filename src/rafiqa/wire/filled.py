"""Filled: what a filled form says, read from its XML or its JSON, in one shape for both.

XML comes from phones outside, so it is read by expat under limits, with no document type and no
entities; nothing of it is believed before the rules have looked at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.layer import file_fault
from rafiqa.wire.markup import run_parser, strict_parser
from rafiqa.wire.strictjson import strict_json

CONTENT_BYTES = 4 * 1024 * 1024
"""Largest content of one filled form; photographs come beside it."""
DEPTH, ELEMENTS = 40, 20_000
JSON_DEPTH = 20
NAME_LETTERS = 200
NO_WORD = "?"
"""Stands for a form's id that is no word."""

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filled form says of itself, and its answers by path, in order.

    ``number`` is the device's own count, where the form has one. ``rows`` tell of each answer
    the how-manieth each of its groups is, from 0: what was asked again is not mixed up.
    """

    form_id: str
    form_version: str | None
    instance_id: str | None
    replaces: str | None
    leaves: tuple[tuple[str, str], ...]
    number: int | None = None
    told_at: str | None = None
    awaits: tuple[str, ...] = ()
    rows: tuple[tuple[int, ...], ...] = ()

    def placed(self) -> Iterator[tuple[tuple[str, ...], tuple[int, ...], str]]:
        """Yields each answer: its groups and name, the number of each group, and its text."""
        for number, (path, text) in enumerate(self.leaves):
            names = tuple(path.split("/"))
            row = self.rows[number] if number < len(self.rows) else ()
            yield names, (*row, *(0 for _ in names))[: len(names) - 1], text

    def times(self, group: str) -> list[dict[str, str]]:
        """Returns the answers of each time that a group was filled, in order."""
        found: dict[tuple[tuple[str, ...], tuple[int, ...]], dict[str, str]] = {}
        for names, row, text in self.placed():
            if text and group in names[:-1]:
                end = names.index(group) + 1
                found.setdefault((names[:end], row[:end]), {}).setdefault(names[-1], text)
        return list(found.values())

    def answers(self, without: Collection[str] = ()) -> dict[str, str]:
        """Returns the first answer by question, whatever group it stands in.

        Args:
            without: groups whose answers are left out, with all that is in them.
        """
        found: dict[str, str] = {}
        for path, text in self.leaves:
            parts = path.split("/")
            if text and "meta" not in parts and not any(name in without for name in parts[:-1]):
                found.setdefault(parts[-1], text)
        return found

    def within(self, group: str) -> list[tuple[tuple[str, ...], str]]:
        """Returns each answer in a group, with its names from there on, in order."""
        return [
            (names[names.index(group) + 1 :], text)
            for names, _, text in self.placed()
            if text and group in names[:-1]
        ]


@dataclass(slots=True)
class _Reading:
    """The elements that are open, and the leaves so far."""

    attributes: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    inner: list[bool] = field(default_factory=list)
    leaves: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    counts: list[dict[str, int]] = field(default_factory=lambda: [{}])
    n_elements: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.n_elements += 1
        _refuse_many(self.n_elements, len(self.path))
        if not self.path:
            self.attributes = attributes
        if self.inner:
            self.inner[-1] = True
        name = name.rpartition(":")[2][:NAME_LETTERS]
        self.path.append(name)
        self.numbers.append(self.counts[-1].get(name, 0))
        self.counts[-1][name] = self.numbers[-1] + 1
        self.counts.append({})
        self.texts.append([])
        self.inner.append(False)

    def end(self, _name: str) -> None:
        text = "".join(self.texts.pop()).strip()
        if not self.inner.pop():
            self.leaves.append(("/".join(self.path[1:]), text))
            self.rows.append(tuple(self.numbers[1:-1]))
        self.path.pop()
        self.numbers.pop()
        self.counts.pop()

    def words(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)


def filled_xml(content: bytes) -> Filled:
    """Returns what an XML instance says.

    Raises:
        InvalidInput: no plain XML, too much of it, or no form's instance.
    """
    _refuse_large(content)
    reading = _Reading()
    parser = strict_parser()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.words
    try:
        run_parser(parser, content)
    except (ValueError, LookupError) as error:
        params: dict[str, str | int] = {"line": 0, "detail": str(error)[:80]}
        raise InvalidInput(file_fault("wire.xml.syntax", "", params)) from error
    form_id = reading.attributes.get("id", "").strip()
    if not form_id:
        raise InvalidInput(Fault("wire.filled.no-form", "id"))
    told = dict(reversed(reading.leaves))
    answers = {path.rpartition("/")[2]: text for path, text in reading.leaves}
    number = answers.get("device_number", "")
    return Filled(
        form_id[:NAME_LETTERS],
        reading.attributes.get("version"),
        told.get("meta/instanceID") or reading.attributes.get("instanceID") or None,
        told.get("meta/deprecatedID") or None,
        tuple(reading.leaves),
        int(number) if number.isdecimal() and len(number) < 16 else None,
        answers.get("form_ended_at") or answers.get("end") or None,
        rows=tuple(reading.rows),
    )


def xml_text(content: bytes) -> str:
    """Returns an XML document as text that says the same once it is written as UTF-8.

    Where it declares another encoding it is read in that, and the declaration is left out. Bytes
    that cannot be letters stand as escapes, so that nothing is lost.
    """
    declared = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else None
    matched = _DECLARED.match(content[:400])
    if matched is not None and declared is None:
        declared = matched[1].decode("ascii").lower()
    if declared in {None, "utf-8", "utf8", "us-ascii"}:
        return content.decode("utf-8", "backslashreplace")
    try:
        text = content.decode(str(declared))
    except (LookupError, ValueError):
        return content.decode("utf-8", "backslashreplace")
    return _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1)


def filled_json(content: bytes, instance_id: str) -> Filled:
    """Returns what a JSON submission says; its answers are one object, ``values``.

    An object in it is a group, a list of objects a group that was asked again.

    Raises:
        InvalidInput: not strict JSON, or not of that shape.
    """
    _refuse_large(content)
    sent: Any = strict_json(content, levels=JSON_DEPTH, most_bytes=CONTENT_BYTES, danger=True)
    values = sent.get("values") if isinstance(sent, dict) else None
    if not isinstance(sent, dict) or not isinstance(values, dict) or not sent.get("form_id"):
        raise InvalidInput(Fault("wire.filled.no-form", "form_id"))
    number = sent.get("number")
    told = list(_flat((), (), values))
    _refuse_many(len(told))
    files = sent.get("attachments")
    listed = files if isinstance(files, list) else ()
    named = [each.get("name") for each in listed if isinstance(each, dict)]
    return Filled(
        _word(sent, "form_id") or NO_WORD,
        _word(sent, "form_version"),
        instance_id,
        _word(sent, "replaces"),
        tuple((path, text) for path, text, _ in told),
        number if type(number) is int and 0 <= number < 10**15 else None,
        _word(sent, "told_at"),
        tuple(
            dict.fromkeys(
                plain_text(name)[:NAME_LETTERS] for name in named if isinstance(name, str)
            )
        ),
        tuple(row for _, _, row in told),
    )


def _flat(
    groups: tuple[str, ...], row: tuple[int, ...], values: dict[str, Any]
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yields path, text and row of every answer in an object; a place stays one answer."""
    for name, value in values.items():
        path = (*groups, plain_text(name)[:NAME_LETTERS])
        again = value if isinstance(value, list) else [value]
        if again and all(isinstance(each, dict) and not is_place(each) for each in again):
            for number, each in enumerate(again):
                yield from _flat(path, (*row, number), each)
        else:
            yield plain_text("/".join(path)), _said(value), row


def is_place(value: dict[str, Any]) -> bool:
    """Returns whether an object is a place, which stays one answer, and no group."""
    return not value.keys().isdisjoint({"coordinates", "geometries"})


def _word(sent: dict[str, Any], name: str) -> str | None:
    value = sent.get(name)
    # An object or a list says nothing there, and may say of whom it tells.
    if value is None or isinstance(value, dict | list):
        return None
    return plain_text(str(value))[:NAME_LETTERS]


def plain_text(text: str) -> str:
    """Returns a text without halves of letters, which JSON can write and nothing can keep."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return plain_text(" ".join(value))
    if isinstance(value, str):
        return plain_text(value)
    said = json.dumps(value, ensure_ascii=False)
    # Halves of letters stay apart from each other, as escapes: two keys do not become one.
    return said if plain_text(said) == said else json.dumps(value)


def _refuse_many(n_elements: int, n_above: int = 0) -> None:
    if n_elements > ELEMENTS or n_above >= DEPTH:
        params: dict[str, str | int] = {"elements": ELEMENTS, "depth": DEPTH}
        raise InvalidInput(file_fault("wire.filled.too-much", "", params))


def _refuse_large(content: bytes) -> None:
    if len(content) > CONTENT_BYTES:
        params: dict[str, str | int] = {"limit_kib": CONTENT_BYTES // 1024}
        raise InvalidInput(Fault("wire.filled.too-large", params=params))
