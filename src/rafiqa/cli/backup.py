"""``rafiqa backup``: a whole, proven copy of the store, sealed to people who are elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import back_up
from rafiqa.store import Machine
from rafiqa.wire.instant import iso


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("dest", metavar="DEST", type=Path, help="the backup's file; not there yet")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--recipient",
        metavar="AGE",
        action="append",
        help="who may open it: an age1… text; may be given again",
    )
    how.add_argument("--plain", action="store_true", help="do not seal it: whoever has it reads it")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the backup is on the disk and was read again."""
    if not args.recipient and not args.plain:
        raise InvalidInput(Fault("cli.backup.sealed-or-plain", "--recipient"))
    office = office_of(args, of_any_age=True)
    progress_of(args, "cli.progress.backup")
    manifest = back_up(office, args.dest, args.recipient or [], Machine(entropy, now_us))
    answer = {
        "root": manifest.root,
        "entries": manifest.n_entries,
        "until": iso(manifest.recorded_at_us) if manifest.n_entries else None,
        "bytes": manifest.n_bytes,
        "sealed": manifest.sealed,
    }
    params: dict[str, object] = {
        "path": str(args.dest),
        "entries": manifest.n_entries,
        "root": manifest.root,
    }
    key = "cli.backup.sealed" if manifest.sealed else "cli.backup.plain"
    output_of(args).show(answer, [text(key, params, args.lang)])
    return DONE
