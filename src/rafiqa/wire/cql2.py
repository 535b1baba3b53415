"""CQL2 read: filters as text or as JSON, brought to one tree (OGC 21-065r2).

The text is parsed by cql2, which is compiled code that ends the process where something nests too
deeply for its stack; so nesting is bounded before it is called. What the tree means, and whether
its names and types are known, is judged where it is asked of features.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import cql2

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import nests_deeper, parse_json

Tree = Any
LETTERS: Final = 16_384
"""Longest filter."""
LEVELS: Final = 24
"""How deeply a filter may nest; no person writes one so deep."""
STEPS: Final = 200
"""How many operators a filter may have: each looks at every feature."""
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_SIGNS: Final = re.compile(r"(?:\bnot\b\s*|[-+]\s*){5,}", re.IGNORECASE)
"""Signs and negations in a row: each is a level, and nobody needs five."""
_POWERS: Final = 40
"""How many signs of arithmetic the parser is given: it nests them, and none is answered."""


def cql2_text(given: str) -> Tree:
    """Returns the tree of a filter in CQL2 text.

    Raises:
        InvalidInput: ``wire.cql2.syntax``, ``wire.cql2.too-large``.
    """
    _refuse_long(given)
    bare = _QUOTED.sub("''", given)
    depth = deepest = 0
    for letter in bare:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    arithmetic = sum(bare.count(sign) for sign in "^*/+%") + len(re.findall(r"\bdiv\b", bare))
    if deepest > LEVELS or arithmetic > _POWERS or _SIGNS.search(bare):
        raise InvalidInput(_too_large())
    try:
        tree = cql2.parse_text(given).to_json()
    except (cql2.ParseError, ValueError, TypeError) as error:
        raise InvalidInput(_syntax(given, str(error))) from None
    return _checked(tree)


def cql2_json(given: str) -> Tree:
    """Returns the tree of a filter in CQL2 JSON.

    Raises:
        InvalidInput: not JSON, or ``wire.cql2.too-large``.
    """
    _refuse_long(given)
    return _checked(parse_json(given.encode("utf-8", "replace"), levels=LEVELS))


def _refuse_long(given: str) -> None:
    if len(given) > LETTERS:
        raise InvalidInput(_too_large())


def _checked(tree: Tree) -> Tree:
    # A geometry alone has four levels of brackets, and each operator two.
    if nests_deeper(tree, LEVELS * 3) or sum("op" in node for node in _objects(tree)) > STEPS:
        raise InvalidInput(_too_large())
    return tree


def _objects(tree: Tree) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _too_large() -> Fault:
    params: dict[str, str | int] = {"letters": LETTERS, "levels": LEVELS, "steps": STEPS}
    return Fault("wire.cql2.too-large", "filter", params=params)


def _syntax(given: str, told: str) -> Fault:
    found = re.search(r"--> (\d+):(\d+)", told)
    column = int(found[2]) if found else 1
    part = given[max(column - 1, 0) :][:40] or given[:40]
    return Fault("wire.cql2.syntax", "filter", params={"column": column, "part": part})


def finite(value: Any) -> bool:
    """Returns whether a value is a number that can be compared, and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
