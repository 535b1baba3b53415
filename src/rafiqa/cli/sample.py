"""``rafiqa sample``: how much of finished ground to inspect, where, and what that proves."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import (
    DONE,
    REFUSED,
    USAGE,
    add_common,
    add_times,
    all_of,
    as_of,
    office_of,
    output_of,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.risk.acceptance import (
    AfterPass,
    UnitProof,
    accept_curve,
    accept_probability_of_units,
    after_pass,
    least_bad,
    proof,
    unit_proof,
)
from rafiqa.risk.quadrat import MOST_UNITS, n_units_of
from rafiqa.service import Office
from rafiqa.service.question import AsOf
from rafiqa.service.sampling import LEAST_SIDE_M, MOST_SIDE_M, Lot, lot_of, plan_of
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.exportfile import SUFFIXES, write_export
from rafiqa.wire.exporttable import ExportTable

MOST_MISSED = 10
"""The chance to pass is told for 1, 2, … up to so many missed items."""
MOST_TOLERATED = 1_000
"""Of items, where quadrats are asked for: the tables are exact, and take as long."""
_TOLD = (1, 2, 5)
_MISUSES = frozenset({
    "cli.sample.missing", "cli.sample.no-store", "cli.sample.no-ground",
    "cli.sample.area-of-the-lot",
})  # fmt: skip
_MOST = 1e12
_MOST_ITEMS = 1_000_000_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("store", metavar="STORE", nargs="?", help="to draw quadrats on its ground")
    add_common(parser, store=False)
    for option, metavar, says in (
        ("--area-m2", "A", "ground of the lot, m²; not with --part or --area"),
        ("--density", "D", "items thought to be left before it, per m²"),
        ("--detection", "P", "chance to find an item where one looks, 0 to 1"),
        ("--confidence", "C", "asked for: that a lot with too many items fails, 0 to 1"),
        ("--share", "F", "share inspected, 0 to 1; what is needed without"),
        ("--quadrat-m", "S", "in squares of this side drawn at random, m: exact, by squares"),
    ):
        parser.add_argument(option, type=float, metavar=metavar, help=says)
    parser.add_argument(
        "--tolerance", type=int, metavar="K", help="items that may be left; none without"
    )
    parser.add_argument(
        "--together",
        type=int,
        metavar="M",
        help="the most missed items that lie in one quadrat; any number without",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--part", metavar="ID", help="draw on this part of STORE")
    which.add_argument("--area", metavar="ID", help="draw on what was cleared of this area")
    parser.add_argument("--seed", metavar="TEXT", help="of the drawing, written down before it")
    parser.add_argument("--out", type=Path, metavar="FILE", help=" ".join(SUFFIXES))
    add_times(parser)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be told: of a share of the ground, or of quadrats."""

    area_m2: float
    inspect_m2: float
    share: float
    confidence: float
    reached: bool
    curve: list[float]
    posterior: AfterPass | None
    units: UnitProof | None = None
    plan: ExportTable | None = None
    lot: Lot | None = None


def run(args: argparse.Namespace) -> int:
    """Returns 0 where the confidence asked for is reached, 1 where sampling cannot give it.

    It is 2 where something is missing, or given that goes with nothing else; all faults are told.

    Raises:
        InvalidInput: every value that cannot be used; see ``lot_of`` for those of a store.
    """
    try:
        _, times = all_of(lambda: _sound(args), lambda: as_of(args))
    except InvalidInput as error:
        if not any(fault.code in _MISUSES for fault in error.faults):
            raise
        show_refusal(args, error)
        return USAGE
    found = _by_share(args) if args.quadrat_m is None else _by_quadrats(args, times)
    answer = _answer(args, found)
    lines = list(_lines(args, answer, found))
    if found.plan is not None and args.out is not None and found.reached:
        _write(args.out, found.plan, args.lang)
        params: dict[str, str | int] = {"file": str(args.out), "seed": args.seed}
        lines.append(text("cli.sample.drawn", params, args.lang))
    if not found.reached:
        refused = refusal_json([_short(args, found)], args.lang)
        answer |= {"error": refused[0]["code"], "refused": refused}
        lines += [refused[0]["detail"], refused[0]["next"]]
    output = output_of(args)
    (output.show if found.reached else output.refuse)(answer, lines)
    return DONE if found.reached else REFUSED


