"""``rafiqa new``: an empty store for one site."""

from __future__ import annotations

import argparse

from rafiqa.cli.session import (
    DONE,
    actor_of,
    add_actor,
    add_common,
    all_of,
    at_lonlat,
    office_of,
    output_of,
    spot_of,
)
from rafiqa.errors import Fault, InvalidInput, Refused
from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import Ruling, SiteOpened
from rafiqa.service import allow, open_site


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--name", required=True, help="the site's name")
    parser.add_argument("--lon", type=float, required=True, metavar="LON", help="origin, degrees")
    parser.add_argument("--lat", type=float, required=True, metavar="LAT", help="origin, degrees")
    add_actor(parser, "authority")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after making the store."""
    # Asked before a file is made: a refusal must leave no empty store behind.
    origin: Spot
    _, origin = all_of(lambda: _refuse_nameless(args.name), lambda: _origin(args))
    actor = actor_of(args)
    _refuse(allow(actor, "open_site"))
    office = office_of(args, create=True)
    acted = open_site(office, actor, SiteOpened(args.name, origin, actor.organisation_id))
    _refuse(acted.ruling)
    site = {"name": args.name, "lon_deg": origin.lon_deg, "lat_deg": origin.lat_deg}
    output_of(args).show({"site": site}, [f"{args.store}: {args.name}"])
    return DONE


def _refuse_nameless(name: str) -> None:
    if not name.strip():
        raise InvalidInput(Fault("service.site.name-missing", "--name"))


def _origin(args: argparse.Namespace) -> Spot:
    """Returns where the site's plane touches the ground, where a plane can be laid."""
    origin = spot_of(args)
    try:
        SiteFrame(origin.lon_deg, origin.lat_deg)
    except InvalidInput as error:
        raise at_lonlat(error) from error
    return origin


def _refuse(ruling: Ruling) -> None:
    if not ruling.allowed:
        raise Refused([Fault(reason.code, "", None, reason.params) for reason in ruling.reasons])
