"""Rafiqa takes a city from ground contaminated by explosive ordnance to a city rebuilt.

For notebooks and programs: ``rafiqa.open(path)`` gives a ``Site`` to ask, to read and not to write.
Nothing else is loaded until it is asked for, so that the commands start quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from rafiqa.notebook import Site, open  # noqa: A004 - as in gzip.open, with the room before it

__all__ = ["Site", "__version__", "open"]

_ASKED = ("Site", "open")


def __getattr__(name: str) -> Any:
    if name not in _ASKED:
        raise AttributeError(f"module 'rafiqa' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("rafiqa.notebook"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
