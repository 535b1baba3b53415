"""The door: run the benches, print their tables, and rewrite the page that shows them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from bench.machine import machine
from bench.table import Table, rewrite, section

DEFAULT = (
    *("import_formats", "spreadsheet", "demo_growth", "answers", "land_book", "overlay", "ledger"),
    *(
        "store",
        "log",
        "certificate",
        "gate_all",
        "bulk_region",
        "forms",
        "entities",
        "phones",
        "permits",
        "plan",
    ),
    *("residual", "acceptance", "ogc", "tiles", "desk", "doors"),
)
"""What a plain run measures."""
RISK = ("risk_reland", "risk_colombia", "risk_city", "risk_rows", "risk_scale", "plan_live")
"""What is judged and planned, against what turns out: many minutes each, and the first two on data
beside the checkout."""
STUDY = ("desk_study", "desk_places")
"""What a text is read for; the second on data beside the checkout."""
CENTRE = ("server", "sizing", "bulk_growth")
"""What a centre bears: its server with PostgreSQL, for an hour, and a country as it grows."""
BY_NAME = (*DEFAULT, *CENTRE, "clone_to_green", *RISK, *STUDY)
"""Also what is only run when it is named: it installs the whole project anew, or takes long."""
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs what is asked for; a quick run writes nothing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BY_NAME, []], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    args = parser.parse_args(arguments)
    for name in args.names or DEFAULT:
        measure: Callable[[bool], list[Table]] = import_module(f"bench.{name}").measure
        tables = measure(args.quick)
        text = section(name, machine(), tables)
        print(text, flush=True)
        if not args.quick:
            rewrite(PAGE, BY_NAME, {name: text})


if __name__ == "__main__":
    main()
