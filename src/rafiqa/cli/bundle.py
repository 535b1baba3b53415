"""``rafiqa bundle``: submissions carried by hand, from an archive or a phone's own folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import (
    DONE,
    REFUSED,
    actor_of,
    add_actor,
    add_common,
    office_of,
    output_of,
)
from rafiqa.locale import text
from rafiqa.service.bundle import take_bundle
from rafiqa.wire.answer import refusal_json


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="a .zip, or a folder of instances")
    add_actor(parser, "surveyor")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where all was taken, 1 where a person should look."""
    office = office_of(args)
    report = take_bundle(office, actor_of(args, office), args.file)
    refused = refusal_json(tuple(report.refused), args.lang)
    answer = {
        "read": report.read,
        "accepted": report.accepted,
        "already": report.already,
        "files": report.files,
        "refused": refused,
    }
    params = {"read": report.read, "accepted": report.accepted, "already": report.already}
    lines = [text("cli.bundle.done", params, args.lang)]
    lines += [f"  {item['field']}: {item['detail']}" for item in refused]
    output_of(args).show(answer, lines)
    return REFUSED if report.refused else DONE
