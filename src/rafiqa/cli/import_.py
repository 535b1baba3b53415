"""``rafiqa import``: take in a file; what is refused is named by row and kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.locale import text
from rafiqa.service.importing import IMPORT_KINDS, import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.preview import BESIDE, ID, NOTHING, PLACE, VAULT, Preview
from rafiqa.wire.answer import refusal_json

SHOWN = 20
_BECOMES = (BESIDE, PLACE, NOTHING, ID, VAULT)


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
    parser.add_argument(
        "--map", metavar="MAPPING", help="a mapping file, or the name of a shipped or saved one"
    )
    parser.add_argument(
        "--save-mapping", metavar="SOURCE", help="save that mapping, to be used by this name"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would happen, keep nothing"
    )
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where any row was taken in (or there was none), 1 where all was refused."""
    office = office_of(args)
    order = IntakeOrder(
        args.file,
        args.kind,
        args.map,
        args.dry_run,
        args.save_mapping,
        _acknowledging(args),
    )
    report = import_file(office, actor_of(args, office), order)
    refused = refusal_json(report.refused, args.lang)
    warnings = refusal_json(report.warnings, args.lang)
    answer: dict[str, Any] = {
        "read": report.read,
        "accepted": report.accepted,
        "already": report.already,
        "quarantined": report.quarantined,
        "import": report.import_id or None,
        "refused": refused,
        "warnings": warnings,
    }
    if report.preview is not None:
        answer["preview"] = {"columns": report.preview.columns, "rows": report.preview.rows}
    params = {name: value for name, value in answer.items() if isinstance(value, int)}
    lines = [text("cli.import.done", {**params, "refused": len(refused)}, args.lang)]
    if report.persons:
        answer["persons_in_vault"] = report.persons
        lines.append(text("cli.import.persons", {"n": report.persons}, args.lang))
    lines += _preview(report.preview, args.lang) if report.preview is not None else []
    for fault in [*refused[:SHOWN], *warnings[:SHOWN]]:
        place = "" if fault["row"] is None else f"{fault['row']}: "
        lines.append(f"  {place}{fault['field'] or ''} {fault['detail']}  [{fault['code']}]")
        if fault.get("next"):
            lines.append(f"      {fault['next']}")
    n_more = sum(max(len(faults) - SHOWN, 0) for faults in (refused, warnings))
    if n_more:
        lines.append(f"  … +{n_more}")
    if report.quarantined and not args.dry_run:
        lines.append(text("cli.import.kept", {"store": args.store}, args.lang))
    output_of(args).show(answer, lines)
    return REFUSED if refused and not report.accepted else DONE


def _acknowledging(args: argparse.Namespace) -> Callable[[int], None]:
    """Returns what is called with how many rows are kept; whoever reads a pipe has it as lines."""
    progress, output = progress_of(args, "cli.progress.import"), output_of(args)
    return progress.tell if progress.is_drawn else lambda n: output.note(f"accepted {n}")


def _preview(preview: Preview, lang: str) -> Iterator[str]:
    """Yields per column what it becomes, and the first rows as they will be."""
    words = {code: text(f"cli.import.becomes-{code}", {}, lang) for code in _BECOMES}
    for column, becomes in preview.columns.items():
        yield f"  {column} → {', '.join(words.get(each, each) for each in becomes)}"
    for row in preview.rows:
        said = [f"{name}={value}" for name, value in row["fields"].items() if name != "geometry"]
        beside = [f"{name}={str(value)[:60]}" for name, value in row["beside"].items()]
        yield f"  {row['row']}: {', '.join(said)}"
        if beside:
            yield f"      {words[BESIDE]}: {', '.join(beside)}"
        if row["geometry"]:
            yield f"      {row['geometry'][:90]}"
