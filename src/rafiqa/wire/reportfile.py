"""A report written as a file, in the format that its name says; whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land.reporttable import Report
from rafiqa.wire.reportjson import report_json
from rafiqa.wire.reportpdf import report_pdf
from rafiqa.wire.reportxlsx import report_xlsx

SUFFIXES: Final = (".json", ".pdf", ".xlsx")
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_bytes(report: Report, frame: SiteFrame, suffix: str, lang: str) -> bytes:
    """Returns a report as the bytes of a file.

    Args:
        report: the report.
        frame: of the site, for its map.
        suffix: one of ``SUFFIXES``.
        lang: its language.
    """
    if suffix == ".pdf":
        return report_pdf(report, frame, lang)
    if suffix == ".xlsx":
        return report_xlsx(report, lang)
    return (json.dumps(report_json(report, lang), ensure_ascii=False, indent=1) + "\n").encode()


def report_file(report: Report, frame: SiteFrame, path: Path, lang: str) -> None:
    """Writes a report; a file that is there is replaced in one step.

    Raises:
        InvalidInput: ``cli.certificate.out``: the place that was named cannot be written to.
    """
    data = report_bytes(report, frame, path.suffix.lower(), lang)
    try:
        with tempfile.TemporaryDirectory(prefix=".report-", dir=path.absolute().parent) as folder:
            made = Path(folder) / path.name
            with made.open("wb") as stream:
                stream.write(data)
                os.fsync(stream.fileno())
            made.replace(path)
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise InvalidInput(Fault("cli.certificate.out", "--out", params=params)) from error
