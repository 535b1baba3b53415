"""CQL2 text: read once from left to right into the tree that CQL2 JSON writes.

Of the grammar (OGC 21-065r2, annex B) what needs arithmetic or arrays is left out, since no filter
with them is answered. Every bracket is read once and nesting is counted, so that no filter takes
longer than its letters, nor more of the stack than is there: decision 44 has what others do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.cql2 import LEVELS, Tree, checked, refuse_long, too_large

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|''|\\.)*')"
    r"|(?P<quoted>\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[^\W\d][\w.:]*)"
    r"|(?P<sign><>|<=|>=|[=<>(),]))",
    re.DOTALL,
)
_COMPARED: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})
_WORDS: Final = frozenset({"and", "or", "not", "like", "between", "in", "is", "null"})
"""What is a property only in double quotes."""
_SHAPES: Final = {
    "point": ("Point", 0),
    "linestring": ("LineString", 1),
    "polygon": ("Polygon", 2),
    "multipoint": ("MultiPoint", 1),
    "multilinestring": ("MultiLineString", 2),
    "multipolygon": ("MultiPolygon", 3),
}
"""Well-known text's name → GeoJSON's, and how many levels its lists of positions have."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    at: int

    @property
    def word(self) -> str:
        """A name or a sign in lower case; nothing for what is quoted or a number."""
        return self.value.lower() if self.kind in {"name", "sign", "end"} else ""


def cql2_text(given: str) -> Tree:
    """Returns the tree of a filter in CQL2 text.

    Raises:
        InvalidInput: ``wire.cql2.syntax``, ``wire.cql2.too-large``.
    """
    refuse_long(given)
    reading = _Reading(given, _tokens(given))
    tree = reading.either()
    reading.take("")
    return checked(tree)


def _tokens(given: str) -> list[_Token]:
    found, at = [], 0
    end = len(given.rstrip())
    while at < end:
        match = _TOKEN.match(given, at)
        if match is None:
            raise _syntax(given, at)
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", end)]


def _syntax(given: str, at: int) -> InvalidInput:
    at += len(given[at:]) - len(given[at:].lstrip())
    params: dict[str, str | int] = {"column": at + 1, "part": given[at : at + 40]}
    return InvalidInput(Fault("wire.cql2.syntax", "filter", params=params))


