"""``rafiqa record``: papers of a project or rubble lot, from a file of their fields."""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import (
    DONE,
    actor_of,
    add_actor,
    add_common,
    office_of,
    output_of,
    tellable,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.recovery import SiteFact
from rafiqa.service import NOW, SITE_RECORDS, Stamp, put_on_record, site_fact
from rafiqa.wire.factcode import fact_bytes
from rafiqa.wire.instant import instant_us
from rafiqa.wire.strictjson import parse_json

_LEVELS = 4
_ROWS_MAX = 10_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("kind", metavar="KIND", choices=SITE_RECORDS, help=", ".join(SITE_RECORDS))
    parser.add_argument(
        "file", metavar="FILE.json", type=Path, help="one object, or a list of them"
    )
    parser.add_argument(
        "--valid-at", metavar="T", help="when it was true (ISO 8601); now if not given"
    )
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 once every paper of the file is on record; all are checked before the first is."""
    office = office_of(args)
    actor = actor_of(args, office)
    told = args.valid_at
    valid_us = (
        None if told is None else tellable(instant_us(told, "--valid-at"), told, "--valid-at")
    )
    facts = [
        site_fact(args.kind, values, row) for row, values in enumerate(_rows(args.file), start=1)
    ]
    entry_ids: list[str] = []
    for fact in facts:
        acted = put_on_record(office, actor, fact, _stamp(args.kind, fact, valid_us))
        refuse_acted(acted)
        entry_ids += acted.entry_ids
    words = text("cli.record.done", {"n": len(facts)}, args.lang)
    output_of(args).show({"entries": entry_ids}, [words])
    return DONE


def _valid_us(told: str | None) -> int | None:
    if told is None:
        return None
    return tellable(instant_us(told, "--valid-at"), told, "--valid-at")


def _stamp(kind: str, fact: SiteFact, valid_us: int | None) -> Stamp:
    """Returns the stamp of a paper; with a day of its own, sent again it is the same paper.

    Without one it is as of now: what says the same as a year ago says it of today.
    """
    if valid_us is None:
        return NOW
    digest = sha256(fact_bytes(fact) + str(valid_us).encode())
    return Stamp(valid_us, f"record:{kind}:{digest.hexdigest()[:32]}", digest.digest())


def _rows(path: Path) -> list[dict[str, Any]]:
    """Returns the objects of a file.

    Raises:
        InvalidInput: it cannot be read, or is neither an object nor a list of objects.
    """
    fault = Fault("cli.record.file", "FILE", params={"file": str(path)})
    try:
        told: Any = parse_json(path.read_bytes(), levels=_LEVELS)
    except OSError as error:
        raise InvalidInput(fault) from error
    rows = told if isinstance(told, list) else [told]
    if not rows or len(rows) > _ROWS_MAX or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(fault)
    return rows
