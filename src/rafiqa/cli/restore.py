"""``rafiqa restore``: a store from a backup, checked before it gets its name."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.locale import text
from rafiqa.service import restore
from rafiqa.store import Machine


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("src", metavar="SRC", type=Path, help="the backup's file")
    parser.add_argument("target", metavar="STORE", type=Path, help="the store; not there yet")
    parser.add_argument(
        "--identity", metavar="FILE", type=Path, help="the secret that opens a sealed backup"
    )
    add_common(parser, store=False)


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the store is there, whole."""
    head = restore(args.src, args.target, args.identity, Machine(entropy, now_us))
    answer = {"root": head.entry_hash.hex(), "entries": head.seq}
    params: dict[str, object] = {"path": str(args.target), **answer}
    output_of(args).show(answer, [text("cli.restore.done", params, args.lang)])
    return DONE
