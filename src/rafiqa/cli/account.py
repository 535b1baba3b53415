"""``rafiqa account``: the land account of a period and boundary, which must balance."""

from __future__ import annotations

import argparse
from typing import Any

from rafiqa.cli.session import (
    DONE,
    REFUSED,
    add_common,
    all_of,
    ends_of,
    office_of,
    output_of,
    tellable,
)
from rafiqa.locale import text
from rafiqa.service import ask_account, ask_floor
from rafiqa.service.boundary import read_boundary
from rafiqa.wire.answer import account_json
from rafiqa.wire.instant import instant_us


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--boundary", metavar="FILE", help="count only ground inside its polygons")
    parser.add_argument("--from", dest="from_", metavar="T", help="start of the period (ISO 8601)")
    parser.add_argument("--to", metavar="T", help="end of the period, included (ISO 8601)")
    parser.add_argument("--known-at", metavar="K", help="as known at this time (ISO 8601)")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after printing the account, 1 where it does not balance."""
    from_us, until_us, known_us = all_of(
        lambda: _start(args.from_),
        lambda: ends_of(args, "--to")[0],
        lambda: ends_of(args, "--known-at")[0],
    )
    office = office_of(args)
    boundary = read_boundary(office, args.boundary) if args.boundary else None
    account = ask_account(
        office,
        from_us=from_us,
        until_us=until_us,
        known_at_us=known_us,
        boundary=boundary,
    )
    floor = ask_floor(office, until_us=until_us, known_at_us=known_us, boundary=boundary)
    answer = account_json(
        account,
        floor=floor,
        known_at_us=office.now_us() if known_us is None else known_us,
        source=office.site.name,
        boundary=args.boundary or "all recorded land",
    )
    origin = _origin(answer, args.from_)
    output_of(args).show(answer, [*_lines(answer, args.lang), *_floors(answer, args.lang), origin])
    return REFUSED if account.balance_error else DONE


def _start(text: str | None) -> int | None:
    return None if text is None else tellable(instant_us(text, "--from"), text, "--from")


def _lines(answer: dict[str, Any], lang: str) -> list[str]:
    names = list(next(iter(answer["classes"].values())))
    width = max(len(text(f"account.{name}", {}, lang)) for name in names)
    head = " ".join(f"{name.upper():>16}" for name in answer["classes"])
    lines = [f"{'m²':<{width}} {head}"]
    for name in names:
        figures = " ".join(f"{item[name]:>16,.1f}" for item in answer["classes"].values())
        lines.append(f"{text(f'account.{name}', {}, lang):<{width}} {figures}")
    lines.append(f"{text('account.balance', {}, lang):<{width}} {answer['balance_error_m2']:>16}")
    return lines


def _floors(answer: dict[str, Any], lang: str) -> list[str]:
    """Returns the floor area by state under its own heading; nothing where no structure is."""
    states = answer["floor"]["states"]
    if not any(figure["units"] for figure in states.values()):
        return []
    units, unmeasured = (text(f"account.floor.{key}", {}, lang) for key in ("units", "unmeasured"))
    width = max(len(text(f"account.floor.{state}", {}, lang)) for state in states)
    lines = ["", text("account.floor", {}, lang)]
    for state, figure in states.items():
        name = text(f"account.floor.{state}", {}, lang)
        counted = f"{figure['units']} {units}, {figure['unmeasured']} {unmeasured}"
        lines.append(f"{name:<{width}} {figure['floor_m2']:>16,.1f}  {counted}")
    return [*lines, ""]


def _origin(answer: dict[str, Any], from_: str | None) -> str:
    """Returns whose figures these are, of which period and boundary, and as known when."""
    start = answer["from"] if from_ else "…"
    period = f"{start} – {answer['to']}"
    return " · ".join([answer["source"], answer["boundary"], period, answer["known_at"]])
