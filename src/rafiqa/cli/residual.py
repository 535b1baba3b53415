"""``rafiqa residual``: what is judged to be left in the cleared ground of an area."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.session import (
    DONE,
    add_common,
    add_times,
    all_of,
    as_of,
    office_of,
    output_of,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.risk.detection import COMMON_CAUSE, Seeds
from rafiqa.risk.judgement import Assumptions
from rafiqa.service.residual import ask_residual
from rafiqa.wire.residualjson import residual_json, shown

_MOST = 1_000_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("area", metavar="AREA", help="the area")
    parser.add_argument("--seeds-laid", type=int, metavar="N", help="blind seeds not on record")
    parser.add_argument("--seeds-found", type=int, metavar="N", help="how many of them were found")
    parser.add_argument(
        "--items", type=float, metavar="N", help="items expected there before work; unknown without"
    )
    parser.add_argument(
        "--common-cause",
        type=float,
        default=COMMON_CAUSE,
        metavar="Q",
        help="share of items that every pass misses alike",
    )
    parser.add_argument(
        "--together", type=float, default=1.0, metavar="M", help="items that lie in one place"
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing what is judged to be left."""
    assumed, times = all_of(lambda: assumptions(args), lambda: as_of(args))
    answer = residual_json(ask_residual(office_of(args), args.area, times, assumed), args.lang)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def assumptions(args: argparse.Namespace) -> Assumptions:
    """Returns what the command line states beside what is on record.

    Raises:
        InvalidInput: every value that cannot be used.
    """
    faults = list(_faults(args))
    if faults:
        raise InvalidInput(faults)
    seeds = () if args.seeds_laid is None else (Seeds(args.seeds_laid, args.seeds_found),)
    return Assumptions(seeds, args.items, args.common_cause, together=args.together)


def _faults(args: argparse.Namespace) -> Iterator[Fault]:
    laid, found = args.seeds_laid, args.seeds_found
    if (laid is None) != (found is None) or (
        laid is not None and not (1 <= laid <= _MOST and 0 <= found <= laid)
    ):
        told: dict[str, str | int] = {"laid": str(laid), "found": str(found)}
        yield Fault("cli.residual.seeds", "--seeds-laid --seeds-found", params=told)
    if args.items is not None and not 0 < args.items <= _MOST:
        yield Fault("cli.residual.items", "--items", params={"value": str(args.items)})
    if not 0 <= args.common_cause < 1:
        params: dict[str, str | int] = {"value": str(args.common_cause)}
        yield Fault("cli.residual.common-cause", "--common-cause", params=params)
    if not 1 <= args.together <= _MOST or not math.isfinite(args.together):
        yield Fault("cli.residual.together", "--together", params={"value": str(args.together)})


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    for reason in answer["reasons"]:
        yield reason["text"]
    for part in answer["parts"]:
        yield f"{part['part_id']} ({part['work_id']})"
        for reason in part["reasons"]:
            yield f"  {reason['text']}"
    total = answer["total"]
    if total is not None:
        params: dict[str, str | int] = {
            "n": sum(part["left"] is not None for part in answer["parts"]),
            "all": len(answer["parts"]),
            "expected": shown(total["expected"]),
            "upper": total["upper"],
            "confidence_percent": math.floor(total["confidence"] * 100 + 1e-9),
            "none_percent": math.floor(total["p_none"] * 100),
        }
        yield text("risk.residual.total", params, lang)
    found = answer["detection"]
    seeds: dict[str, str | int] = {
        "laid": found["seeds_laid"],
        "found": found["seeds_found"],
        "mean_percent": math.floor(found["believed_mean"] * 100),
        "lowest_percent": math.floor(found["lowest_by_seeds"] * 100),
    }
    yield text("risk.residual.detection", seeds, lang)
