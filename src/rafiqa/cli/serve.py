"""``rafiqa serve``: the desk and every interface over one store."""

from __future__ import annotations

import argparse
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from rafiqa.api import serve, serve_together
from rafiqa.cli.log import log_of
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.demo import demo_logins
from rafiqa.errors import Fault, InvalidInput, RafiqaError
from rafiqa.locale import text
from rafiqa.service import Office, mirroring, open_office
from rafiqa.service.following import PULSE_S, beat
from rafiqa.service.place import is_database, place_of
from rafiqa.service.places import gazetteer_for
from rafiqa.service.publishing import (
    Publisher,
    has_keys,
    log_beside,
    log_path,
    publishing,
    rollback_faults,
)
from rafiqa.service.repeating import repeating
from rafiqa.service.signinpolicy import approving_by
from rafiqa.store import BALLAST_BYTES, Turn
from rafiqa.wire.pmtiles import TileArchive

MIRROR_EVERY_S = 2.0
PUBLISH_EVERY_S = 60.0
WORKERS_MOST = 64


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on")
    parser.add_argument("--port", type=int, default=8321, metavar="P", help="port to listen on")
    parser.add_argument(
        "--ballast-mb",
        type=int,
        default=BALLAST_BYTES // 1024**2,
        metavar="MB",
        help="room kept beside the store for when the disk is full; 0 for none",
    )
    parser.add_argument(
        "--mirror",
        type=Path,
        metavar="DIR",
        help="keep a mirror of the store's public log there, on another disk",
    )
    parser.add_argument(
        "--base",
        type=Path,
        metavar="FILE",
        help="serve this PMTiles file as the layer base (`rafiqa tiles` writes one)",
    )
    parser.add_argument(
        "--places",
        type=Path,
        metavar="GAZETTEER",
        help="read documents that come to the desk by what rafiqa places compiled",
    )
    parser.add_argument(
        "--proxy",
        type=_address,
        metavar="ADDRESS",
        help="believe the reverse proxy at this IP address for whom it speaks; nobody else",
    )
    _add_standing(parser)
    # Whoever starts it and goes away must not leave it without the map, waiting for a passphrase.
    add_passphrase(parser, waits=False)


def _add_standing(parser: argparse.ArgumentParser) -> None:
    """Adds what says how it stands among others: processes, databases, who watches."""
    parser.add_argument(
        "--primary",
        default="",
        metavar="URL",
        help="of a database that only follows: where to send whoever would write",
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="FILE",
        help="add a line of JSON there for each act, refusal and failure; no names, no places",
    )
    parser.add_argument(
        "--metrics",
        type=int,
        metavar="P",
        help="give out figures for Prometheus at this port, to this machine alone",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="serve by so many processes; for a store in PostgreSQL",
    )


def _address(given: str) -> str:
    """One IP address: a name, a network or ``*`` would let strangers say who they are."""
    return str(ip_address(given))


def is_open(host: str) -> bool:
    """Whether others than this machine can reach what listens there; a name may be anybody's."""
    if host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def _workers(given: str) -> int:
    """How many processes: at least one, and no more than a machine has any use for."""
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= WORKERS_MOST:
        raise ValueError(given)
    return int(given)


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after the server was stopped."""
    office = office_of(
        args,
        ballast_bytes=max(args.ballast_mb, 0) * 1024**2,
        primary=args.primary,
        of_any_age=True,
    )
    output = output_of(args)
    name = office.site.name
    address = f"http://{args.host}:{args.port}/"

    def ready() -> None:
        lines = [f"{name}: {address}"]
        logins = demo_logins(office)
        lines += [f"  login {item.login:<12} password {item.password}" for item in logins]
        if logins and approving_by(office.store) == "password":
            lines.append(text("cli.people.approving.password", {}, args.lang))
        answer = {"address": address, "site": name}
        output.show(answer, lines)
        if args.proxy is None and is_open(args.host):
            output.note(text("cli.serve.open", {"host": args.host}, args.lang))

    if args.workers > 1 and not office.store.cloakroom.shared:
        params: dict[str, str | int] = {"workers": args.workers}
        raise InvalidInput(Fault("api.serve.workers", "--workers", params=params))
    base = None
    if args.base is not None:
        base = TileArchive.open(args.base)
        args.after.callback(base.close)
    if args.places is not None:
        gazetteer_for(args.places)  # one that is none is told of now, not at the first document
    _keep_beating(args, office)
    if office.following is None:
        _hold_to_log(args, office)
    if args.mirror is not None:
        source = log_path(place_of(args.store))
        args.after.enter_context(
            mirroring(source, args.mirror, MIRROR_EVERY_S, partial(_tell, args))
        )
    more: dict[str, Any] = {
        "now_us": now_us,
        "entropy": entropy,
        "on_ready": ready,
        "places": args.places,
        "proxy": args.proxy,
        "beside": place_of(args.store),
        "journal_path": args.log,
        "metrics_port": args.metrics,
    }
    if args.workers == 1:
        serve(office, args.host, args.port, base=base, **more)
    else:
        again = partial(open_office, args.store, now_us=now_us, entropy=entropy)
        n_workers, file = args.workers, args.base
        serve_together(office, again, args.host, args.port, n_workers=n_workers, base=file, **more)
    return DONE


def _keep_beating(args: argparse.Namespace, office: Office) -> None:
    """Puts the time into a database every few seconds: who follows it sees how old it is."""
    if is_database(args.store):
        turn = partial(_beat, office)
        args.after.enter_context(repeating(turn, PULSE_S, lambda _: None))


def _beat(office: Office) -> None:
    if office.store.writable:  # a copy that was made the one to write to begins to
        beat(office.store, now_us)


def _hold_to_log(args: argparse.Namespace, office: Office) -> None:
    """Publishes the log while serving; where it cannot, that is told.

    Whatever is wrong with the log keeps nobody from the map of hazards.
    """
    try:
        _follow_log(args, office)
    except RafiqaError as error:
        _tell(args, error)


def _follow_log(args: argparse.Namespace, office: Office) -> None:
    store = place_of(args.store)
    log = log_beside(office, store)
    if log is None:
        return
    faults = rollback_faults(log)
    if faults:
        raise InvalidInput(faults)  # writes were barred when the store was opened
    if has_keys(store):
        publisher = Publisher(log_of(office, store, KnownPassphrases(args)))
        args.after.enter_context(
            publishing(publisher, PUBLISH_EVERY_S, now_us, partial(_tell, args))
        )


def _tell(args: argparse.Namespace, turn: Turn | RafiqaError) -> None:
    """Tells what went wrong with the log or its mirror; what went well needs no words."""
    for fault in turn.faults:
        output_of(args).note(text(fault.code, fault.params, args.lang))
