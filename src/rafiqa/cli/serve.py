"""``rafiqa serve``: the desk and every interface over one store."""

from __future__ import annotations

import argparse

from rafiqa.api import serve
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.demo import demo_logins


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on")
    parser.add_argument("--port", type=int, default=8321, metavar="P", help="port to listen on")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after the server was stopped."""
    office = office_of(args)
    output = output_of(args)
    name = office.site.name
    address = f"http://{args.host}:{args.port}/"

    def ready() -> None:
        lines = [f"{name}: {address}"]
        logins = demo_logins(office)
        lines += [f"  login {item.login:<12} password {item.password}" for item in logins]
        answer = {"address": address, "site": name}
        output.show(answer, lines)

    serve(office, host=args.host, port=args.port, now_us=now_us, entropy=entropy, on_ready=ready)
    return DONE