@dataclass(slots=True)
class _Reading:
    """Where one filter is read; each method reads one rule of the grammar."""

    given: str
    tokens: list[_Token]
    at: int = 0
    level: int = field(default=0)

    @property
    def now(self) -> _Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def take(self, word: str) -> None:
        """Reads a word or sign that must stand here; the end for none."""
        if self.now.word != word or (not word and self.now.kind != "end"):
            raise _syntax(self.given, self.now.at)
        self.at += 1

    def taken(self, word: str) -> bool:
        """Reads a word or sign where it stands here."""
        here = self.now.word == word
        self.at += here
        return here

    def _kind(self, kind: str) -> str:
        if self.now.kind != kind:
            raise _syntax(self.given, self.now.at)
        self.at += 1
        return self.tokens[self.at - 1].value

    def _deeper(self, read: Callable[[], Tree]) -> Tree:
        if self.level >= LEVELS:
            raise InvalidInput(too_large())
        self.level += 1
        found = read()
        self.level -= 1
        return found

    def either(self) -> Tree:
        """Conditions with OR between."""
        return self._joined("or", self._both)

    def _both(self) -> Tree:
        return self._joined("and", self._factor)

    def _joined(self, word: str, read: Callable[[], Tree]) -> Tree:
        found = [read()]
        while self.taken(word):
            found.append(read())
        return found[0] if len(found) == 1 else {"op": word, "args": found}

    def _factor(self) -> Tree:
        if self.taken("not"):
            return _negated(self._deeper(self._factor))
        if self.taken("("):
            found = self._deeper(self.either)
            self.take(")")
            return found
        return self._predicate()

    def _predicate(self) -> Tree:
        """An operand, and what is said of it."""
        one = self._deeper(self._operand)
        sign = self.now.word
        if sign in _COMPARED:
            self.at += 1
            return {"op": sign, "args": [one, self._deeper(self._operand)]}
        if self.taken("is"):
            negated = self.taken("not")
            self.take("null")
            found: Tree = {"op": "isNull", "args": [one]}
            return _negated(found) if negated else found
        negated = self.taken("not")
        said = self._said(one)
        if said is None:
            if negated:
                raise _syntax(self.given, self.now.at)
            return one
        return _negated(said) if negated else said

    def _said(self, one: Tree) -> Tree | None:
        if self.taken("like"):
            return {"op": "like", "args": [one, self._deeper(self._operand)]}
        if self.taken("between"):
            least = self._deeper(self._operand)
            self.take("and")
            return {"op": "between", "args": [one, least, self._deeper(self._operand)]}
        if self.taken("in"):
            self.take("(")
            return {"op": "in", "args": [one, self._listed(self._operand)]}
        return None

    def _listed(self, read: Callable[[], Tree]) -> list[Tree]:
        """What stands between commas up to a bracket that closes."""
        found = [self._deeper(read)]
        while self.taken(","):
            found.append(self._deeper(read))
        self.take(")")
        return found

    def _operand(self) -> Tree:
        token = self.now
        if token.kind == "text":
            return self._text()
        if token.kind == "number":
            return self._number()
        if token.kind == "quoted":
            self.at += 1
            return {"property": token.value[1:-1].replace('""', '"')}
        if token.kind != "name" or token.word in _WORDS:
            raise _syntax(self.given, token.at)
        self.at += 1
        if token.word in {"true", "false"}:
            return token.word == "true"
        follows = self.tokens[self.at : self.at + 2]
        flat = token.word in _SHAPES and [each.word for each in follows] == ["z", "("]
        self.at += flat
        if not self.taken("("):
            return {"property": token.value}
        return self._called(token.word)

    def _text(self) -> str:
        told = self._kind("text")[1:-1].replace("''", "'")
        return told.replace("\\'", "'")

    def _number(self) -> int | float:
        told = self._kind("number")
        return int(told) if re.fullmatch(r"[-+]?[0-9]{1,15}", told) else float(told)

    def _called(self, name: str) -> Tree:
        """What a name with a bracket means: a time, a place, or a function."""
        if name in {"date", "timestamp"}:
            (told,) = self._exactly(self._listed(self._text), 1)
            return {name: told}
        if name == "interval":
            return {name: self._exactly(self._listed(self._operand), 2)}
        if name == "bbox":
            return {name: self._listed(self._number)}
        if name == "geometrycollection":
            return {"type": "GeometryCollection", "geometries": self._listed(self._operand)}
        if name in _SHAPES:
            kind, levels = _SHAPES[name]
            return {"type": kind, "coordinates": self._places(levels, single=name == "multipoint")}
        return {"op": name, "args": self._listed(self._operand)}

    def _exactly(self, found: list[Tree], count: int) -> list[Tree]:
        if len(found) != count:
            raise _syntax(self.given, self.tokens[self.at - 1].at)
        return found

    def _places(self, levels: int, *, single: bool = False) -> Tree:
        """Positions up to a bracket that closes, in lists of so many levels."""
        if levels == 0:
            found = [self._number()]
            while self.now.kind == "number":
                found.append(self._number())
            self.take(")")
            return found

        def one() -> Tree:
            if levels > 1 or (single and self.now.word == "("):
                self.take("(")
                return self._places(levels - 1)
            found = [self._number()]
            while self.now.kind == "number":
                found.append(self._number())
            return found

        return self._listed(one)


def _negated(tree: Tree) -> Tree:
    return {"op": "not", "args": [tree]}
