"""The OpenAPI 3.1 document, made from the table of endpoints and the shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from rafiqa.api.ask import Ask
from rafiqa.api.problem import MEDIA_TYPE, Problem
from rafiqa.api.refusal import examples
from rafiqa.api.reply import RAW, Reply, reply
from rafiqa.api.route import Endpoint, Param
from rafiqa.api.sending import HEADER, KEY_LETTERS

VERSION = "3.1.0"
_REFERENCES = "#/components/schemas/{name}"
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Made by the sender; an act sent again under its key is done once.",
    "schema": {"type": "string", "minLength": KEY_LETTERS[0], "maxLength": KEY_LETTERS[1]},
}
_INTEGERS = frozenset({"z", "x", "y", "part"})
_DESCRIPTION = (
    "What is known of the land, and what may be built on it. Every answer is as true at one "
    "time and as known at another. Acts need a session, the header X-Rafiqa: desk, and an "
    "Origin of this host; sent again under the same Idempotency-Key they are done once. "
    "Nothing on record about a place is no statement that it is free of hazard."
)


def show_openapi(ask: Ask) -> Reply:
    """Returns the description of this door."""
    endpoints = ask.desk.endpoints
    return ask.desk.replies.get("openapi", lambda: reply(document(endpoints)))


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """Returns the OpenAPI document of endpoints."""
    shapes: list[type] = [Problem]
    shapes += [each for row in endpoints for each in (row.gives, row.takes) if each is not None]
    unique = list(dict.fromkeys(shapes))
    references, components = msgspec.json.schema_components(unique, ref_template=_REFERENCES)
    schema_of = dict(zip(unique, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for row in endpoints:
        paths.setdefault(row.open_path, {})[row.method.lower()] = _operation(row, schema_of)
    return {
        "openapi": VERSION,
        "info": {"title": "Rafiqa", "version": "1", "description": _DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "rafiqa_session"}
            },
        },
    }


def _operation(row: Endpoint, schema_of: dict[Any, Any]) -> dict[str, Any]:
    schema = schema_of[row.gives] if row.gives is not None else {}
    problem = schema_of[Problem]
    operation: dict[str, Any] = {
        "operationId": row.name,
        "summary": row.summary,
        "parameters": [*_path_parameters(row), *map(_query_parameter, row.query)],
        "responses": {
            str(row.status): {
                "description": row.summary,
                "content": {row.media_type: {"schema": schema}},
            },
            **_refusals(row, problem),
            "default": {
                "description": "Refused, with every reason",
                "content": {MEDIA_TYPE: {"schema": problem}},
            },
        },
    }
    if row.takes is not None:
        content = {"application/json": {"schema": schema_of[row.takes]}}
        operation["requestBody"] = {"required": True, "content": content}
    if row.raw:
        raw = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {RAW: raw}}
    if row.method != "GET":
        required = {"name": "X-Rafiqa", "in": "header", "required": True}
        operation["parameters"].append({**required, "schema": {"const": "desk"}})
        operation["security"] = [] if row.anybody else [{"session": []}]
    if row.takes is not None:
        operation["parameters"].append(_KEY)
    if row.status == 201:
        again = {**operation["responses"]["201"], "description": "Done before, under this key"}
        operation["responses"]["200"] = again
    return operation


def _refusals(row: Endpoint, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        str(status): {
            "description": example.title,
            "content": {
                MEDIA_TYPE: {"schema": schema, "example": msgspec.to_builtins(example)},
            },
        }
        for status, example in sorted(examples(row).items())
    }


def _path_parameters(row: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if name in _INTEGERS else "string"},
        }
        for name in row.placeholders
    ]


def _query_parameter(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.says,
        "schema": param.schema,
    }
