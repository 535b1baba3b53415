"""What every command shares: the open office, who acts, the language, and how to print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rafiqa import geo, land, service
from rafiqa.cli.language import language
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.progress import Progress
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import languages
from rafiqa.wire.instant import end_us, iso

if TYPE_CHECKING:
    from rafiqa.geo import Spot
    from rafiqa.land import Actor, Role
    from rafiqa.service import AsOf, Office

DONE, REFUSED, USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Output:
    """Prints an answer for a person or, with ``--json``, as one JSON document."""

    as_json: bool
    lang: str
    progress: Progress | None = None

    def show(self, answer: dict[str, Any], lines: list[str]) -> None:
        """Prints the answer: the JSON document alone, or the lines."""
        self._clear()
        if self.as_json:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
        else:
            sys.stdout.write("\n".join(lines) + "\n")
        # Whoever reads through a pipe waits for this line: a server goes on after it.
        sys.stdout.flush()

    def refuse(self, answer: dict[str, Any], lines: list[str]) -> None:
        """Prints a refusal: the JSON document alone, or the lines where errors belong."""
        self._clear()
        if self.as_json:
            self.show(answer, [])
        else:
            sys.stderr.write("\n".join(lines) + "\n")

    def note(self, line: str) -> None:
        """Prints what somebody should know, where it cannot spoil the JSON document."""
        self._clear()
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self.progress is not None:
            self.progress.end()


def output_of(args: argparse.Namespace) -> Output:
    """Returns where this command prints to."""
    return Output(args.json, args.lang, getattr(args, "progress", None))


def office_of(args: argparse.Namespace, **how: Any) -> Office:
    """Returns the open office of the command's STORE; it is closed after the command.

    Args:
        args: the command's arguments.
        how: see ``open_office``.
    """
    office = service.open_office(args.store, now_us=now_us, entropy=entropy, **how)
    after: ExitStack = args.after
    after.callback(office.store.close)
    return office


def actor_of(args: argparse.Namespace, office: Office | None = None) -> Actor:
    """Returns who acts: as named on the command line, else the site's authority here."""
    organisation = args.organisation or (office.site.authority_id if office else "authority")
    return land.Actor(args.person, organisation, cast("Role", args.role), args.acting_for)


def as_of(args: argparse.Namespace) -> AsOf:
    """Returns the two times of a question from ``--valid-at`` and ``--known-at``."""
    return service.AsOf(*ends_of(args, "--valid-at", "--known-at"))


def ends_of(args: argparse.Namespace, *options: str) -> list[int | None]:
    """Returns the last instants that optional times name, in microseconds.

    Raises:
        InvalidInput: every one of them that is no time.
    """
    return all_of(*(partial(_end, args, option) for option in options))


def _end(args: argparse.Namespace, option: str) -> int | None:
    text = getattr(args, option.lstrip("-").replace("-", "_"))
    return None if text is None else tellable(end_us(text, option), text, option)


def tellable(at_us: int, text: str, option: str) -> int:
    """Returns a time that can be told again, in the years 1 to 9999 of UTC.

    Raises:
        InvalidInput: an offset puts it outside of them.
    """
    try:
        iso(at_us - 1)
    except OverflowError as error:
        raise InvalidInput(Fault("wire.time.malformed", option, params={"text": text})) from error
    return at_us


def all_of(*asked: Callable[[], Any]) -> list[Any]:
    """Returns what each call returns, in order.

    Raises:
        InvalidInput: the faults of all calls together, not of the first alone.
    """
    found: list[Any] = []
    faults: list[Fault] = []
    for ask in asked:
        try:
            found.append(ask())
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return found


def spot_of(args: argparse.Namespace) -> Spot:
    """Returns the place that ``--lon`` and ``--lat`` give.

    Raises:
        InvalidInput: they are no longitude and latitude.
    """
    try:
        return geo.Spot.of(args.lon, args.lat)
    except InvalidInput as error:
        raise at_lonlat(error) from error


def at_lonlat(error: InvalidInput) -> InvalidInput:
    """Returns the error with its faults placed at the two options that give a place."""
    return InvalidInput([replace(fault, place="--lon --lat") for fault in error.faults])


def add_common(parser: argparse.ArgumentParser, *, store: bool = True) -> None:
    """Adds the arguments that every command takes."""
    if store:
        parser.add_argument("store", metavar="STORE", help="the store: a file's path")
    parser.add_argument("--json", action="store_true", help="print one JSON document, no more")
    parser.add_argument(
        "--lang", default=language(), choices=languages(), help="language of the texts"
    )


def add_actor(parser: argparse.ArgumentParser, role: Role) -> None:
    """Adds the arguments that say who acts."""
    parser.add_argument("--person", default="person-at-this-machine", help="who acts: a pseudonym")
    parser.add_argument("--organisation", default=None, help="for whom; the authority by default")
    parser.add_argument("--role", default=role, choices=land.ROLES, help="in which role")
    parser.add_argument(
        "--acting-for", metavar="PERSON", help="whose role it is, where a colleague delegated it"
    )


def add_times(parser: argparse.ArgumentParser) -> None:
    """Adds the two times of a question."""
    parser.add_argument("--valid-at", metavar="T", help="as true at this time (ISO 8601)")
    parser.add_argument("--known-at", metavar="K", help="as known at this time (ISO 8601)")
