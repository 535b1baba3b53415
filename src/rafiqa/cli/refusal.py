"""How a command prints a refusal: every fault, its place, and what to do next."""

from __future__ import annotations

import argparse
from typing import Any

from rafiqa.cli.session import output_of
from rafiqa.errors import Fault, RafiqaError, Refused
from rafiqa.service import Acted
from rafiqa.wire.answer import refusal_json


def show_refusal(args: argparse.Namespace, error: RafiqaError) -> None:
    """Prints every fault of a refused command, to standard error unless JSON is asked for."""
    faults = refusal_json(error, args.lang)
    lines = [line for fault in faults for line in fault_lines(fault)]
    output_of(args).refuse({"error": error.code, "refused": faults}, lines)


def fault_lines(fault: dict[str, Any]) -> list[str]:
    """Returns a fault as lines: its row and place, what is wrong, and what to do next."""
    row = "" if fault["row"] is None else f"{fault['row']}: "
    place = row + (f"{fault['field']}: " if fault["field"] else "")
    step = [f"  {fault['next']}"] if fault.get("next") else []
    return [f"{place}{fault['detail']}  [{fault['code']}]", *step]


def refuse_acted(acted: Acted) -> None:
    """Nothing, or ``Refused`` with every reason against an act that was not done."""
    if not acted.done:
        raise Refused([Fault(reason.code, "", None, reason.params) for reason in acted.reasons])
