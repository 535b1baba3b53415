"""``rafiqa at``: what is known of a point, with reasons."""

from __future__ import annotations

import argparse

from rafiqa.cli.session import (
    DONE,
    add_common,
    add_times,
    all_of,
    as_of,
    at_lonlat,
    office_of,
    output_of,
    spot_of,
)
from rafiqa.errors import InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import PointAnswer
from rafiqa.service import AsOf, Office, ask_point
from rafiqa.wire.answer import point_json


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--lon", type=float, required=True, metavar="X", help="degrees east")
    parser.add_argument("--lat", type=float, required=True, metavar="Y", help="degrees north")
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing what is known of the point."""
    spot, times = _question(args)
    answer = point_json(_ask(office_of(args), spot, times), args.lang)
    lines = [answer["headline"], *(f"  - {reason['text']}" for reason in answer["reasons"])]
    output_of(args).show(answer, lines)
    return DONE


def _question(args: argparse.Namespace) -> tuple[Spot, AsOf]:
    """Returns the place and the times asked about; every fault of them is told at once."""
    spot, times = all_of(lambda: spot_of(args), lambda: as_of(args))
    return spot, times


def _ask(office: Office, spot: Spot, times: AsOf) -> PointAnswer:
    try:
        return ask_point(office, spot, times)
    except InvalidInput as error:
        raise at_lonlat(error) from error
