"""``rafiqa picture``: make a picture that may be shared: faces and number plates hidden."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.store.durable import write_durably
from rafiqa.wire.limit import MEBIBYTE
from rafiqa.wire.picture import PICTURE_BYTES, Box, hidden


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a JPEG, PNG or WebP")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="for the new one, a JPEG"
    )
    parser.add_argument(
        "--hide",
        metavar="X,Y,W,H",
        action="append",
        default=[],
        help="hide this too: left, top, width, height in thousandths; may be given again",
    )
    add_common(parser, store=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the new picture is written; a person has to look at it before it is shared."""
    if args.out.exists() and args.out.samefile(args.file):
        # The one it is made of may be the only one there is.
        raise InvalidInput(Fault("cli.picture.same", "--out"))
    with args.file.open("rb") as stream:
        content = stream.read(PICTURE_BYTES + 1)
    if len(content) > PICTURE_BYTES:
        params: dict[str, str | int] = {"limit_mib": PICTURE_BYTES // MEBIBYTE}
        raise InvalidInput(Fault("wire.picture.large", "FILE", params=params))
    made = hidden(content, [_box(each) for each in args.hide])
    write_durably(args.out, made.jpeg)
    told: dict[str, object] = {"path": str(args.out), "found": len(made.found)}
    lines = [
        text("cli.picture.made" if made.looked else "cli.picture.unlooked", told, args.lang),
        text("cli.picture.look", {}, args.lang),
    ]
    answer = {
        "out": str(args.out),
        "found": [list(box) for box in made.found],
        "looked": made.looked,
    }
    output_of(args).show(answer, lines)
    return DONE


def _box(told: str) -> Box:
    try:
        x, y, w, h = (int(each) for each in told.split(","))
    except ValueError:
        raise InvalidInput(Fault("wire.picture.region", "--hide")) from None
    return x, y, w, h
