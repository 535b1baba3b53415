"""``rafiqa sample``: how much of finished ground to inspect, and what that proves."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.session import DONE, REFUSED, add_common, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Proof, accept_curve, proof
from rafiqa.locale import text
from rafiqa.wire.answer import refusal_json

MOST_MISSED = 10
"""The chance to pass is told for 1, 2, … up to so many missed items."""
_TOLD = (1, 2, 5)
_MOST = 1e12


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    for option, metavar, says in (
        ("--area-m2", "A", "ground of the lot, m²"),
        ("--density", "D", "items thought to be left before it, per m²"),
        ("--detection", "P", "chance to find an item where one looks, 0 to 1"),
        ("--confidence", "C", "asked for: that a lot with too many items fails, 0 to 1"),
    ):
        parser.add_argument(option, type=float, required=True, metavar=metavar, help=says)
    parser.add_argument(
        "--share", type=float, metavar="F", help="share inspected, 0 to 1; what is needed without"
    )
    parser.add_argument(
        "--tolerance", type=int, metavar="K", help="items that may be left; none without"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 where the confidence asked for is reached, 1 where sampling cannot give it."""
    faults = list(_faults(args))
    if faults:
        raise InvalidInput(faults)
    tolerated = args.tolerance or 0
    found = proof(
        tolerated=tolerated,
        detection=args.detection,
        confidence=args.confidence,
        share=args.share,
    )
    answer = _answer(args, found)
    lines = list(_lines(args, answer, found, tolerated))
    if not found.reached:
        refused = refusal_json([_short(args, found, tolerated)], args.lang)
        answer |= {"error": "cli.sample.not-reached", "refused": refused}
        lines += [refused[0]["detail"], refused[0]["next"]]
    output = output_of(args)
    (output.show if found.reached else output.refuse)(answer, lines)
    return DONE if found.reached else REFUSED


def _faults(args: argparse.Namespace) -> Iterator[Fault]:
    """Yields every value that cannot be used."""
    if not 0 < args.area_m2 <= _MOST:
        yield _bad("cli.sample.area", "--area-m2", args.area_m2)
    if not 0 <= args.density <= _MOST:
        yield _bad("cli.sample.density", "--density", args.density)
    for option in ("--detection", "--confidence", "--share"):
        share = getattr(args, option[2:])
        if share is not None and not 0 < share <= 1:
            yield _bad("cli.sample.share", option, share)
    if args.tolerance is not None and args.tolerance < 0:
        yield _bad("cli.sample.tolerance", "--tolerance", args.tolerance)


def _bad(code: str, option: str, value: float) -> Fault:
    return Fault(code, option, params={"value": str(value)})


def _short(args: argparse.Namespace, found: Proof, tolerated: int) -> Fault:
    params: dict[str, str | int] = {
        "asked_percent": _floor(args.confidence),
        "confidence_percent": _floor(found.confidence),
        "share_percent": _floor(found.share),
        "detection_percent": _floor(args.detection),
        "tolerated": tolerated,
    }
    return Fault("cli.sample.not-reached", "--confidence", params=params)


def _answer(args: argparse.Namespace, found: Proof) -> dict[str, Any]:
    """Returns the answer in the shape of the public contract, with what it rests on beside."""
    # Rounded up to the square centimetre: never less ground than the figures ask for.
    inspect_m2 = min(args.area_m2, math.ceil(found.share * args.area_m2 * 1e4 - 1e-3) / 1e4)
    thought = args.area_m2 * args.density
    curve = accept_curve(MOST_MISSED, found.share, args.detection)
    return {
        "inspect_m2": inspect_m2,
        "confidence": round(found.confidence, 9),
        "accept_p_if_missed": [round(chance, 9) for chance in curve],
        "share": round(found.share, 9),
        "tolerance": args.tolerance,
        "expected_missed": round(thought, 9),
        "expected_left": round(thought * (1 - found.share * args.detection), 9),
    }


def _lines(
    args: argparse.Namespace, answer: dict[str, Any], found: Proof, tolerated: int
) -> Iterator[str]:
    params = {
        "inspect_m2": _shown(answer["inspect_m2"]),
        "area_m2": _shown(args.area_m2),
        "share_percent": _floor(found.share),
        "detection_percent": _floor(args.detection),
        "confidence_percent": _floor(found.confidence),
        "tolerated": tolerated,
        "missed": tolerated + 1,
        "expected": _shown(answer["expected_missed"]),
        "left": _shown(answer["expected_left"]),
    }
    yield text("cli.sample.inspect", params, args.lang)
    yield text("cli.sample.proves", params, args.lang)
    for missed in _TOLD:
        percent = _ceil(answer["accept_p_if_missed"][missed - 1])
        shown = {"missed": missed, "accept_percent": percent}
        yield "  - " + text("cli.sample.accept", shown, args.lang)
    yield text("cli.sample.left", params, args.lang)
    yield text("cli.sample.independent", {}, args.lang)


def _shown(figure: float) -> str:
    """Returns a figure for people, to two decimals and without idle zeros, rounded up."""
    return f"{math.ceil(figure * 100 - 1e-6) / 100:,.2f}".rstrip("0").rstrip(".")


def _floor(share: float) -> int:
    """Returns whole percent, rounded down: what is proved is never overstated."""
    return math.floor(round(share * 100, 6))


def _ceil(chance: float) -> int:
    """Returns whole percent, rounded up: what may be overlooked is never understated."""
    return math.ceil(round(chance * 100, 6))
