"""The worker that turns a stranger's document into text; it may be killed.

Forked by ``rafiqa.wire.nurse``; leaves the document as JSON. What a document is, is told by its
first bytes and never by its name.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.confinement import confine
from rafiqa.wire.document import (
    ADDRESS_BYTES,
    DATA_BYTES,
    Document,
    DocumentKind,
    Ocr,
    document_bytes,
)
from rafiqa.wire.documenthtml import read_html
from rafiqa.wire.documentpdf import read_pdf
from rafiqa.wire.documentscan import read_picture
from rafiqa.wire.documenttext import read_text
from rafiqa.wire.documentword import read_word
from rafiqa.wire.letters import languages_of, n_invisible
from rafiqa.wire.limit import MEBIBYTE
from rafiqa.wire.readtext import ReadText

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
_HEAD: Final = 1024
_MARKUP: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<article", b"<div")
_INVISIBLE_MOST: Final = 50
"""More marks of no width than this are told of: a text of one page needs few or none."""
_FOREIGN_SHARE: Final = 0.5


def kind_of_content(content: bytes) -> DocumentKind:
    """Returns what a document is by its first bytes.

    Raises:
        InvalidInput: ``wire.document.password`` of an office file that is locked with one.
    """
    head = content[:_HEAD]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    if head.startswith(_OLE):
        if _ENCRYPTED in content:
            raise InvalidInput(Fault("wire.document.password"))
        return "unknown"
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    if webp or head.startswith(_PICTURES):
        return "picture"
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return "html" if any(tag in plain for tag in _MARKUP) else "text"


def read(content: bytes, ocr: Ocr) -> Document:
    """Returns the document that some bytes are."""
    kind: DocumentKind = "unknown"
    try:
        kind = kind_of_content(content)
        match kind:
            case "pdf":
                found = read_pdf(content, ocr)
            case "docx":
                found = read_word(content)
            case "picture":
                found = read_picture(content, ocr)
            case "html":
                found = read_html(content)
            case "text":
                found = read_text(content)
            case _:
                found = ReadText(faults=[Fault("wire.document.kind-unknown")])
    except InvalidInput as error:
        found = ReadText(faults=list(error.faults))
    except MemoryError:
        params: dict[str, str | int] = {"limit_mib": DATA_BYTES // MEBIBYTE}
        found = ReadText(faults=[Fault("wire.document.memory", params=params)])
    return _document(content, kind, found)


def _document(content: bytes, kind: DocumentKind, found: ReadText) -> Document:
    text = found.text
    faults, warnings = list(found.faults), list(found.warnings)
    languages = languages_of(text)
    if not faults and not text.strip():
        faults.append(Fault("wire.document.no-text", "", None, {"pages": len(found.pages)}))
    if (marks := n_invisible(text)) > _INVISIBLE_MOST:
        warnings.append(Fault("wire.document.invisible", "", None, {"marks": marks}))
    foreign = dict(languages).get("other", 0.0)
    if foreign > _FOREIGN_SHARE:
        warnings.append(Fault("wire.document.language", "", None, {"pct": round(foreign * 100)}))
    document = Document(
        sha256(content).hexdigest(),
        len(content),
        kind,
        text,
        tuple(found.blocks),
        tuple(found.pages),
        languages,
        tuple(found.readers),
        tuple(faults),
    )
    if document.n_doubtful:
        params: dict[str, str | int] = {"lines": document.n_doubtful}
        warnings.append(Fault("wire.document.doubtful", "", None, params))
    return replace(document, warnings=tuple(warnings))


def warm() -> None:
    """Makes ready, before there is a document, what every document needs."""
    languages_of("ا a")


def main(order: dict[str, Any]) -> None:
    """Reads one document under limits and leaves it where the order says."""
    confine(int(order["cpu_s"]), DATA_BYTES, ADDRESS_BYTES)
    document = read(Path(order["path"]).read_bytes(), order["ocr"])
    Path(order["answer"]).write_bytes(document_bytes(document))
