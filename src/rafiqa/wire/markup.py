"""XML looked at before GDAL or a spreadsheet reader sees it: no DTD, no entities, all there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import file_fault

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

_CHUNK_BYTES = 1 << 16


def strict_parser(
    encoding: str | None = None, namespace_separator: str | None = None
) -> XMLParserType:
    """Returns an expat parser that refuses document types: ``wire.xml.doctype``.

    It has no other handlers, so that a whole file goes by at expat's own speed.

    Args:
        encoding: read in it whatever the document declares.
        namespace_separator: what stands between the name space and the name of each element;
            names are given as written where None.
    """
    parser = expat.ParserCreate(encoding, namespace_separator)

    def no_doctype(*_: object) -> NoReturn:
        raise InvalidInput(file_fault("wire.xml.doctype", f"line {parser.CurrentLineNumber}"))

    parser.StartDoctypeDeclHandler = no_doctype
    parser.EntityDeclHandler = no_doctype
    parser.ExternalEntityRefHandler = no_doctype
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
        raise InvalidInput(file_fault("wire.xml.syntax", f"line {error.lineno}", params)) from error


def check_markup(data: bytes) -> None:
    """Raises InvalidInput unless the bytes are one whole, plain XML document."""
    try:
        run_parser(strict_parser(), data)
    except InvalidInput:
        raise
    except ValueError as error:
        raise InvalidInput(
            file_fault("wire.xml.syntax", "", {"line": 0, "detail": str(error)[:80]})
        ) from error
