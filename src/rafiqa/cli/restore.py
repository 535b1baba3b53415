"""``rafiqa restore``: a store from a backup, checked before it gets its name."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, REFUSED, add_common, output_of
from rafiqa.locale import text
from rafiqa.service import restore
from rafiqa.service.keeping import note_drill, restore_into_database
from rafiqa.service.opening import open_office
from rafiqa.service.place import is_database, told_store
from rafiqa.store import Machine
from rafiqa.wire.answer import refusal_json


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("src", metavar="SRC", type=Path, help="the backup's file")
    parser.add_argument(
        "target", metavar="STORE", help="a path or postgresql:// address; no store is there yet"
    )
    parser.add_argument(
        "--identity", metavar="FILE", type=Path, help="the secret that opens a sealed backup"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        help="the newest witnessed checkpoint; the one beside SRC by default",
    )
    parser.add_argument(
        "--drill-of",
        metavar="STORE",
        help="the store that SRC is a backup of: it notes that the backup was tried, and when",
    )
    add_common(parser, store=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the store is there, whole; 1 where it is there and only to be read."""
    progress_of(args, "cli.progress.restore")
    machine = Machine(entropy, now_us)
    beside = {"identity": args.identity, "checkpoint": args.checkpoint}
    if is_database(args.target):
        made = restore_into_database(args.src, args.target, machine, **beside)
    else:
        made = restore(args.src, Path(args.target), machine, **beside)
    if args.drill_of is not None:
        office = open_office(args.drill_of, now_us=now_us, entropy=entropy)
        with closing(office.store):
            note_drill(office, made, now_us())
    refused = refusal_json([made.barred] if made.barred else [], args.lang)
    answer = {
        "root": made.head.entry_hash.hex(),
        "entries": made.head.seq,
        "writable": made.barred is None,
        "refused": refused,
    }
    params: dict[str, object] = {"path": told_store(args.target), **answer}
    lines = [text("cli.restore.done", params, args.lang)]
    lines += [f"  {fault['detail']} {fault['next']}" for fault in refused]
    output_of(args).show(answer, lines)
    return DONE if made.barred is None else REFUSED
