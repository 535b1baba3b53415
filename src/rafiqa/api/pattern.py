"""Patterns: which route answers a request, as the table has it and never as it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

UNKNOWN: Final = "/{unknown}"
"""Stands for every path that leads nowhere: what was asked for may be anybody's secret."""
_PERSON: Final = "rafiqa.person"


def patterns_of(routes: Iterable[BaseRoute], before: str = "") -> dict[int, str]:
    """Returns the pattern of each endpoint by its identity, with what it is mounted under.

    By identity, because what answers need not be hashable; it lives as long as its application.
    """
    found: dict[int, str] = {}
    for route in routes:
        if isinstance(route, Mount):
            found |= patterns_of(route.routes, before + route.path)
        elif isinstance(route, Route):
            found[id(route.endpoint)] = before + route.path
    return found


def pattern_of(scope: Scope) -> str:
    """Returns the pattern of the route that a request was led to, or ``UNKNOWN``."""
    patterns: Mapping[int, str] = scope["app"].state.patterns
    return patterns.get(id(scope.get("endpoint")), UNKNOWN)


def came_from(scope: Scope, person_id: str) -> None:
    """Notes with a request who is signed in, for the journal's mark of them."""
    scope[_PERSON] = person_id


def person_of_scope(scope: Scope) -> str | None:
    """Returns who is signed in, as far as that was noted."""
    found: str | None = scope.get(_PERSON)
    return found
