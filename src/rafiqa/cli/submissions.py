"""``rafiqa submissions``: what came from the field, where each stands, and all of it as a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import missing_files
from rafiqa.service.submissionview import MEDIA_TYPES, export, summary


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "--of", metavar="ORG", help="only what this organisation sent, with all that names persons"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="write them: .csv, .geojson or .zip"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 after telling where each submission stands."""
    office = office_of(args)
    stories = list(office.fieldbook().of_organisation(args.of))
    if args.out is not None:
        kind = args.out.suffix.lstrip(".").lower()
        if kind not in MEDIA_TYPES:
            raise InvalidInput(Fault("api.submission.format", "--out"))
        args.out.write_bytes(export(office, stories, kind, args.lang, args.of))
    items = [
        {**summary(story, args.lang), "missing": list(missing_files(office, story))}
        for story in stories
    ]
    lines = [text("cli.submissions.n", {"count": len(items)}, args.lang)]
    for item in items:
        lines.append(f"{item['received_at']}  {item['id']}  {item['form_id']}  {item['says']}")
        lines += [f"    {fault['detail']}" for fault in item["faults"]]
        if item["missing"]:
            files = {"files": ", ".join(item["missing"])}
            lines.append("    " + text("cli.submissions.missing", files, args.lang))
    output_of(args).show({"n": len(items), "submissions": items}, lines)
    return DONE
