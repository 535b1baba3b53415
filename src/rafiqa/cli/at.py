"""``rafiqa at``: what is known of a point, with reasons."""

from __future__ import annotations

import argparse

from rafiqa.cli.session import DONE, add_common, add_times, as_of, office_of, output_of
from rafiqa.geo import Spot
from rafiqa.service import ask_point
from rafiqa.wire.answer import point_json


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--lon", type=float, required=True, metavar="X", help="degrees east")
    parser.add_argument("--lat", type=float, required=True, metavar="Y", help="degrees north")
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after printing what is known of the point."""
    spot = Spot.of(args.lon, args.lat)
    answer = point_json(ask_point(office_of(args), spot, as_of(args)), args.lang)
    lines = [answer["headline"], *(f"  - {reason['text']}" for reason in answer["reasons"])]
    output_of(args).show(answer, lines)
    return DONE
