"""CQL2 bounded and read from JSON: filters as one tree, whatever they are written in.

What the tree means, and whether its names and types are known, is judged where it is asked of
features (OGC 21-065r2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import nests_deeper, strict_json

Tree = Any
LETTERS: Final = 16_384
"""Longest filter."""
LEVELS: Final = 24
"""How deeply a filter may nest; no person writes one so deep."""
_JSON_LEVELS: Final = 256
"""Deeper than any filter that is not refused for its own depth."""
STEPS: Final = 200
"""How many operators a filter may have: each looks at every feature."""


def cql2_json(given: str) -> Tree:
    """Returns the tree of a filter in CQL2 JSON.

    Raises:
        InvalidInput: not JSON, or ``wire.cql2.too-large``.
    """
    refuse_long(given)
    return checked(strict_json(given.encode("utf-8", "replace"), levels=_JSON_LEVELS))


def refuse_long(given: str) -> None:
    """Returns nothing.

    Raises:
        InvalidInput: ``wire.cql2.too-large`` where a filter has more letters than are read.
    """
    if len(given) > LETTERS:
        raise InvalidInput(too_large())


def checked(tree: Tree) -> Tree:
    """Returns the tree, which is not larger than is asked of features.

    Raises:
        InvalidInput: ``wire.cql2.too-large``.
    """
    # A geometry alone has four levels of brackets, and each operator two.
    if nests_deeper(tree, LEVELS * 3) or sum("op" in node for node in _objects(tree)) > STEPS:
        raise InvalidInput(too_large())
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


def too_large() -> Fault:
    """Returns the fault of a filter that is too large."""
    params: dict[str, str | int] = {"letters": LETTERS, "levels": LEVELS, "steps": STEPS}
    return Fault("wire.cql2.too-large", "filter", params=params)


def finite(value: Any) -> bool:
    """Returns whether a value is a number that can be compared, and no boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        # A whole number may have more digits than any decimal.
        return False
