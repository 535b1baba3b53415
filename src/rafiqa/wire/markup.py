"""XML looked at before GDAL or a spreadsheet reader sees it: no DTD, no entities, all there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import stop

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

MOST_LEVELS = 100
_CHUNK_BYTES = 1 << 16


def strict_parser() -> XMLParserType:
    """Returns an expat parser that refuses document types and bottomless nesting.

    Its handlers raise InvalidInput: ``wire.xml.doctype``, ``wire.xml.depth``. Start and end
    handlers may be replaced; the count of levels is then the caller's.
    """
    parser = expat.ParserCreate()
    level = 0

    def no_doctype(*_: object) -> NoReturn:
        raise stop("wire.xml.doctype", f"line {parser.CurrentLineNumber}")

    def start(_name: str, _attributes: object) -> None:
        nonlocal level
        level += 1
        if level > MOST_LEVELS:
            raise stop("wire.xml.depth", f"line {parser.CurrentLineNumber}", {"limit": MOST_LEVELS})

    def end(_name: str) -> None:
        nonlocal level
        level -= 1

    parser.StartDoctypeDeclHandler = no_doctype
    parser.EntityDeclHandler = no_doctype
    parser.ExternalEntityRefHandler = no_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return parser


def run_parser(parser: XMLParserType, data: bytes) -> None:
    """Feeds a whole document to the parser.

    Raises:
        InvalidInput: ``wire.xml.syntax`` with the line (also when truncated or followed by
            anything), or what the handlers raise.
    """
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            parser.Parse(data[start : start + _CHUNK_BYTES], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        params: dict[str, str | int] = {
            "line": error.lineno,
            "detail": expat.ErrorString(error.code),
        }
        raise stop("wire.xml.syntax", f"line {error.lineno}", params) from error


def check_markup(data: bytes) -> None:
    """Raises InvalidInput unless the bytes are one whole, plain XML document."""
    try:
        run_parser(strict_parser(), data)
    except InvalidInput:
        raise
    except ValueError as error:
        raise stop("wire.xml.syntax", "", {"line": 0, "detail": str(error)[:80]}) from error