# --- what was asked


def _sound(args: argparse.Namespace) -> None:
    """Raises ``InvalidInput`` with every value that is missing or cannot be used."""
    faults = [*_missing(args), *_faults(args), *_quadrat_faults(args), *_out_faults(args.out)]
    if faults:
        raise InvalidInput(faults)


def _missing(args: argparse.Namespace) -> Iterator[Fault]:
    """Yields every value that is asked for and not given, or given where nothing asks for it."""
    on_ground = args.part is not None or args.area is not None
    for option in ("--area-m2", "--density", "--detection", "--confidence"):
        given = getattr(args, option[2:].replace("-", "_")) is not None
        if not given and not (option == "--area-m2" and on_ground):
            yield Fault("cli.sample.missing", option, params={"option": option})
    if on_ground:
        if args.area_m2 is not None:
            # The lot has its own area: another one would be asked for and not used.
            yield Fault("cli.sample.area-of-the-lot", "--area-m2")
        for option in ("--quadrat-m", "--seed"):
            if getattr(args, option[2:].replace("-", "_")) in {None, ""}:
                yield Fault("cli.sample.missing", option, params={"option": option})
        if args.store is None:
            yield Fault("cli.sample.no-store", "STORE")
    elif args.store is not None or args.out is not None:
        yield Fault("cli.sample.no-ground", "--part")


def _faults(args: argparse.Namespace) -> Iterator[Fault]:
    """Yields every value that cannot be used."""
    if args.area_m2 is not None and not 0 < args.area_m2 <= _MOST:
        yield _bad("cli.sample.area", "--area-m2", args.area_m2)
    if args.density is not None and not 0 <= args.density <= _MOST:
        yield _bad("cli.sample.density", "--density", args.density)
    for option in ("--detection", "--confidence", "--share"):
        share = getattr(args, option[2:])
        if share is not None and not 0 < share <= 1:
            yield _bad("cli.sample.share", option, share)
    if args.tolerance is not None and not 0 <= args.tolerance <= _MOST_ITEMS:
        yield _bad("cli.sample.tolerance", "--tolerance", args.tolerance)


def _quadrat_faults(args: argparse.Namespace) -> Iterator[Fault]:
    """Yields what cannot be used of what quadrats are asked with."""
    if args.together is not None and not 1 <= args.together <= _MOST_ITEMS:
        yield _bad("cli.sample.together", "--together", args.together)
    if args.quadrat_m is None:
        if args.together is not None and args.part is None and args.area is None:
            yield Fault("cli.sample.missing", "--quadrat-m", params={"option": "--quadrat-m"})
        return
    on_ground = args.part is not None or args.area is not None
    if on_ground and not LEAST_SIDE_M <= args.quadrat_m <= MOST_SIDE_M:
        params: dict[str, str | int] = {"value": str(args.quadrat_m)}
        yield Fault("service.sampling.side", "--quadrat-m", params=params)
    elif not 0 < args.quadrat_m <= _MOST:
        yield _bad("cli.sample.side", "--quadrat-m", args.quadrat_m)
    elif args.area_m2 is not None and 0 < args.area_m2 <= _MOST:
        many = args.area_m2 / args.quadrat_m**2
        if many > MOST_UNITS:
            yield _bad("cli.sample.side", "--quadrat-m", args.quadrat_m)
    if (args.tolerance or 0) > MOST_TOLERATED:
        yield _bad("cli.sample.tolerance-large", "--tolerance", args.tolerance)


