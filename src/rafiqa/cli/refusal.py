"""How a command prints a refusal: every fault, its place, and what to do next."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from rafiqa.cli.colour import painted
from rafiqa.cli.language import language_in
from rafiqa.cli.session import REFUSED, USAGE, Output, output_of
from rafiqa.cli.usage import Misused
from rafiqa.errors import Fault, RafiqaError, Refused, StoreError
from rafiqa.service.outcome import Acted
from rafiqa.wire.answer import refusal_json


def show_refusal(args: argparse.Namespace, error: RafiqaError) -> None:
    """Prints every fault of a refused command, to standard error unless JSON is asked for."""
    faults = refusal_json(error, args.lang)
    lines = [line for fault in faults for line in fault_lines(fault)]
    output_of(args).refuse({"error": error.code, "refused": faults}, lines)


def show_misuse(error: Misused, words: Sequence[str]) -> int:
    """Returns 2 after telling what is wrong with a command line: as JSON where it asks for that."""
    lang = language_in(words)
    faults = refusal_json(error, lang)
    lines = [line for fault in faults for line in fault_lines(fault)]
    answer = {"error": error.code, "refused": faults}
    Output("--json" in words, lang).refuse(answer, [error.usage.rstrip(), *lines])
    return USAGE


def show_failure(args: argparse.Namespace, error: OSError) -> int:
    """Returns 1 after telling what the machine would not do: no such folder, no room, no leave."""
    named = str(error.filename or "")
    params: dict[str, str | int] = {"file": named or "–", "detail": error.strerror or str(error)}
    show_refusal(args, StoreError(Fault("cli.machine.failed", named, params=params)))
    return REFUSED


def fault_lines(fault: dict[str, Any]) -> list[str]:
    """Returns a fault as lines: its row and place, what is wrong, and what to do next."""
    row = "" if fault["row"] is None else f"{fault['row']}: "
    place = row + (f"{fault['field']}: " if fault["field"] else "")
    step = [f"  {fault['next']}"] if fault.get("next") else []
    detail = painted(fault["detail"], "bad", sys.stderr)
    code = painted(f"[{fault['code']}]", "quiet", sys.stderr)
    return [f"{place}{detail}  {code}", *step]


def refuse_acted(acted: Acted) -> None:
    """Nothing, or ``Refused`` with every reason against an act that was not done."""
    if not acted.done:
        raise Refused([Fault(reason.code, "", None, reason.params) for reason in acted.reasons])
