"""``rafiqa record``: papers of works, of accidents and of risk education, from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rafiqa.cli.refusal import fault_lines
from rafiqa.cli.session import (
    DONE,
    REFUSED,
    actor_of,
    add_actor,
    add_common,
    office_of,
    output_of,
    tellable,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import SITE_RECORDS
from rafiqa.service.paperfile import take_papers
from rafiqa.service.peoplerecord import PEOPLE_RECORDS
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.instant import instant_us
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json

_LEVELS = 4
_ROWS_MAX = 10_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    kinds = (*SITE_RECORDS, *PEOPLE_RECORDS)
    parser.add_argument("kind", metavar="KIND", choices=kinds, help=", ".join(kinds))
    parser.add_argument(
        "file", metavar="FILE.json", type=Path, help="one object, or a list of them"
    )
    parser.add_argument(
        "--valid-at", metavar="T", help="when it was true (ISO 8601); now if not given"
    )
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where any paper of the file is on record, 1 where all were refused."""
    office = office_of(args)
    valid_us = _valid_us(args.valid_at)
    taken = take_papers(
        office, actor_of(args, office), args.kind, _rows(args.file), args.file.name, valid_us
    )
    refused = refusal_json(taken.refused, args.lang)
    warnings = refusal_json(taken.warnings, args.lang)
    answer = {
        "entries": taken.entry_ids,
        "refused": refused,
        "warnings": warnings,
        "quarantined": len(taken.kept),
    }
    lines = [text("cli.record.done", {"n": len(taken.entry_ids)}, args.lang)]
    lines += [line for fault in (*refused, *warnings) for line in fault_lines(fault)]
    if taken.kept:
        lines.append(text("cli.import.kept", {"store": args.store}, args.lang))
    output_of(args).show(answer, lines)
    return REFUSED if refused and not taken.entry_ids else DONE


def _valid_us(told: str | None) -> int | None:
    if told is None:
        return None
    return tellable(instant_us(told, "--valid-at"), told, "--valid-at")


def _rows(path: Path) -> list[dict[str, Any]]:
    """Returns the objects of a file.

    Raises:
        InvalidInput: it cannot be read, or is neither an object nor a list of objects.
    """
    fault = Fault("cli.record.file", "FILE", params={"file": str(path)})
    try:
        told: Any = strict_json(path.read_bytes(), levels=_LEVELS, most_bytes=TABLE_BYTES)
    except OSError as error:
        raise InvalidInput(fault) from error
    rows = told if isinstance(told, list) else [told]
    if not rows or len(rows) > _ROWS_MAX or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(fault)
    return rows