def _out_faults(out: Path | None) -> Iterator[Fault]:
    """Yields why a file could not be written, before anything is computed for it."""
    if out is not None and out.suffix.lower() not in SUFFIXES:
        yield Fault("wire.export.format", "--out", params={"known": " ".join(SUFFIXES)})
    elif out is not None and not out.absolute().parent.is_dir():
        yield Fault("wire.export.no-folder", "--out", params={"file": str(out)})


def _bad(code: str, option: str, value: float) -> Fault:
    return Fault(code, option, params={"value": str(value)})


def _short(args: argparse.Namespace, found: _Found) -> Fault:
    params: dict[str, str | int] = {
        "asked_percent": _floor(args.confidence),
        "confidence_percent": _floor(found.confidence),
        "share_percent": _floor(found.share),
        "detection_percent": _floor(args.detection),
        "tolerated": args.tolerance or 0,
    }
    if found.units is None:
        return Fault("cli.sample.not-reached", "--confidence", params=params)
    params["bad"] = found.units.n_bad_least
    code = "cli.sample.clustered" if args.together is None else "cli.sample.units-not-reached"
    return Fault(code, "--together" if args.together is None else "--confidence", params=params)


# --- what it proves


def _by_share(args: argparse.Namespace) -> _Found:
    found = proof(
        tolerated=args.tolerance or 0,
        detection=args.detection,
        confidence=args.confidence,
        share=args.share,
    )
    # Rounded up to the square centimetre: never less ground than the figures ask for.
    inspect_m2 = min(args.area_m2, math.ceil(found.share * args.area_m2 * 1e4 - 1e-3) / 1e4)
    curve = list(accept_curve(MOST_MISSED, found.share, args.detection))
    posterior = _posterior(args, args.area_m2, found.share, 1)
    return _Found(
        args.area_m2, inspect_m2, found.share, found.confidence, found.reached, curve, posterior
    )


def _by_quadrats(args: argparse.Namespace, times: AsOf) -> _Found:
    office, lot = _lot(args, times)
    n_units = n_units_of(args.area_m2, args.quadrat_m) if lot is None else len(lot.grid)
    area_m2 = args.area_m2 if lot is None else lot.grid.ground.area_m2
    detection = Fraction(str(args.detection))
    taken = None if args.share is None else math.ceil(args.share * n_units - 1e-9)
    units = unit_proof(
        n_units,
        tolerated=args.tolerance or 0,
        together=args.together,
        detection=detection,
        confidence=Fraction(str(args.confidence)),
        n_inspected=taken,
    )
    plan = None
    if lot is not None and office is not None:
        plan = plan_of(office, lot, units.n_inspected, args.seed, times)
    whole_m2 = min(units.n_inspected * args.quadrat_m**2, area_m2)
    inspect_m2 = whole_m2 if plan is None else sum(plan.columns["quadrat_area_m2"])
    curve = []
    for missed in range(1, MOST_MISSED + 1):
        bad = min(least_bad(missed, args.together), n_units)
        curve.append(float(accept_probability_of_units(n_units, bad, units.n_inspected, detection)))
    posterior = _posterior(args, area_m2, units.share, args.together)
    confidence = math.floor(units.confidence * 10**9) / 1e9
    return _Found(
        *(area_m2, inspect_m2, units.share, confidence, units.reached, curve, posterior),
        units,
        plan,
        lot,
    )


def _lot(args: argparse.Namespace, times: AsOf) -> tuple[Office | None, Lot | None]:
    if args.store is None:
        return None, None
    office = office_of(args)
    lot = lot_of(
        office,
        side_m=args.quadrat_m,
        part_id=args.part,
        area_id=args.area,
        as_of=times,
    )
    return office, lot


def _posterior(
    args: argparse.Namespace, area_m2: float, share: float, together: int | None
) -> AfterPass | None:
    thought = area_m2 * args.density
    if thought <= 0:
        return None
    return after_pass(thought, args.tolerance or 0, share, args.detection, together)


# --- how it is told


