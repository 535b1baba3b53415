"""XLSX out: sheets of texts as one workbook, the same bytes for the same sheets.

Written by hand, since a form's bytes must not change with the hour at which they are made.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from rafiqa.wire.sheetxml import column_letters

_DAWN = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SPREAD = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def workbook_bytes(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """The bytes of a workbook whose cells are all texts; empty ones are left out."""
    shared: dict[str, int] = {}
    parts = {
        f"xl/worksheets/sheet{number}.xml": _sheet(rows, shared)
        for number, rows in enumerate(sheets.values(), start=1)
    }
    parts |= {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _links([(f"{_OFFICE}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": _links(
            [
                *(
                    (f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml")
                    for number in range(1, len(sheets) + 1)
                ),
                (f"{_OFFICE}/sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/sharedStrings.xml": _strings(shared),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(_member(name), _HEAD + parts[name])
    return held.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DAWN)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _sheet(rows: Sequence[Sequence[str]], shared: dict[str, int]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{column_letters(column)}{number}" t="s"><v>'
            f"{shared.setdefault(text, len(shared))}</v></c>"
            for column, text in enumerate(row, start=1)
            if text
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _strings(shared: Mapping[str, int]) -> str:
    items = "".join(
        f'<si><t xml:space="preserve">{escape(_CONTROL.sub("", text))}</t></si>' for text in shared
    )
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{items}</sst>'


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _links(targets: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELS}">{links}</Relationships>'


def _content_types(n_sheets: int) -> str:
    named = [("/xl/workbook.xml", "sheet.main"), ("/xl/sharedStrings.xml", "sharedStrings")]
    named += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, n_sheets + 1)]
    parts = "".join(
        f'<Override PartName="{part}" ContentType="{_SPREAD}.{kind}+xml"/>' for part, kind in named
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = f'<Default Extension="rels" ContentType="{rels}"/>'
    return f'<Types xmlns="{_TYPES}">{defaults}{parts}</Types>'
