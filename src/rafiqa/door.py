"""How a room is entered: each name is loaded when it is first asked for.

A command loads what it uses and no more, so that asking for one document does not wait for maps,
stores and servers. What a room gives stands in its stub, ``__init__.pyi``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import lazy_loader


def door_of(room: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Returns a room's ``__getattr__`` and ``__dir__``, from the stub beside its ``file``.

    Raises:
        ValueError: the room has no stub, or it names what is not of the room.
    """
    find, listed, names = lazy_loader.attach_stub(room, file)
    module = sys.modules[room]
    module.__class__ = _Room
    vars(module)["_given"] = frozenset(names)
    return find, listed


class _Room(ModuleType):
    """A room whose names come before its files: ``land.point`` is what answers, not the file."""

    _given: frozenset[str]

    def __setattr__(self, name: str, value: object) -> None:
        # What imports a file binds it in its room, also over what the room gives by that name.
        if not (isinstance(value, ModuleType) and name in self._given):
            super().__setattr__(name, value)
