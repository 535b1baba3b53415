"""``rafiqa places``: compile lists of places into a gazetteer that names are looked up in."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.places import Compiled, compile_places
from rafiqa.wire.answer import worded


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="lists of places, the most trusted first: Who's On First (CSV), GeoNames or Open "
        "Syria (JSON), COD-AB (SHP, CSV), or what `rafiqa import --as places` reads",
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="the gazetteer to write"
    )
    parser.add_argument(
        "--licence",
        default="not stated",
        metavar="WORDS",
        help="under what files of other sources are given out; it stands in the gazetteer",
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the gazetteer is written.

    Raises:
        InvalidInput: a file cannot be read, or the gazetteer cannot be written.
    """
    progress = progress_of(args, "cli.progress.places")
    try:
        made = compile_places(args.files, args.out, args.licence, progress.tell)
    except OSError as error:
        params: dict[str, str | int] = {"file": str(args.out)}
        raise InvalidInput(Fault("cli.export.not-written", "--out", params=params)) from error
    output_of(args).show(_answer(args, made), list(_lines(args, made)))
    return DONE


def _answer(args: argparse.Namespace, made: Compiled) -> dict[str, Any]:
    return {
        "file": str(args.out),
        "bytes": made.n_bytes,
        "sha256": made.gazetteer.sha256,
        "places": len(made.gazetteer.places),
        "names": len(made.gazetteer.at),
        "sources": [
            {
                "source": one.source.name,
                "licence": one.source.licence,
                "credit": one.source.credit,
                "sha256": one.source.sha256,
                "rows": one.source.rows,
                "refused": one.source.refused,
                "names_lost": one.lost,
            }
            for one in made.lists
        ],
        "refused": {fault.code: count for fault, count in made.reasons()},
        "refused_rows": None if made.refused is None else str(made.refused),
    }


def _lines(args: argparse.Namespace, made: Compiled) -> Iterator[str]:
    lang = args.lang
    for one in made.lists:
        words: dict[str, str | int] = {
            "source": one.source.name,
            "licence": one.source.licence,
            "rows": one.source.rows,
            "refused": one.source.refused,
        }
        yield text("cli.places.source", words, lang)
        if one.lost:
            yield "  " + text("cli.places.lost", {"n": one.lost}, lang)
    for fault, count in made.reasons():
        yield f"  {count} × {text(fault.code, worded(fault.params, lang), lang)}"
    if made.refused is not None:
        yield text("cli.places.kept", {"file": str(made.refused)}, lang)
    done: dict[str, str | int] = {
        "places": len(made.gazetteer.places),
        "names": len(made.gazetteer.at),
        "file": str(args.out),
        "sha": made.gazetteer.sha256[:16],
    }
    yield text("cli.places.done", done, lang)
