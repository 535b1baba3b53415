"""Multipart bodies, as phones send a filled form with its files (RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rafiqa.errors import Fault, InvalidInput

PARTS_LIMIT = 250
_HEAD_BYTES = 4_096
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_PARAM = re.compile(r'(?:^|;)\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part: its field's name, the name of the file where it is one, and its bytes."""

    name: str
    file_name: str | None
    content: bytes


def form_parts(content_type: str, body: bytes) -> list[FormPart]:
    """Returns the parts of a whole ``multipart/form-data`` body, in order.

    Raises:
        InvalidInput: ``wire.multipart.malformed``, also where its end is missing: half of a
            photograph is none.
    """
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or found is None:
        raise _malformed("Content-Type")
    line = b"\r\n--" + (found.group(1) or found.group(2)).encode()
    # One piece more than may be: a short boundary in a large body would make millions.
    pieces = (b"\r\n" + body).split(line, PARTS_LIMIT + 2)
    if len(pieces) - 2 > PARTS_LIMIT:
        raise _malformed("parts")
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise _malformed("end")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> FormPart:
    head, gap, content = piece.partition(b"\r\n\r\n")
    if not gap or len(head) > _HEAD_BYTES:
        raise _malformed("head")
    # Names come as raw UTF-8, whatever the standards of mail would have.
    named: dict[str, str] = {}
    for row in head.decode("utf-8", "replace").split("\r\n"):
        field, _, value = row.partition(":")
        if field.strip().lower() == "content-disposition":
            named = {key.lower(): text for key, text in _PARAM.findall(value)}
    if "name" not in named:
        raise _malformed("name")
    file_name = named.get("filename")
    return FormPart(_plain(named["name"]), None if file_name is None else _base(file_name), content)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).replace("%22", '"').replace("%0D", "").replace("%0A", "")


def _base(text: str) -> str:
    """Returns the last part of a path, as phones keep files, at most 200 letters."""
    return re.split(r"[/\\]", _plain(text))[-1][:200]


def _malformed(where: str) -> InvalidInput:
    return InvalidInput(Fault("wire.multipart.malformed", params={"where": where}))
