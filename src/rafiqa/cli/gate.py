"""``rafiqa gate``: may this project start, and if not, why not."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rafiqa.cli.progress import Progress, progress_of
from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import DONE, USAGE, add_common, add_times, as_of, office_of, output_of
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import AsOf, Office, gate_of, project_of
from rafiqa.service.gateall import GateCount, n_everything, rule_everything
from rafiqa.wire.answer import gates_json, who_said
from rafiqa.wire.gatetable import GateBlock, GateTable


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("project", metavar="PROJECT", nargs="?", help="the project's id")
    parser.add_argument("--all", action="store_true", help="every asset and project at once")
    parser.add_argument("--out", metavar="FILE.parquet", type=Path, help="with --all: one row each")
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing the gate; 2 where it is not said of what."""
    misused = list(_misuses(args))
    if misused:
        show_refusal(args, InvalidInput(misused))
        return USAGE
    return _all(args) if args.all else _one(args)


def _misuses(args: argparse.Namespace) -> Iterator[Fault]:
    if args.all == (args.project is not None):
        yield Fault("cli.gate.project-or-all", "PROJECT")
    if args.out and not args.all:
        # Told, because a table that is asked for and not written would be missed later.
        yield Fault("cli.gate.out-without-all", "--out")


def _one(args: argparse.Namespace) -> int:
    office, times = office_of(args), as_of(args)
    project = project_of(office, args.project, times)
    answer: dict[str, Any] = gates_json(gate_of(office, project, times), args.lang)
    outcome = dictionary().lists["gate_outcome"].label(answer["outcome"], args.lang)
    name = project.name_ar if args.lang == "ar" and project.name_ar else project.name
    lines = [f"{name}: {outcome}"]
    for gate in answer["gates"]:
        lines.append(f"  {gate['gate']} {gate['outcome']}: {gate['detail']}")
        bound = _bound(gate, args.lang)
        if bound:
            lines.append(f"      {bound}")
        if gate.get("next") and gate["outcome"] != "open":
            lines.append(f"      {gate['next']}")
    lines += [f"  {each['gate']} –: {each['detail']}" for each in answer["not_asked"]]
    output_of(args).show(answer, lines)
    return DONE


def _bound(gate: dict[str, Any], lang: str) -> str:
    """Returns whom a condition binds, and until which day it holds; nothing where neither."""
    who = [who_said(gate["who"], lang)] if gate["who"] else []
    until = [text("cli.gate.until", {"day": gate["until"][:10]}, lang)] if gate["until"] else []
    return ", ".join([*who, *until])


def _all(args: argparse.Namespace) -> int:
    if args.out and not args.out.absolute().parent.is_dir():
        params = {"file": str(args.out)}
        raise InvalidInput(Fault("cli.gate.out-no-folder", "--out", params=params))
    office, times = office_of(args), as_of(args)
    started_s = time.perf_counter()
    told = _Told(progress_of(args, "cli.progress.gate"), n_everything(office, times))
    if args.out:
        count = _written(office, args.out, times, told)
    else:
        count = rule_everything(office, told, times)
    seconds = time.perf_counter() - started_s
    answer = {
        "n": count.n,
        "open": count.n_open,
        "conditions": count.n_conditions,
        "closed": count.n_closed,
        "seconds": round(seconds, 3),
    }
    output_of(args).show(answer, [f"{name}: {value}" for name, value in answer.items()])
    return DONE


class _Told:
    """Where rows go that are counted for whoever waits, and then to a table where there is one."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self.table: GateTable | None = None

    def write(self, block: GateBlock) -> None:
        """Takes some rows."""
        if self.table is not None:
            self.table.write(block)
        self._done += len(block)
        self._progress.tell(self._done, self._total)


def _written(office: Office, out: Path, times: AsOf, told: _Told) -> GateCount:
    """Writes the table and returns its count.

    Raises:
        InvalidInput: the place that was named cannot be written to.
    """
    try:
        with GateTable(out) as told.table:
            return rule_everything(office, told, times)
    except OSError as error:
        params = {"file": str(out)}
        raise InvalidInput(Fault("cli.gate.out-not-written", "--out", params=params)) from error
