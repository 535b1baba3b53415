"""``rafiqa worth``: for every area with open ground, survey, clear or watch it next, and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, add_times, all_of, as_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.risk.worth import DEFAULT_POWER
from rafiqa.service.worth import ask_worth, costs_of
from rafiqa.wire.strictjson import strict_json
from rafiqa.wire.worthjson import worth_json

_FILE_BYTES = 16 * 1024 * 1024


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    for option, says in (
        ("--clear", "cost of clearing a hectare, in any unit"),
        ("--survey", "cost of surveying it, in the same unit"),
        ("--leave", "harm of leaving it as it is where it is contaminated, in the same unit"),
    ):
        parser.add_argument(option, type=float, required=True, metavar="COST", help=says)
    for option, default, says in (
        ("--sensitivity", DEFAULT_POWER.sensitivity, "chance that survey shows what is there"),
        ("--specificity", DEFAULT_POWER.specificity, "chance that it shows none where none is"),
    ):
        parser.add_argument(option, type=float, default=default, metavar="P", help=says)
    parser.add_argument(
        "--probabilities", type=Path, metavar="FILE.json", help='by area: {"H1": 0.2, …}'
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing what to do next in each area."""
    (costs, power), stated, times = all_of(
        lambda: costs_of(vars(args), "--"), lambda: _stated(args.probabilities), lambda: as_of(args)
    )
    progress_of(args, "cli.progress.worth")
    visits = ask_worth(office_of(args), costs, power, stated, times)
    answer = worth_json(visits, costs, power, args.lang)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _stated(path: Path | None) -> dict[str, float]:
    """Returns the probabilities of a file.

    Raises:
        InvalidInput: it cannot be read, or every row that is no probability.
    """
    if path is None:
        return {}
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path) from error
    if len(data) > _FILE_BYTES:
        raise _unreadable(path)
    told = strict_json(data, levels=2, most_bytes=_FILE_BYTES)
    if not isinstance(told, dict):
        raise _unreadable(path)
    faults = [
        Fault("cli.worth.probability", f"--probabilities {area_id}", params={"value": str(p)})
        for area_id, p in told.items()
        if isinstance(p, bool) or not isinstance(p, int | float) or not _chance(p)
    ]
    if faults:
        raise InvalidInput(faults)
    return {area_id: float(p) for area_id, p in told.items()}


def _chance(value: float) -> bool:
    return 0 <= value <= 1


def _unreadable(path: Path) -> InvalidInput:
    return InvalidInput(Fault("cli.worth.file", "--probabilities", params={"file": str(path)}))


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    for reason in answer["reasons"]:
        yield reason["text"]
    if not answer["areas"]:
        yield text("risk.worth.none-open", {}, lang)
    for area in answer["areas"]:
        for at, reason in enumerate(area["reasons"]):
            yield f"{'  ' if at else ''}{reason['text']}"
