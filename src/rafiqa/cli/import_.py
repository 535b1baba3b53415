"""``rafiqa import``: take in a file; what is refused is named by row and kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service.importing import IMPORT_KINDS, import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.wire.answer import refusal_json

SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to take in")
    parser.add_argument(
        "--as",
        dest="kind",
        metavar="KIND",
        required=True,
        choices=IMPORT_KINDS,
        help="what its rows are: " + ", ".join(IMPORT_KINDS),
    )
    parser.add_argument("--map", metavar="MAPPING", help="a mapping file, or a shipped one's name")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would happen, keep nothing"
    )
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where any row was taken in (or there was none), 1 where all was refused."""
    office, output = office_of(args), output_of(args)
    order = IntakeOrder(
        args.file, args.kind, args.map, args.dry_run, lambda n: output.note(f"accepted {n}")
    )
    report = import_file(office, actor_of(args, office), order)
    refused = refusal_json(report.refused, args.lang)
    warnings = refusal_json(report.warnings, args.lang)
    answer = {
        "read": report.read,
        "accepted": report.accepted,
        "already": report.already,
        "quarantined": report.quarantined,
        "import": report.import_id or None,
        "refused": refused,
        "warnings": warnings,
    }
    params = {name: value for name, value in answer.items() if isinstance(value, int)}
    lines = [text("cli.import.done", {**params, "refused": len(refused)}, args.lang)]
    for fault in [*refused[:SHOWN], *warnings[:SHOWN]]:
        place = "" if fault["row"] is None else f"{fault['row']}: "
        lines.append(f"  {place}{fault['field'] or ''} {fault['detail']}  [{fault['code']}]")
        if fault.get("next"):
            lines.append(f"      {fault['next']}")
    if len(refused) > SHOWN:
        lines.append(f"  … +{len(refused) - SHOWN}")
    if report.quarantined and not args.dry_run:
        lines.append(text("cli.import.kept", {"store": args.store}, args.lang))
    output.show(answer, lines)
    return REFUSED if refused and not report.accepted else DONE
