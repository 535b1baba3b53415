"""``rafiqa access``: who can be come to over roads, and which clearance would open the most."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, add_times, as_of, office_of, output_of
from rafiqa.locale import text
from rafiqa.service.access import ask_access
from rafiqa.wire.accessjson import access_json, kind_label

_OPENINGS_TOLD = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing the ways in and what would open the most."""
    progress_of(args, "cli.progress.access")
    answer = access_json(ask_access(office_of(args), as_of(args)), args.lang)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    for reason in answer["reasons"]:
        yield reason["text"]
    if answer["n_pieces"] is None:
        return
    if not answer["openings"]:
        yield text("access.nothing-opens", {}, lang)
    for row in answer["openings"][:_OPENINGS_TOLD]:
        params: dict[str, str | int] = {
            "areas": " + ".join(row["area_ids"]),
            "n": row["n"],
            "projects": ", ".join(row["projects"]) or "–",
            "services": ", ".join(row["services"]) or "–",
        }
        yield "  " + text("access.opening", params, lang)
        yield from (f"    {reason['text']}" for reason in row["requests"]["reasons"])
    for place in answer["places"]:
        yield from _place_lines(place, lang)


def _place_lines(place: dict[str, Any], lang: str) -> Iterator[str]:
    kind = kind_label(place["kind"], lang)
    yield f"{place['name']} ({place['id']}, {kind}): {place['outcome']}"
    yield f"  {place['reason']['text']}"
    if place["outcome"] != "closed":
        return
    if place["waits_for"]:
        ways = " | ".join(" + ".join(areas) for areas in place["waits_for"])
        yield "  " + text("access.waits-for", {"areas": ways}, lang)
