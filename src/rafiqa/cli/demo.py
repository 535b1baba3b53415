"""``rafiqa demo``: a whole demo city with its history, made through the services."""

from __future__ import annotations

import argparse
import json

from rafiqa.cli.machine import entropy
from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.demo import make_demo
from rafiqa.locale import text


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--buildings", type=int, default=5_000, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same city")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status after making the city."""
    progress = progress_of(args, "cli.progress.demo")
    made = make_demo(
        args.store,
        n_buildings=args.buildings,
        seed=args.seed,
        entropy=entropy,
        progress=progress.say if progress.is_drawn else output_of(args).note,
    )
    answer = {
        "events": made.n_events,
        "areas": made.n_areas,
        "projects": made.n_projects,
        "buildings": made.n_buildings,
        "certificates": made.n_certificates,
    }
    lines = [f"{name}: {count}" for name, count in answer.items()]
    lines += [f"login {item.login}  password {item.password}  {item.role}" for item in made.logins]
    lines.append(text("cli.people.approving.password", {}, args.lang))
    logins = [
        {"login": item.login, "password": item.password, "role": item.role} for item in made.logins
    ]
    output_of(args).show(json.loads(json.dumps({**answer, "logins": logins})), lines)
    return DONE
