"""``rafiqa account``: the land account of a period and boundary, which must balance."""

from __future__ import annotations

import argparse
import math
from typing import Any, get_args

from rafiqa.cli.figures import details, differences, indicator_lines, split_lines
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
from rafiqa.land import Statement
from rafiqa.locale import text
from rafiqa.service import By, Figures, Office, Question, ask_exactness, ask_figures, compare, split
from rafiqa.service.boundary import read_boundary
from rafiqa.wire.answer import account_json, exactness_json
from rafiqa.wire.figurejson import (
    difference_json,
    disagreements_json,
    indicators_json,
    m2,
    output_json,
    reported_json,
    split_json,
    statement_json,
)
from rafiqa.wire.instant import instant_us


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--boundary", metavar="FILE", help="count only ground inside its polygons")
    parser.add_argument("--from", dest="from_", metavar="T", help="start of the period (ISO 8601)")
    parser.add_argument("--to", metavar="T", help="end of the period, included (ISO 8601)")
    parser.add_argument("--known-at", metavar="K", help="as known at this time (ISO 8601)")
    parser.add_argument(
        "--operator", metavar="ID", help="only areas with a task ordered from this organisation"
    )
    parser.add_argument(
        "--donor", metavar="ID", help="only areas with a task paid by this organisation"
    )
    parser.add_argument("--by", choices=get_args(By), help="the account of each of these, too")
    parser.add_argument(
        "--details", action="store_true", help="print output, sizes and disagreements, too"
    )
    parser.add_argument("--indicators", action="store_true", help="the indicators, too")
    parser.add_argument(
        "--compare-known-at", metavar="K", help="what changed since this was known, and why"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 after printing the account, 1 where it does not balance."""
    from_us, until_us, known_us, compared_us = all_of(
        lambda: _start(args.from_),
        lambda: ends_of(args, "--to")[0],
        lambda: ends_of(args, "--known-at")[0],
        lambda: ends_of(args, "--compare-known-at")[0],
    )
    office = office_of(args)
    boundary = read_boundary(office, args.boundary) if args.boundary else None
    question = Question(
        from_us,
        until_us,
        known_us,
        boundary,
        args.boundary or "all recorded land",
        args.operator,
        args.donor,
    )
    figures = ask_figures(office, question)
    answer = _answer(figures)
    beside = ask_exactness(
        office, until_us=figures.account.until_us, known_at_us=known_us, boundary=boundary
    )
    answer |= exactness_json(beside)
    lines = [*_lines(answer, args.lang), *_floors(answer, args.lang)]
    doubted_m2 = math.ceil(answer["in_doubt_m2"])
    if doubted_m2:
        lines.append(text("report.note.doubt", {"area_m2": doubted_m2}, args.lang))
    lines += _origin(figures.statement, args)
    if args.details:
        lines += details(answer, args.lang)
    lines += _more(office, figures, answer, args, compared_us)
    output_of(args).show(answer, lines)
    unbalanced = any(row["balance_error_m2"] for row in answer.get("by", ()))
    return REFUSED if figures.account.balance_error or unbalanced else DONE


def _answer(figures: Figures) -> dict[str, Any]:
    statement = figures.statement
    opening, closing = figures.indication
    answer = account_json(
        figures.account,
        floor=figures.floor,
        known_at_us=statement.known_at_us,
        source=statement.source,
        boundary=statement.boundary,
    )
    return {
        **answer,
        "statement": statement_json(statement),
        "operator": figures.question.operator_id,
        "donor": figures.question.donor_id,
        "indication": {"opening_m2": m2(opening), "closing_m2": m2(closing)},
        "output": output_json(figures.output, figures.items),
        "reported": reported_json(*figures.reported),
        "disagreements": disagreements_json(figures.disagreements),
    }


def _more(
    office: Office,
    figures: Figures,
    answer: dict[str, Any],
    args: argparse.Namespace,
    compared_us: int | None,
) -> list[str]:
    """Returns the lines of what is asked for beside the account, and adds it to the answer."""
    lines: list[str] = []
    if args.by:
        answer["by"] = split_json(args.by, split(figures, args.by), figures.statement)
        lines += split_lines(answer["by"], args.by, args.lang)
    if args.indicators:
        answer["indicators"] = indicators_json(figures.indicators, figures.statement, args.lang)
        lines += indicator_lines(answer["indicators"], args.lang)
    if compared_us is not None:
        earlier, found = compare(office, figures, compared_us)
        answer["difference"] = difference_json(
            found, earlier.statement, figures.statement, args.lang
        )
        lines += differences(answer["difference"], args.lang)
    return lines


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
    width = max(len(text(f"account.floor.{state}", {}, lang)) for state in states)
    lines = ["", text("account.floor", {}, lang)]
    for state, figure in states.items():
        name = text(f"account.floor.{state}", {}, lang)
        counted = text("account.floor.units", {"n": figure["units"]}, lang)
        if figure["unmeasured"]:
            counted += ", " + text("account.floor.unmeasured", {"n": figure["unmeasured"]}, lang)
        lines.append(f"{name:<{width}} {figure['floor_m2']:>16,.1f}  {counted}")
    return [*lines, ""]


def _origin(statement: Statement, args: argparse.Namespace) -> list[str]:
    """Returns whose figures these are, of which period and boundary, as known when, and how."""
    told = statement_json(statement)
    start = told["from"] if args.from_ else "…"
    period = f"{start} – {told['valid_at']}"
    chosen = [f"{name} {value}" for name, value in _chosen(args)]
    where = [told["source"], told["boundary"], *chosen, period, told["known_at"]]
    params = {"entries": statement.n_entries, "method": statement.method}
    return [" · ".join(where), text("account.rests-on", params, args.lang)]


def _chosen(args: argparse.Namespace) -> list[tuple[str, str]]:
    asked = (("operator", args.operator), ("donor", args.donor))
    return [(text(f"account.by.{name}", {}, args.lang), value) for name, value in asked if value]
