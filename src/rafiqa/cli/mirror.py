"""``rafiqa mirror``: publish the present land book and projects for QGIS and BI tools."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from rafiqa.cli.machine import now_us
from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.locale import text
from rafiqa.service import AssetShelf, Office
from rafiqa.service.mapmirror import mirrored
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.mirrorfile import write_mirror
from rafiqa.wire.mirrortable import Mirrored

OLDEST_S: Final = 3_600
"""With ``--follow`` it is published again after this long where no entry came: days end too."""
_SERVER: Final = ("postgresql://", "postgres://")
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LEAST_S, _MOST_S = 1, 86_400

Put = Callable[[Mirrored], int]


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "target", metavar="TARGET", help="a file that ends in .gpkg, or postgresql://…"
    )
    parser.add_argument(
        "--public", action="store_true", help="only what everybody is told; else it is for staff"
    )
    parser.add_argument(
        "--schema",
        metavar="NAME",
        help="the schema in the database; rafiqa_mirror or rafiqa_public if left out",
    )
    parser.add_argument(
        "--anew", action="store_true", help="in the place of whatever mirror stands there"
    )
    parser.add_argument(
        "--follow",
        type=int,
        metavar="SECONDS",
        help="go on: publish again whenever something new is on record",
    )


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after publishing; with ``--follow`` it goes on until it is stopped.

    Raises:
        InvalidInput: the target cannot be used or holds what is not this site's mirror.
        StoreError: the server of the target cannot be reached.
    """
    put = _put(args)
    office = office_of(args)
    progress_of(args, "cli.progress.mirror")
    made = mirrored(office, AssetShelf(), public=args.public)
    _show(args, made, put(made))
    if args.follow is not None:
        _follow(args, office, put, made.stamp.entries)
    return DONE


def _put(args: argparse.Namespace) -> Put:
    """Returns what publishes to the target.

    Raises:
        InvalidInput: every fault of the command line.
    """
    faults = []
    server = args.target.startswith(_SERVER)
    if not server and Path(args.target).suffix.lower() != ".gpkg":
        faults.append(Fault("cli.mirror.target", "TARGET"))
    if args.schema is not None and not (server and _SCHEMA.fullmatch(args.schema)):
        faults.append(Fault("cli.mirror.schema", "--schema"))
    if args.follow is not None and not _LEAST_S <= args.follow <= _MOST_S:
        params: dict[str, str | int] = {"least": _LEAST_S, "most": _MOST_S}
        faults.append(Fault("cli.mirror.follow", "--follow", None, params))
    if server and find_spec("psycopg") is None:
        faults.append(Fault("service.store.no-driver", "TARGET"))
    if faults:
        raise InvalidInput(faults)
    return _to_server(args) if server else _to_file(args)


def _to_file(args: argparse.Namespace) -> Put:
    def put(made: Mirrored) -> int:
        write_mirror(made, Path(args.target), now_us=now_us(), anew=args.anew)
        return len(made.tables)

    return put


def _to_server(args: argparse.Namespace) -> Put:
    # Only where there is a driver: a laptop works without.
    from rafiqa.wire.mirrorbase import PUBLIC_SCHEMA, STAFF_SCHEMA, publish_mirror

    schema = args.schema or (PUBLIC_SCHEMA if args.public else STAFF_SCHEMA)

    def put(made: Mirrored) -> int:
        return publish_mirror(made, args.target, schema, now_us=now_us(), anew=args.anew)

    return put


def _show(args: argparse.Namespace, made: Mirrored, written: int) -> None:
    unread = [Fault("wire.mirror.unread", name, params={"n": n}) for name, n in made.unread.items()]
    warnings = refusal_json(unread, args.lang)
    answer = {
        "tables": {table.name: len(table) for table in made.tables},
        "written": written,
        "as_of": made.stamp.as_of,
        "known_at": made.stamp.known_at,
        "entries": made.stamp.entries,
        "warnings": warnings,
    }
    lines = [_line(args, made)]
    lines += [f"  {table.name}: {len(table)}" for table in made.tables]
    lines += [f"  {each['field']} {each['detail']}  [{each['code']}]" for each in warnings]
    output_of(args).show(answer, lines)


def _line(args: argparse.Namespace, made: Mirrored) -> str:
    params = {"n": len(made.tables), "entries": made.stamp.entries, "day": made.stamp.as_of}
    return text("cli.mirror.done", params, args.lang)


def _follow(args: argparse.Namespace, office: Office, put: Put, entries: int) -> None:
    """Publishes again and again, until a signal ends the command."""
    # What stands there now is ours; what takes its place meanwhile is judged again.
    args.anew = False
    output, at_s = output_of(args), time.monotonic()
    while True:
        time.sleep(args.follow)
        try:
            newest = office.facts()[-1].seq
            if newest == entries and time.monotonic() - at_s < OLDEST_S:
                continue
            made = mirrored(office, AssetShelf(), public=args.public)
            put(made)
        except StoreError as error:
            # Either server may be starting anew: the next turn tries again.
            for each in refusal_json(error.faults, args.lang):
                output.note(f"{each['detail']}  [{each['code']}]")
            if office.vanished is not None:
                # What stands in the mirror is of a history that is gone: it is made of the new one.
                office.store.close()
                office, entries, args.anew = office_of(args), -1, True
            continue
        args.anew = False
        entries, at_s = made.stamp.entries, time.monotonic()
        output.note(_line(args, made))
