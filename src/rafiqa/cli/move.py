"""``rafiqa move``: the same ledger in another place, such as from a laptop's file to PostgreSQL."""

from __future__ import annotations

import argparse

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service.moving import move
from rafiqa.service.opening import open_office
from rafiqa.service.place import place_of, told_store


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "target", metavar="TARGET", help="a path or postgresql:// address; no store is there yet"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 once everything is in the target and the old store takes no more writes."""
    office = office_of(args)
    target = open_office(args.target, now_us=now_us, entropy=entropy, create=True)
    args.after.callback(target.store.close)
    head = move(office, target)
    params: dict[str, object] = {
        "entries": head.seq,
        "root": head.entry_hash.hex(),
        "target": told_store(args.target),
        "old": str(place_of(args.store)),
        "new": str(place_of(args.target)),
    }
    lines = [text(f"cli.move.{each}", params, args.lang) for each in ("done", "beside")]
    output_of(args).show({"entries": head.seq, "root": head.entry_hash.hex()}, lines)
    return DONE
