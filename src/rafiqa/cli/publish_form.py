"""``rafiqa publish-form``: a form given out to phones, with the files that it needs."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.ledger import FormPublished
from rafiqa.locale import text
from rafiqa.service import publish_form
from rafiqa.service.fieldforms import of_country, pack_of
from rafiqa.service.foreignforms import read_foreign
from rafiqa.wire.xformread import xform_head


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="the form, as XForm or XLSForm")
    parser.add_argument(
        "--record",
        metavar="RECORD",
        help="the dictionary's record that its answers are about",
    )
    parser.add_argument(
        "--media", metavar="FILE", type=Path, action="append", default=[], help="a file it needs"
    )
    parser.add_argument(
        "--country",
        metavar="FILE",
        type=Path,
        help="the country's file: what its own choices in this form count as",
    )
    parser.add_argument(
        "--close", action="store_true", help="give it out no longer; what is filled is still taken"
    )
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the form is out."""
    office = office_of(args)
    if args.record is not None and args.record not in dictionary().records:
        params: dict[str, str | int] = {"record": args.record}
        raise InvalidInput(Fault("service.form.record", "--record", params=params))
    content = _xform(args.file)
    head = xform_head(content)
    form = FormPublished(head.form_id, head.version, head.title, "", args.record, closed=args.close)
    form = of_country(form, pack_of(args.country))
    media = {path.name: _read(path) for path in args.media}
    refuse_acted(publish_form(office, actor_of(args, office), form, content, media))
    published = office.fieldbook().form(head.form_id, head.version)
    answer = {
        "form_id": head.form_id,
        "version": head.version,
        "title": head.title,
        "sha256": published.xml_sha256 if published else None,
    }
    key = "cli.form.closed" if args.close else "cli.form.published"
    words = text(key, {"form": head.form_id, "version": head.version}, args.lang)
    output_of(args).show(answer, [words])
    return DONE


def _xform(path: Path) -> bytes:
    """Returns what phones run; a workbook is read and converted in a process under limits."""
    if path.suffix.lower() not in {".xlsx", ".xls"}:
        return _read(path)
    report = read_foreign(path)
    if report.refused:
        raise InvalidInput(report.refused)
    return report.xform.encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise NotFound(Fault("service.import.no-file", "FILE", params=params)) from error
