"""``rafiqa tiles``: write the reference layers that all may see as one file of map tiles."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import DONE, add_common, add_times, as_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.basemap import make_base

SUFFIX = ".pmtiles"


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=f"the file to write, {SUFFIX}"
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after writing the file.

    Raises:
        InvalidInput: the file's name does not end as it must, it cannot be written where it was
            named, tippecanoe is missing or failed, or no layer is on record.
    """
    params: dict[str, str | int] = {"file": str(args.out)}
    if args.out.suffix != SUFFIX:
        raise InvalidInput(Fault("cli.tiles.suffix", "--out", params=params))
    office, output = office_of(args), output_of(args)
    try:
        counts = make_base(office, args.out, as_of(args))
    except OSError as error:
        raise InvalidInput(Fault("cli.export.not-written", "--out", params=params)) from error
    size = args.out.stat().st_size
    answer = {"file": str(args.out), "bytes": size, "layers": counts}
    params["n"] = sum(counts.values())
    output.show(answer, [text("cli.tiles.done", params, args.lang)])
    return DONE
