"""``rafiqa risk``: how likely contamination is of every cell, and why; or the rows among finds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import (
    DONE,
    add_common,
    add_times,
    all_of,
    as_of,
    office_of,
    output_of,
    spot_of,
)
from rafiqa.errors import Fault, InvalidInput
from rafiqa.risk import SEED, Asking, RiskMap
from rafiqa.service import AssetShelf, ask_risk, ask_rows
from rafiqa.wire.minerowjson import row_lines, rows_json
from rafiqa.wire.riskjson import lines_of, map_json, place_json, rows_of
from rafiqa.wire.risktable import RiskRows, write_buildings, write_raster, write_table

_WRITERS = {".parquet": write_table, ".tif": write_raster, ".tiff": write_raster}


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="one row (.parquet) or pixel (.tif) for each cell"
    )
    parser.add_argument(
        "--buildings",
        metavar="FILE",
        type=Path,
        help="one row for each building of the reference layers (.parquet)",
    )
    parser.add_argument("--cell-m", type=int, metavar="M", help="side of a cell; by size without")
    parser.add_argument(
        "--range-m",
        type=float,
        default=Asking().range_m,
        metavar="M",
        help="how far what is known of one place reaches",
    )
    parser.add_argument("--seed", type=int, default=SEED, help="where chance begins")
    parser.add_argument("--lon", type=float, metavar="X", help="with --lat: why, at this place")
    parser.add_argument("--lat", type=float, metavar="Y", help="degrees north")
    parser.add_argument(
        "--rows",
        action="store_true",
        help="instead: rows among the mines found, and where their next places are",
    )
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing how likely contamination is."""
    faults = list(_faults(args))
    if faults:
        raise InvalidInput(faults)
    asked = (lambda: as_of(args), *((lambda: spot_of(args),) if args.lon is not None else ()))
    times, *spots = all_of(*asked)
    office = office_of(args)
    if args.rows:
        rows = rows_json(ask_rows(office, times), office.frame, args.lang)
        output_of(args).show(rows, list(row_lines(rows)))
        return DONE
    progress_of(args, "cli.progress.risk")
    asking = Asking(args.cell_m, args.range_m, seed=args.seed)
    found = ask_risk(office, times, asking, AssetShelf())
    answer = map_json(found, args.lang)
    for spot in spots:
        x_mm, y_mm = office.frame.spot_mm(spot)
        answer["place"] = place_json(found, found.row_at(x_mm, y_mm), args.lang)
    if args.out or args.buildings:
        _write(rows_of(found, office.frame), found, args)
    output_of(args).show(answer, list(lines_of(answer, args.lang)))
    return DONE


def _faults(args: argparse.Namespace) -> Iterator[Fault]:
    for option, out, known in (
        ("--out", args.out, _WRITERS),
        ("--buildings", args.buildings, {".parquet": write_table}),
    ):
        if out is None:
            continue
        params = {"file": str(out)}
        if out.suffix.lower() not in known:
            code = "cli.risk.out-format" if option == "--out" else "cli.risk.buildings-format"
            yield Fault(code, option, params=params)
        if not out.absolute().parent.is_dir():
            yield Fault("cli.gate.out-no-folder", option, params=params)
    if (args.lon is None) != (args.lat is None):
        yield Fault("cli.risk.half-a-place", "--lon --lat")
    if args.rows:
        taken = ((args.out, "--out"), (args.buildings, "--buildings"), (args.lon, "--lon --lat"))
        yield from (
            Fault("cli.risk.rows-alone", option) for value, option in taken if value is not None
        )
    if args.seed < 0:
        yield Fault("cli.risk.seed", "--seed")


def _write(rows: RiskRows, found: RiskMap, args: argparse.Namespace) -> None:
    out: Path = args.out or args.buildings
    try:
        if args.out is not None:
            _WRITERS[out.suffix.lower()](rows, out)
        if args.buildings is not None:
            out = args.buildings
            write_buildings(found.buildings, rows.metadata, out)
    except OSError as error:
        params = {"file": str(out)}
        raise InvalidInput(Fault("cli.gate.out-not-written", "--out", params=params)) from error
