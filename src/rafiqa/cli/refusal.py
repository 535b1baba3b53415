"""How a command prints a refusal: every fault, its place, and what to do next."""

from __future__ import annotations

import argparse

from rafiqa.cli.session import output_of
from rafiqa.errors import Fault, RafiqaError, Refused
from rafiqa.service import Acted
from rafiqa.wire.answer import refusal_json


def show_refusal(args: argparse.Namespace, error: RafiqaError) -> None:
    """Prints every fault of a refused command, to standard error unless JSON is asked for."""
    faults = refusal_json(error, args.lang)
    lines = []
    for fault in faults:
        row = "" if fault["row"] is None else f"{fault['row']}: "
        place = row + (f"{fault['field']}: " if fault["field"] else "")
        lines.append(f"{place}{fault['detail']}  [{fault['code']}]")
        if fault.get("next"):
            lines.append(f"  {fault['next']}")
    output_of(args).refuse({"error": error.code, "refused": faults}, lines)


def refuse_acted(acted: Acted) -> None:
    """Nothing, or ``Refused`` with every reason against an act that was not done."""
    if not acted.done:
        raise Refused([Fault(reason.code, "", None, reason.params) for reason in acted.reasons])
