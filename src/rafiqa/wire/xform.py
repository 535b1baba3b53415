"""XForm: what a phone runs, made out of an XLSForm by pyxform."""

from __future__ import annotations

import io
from dataclasses import dataclass

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import file_fault

_DETAIL_LETTERS = 300
# The converter takes these by other ways than its table.
_ALSO = frozenset({"xml-external", "csv-external", "audit", "osm", "odk:setgeopoint"})


@dataclass(frozen=True, slots=True)
class XForm:
    """A converted form.

    Attributes:
        xml: the bytes' text, as phones fetch it.
        warnings: what the converter doubts.
    """

    xml: str
    warnings: tuple[str, ...]


def converted(data: bytes, name: str = "") -> XForm:
    """The XForm of an XLSForm's bytes.

    Args:
        data: the workbook, XLSX or XLS.
        name: the form's id, where the workbook names none.

    Raises:
        InvalidInput: ``wire.xlsform.conversion`` with the converter's own words.
    """
    # Not at the head: it takes a third of a second, and most commands never convert.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        done = convert(
            io.BytesIO(data), validate=False, form_name=name or None, file_type=_ending(data)
        )
    except PyXFormError as error:
        detail = " ".join(str(error).split())[:_DETAIL_LETTERS]
        raise InvalidInput(file_fault("wire.xlsform.conversion", "", {"detail": detail})) from error
    return XForm(done.xform, tuple(done.warnings))


def _ending(data: bytes) -> str:
    return ".xls" if data.startswith(b"\xd0\xcf\x11\xe0") else ".xlsx"


def question_types() -> frozenset[str]:
    """Every type of question that the converter knows, folded."""
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    return frozenset(one.casefold() for one in QUESTION_TYPE_DICT) | _ALSO
