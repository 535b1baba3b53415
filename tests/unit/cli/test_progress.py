"""Bars and colours: on a terminal alone, and gone before the answer is printed."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from rafiqa.cli.colour import painted
from rafiqa.cli.progress import Progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    @property
    def text(self):
        return self.getvalue()

    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.at_s = 0.0

    def __call__(self):
        return self.at_s


def test_a_line_says_how_far_and_how_long():
    clock = Clock()
    progress = Progress("asking", None, clock)
    clock.at_s = 75
    assert progress.line() == "1:15  asking"
    progress.tell(1_234)
    assert progress.line() == "1:15  asking  1,234"
    progress.tell(50, 200)
    assert progress.line() == f"[{'#' * 6}{'-' * 18}]  25%  1:15  asking"
    progress.tell(300, 200)
    assert "100%" in progress.line()
    progress.say("writing")
    assert progress.line().endswith("writing")


def test_quick_work_draws_nothing():
    terminal = Terminal()
    progress = Progress("asking", terminal)
    progress.tell(1, 2)
    progress.end()
    assert terminal.text == ""


def test_it_is_gone_when_it_ends():
    terminal = Terminal()
    progress = Progress("asking", terminal)
    time.sleep(0.8)
    progress.end()
    progress.end()
    drawn = re.findall(r"\r([^\r]*)", terminal.text)
    assert drawn[0] == "0:00  asking"
    assert drawn[-2:] == [" " * len("0:00  asking"), ""]


def test_nothing_is_drawn_where_no_one_looks():
    progress = Progress("asking", None)
    assert not progress.is_drawn
    progress.tell(1)
    progress.end()


@pytest.mark.parametrize(
    ("variables", "painted_"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_are_for_terminals_that_want_them(monkeypatch, variables, painted_):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in painted("refused", "bad", Terminal())) is painted_
    assert painted("refused", "bad", io.StringIO()) == "refused"


def at_a_terminal(*arguments, **variables):
    """What a command draws where standard error is a real terminal, and what it prints."""
    ours, theirs = pty.openpty()
    environment = {"TERM": "xterm", "RAFIQA_LANG": "en", **variables}
    job = subprocess.Popen(
        [sys.executable, "-m", "rafiqa", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={k: v for k, v in os.environ.items() if k != "NO_COLOR"} | environment,
    )
    os.close(theirs)
    drawn = b""
    while job.poll() is None or select.select([ours], [], [], 0.05)[0]:
        if select.select([ours], [], [], 0.05)[0]:
            try:
                drawn += os.read(ours, 65_536)
            except OSError:
                break
    out, _ = job.communicate()
    os.close(ours)
    return drawn.decode(), out.decode()


@pytest.mark.slow
def test_long_work_is_drawn_at_a_terminal_and_not_for_a_program(tmp_path):
    drawn, out = at_a_terminal("demo", tmp_path / "a", "--buildings", "60")
    assert re.search(r"\r\d:\d\d  ", drawn)
    assert drawn.endswith("\r")
    assert "events:" in out
    drawn, out = at_a_terminal("demo", tmp_path / "b", "--buildings", "60", TERM="dumb")
    assert "\r0:0" not in drawn
    assert "events:" in out


@pytest.mark.slow
def test_a_refusal_is_coloured_at_a_terminal_and_says_the_same_without(tmp_path):
    plain, _ = at_a_terminal("check", tmp_path / "none", NO_COLOR="1")
    coloured, _ = at_a_terminal("check", tmp_path / "none")
    assert "\x1b[" in coloured
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
