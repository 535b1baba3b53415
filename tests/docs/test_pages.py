"""Every command shown in the docs runs, and every answer shown is the program's own."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

from rafiqa.cli import parser
from rafiqa.cli.usage import Misused
from tests.docs.page import PAGES, ROOT, shown, writer

COMMANDS = ROOT / "docs" / "reference" / "commands.md"


def run_always(page):
    """The page of all commands runs each of them, for minutes: in the long run alone."""
    return pytest.param(page, marks=[pytest.mark.slow] if page == COMMANDS else [])


@pytest.mark.parametrize("page", [*map(run_always, writer().pages())], ids=shown)
def test_answers_shown_are_the_ones_given(page, monkeypatch):
    if page.parent == ROOT:
        # It shows no answer of its demo; the tutorial makes the same one at its full size.
        monkeypatch.setenv("BUILDINGS", "200")
    text = page.read_text(encoding="utf-8")
    assert writer().answered(text) == text


def test_the_page_of_commands_is_the_commands():
    """Its tables and examples; its answers are compared above."""
    empty = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)
    written = empty.sub("```text\n```", COMMANDS.read_text(encoding="utf-8"))
    assert written == writer().commands_page()


def with_commands() -> set[str]:
    """The pages that show commands to be run, by name."""
    shown_ones = (page for page in PAGES if "decisions" not in page.parts)
    return {page.name for page in shown_ones if "```sh" in page.read_text(encoding="utf-8")}


def names_in(path: Path) -> set[str]:
    """The pages that a test opens: names of pages in its code, not in what is said about it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    )
    return {each.rpartition("/")[2] for each in constants if each.endswith(".md")}


def test_no_page_with_commands_is_left_out():
    """Each is run by `make docs`, or a test that opens the page is named, or why none does."""
    elsewhere, unrun = writer().ELSEWHERE, writer().UNRUN
    run = {page.name for page in writer().pages()}
    left = with_commands() - run
    assert left == {*elsewhere, *unrun} & with_commands() == {*elsewhere, *unrun}
    assert not elsewhere.keys() & unrun.keys()
    for name, test in elsewhere.items():
        assert name in names_in(ROOT / test), f"{test} does not read {name}"


def test_a_test_that_only_speaks_of_a_page_does_not_read_it(tmp_path):
    (tmp_path / "a.py").write_text('"""The steps of back-up.md"""\nPAGE = "docs/erase.md"\n')
    assert names_in(tmp_path / "a.py") == {"erase.md"}


def test_every_command_shown_can_be_typed():
    """Also in pages whose commands need a server, a module or a second machine to run."""
    wrong, seen = [], 0
    for page in PAGES:
        if "decisions" in page.parts or page.name == "CHANGELOG.md":
            continue  # They tell of their day.
        for words in typed(page.read_text(encoding="utf-8")):
            seen += 1
            if not understood(words):
                wrong.append((shown(page), words))
    assert wrong == []
    assert seen > 150


def typed(text: str) -> list[list[str]]:
    """The words of each ``rafiqa`` command of a page, up to what the shell does with it."""
    found = []
    for block in re.findall(
        r"^```(?:sh|bash|text|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    ):
        for line in block.replace("\\\n", " ").splitlines():
            start = re.match(
                r"\s*(?:\$ )?(?:sudo (?:-\S+ (?:[a-z]+ )?)*)?(?:\S*/)?rafiqa (.+)", line
            )
            if start:
                words = shlex.split(start[1], comments=True)
                ends = [
                    at for at, word in enumerate(words) if re.fullmatch(r"[|&;<>]+|2>.*|>.*", word)
                ]
                found.append(words[: min(ends, default=len(words))])
    return found


def understood(words: list[str]) -> bool:
    try:
        parser(words[0]).parse_args(words)
    except (Misused, SystemExit) as told:
        # Help and version end the program by themselves, and well.
        return isinstance(told, SystemExit) and told.code in {0, None}
    return True


@pytest.mark.parametrize("words", ["gate S P --no-such-option", "gates S", "keys"])
def test_a_command_that_cannot_be_typed_is_seen(words):
    assert not understood(words.split())


def test_a_wrong_answer_does_not_stay():
    page = "```sh\necho 3\n```\n\n```text\n4\n```\n"
    assert writer().answered(page) == page.replace("4\n", "3\n")


def test_an_answer_belongs_to_the_commands_right_before_it():
    page = "```sh\necho 3\n```\n\nWords between.\n\n```text\nnot an answer\n```\n"
    assert writer().answered(page) == page


@pytest.mark.parametrize("command", ["false", "make nothing-of-that-name", "rafiqa at nowhere"])
def test_a_command_that_fails_is_not_passed_over(command):
    with pytest.raises(SystemExit):
        writer().answered(f"```sh\n{command}\n```\n")


def test_what_differs_with_every_run_is_hidden():
    page = "```sh\necho 'login x  password abc seconds: 0.25'\n```\n\n```text\n```\n"
    assert "login x  password … seconds: …\n" in writer().answered(page)
