"""The arguments that say in which hardware module a key is kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput
from rafiqa.store.keyplace import InModule


def add_module(parser: argparse.ArgumentParser, which: str) -> None:
    """Adds the arguments; ``which`` names the key."""
    parser.add_argument(
        "--module", metavar="FILE", type=Path, help=f"keep {which} in this PKCS#11 module"
    )
    parser.add_argument("--token", metavar="LABEL", help="the module's token")
    parser.add_argument(
        "--pin-file", metavar="FILE", type=Path, help="holds the token's PIN, mode 0400"
    )


def module_of(args: argparse.Namespace) -> InModule | None:
    """Returns the module that was named, or None.

    Raises:
        InvalidInput: it was named by half.
    """
    given = [args.module, args.token, args.pin_file]
    if not any(given):
        return None
    if not all(given):
        raise InvalidInput(Fault("cli.keys.module", "--module"))
    return InModule(args.module, args.token, args.pin_file)
