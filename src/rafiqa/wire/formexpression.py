"""Form expression: whether a rule of a form can be parsed, before a phone stumbles over it.

The grammar is XPath 1.0 as forms use it, with ``${name}`` for a question. Nothing is evaluated.
"""

from __future__ import annotations

import re

REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]+)\s*\}")
_NAME = r"[^\W\d][\w.\-]*"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<ref>\$\{{\s*(?:last-saved\#)?{_NAME}(?::{_NAME})?\s*\}})
    |(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<name>{_NAME}(?::(?!:){_NAME})?)
    |(?P<mark>::|//|\.\.|!=|<=|>=|[-/().,|+=<>\[\]*@]))""",
    re.VERBOSE,
)
_BINARY = frozenset(
    {"or", "and", "div", "mod", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "|"}
)
_DEEPEST = 60


class _Stuck(Exception):  # noqa: N818 - never leaves this file
    """The expression cannot be read on; holds the place."""


def syntax_fault(expression: str) -> str | None:
    """What stands where an expression cannot be read on, or None where all of it can."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while expression[at:].strip():
        found = _TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            return expression[at:].strip()[:40]
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    reader = _Reader(tokens)
    try:
        reader.expression(0)
    except _Stuck:
        return reader.rest()
    return None if reader.ended else reader.rest()


class _Reader:
    """Reads tokens; each method reads one thing of the grammar or is stuck."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether all was read."""
        return self._at >= len(self._tokens)

    def rest(self) -> str:
        """The next few tokens; the end, where there are none."""
        return " ".join(text for _, text in self._tokens[self._at : self._at + 4]) or "…"

    def expression(self, level: int) -> None:
        """Operands with operators between them."""
        if level > _DEEPEST:
            raise _Stuck
        self._operand(level)
        while self._peek()[1] in _BINARY:
            self._at += 1
            self._operand(level)

    def _operand(self, level: int) -> None:
        while self._took("-"):
            pass
        kind, text = self._peek()
        if kind in {"text", "number"}:
            self._at += 1
        elif text == "(":
            self._at += 1
            self.expression(level + 1)
            self._need(")")
        elif not self._step(level):
            raise _Stuck
        self._tail(level)

    def _step(self, level: int) -> bool:
        """One step of a path, or a call; False where there is none."""
        kind, text = self._peek()
        if text in {"/", "//"}:
            self._at += 1
            return self._step(level) or text == "/"
        if text == "@":
            self._at += 1
            return self._step(level)
        if kind not in {"name", "ref"} and text not in {".", "..", "*"}:
            return False
        self._at += 1
        if kind == "name" and self._took("::"):
            return self._step(level)
        if kind == "name" and self._took("("):
            self._arguments(level)
        return True

    def _arguments(self, level: int) -> None:
        if self._took(")"):
            return
        self.expression(level + 1)
        while self._took(","):
            self.expression(level + 1)
        self._need(")")

    def _tail(self, level: int) -> None:
        while True:
            if self._took("["):
                self.expression(level + 1)
                self._need("]")
            elif self._peek()[1] in {"/", "//"}:
                self._at += 1
                if not self._step(level):
                    raise _Stuck
            else:
                return

    def _peek(self) -> tuple[str, str]:
        return ("end", "") if self.ended else self._tokens[self._at]

    def _took(self, mark: str) -> bool:
        if self._peek() != ("mark", mark):
            return False
        self._at += 1
        return True

    def _need(self, mark: str) -> None:
        if not self._took(mark):
            raise _Stuck
