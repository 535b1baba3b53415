"""The page of ASVS: every row of levels 1 and 2 has a test that is there, or a reason."""

from __future__ import annotations

import re

from rafiqa.api.session import ADDRESS_ATTEMPTS_A_MINUTE, ATTEMPTS_A_MINUTE
from rafiqa.api.signedin import IDLE_US, LIFE_US, SESSIONS_KEPT
from rafiqa.service.accounts import PASSWORD_LEAST_CHARS, PASSWORD_MOST_CHARS
from tests.docs.page import ROOT
from tests.docs.test_safety import GUARD, WEB_GUARD, guards_in

PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
OF_LEVEL_3 = {"1.2.10", "1.5.3", "5.2.5", "5.2.6", "5.3.3", "14.2.8", "15.4.1", "15.4.2"}
"""Rows of level 3 that this program sets itself."""
NOT_DONE = re.compile(r"^reason: open\b|no test of its own|\bis open\b|\bopen:")


def test_every_row_of_both_levels_is_there_once_and_in_order() -> None:
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    # As many as version 5.0.0 has at each level.
    assert [sum(row[1] == level for row in ROWS) for level in "12"] == [70, 183]
    assert {row[0] for row in ROWS if row[1] == "3"} == OF_LEVEL_3
    assert len(ROWS) == PAGE.count("\n| ") - PAGE.count("| row | level |")


def faults_of(held: str) -> list[str]:
    """What is wrong with what a row is said to be held by."""
    if not re.match(r"`tests/|`web/test/|reason: .{6,}", held):
        return ["neither a test nor a reason"]
    faults = []
    named = GUARD.findall(held)
    # What looks like a test and is none of the two forms would be looked at by nobody.
    if len(named) + len(WEB_GUARD.findall(held)) != len(re.findall(r"`(?:tests|web/test)/", held)):
        faults.append("a test that is named in another form")
    for file, name in named:
        if not (ROOT / file).is_file() or name not in guards_in(ROOT / file):
            faults.append(f"{file}::{name}")
    for file, title in WEB_GUARD.findall(held):
        path = ROOT / file
        if not path.is_file() or f'test("{title}"' not in path.read_text("utf-8"):
            faults.append(f"{file} {title}")
    return faults


def test_every_row_names_tests_that_exist_or_a_reason() -> None:
    for number, _, asks, held in ROWS:
        assert asks.strip()
        assert faults_of(held) == [], number


def test_a_row_that_names_a_test_that_is_gone_or_a_file_alone_is_seen() -> None:
    assert faults_of("`tests/docs/test_asvs.py::test_every_row_of_both_levels_is_there`")
    assert faults_of("`tests/docs/test_none.py::test_x`")
    assert faults_of("`tests/docs/test_asvs.py`")
    assert faults_of("reason: no")
    assert faults_of("`web/test/url.test.ts` “no such title”")
    assert faults_of("`web/test/url.test.ts`")
    assert faults_of("`tests/docs/test_asvs.py::ROWS`")


def test_what_is_not_done_is_counted() -> None:
    """No row but these may say that it is open."""
    assert {row[0] for row in ROWS if NOT_DONE.search(row[3])} <= {"6.8.4"}
    assert NOT_DONE.search("reason: open, no test of its own")


def test_a_page_that_is_said_to_say_it_says_it() -> None:
    pages = 0
    for number, _, _, held in ROWS:
        for name, title in re.findall(r"((?:docs/[\w/.-]+|SECURITY)\.md)(?:, \"([^\"]+)\")?", held):
            assert (ROOT / name).is_file(), (number, held)
            assert not title or f"\n## {title}\n" in (ROOT / name).read_text("utf-8"), number
            pages += 1
        for file in re.findall(
            r"`((?:api|service|wire|locale|cli|deploy|web|scripts)/[\w./]+)", held
        ):
            places = (ROOT / "src" / "rafiqa" / file, ROOT / file)
            assert any(each.exists() for each in places), (number, file)
    assert pages >= 8


def test_what_the_page_of_accounts_says_of_times_is_so() -> None:
    page = " ".join((ROOT / "docs" / "how-to" / "accounts.md").read_text("utf-8").split())
    long = page.partition("## How long one is signed in")[2].partition("## ")[0]
    assert f"after {IDLE_US // 60_000_000} minutes in which nothing was asked" in long
    assert f"{LIFE_US // 3_600_000_000} hours after signing in" in long
    assert f"{SESSIONS_KEPT:,} times" in long
    slow = page.partition("## How guessing is slowed")[2].partition("## ")[0]
    assert f"one login may be tried {ATTEMPTS_A_MINUTE} times a minute" in slow
    assert f"all logins together {ADDRESS_ATTEMPTS_A_MINUTE} times" in slow
    assert f"{PASSWORD_LEAST_CHARS} to {PASSWORD_MOST_CHARS} letters" in slow
