"""Completion in real shells: what a Tab offers where."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from rafiqa.cli import COMMANDS, parser
from rafiqa.cli.commandtree import command_tree
from rafiqa.cli.shellscript import SCRIPTS
from rafiqa.locale import languages
from rafiqa.service.exporting import EXPORT_KINDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "shell.md"
COMMAND_LIST = list(command_tree(parser()))


@pytest.fixture(scope="session")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    for shell, script in SCRIPTS.items():
        (folder / shell).write_text(script(COMMAND_LIST), encoding="utf-8")
    (folder / "work").mkdir()
    for name in ("city.rafiqa", "a file.csv"):
        (folder / "work" / name).touch()
    return folder


def has(shell):
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_rafiqa
printf '%s\n' "${COMPREPLY[@]}"
"""


def in_bash(scripts, *words):
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", BASH, "bash", str(scripts / "bash"), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=scripts / "work",
    )
    assert done.stderr == ""
    return {line for line in done.stdout.splitlines() if line}


def in_fish(scripts, *words):
    line = " ".join(words)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {scripts / 'fish'}; complete -C '{line}'"],
        capture_output=True,
        text=True,
        check=False,
        cwd=scripts / "work",
    )
    assert done.stderr == ""
    return {line.split("\t")[0] for line in done.stdout.splitlines() if line}


ZSH = r"""
autoload -Uz compinit; compinit -u -D
source "$1"; shift
compadd() { [[ $1 == -- ]] && shift; print -rl -- ${(M)@:#${words[CURRENT]##*=}*} }
_describe() { print -rl -- ${${(M)${(P)2}:#${words[CURRENT]}*}%%:*} }
_files() { print -rl -- ${words[CURRENT]##*=}*(N) }
compset() { return 0 }
words=("$@"); CURRENT=$#
_rafiqa
"""
"""Outside of its line editor zsh gives nothing out: what would be offered is printed."""


def in_zsh(scripts, *words):
    done = subprocess.run(
        ["zsh", "-f", "-c", ZSH, "zsh", str(scripts / "zsh"), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=scripts / "work",
    )
    assert done.stderr == ""
    return {line for line in done.stdout.splitlines() if line}


SHELLS = [
    pytest.param(in_bash, marks=has("bash"), id="bash"),
    pytest.param(in_zsh, marks=has("zsh"), id="zsh"),
    pytest.param(in_fish, marks=has("fish"), id="fish"),
]


@pytest.mark.parametrize("asked", SHELLS)
def test_commands(scripts, asked):
    assert asked(scripts, "rafiqa", "") >= set(COMMANDS)
    assert asked(scripts, "rafiqa", "ac") == {"account", "access"}


@pytest.mark.parametrize("asked", SHELLS)
def test_acts_of_a_command(scripts, asked):
    assert asked(scripts, "rafiqa", "log", "p") == {"publish", "prove"}
    assert "--certificates" in asked(scripts, "rafiqa", "log", "publish", "--c")


@pytest.mark.parametrize("asked", SHELLS)
def test_options_are_those_of_the_command(scripts, asked):
    assert asked(scripts, "rafiqa", "account", "--by") == {"--by"}
    assert {"--teams", "--days"} <= asked(scripts, "rafiqa", "plan", "--")
    assert "--teams" not in asked(scripts, "rafiqa", "account", "--")


@pytest.mark.parametrize("asked", SHELLS)
def test_enumerations(scripts, asked):
    assert asked(scripts, "rafiqa", "account", "x", "--by", "") == {"operator", "donor", "area"}
    assert asked(scripts, "rafiqa", "at", "x", "--lang", "") == {*languages()}
    assert asked(scripts, "rafiqa", "import", "x", "y", "--as", "haz") == {"hazard-areas"}
    assert asked(scripts, "rafiqa", "export", "x", "") >= set(EXPORT_KINDS)


@pytest.mark.parametrize("asked", SHELLS)
def test_files(scripts, asked):
    assert "city.rafiqa" in asked(scripts, "rafiqa", "account", "c")
    assert "city.rafiqa" in asked(scripts, "rafiqa", "account", "x", "--boundary", "c")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "prepare"),
    [
        pytest.param("bash --norc --noprofile -i", "true", marks=has("bash")),
        pytest.param("zsh -f -i", "autoload -Uz compinit; compinit -u -D", marks=has("zsh")),
    ],
)
def test_the_tab_key_itself(scripts, shell, prepare):
    """A shell that somebody sits at: what is typed, and what the key adds to it."""
    ours, theirs = pty.openpty()
    job = subprocess.Popen(
        shell.split(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=scripts / "work",
        env={**os.environ, "TERM": "xterm", "PS1": "> "},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        os.write(ours, f"{prepare}; source {scripts / shell.split()[0]}; echo rea''dy\n".encode())
        assert heard(ours, "ready\r")
        os.write(ours, b"rafiqa acco\t")
        assert heard(ours, "rafiqa account")
        os.write(ours, b" city.r\t")
        assert heard(ours, r"city\.rafiqa")
    finally:
        job.kill()
        job.wait()
        os.close(ours)


def heard(terminal, pattern):
    """Whether a terminal says something before it is too late."""
    said, patience_s = "", time.monotonic() + 30
    while time.monotonic() < patience_s:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 65_536).decode(errors="replace")
        if re.search(pattern, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x08", "", said)):
            return True
    return False


@has("bash")
def test_a_value_after_an_equals_sign_and_a_name_with_a_blank(scripts):
    assert in_bash(scripts, "rafiqa", "at", "x", "--lang", "=") == {*languages()}
    assert in_bash(scripts, "rafiqa", "at", "x", "--lang", "=", "a") == {"ar"}
    assert in_bash(scripts, "rafiqa", "import", "x", "a") == {"a file.csv"}


@has("zsh")
def test_a_value_after_an_equals_sign_in_zsh(scripts):
    assert in_zsh(scripts, "rafiqa", "at", "x", "--lang=a") == {"ar"}


def test_every_option_of_every_command_is_in_every_script(scripts):
    for shell in SCRIPTS:
        text = (scripts / shell).read_text(encoding="utf-8")
        for command in COMMAND_LIST:
            for option in command.options:
                for name in option.names:
                    assert (f"-l {name[2:]} " if shell == "fish" else name) in text or name == "-h"


def test_the_page_says_what_works(run, tmp_path):
    shown = re.findall(r"^rafiqa completion (\w+) --out (\S+)$", PAGE.read_text(), re.MULTILINE)
    assert {shell for shell, _ in shown} == set(SCRIPTS)
    for shell, where in shown:
        out = tmp_path / Path(where).name
        ran = run("completion", shell, "--out", out)
        assert ran.status == 0
        assert out.read_text() == SCRIPTS[shell](COMMAND_LIST)
    assert run("completion", "bash").out == SCRIPTS["bash"](COMMAND_LIST)
    assert run("completion", "bash", "--json").answer["script"] == SCRIPTS["bash"](COMMAND_LIST)
