"""``rafiqa report``: draw up a report, as PDF, spreadsheet, JSON or lines; it moves nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rafiqa.cli.session import (
    DONE,
    add_common,
    all_of,
    ends_of,
    office_of,
    output_of,
    tellable,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import own_name, text
from rafiqa.service import AssetShelf, Office
from rafiqa.service.boundary import read_boundary
from rafiqa.service.planning import PlanAsked, place_of
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import REPORTS, ask_report
from rafiqa.wire.instant import instant_us
from rafiqa.wire.reportfile import SUFFIXES, report_file
from rafiqa.wire.reportjson import report_json
from rafiqa.wire.teamfile import teams_from


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("kind", metavar="KIND", choices=tuple(REPORTS), help=", ".join(REPORTS))
    parser.add_argument(
        "--from", dest="from_", metavar="T", help="start of the period; monthly: of the month"
    )
    parser.add_argument("--to", metavar="T", help="end of the period, included; now by default")
    parser.add_argument("--known-at", metavar="K", help="as known at this time")
    parser.add_argument("--boundary", metavar="FILE", help="count only ground inside its polygons")
    parser.add_argument("--area", metavar="ID", help="of this area alone")
    parser.add_argument("--project", metavar="ID", help="of this project and its ground alone")
    parser.add_argument("--donor", metavar="ID", help="of areas with a task that it pays for")
    parser.add_argument("--teams", metavar="FILE", type=Path, help="monthly: forecast with these")
    parser.add_argument("--days", metavar="N", type=int, default=90, help="and so many days; 90")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help=f"write it there: {' '.join(SUFFIXES)}"
    )


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after drawing the report up.

    Raises:
        InvalidInput: a time, the boundary or the file's name cannot be taken.
        NotFound: no such area, project or donor, or nothing that the report is of.
    """
    from_us, (until_us, known_us), _ = all_of(
        lambda: _start(args.from_),
        lambda: ends_of(args, "--to", "--known-at"),
        lambda: _suffix(args.out),
    )
    office = office_of(args)
    asked = ReportAsked(
        args.kind,
        from_us,
        until_us,
        known_us,
        read_boundary(office, args.boundary) if args.boundary else None,
        Path(args.boundary).name if args.boundary else "",
        args.area,
        args.project,
        args.donor,
        _plan(args, office),
    )
    report = ask_report(office, AssetShelf(), asked)
    answer = report_json(report, args.lang)
    lines = list(_lines(answer))
    if args.out is not None:
        report_file(report, office.frame, args.out, args.lang)
        answer["out"] = str(args.out)
        lines = _written(answer, args, office)
    output_of(args).show(answer, lines)
    return DONE


def _start(said: str | None) -> int | None:
    return None if said is None else tellable(instant_us(said, "--from"), said, "--from")


def _suffix(path: Path | None) -> None:
    if path is not None and path.suffix.lower() not in SUFFIXES:
        params: dict[str, str | int] = {"known": " ".join(SUFFIXES)}
        raise InvalidInput(Fault("wire.export.format", "--out", params=params))


def _plan(args: argparse.Namespace, office: Office) -> PlanAsked | None:
    if args.teams is None:
        return None
    try:
        data = args.teams.read_bytes()
    except OSError as error:
        params: dict[str, str | int] = {"file": str(args.teams)}
        raise InvalidInput(Fault("cli.plan.file", "--teams", None, params)) from error
    return PlanAsked(teams_from(data, partial(place_of, office)), args.days)


def _written(answer: dict[str, Any], args: argparse.Namespace, office: Office) -> list[str]:
    params: dict[str, str | int] = {
        "title": answer["title"],
        "file": str(args.out),
        "tables": len(answer["tables"]),
        "site": own_name(office.site.name, args.lang),
    }
    lines = [text("cli.report.written", params, args.lang)]
    if answer["missing"]:
        lines.append(text("report.missing-title", {}, args.lang))
        lines += [f"  – {each['text']}" for each in answer["missing"]]
    return lines


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield answer["title"]
    yield " · ".join(answer["about"])
    yield from answer["notices"]
    yield from (f"– {each['text']}" for each in answer["missing"])
    for table in answer["tables"]:
        yield ""
        yield table["title"]
        yield " | ".join(column["label"] for column in table["columns"])
        for row in [*table["rows"], *([table["total"]] if table["total"] else [])]:
            yield " | ".join(cell["text"] for cell in row)
        origin = answer["origins"][table["origin"]]
        told = (origin[name] for name in ("source", "method", "boundary", "period", "known_at"))
        yield "  " + " · ".join(told)
