"""``rafiqa desk-study``: what a document says of explosive hazards, with the words that say so."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import add_actor, add_common
from rafiqa.wire.nursery import nursery


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument(
        "document",
        metavar="FILE",
        help="the document: text, HTML, DOCX, PDF or a picture; or a folder of them",
    )
    parser.add_argument(
        "--published", metavar="DATE", help="when it came out; without, what it says of that itself"
    )
    parser.add_argument(
        "--places", metavar="GAZETTEER", help="what rafiqa places compiled; else the curated places"
    )
    parser.add_argument(
        "--store", metavar="STORE", help="keep it there, its candidates waiting for a person"
    )
    parser.add_argument("--source", metavar="NAME", help="who published it: an organisation")
    parser.add_argument("--source-grade", metavar="A-F", help="how reliable that source is")
    parser.add_argument(
        "--out",
        metavar="LINES",
        help="of a folder: write a line of JSON for each document there, as it is studied",
    )
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the claims are told, and kept where a store is named.

    Returns 1 where nothing could be read, or kept.
    """
    if Path(args.document).is_file():
        # What reads makes itself ready while what studies is loaded: a quarter of a second each.
        nursery().begin()
    from rafiqa.cli.studied import tell

    return tell(args)
