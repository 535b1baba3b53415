"""Endpoint: one method on one path, with what it takes and gives; the table's row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.convertors import Convertor, register_url_convertor

from rafiqa.api.ask import Ask
from rafiqa.api.reply import JSON, Reply

Method = Literal["GET", "POST", "PUT", "DELETE"]
WHOLE: Final = "whole"
"""Name of the placeholder for a whole number; with more digits than nine it is no such path."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")


class _Whole(Convertor[int]):
    """Reads a whole number in a path.

    Starlette's own reads any number of digits, and fails before any door where Python refuses to.
    """

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor(WHOLE, _Whole())


@dataclass(frozen=True, slots=True)
class Param:
    """One value of a query: name, JSON schema, meaning, and whether it must be given."""

    name: str
    schema: dict[str, Any]
    says: str
    required: bool = False


_TIME: dict[str, Any] = {"type": "string"}
LANG = Param("lang", {"type": "string"}, "Language of texts; else Accept-Language, else en.")
VALID_AT = Param("valid_at", _TIME, "As true at this time (ISO 8601; a bare date is its end).")
KNOWN_AT = Param("known_at", _TIME, "As known at this time; now where left out.")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method on one path.

    Attributes:
        method: GET, POST, PUT or DELETE.
        path: with placeholders as Starlette reads them.
        summary: what it does, in one line.
        handler: answers; runs in a thread of its own.
        gives: Struct of the answer, or None where it is no JSON.
        takes: Struct of the body, or None.
        anybody: whether an act needs no session, such as a resident's report.
        raw: whether the body is bytes, such as a part of a picture, instead of JSON.
        params: the query's own values, beside language and times.
        media_type: of the answer.
        status: of the answer.
        timed: whether it answers as of two times.
        page: a part of the desk's page: its query is the page's own and is not checked.
    """

    method: Method
    path: str
    summary: str
    handler: Callable[[Ask], Reply]
    gives: type | None = None
    takes: type | None = None
    params: tuple[Param, ...] = ()
    media_type: str = JSON
    status: int = 200
    timed: bool = False
    page: bool = False
    raw: bool = False
    anybody: bool = False

    @property
    def query(self) -> tuple[Param, ...]:
        """Every value that its query may have."""
        times = (VALID_AT, KNOWN_AT) if self.timed else ()
        return (*self.params, *times, LANG)

    @property
    def open_path(self) -> str:
        """Its path as OpenAPI writes it."""
        return _PLACEHOLDER.sub(r"{\1}", self.path)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def name(self) -> str:
        """Its name in the OpenAPI document."""
        return self.handler.__name__
