"""The arguments that say where a passphrase is, and the asking at the terminal where none says.

A passphrase is never an argument itself: arguments stand in the history of commands, and whoever
is on the machine can list them.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.locale import text
from rafiqa.store.keyfile import secret_in
from rafiqa.store.passphrase import LETTERS_LEAST

KINDS = ("issuer", "status", "log", "log-certificates", "log-evidence", "root", "witness", "key")
"""What a key's file may begin with; more may follow after a hyphen, as in ``root-2``."""
_NAMED = re.compile(rf"(?P<of>(?:{'|'.join(KINDS)})(?:-[a-z0-9-]+)?)=(?P<file>.+)", re.DOTALL)
_OPTION = "--passphrase-file"


def add_passphrase(
    parser: argparse.ArgumentParser, *, makes: bool = False, waits: bool = True
) -> None:
    """Adds the arguments.

    Args:
        parser: the command's.
        makes: whether the command makes keys and not only opens them.
        waits: whether it may wait for somebody to type without being told to.
    """
    parser.add_argument(
        _OPTION,
        metavar="[KEY=]FILE",
        action="append",
        default=[],
        dest="passphrase_files",
        help="holds the passphrase that seals the keys, or those that begin with KEY; mode 0400; "
        "may be given again",
    )
    if makes:
        parser.add_argument(
            "--ask-passphrase",
            action="store_true",
            help="seal new keys with a passphrase that is asked for at the terminal",
        )
    if not waits:
        parser.add_argument(
            "--ask-passphrase",
            action="store_true",
            help="ask at the terminal for the passphrase of a sealed key, before it serves",
        )
    parser.set_defaults(asks_to_open=waits)


class KnownPassphrases:
    """What the command's arguments and whoever sits at its terminal know of passphrases.

    Args:
        args: the command's arguments.

    Raises:
        InvalidInput: a file is missing, no text, empty, or others can read it.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self._lang: str = args.lang
        self._asks: bool = getattr(args, "ask_passphrase", False)
        self._asks_to_open: bool = self._asks or getattr(args, "asks_to_open", True)
        self._given = dict(_given(each) for each in getattr(args, "passphrase_files", ()))
        self._typed: dict[str, str] = {}
        """By what they are for."""

    def opening(self, path: Path) -> Iterator[str]:
        """Yields what may open a file: what was given for it, else what is typed."""
        given = self._given_for(path)
        if given is not None:
            yield given
            return
        # One passphrase often seals them all; nobody is asked for it twice.
        ours = self._typed.get(_whose(path))
        known = dict.fromkeys([*([] if ours is None else [ours]), *self._typed.values()])
        yield from known
        is_asked = self._asks_to_open and sys.stdin.isatty()
        typed = self._ask("cli.passphrase.ask", str(path)) if is_asked else ""
        if typed:
            self._typed[str(path)] = typed
            yield typed

    def sealing(self, path: Path) -> str | None:
        """Returns what seals a new file, or None.

        Raises:
            InvalidInput: it is short, was typed in two ways, or there is no terminal to ask at.
        """
        made = self._given_for(path)
        if made is None and self._asks:
            made = self._typed.get(_whose(path)) or self._twice(_whose(path))
            self._typed[_whose(path)] = made
        if made is not None and len(made) < LETTERS_LEAST:
            raise InvalidInput(Fault("store.key.short", _OPTION, params={"letters": LETTERS_LEAST}))
        return made

    def _given_for(self, path: Path) -> str | None:
        """Of the files that are given, what is in the one that names the key most closely."""
        name = path.name.partition(".")[0]
        fits = [of for of in self._given if of in {"", name} or name.startswith(f"{of}-")]
        return self._given[max(fits, key=len)] if fits else None

    def _twice(self, whose: str) -> str:
        if not sys.stdin.isatty():
            raise InvalidInput(Fault("cli.passphrase.no-terminal", "--ask-passphrase"))
        first = self._ask("cli.passphrase.new", whose)
        if self._ask("cli.passphrase.again", whose) != first:
            raise InvalidInput(Fault("cli.passphrase.differ", "--ask-passphrase"))
        return first

    def _ask(self, code: str, of: str) -> str:
        """What is typed; nothing where somebody would rather not."""
        words = text(code, {"key": of}, self._lang)
        with warnings.catch_warnings():
            # Where a terminal cannot be told to be quiet, what is typed would be seen.
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return getpass.getpass(f"{words} ").strip()
            except (EOFError, KeyboardInterrupt):
                return ""
            except getpass.GetPassWarning:
                raise InvalidInput(Fault("cli.passphrase.no-terminal", _OPTION)) from None


def _whose(path: Path) -> str:
    """Who types a key's passphrase: whoever keeps a root its own, the office all others."""
    name = path.name.partition(".")[0]
    return name if name.startswith("root") else str(path.parent)


def _given(argument: str) -> tuple[str, str]:
    """The keys that a file is for, by how they begin, and the passphrase in it."""
    named = _NAMED.fullmatch(argument)
    of, file = (named["of"], named["file"]) if named else ("", argument)
    params: dict[str, str | int] = {"path": file}
    try:
        data, is_private = secret_in(Path(file))
        words = data.decode().strip()
    except (StoreError, UnicodeDecodeError):
        words, is_private = "", True
    if not words:
        raise InvalidInput(Fault("cli.passphrase.file", _OPTION, params=params))
    if not is_private:
        raise InvalidInput(Fault("cli.passphrase.open-to-others", _OPTION, params=params))
    return of, words
