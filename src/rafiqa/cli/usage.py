"""Wrong usage: what argparse says of it as a fault with a code, its words, and what to do next."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from rafiqa.errors import Fault, InvalidInput

_SAID: Final = (
    ("cli.usage.required", r"the following arguments are required: (?P<names>.+)"),
    ("cli.usage.unrecognised", r"unrecognized arguments: (?P<names>.+)"),
    (
        "cli.usage.choice",
        r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<known>.+)\)",
    ),
    ("cli.usage.value-missing", r"argument (?P<name>.+?): expected .*argument.*"),
    ("cli.usage.value", r"argument (?P<name>.+?): invalid .+? value: (?P<value>.+)"),
    ("cli.usage.conflict", r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)"),
    ("cli.usage.one-of", r"one of the arguments (?P<names>.+) is required"),
    ("cli.usage.ambiguous", r"ambiguous option: (?P<value>.+?) could match (?P<known>.+)"),
)
"""What argparse says in English, which is all that it says; anything else is told as it is."""


class Misused(InvalidInput):
    """The command line cannot be read; ``usage`` says how it is written."""

    def __init__(self, fault: Fault, usage: str) -> None:
        super().__init__(fault)
        self.usage = usage


class CommandParser(argparse.ArgumentParser):
    """A parser that raises ``Misused`` where argparse would print and leave.

    ``mingled`` is set of a command whose options may stand between its arguments: argparse gives a
    last argument that may be left out nothing as soon as an option comes before it.
    """

    mingled = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Returns the arguments found and the words left over, as argparse does."""
        if not self.mingled:
            return super().parse_known_args(args, namespace)
        # argparse calls this method again for each of its two passes.
        self.mingled = False
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.mingled = True

    def error(self, message: str) -> NoReturn:
        """Raises what is wrong with the words, as a fault.

        Raises:
            Misused: always.
        """
        raise Misused(fault_of(message), self.format_usage())


def fault_of(message: str) -> Fault:
    """Returns what argparse says as a fault."""
    for code, pattern in _SAID:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            told = found.groupdict().items()
            params = {name: value.replace("'", "").strip('"') for name, value in told}
            return Fault(code, params.get("name", ""), params=dict(params))
    return Fault("cli.usage.other", params={"detail": message})


def nearest(misused: Misused, top: argparse.ArgumentParser, words: Sequence[str]) -> Misused:
    """Returns the same with the nearest command or option that there is, where one is near.

    Args:
        misused: what was said.
        top: the parser of all commands.
        words: the command line.
    """
    fault = misused.faults[0]
    if fault.code == "cli.usage.choice" and fault.place in {"COMMAND", "ACT"}:
        known = str(fault.params["known"]).split(", ")
        value = str(fault.params["value"])
        near = get_close_matches(value, known, 1)
        params: dict[str, str | int] = {"value": value, "known": ", ".join(known)}
        code = "cli.usage.command"
        if near:
            code, params["near"] = "cli.usage.command-near", near[0]
        return Misused(Fault(code, fault.place, params=params), misused.usage)
    if fault.code == "cli.usage.unrecognised":
        called = _called(top, words)
        given = str(fault.params["names"]).split()[0]
        options = [each for item in called._actions for each in item.option_strings]  # noqa: SLF001
        near = get_close_matches(given.partition("=")[0], options, 1)
        if near and given.startswith("-"):
            params = {**fault.params, "near": near[0]}
            found = Fault("cli.usage.option-near", given, params=params)
            return Misused(found, called.format_usage())
        return Misused(Fault(fault.code, given, params=fault.params), called.format_usage())
    return misused


def _called(top: argparse.ArgumentParser, words: Sequence[str]) -> argparse.ArgumentParser:
    """Returns the parser of the command, or of its act, that a command line calls."""
    parser = top
    for word in words[:2]:
        under = dict(children(parser))
        if word not in under:
            break
        parser = under[word]
    return parser


def children(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yields the commands under a parser, or the acts of a command, by name."""
    for item in parser._actions:  # noqa: SLF001 - argparse shows them nowhere else
        if isinstance(item, argparse._SubParsersAction):  # noqa: SLF001
            yield from item.choices.items()


def with_examples(command: argparse.ArgumentParser, name: str, lines: Iterable[str]) -> None:
    """Puts examples under the help of a command, and of each of its acts those that call it."""
    told = list(lines)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = _epilog(told)
    for act, parser in children(command):
        of_act = [line for line in told if f"rafiqa {name} {act} " in line]
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = _epilog(of_act or told)


def _epilog(lines: Sequence[str]) -> str:
    label = "example:" if len(lines) == 1 else "examples:"
    return "\n".join([label, *(f"  {line}" for line in lines)])
