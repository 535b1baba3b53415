"""``rafiqa plan``: what to do first, by whom and when, with reasons; it moves no land."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, add_times, all_of, as_of, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import AsOf, AssetShelf, Office
from rafiqa.service.planning import PlanAsked, ask_plan, place_of
from rafiqa.wire.instant import utc_day
from rafiqa.wire.pinfile import decisions_from, decisions_of
from rafiqa.wire.planjson import kept_from, plan_json
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.teamfile import teams_from, teams_of

_LEVELS = 16


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--teams", metavar="FILE", type=Path, required=True, help="teams, JSON")
    parser.add_argument("--days", metavar="N", type=int, required=True, help="days to plan")
    parser.add_argument(
        "--pin", metavar="FILE", type=Path, help="what people decided, with reasons; weights; JSON"
    )
    parser.add_argument("--kept", metavar="FILE", type=Path, help="an earlier plan that stands")
    parser.add_argument(
        "--freeze", metavar="K", type=int, default=3, help="with --kept: days left as they are"
    )
    parser.add_argument(
        "--what-if", metavar="FILE", type=Path, help="other teams or decisions, side by side"
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing the plan."""
    office, times = office_of(args), as_of(args)
    times = AsOf(times.valid_us(office), times.known_at_us)
    asked, what_ifs = _asked(args, office, times)
    progress_of(args, "cli.progress.plan")
    shown = ask_plan(office, AssetShelf(), asked, times, what_ifs)
    answer = plan_json(shown.answer, args.lang, shown.notes, shown.what_ifs)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _asked(
    args: argparse.Namespace, office: Office, times: AsOf
) -> tuple[PlanAsked, list[tuple[str, PlanAsked]]]:
    """Returns what is asked, and what is asked beside it.

    Raises:
        InvalidInput: the faults of all files together.
    """
    place = partial(place_of, office)
    first = utc_day(times.valid_us(office)).toordinal()
    teams, (pins, policy), kept = all_of(
        lambda: teams_from(_read(args.teams, "--teams"), place),
        lambda: decisions_from(_read(args.pin, "--pin") if args.pin else b"{}"),
        lambda: (
            kept_from(_read(args.kept, "--kept"), first, max(0, args.freeze)) if args.kept else []
        ),
    )
    asked = PlanAsked(teams, args.days, pins, policy, kept)
    if args.what_if is None:
        return asked, []
    document = strict_json(_read(args.what_if, "--what-if"), levels=_LEVELS, most_bytes=TABLE_BYTES)
    return asked, list(_what_ifs(document, asked, place))


def _what_ifs(document: object, asked: PlanAsked, place: Any) -> Iterator[tuple[str, PlanAsked]]:
    listed = document.get("what_ifs") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InvalidInput(Fault("cli.plan.what-ifs", "--what-if"))
    for at, told in enumerate(listed):
        if not isinstance(told, dict) or not isinstance(told.get("name"), str):
            raise InvalidInput(Fault("cli.plan.what-ifs", f"what_ifs[{at}]", at + 1))
        teams = teams_of(told, place) if "teams" in told else asked.teams
        pins, policy = asked.pins, asked.policy
        if {"pins", "policy"} & set(told):
            decided = {key: told[key] for key in ("pins", "policy") if key in told}
            pins, policy = decisions_of(decided)
        yield told["name"], PlanAsked(teams, asked.n_days, pins, policy)


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise InvalidInput(Fault("cli.plan.file", option, None, params)) from error


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    for note in answer["notes"]:
        yield note["text"]
    yield _averted(answer, lang)
    for task in answer["tasks"]:
        days = f"{task['start']} – {task['end']}"
        yield f"{task['rank']}. {task['area_id']} · {task['team']} · {days}"
        yield from (f"   {reason['text']}" for reason in task["reasons"])
    for each in answer["left"]:
        yield f"– {each['area_id']}: {each['reason']['text']}"
    yield from _figures(answer, lang)


def _averted(answer: dict[str, Any], lang: str) -> str:
    averted = answer["outcome"]["averted"]
    params: dict[str, str | int] = {
        "averted": round(averted["mid"]),
        "low": round(averted["low"]),
        "high": round(averted["high"]),
        "plain": round(answer["harm_first"]["averted"]["mid"]),
        "days": answer["days"],
    }
    line = text("desk.plan.averted", params, lang)
    if answer["bound"] is None:
        return f"{line} {text('desk.plan.no-bound', {}, lang)}"
    bound: dict[str, str | int] = {"bound": round(answer["bound"])}
    return f"{line} {text('desk.plan.bound', bound, lang)}"


def _figures(answer: dict[str, Any], lang: str) -> Iterator[str]:
    steady = answer["sensitivity"]
    params: dict[str, str | int] = {"n": len(steady["steady"]), "of": len(steady["first"])}
    yield text("desk.plan.steady", params, lang)
    for row in answer["forecasts"]:
        yield _forecast(row, lang)
    for change in answer["changes"]:
        told: dict[str, str | int] = {"averted": f"{change['averted']:+.0f}"}
        line = text("desk.plan.change.averted", told, lang)
        days = change["days_sooner"]
        if days:
            code = "plan.change.sooner" if days > 0 else "plan.change.later"
            line = f"{line} {text(code, {'days': abs(days)}, lang)}"
        yield f"  {change['text']}: {line}"
    for row in answer["what_ifs"]:
        averted = round(row["outcome"]["averted"]["mid"])
        yield f"{row['text']}: {row['tasks']} · {averted} · {row['last'] or '–'}"


def _forecast(row: dict[str, Any], lang: str) -> str:
    by = row["done_by"]
    params: dict[str, str | int] = {
        "place": row["district"] or text("desk.plan.forecast.all", {}, lang),
        "tenth": by["tenth"] or "–",
        "half": by["half"] or "–",
        "late": by["nine_tenths"] or "–",
        "pace": round(row["m2_per_day"]),
    }
    return text("desk.plan.forecast.line", params, lang)