def _answer(args: argparse.Namespace, found: _Found) -> dict[str, Any]:
    """Returns the answer in the shape of the public contract, with what it rests on beside."""
    thought = found.area_m2 * args.density
    answer = {
        "inspect_m2": found.inspect_m2,
        "confidence": _nine(found.confidence),
        "accept_p_if_missed": [_nine(chance) for chance in found.curve],
        "share": round(found.share, 9),
        "tolerance": args.tolerance,
        "expected_missed": round(thought, 9),
        "expected_left": round(thought * (1 - found.share * args.detection), 9),
        "confidence_is": text("cli.sample.confidence-is", {}, args.lang),
        "posterior": None,
    }
    if found.posterior is not None:
        answer["posterior"] = {
            "p_at_most_tolerated": _nine(found.posterior.p_at_most),
            "p_none": _nine(found.posterior.p_none),
            "expected_left": round(found.posterior.expected, 9),
            "is": text("cli.sample.posterior-is", {}, args.lang),
        }
    if found.units is not None:
        answer["quadrats"] = {
            "side_m": args.quadrat_m,
            "n_units": found.units.n_units,
            "n_inspect": found.units.n_inspected,
            "together": args.together,
            "bad_units_least": found.units.n_bad_least,
            "seed": args.seed if found.lot is not None else None,
            "part_ids": list(found.lot.part_ids) if found.lot is not None else [],
            "file": str(args.out) if args.out is not None and found.reached else None,
        }
    return answer


def _lines(args: argparse.Namespace, answer: dict[str, Any], found: _Found) -> Iterator[str]:
    tolerated = args.tolerance or 0
    params: dict[str, str | int] = {
        "inspect_m2": _shown(answer["inspect_m2"]),
        "area_m2": _shown(found.area_m2),
        "share_percent": _floor(found.share),
        "detection_percent": _floor(args.detection),
        "confidence_percent": _floor(found.confidence),
        "tolerated": tolerated,
        "missed": tolerated + 1,
        "expected": _shown(answer["expected_missed"]),
        "left": _shown(answer["expected_left"]),
    }
    yield text("cli.sample.inspect", params, args.lang)
    if found.units is not None:
        units: dict[str, str | int] = {
            "n": found.units.n_inspected,
            "n_units": found.units.n_units,
            "bad": found.units.n_bad_least,
        }
        yield text("cli.sample.quadrats", units, args.lang)
    yield text("cli.sample.proves", params, args.lang)
    for missed in _TOLD:
        percent = _ceil(found.curve[missed - 1])
        shown: dict[str, str | int] = {"missed": missed, "accept_percent": percent}
        yield "  - " + text("cli.sample.accept", shown, args.lang)
    if found.posterior is not None:
        believed = {**params, "percent": _floor(found.posterior.p_at_most)}
        yield text("cli.sample.posterior", believed, args.lang)
    yield text("cli.sample.left", params, args.lang)
    yield text(
        "cli.sample.independent" if found.units is None else "cli.sample.random", {}, args.lang
    )


def _write(path: Path, plan: ExportTable, lang: str) -> None:
    try:
        write_export(plan, path, lang=lang)
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise InvalidInput(Fault("cli.export.not-written", "--out", params=params)) from error


def _shown(figure: float) -> str:
    """Returns a figure for people, to two decimals and without idle zeros, rounded up."""
    return f"{math.ceil(figure * 100 - 1e-6) / 100:,.2f}".rstrip("0").rstrip(".")


def _nine(chance: float) -> float:
    """Returns a chance to nine digits; one that is neither none nor all is told as neither."""
    return chance if chance in {0.0, 1.0} else min(max(round(chance, 9), 1e-9), 1 - 1e-9)


def _floor(share: float) -> int:
    """Returns whole percent, rounded down: what is proved is never overstated; 100 is all."""
    return 100 if share >= 1 else min(math.floor(round(share * 100, 6)), 99)


def _ceil(chance: float) -> int:
    """Returns whole percent, rounded up: what may be overlooked is never understated; 0 is none."""
    return 0 if chance <= 0 else max(math.ceil(round(chance * 100, 6)), 1)
