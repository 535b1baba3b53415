"""The page of ASVS: every row of levels 1 and 2 has a test that exists, or a reason."""

from __future__ import annotations

import re

from rafiqa.api.session import ADDRESS_ATTEMPTS_A_MINUTE, ATTEMPTS_A_MINUTE
from rafiqa.api.signedin import IDLE_US, LIFE_US, SESSIONS_KEPT
from rafiqa.service.accounts import PASSWORD_LEAST_CHARS, PASSWORD_MOST_CHARS
from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_every_row_of_both_levels_is_there_once_and_in_order() -> None:
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    # As many as version 5.0.0 has at each level.
    assert [sum(row[1] == level for row in ROWS) for level in "12"] == [70, 183]
    assert len(ROWS) == PAGE.count("\n| ") - PAGE.count("| row | level |")


def test_every_row_names_tests_that_exist_or_a_reason() -> None:
    for number, _, asks, held in ROWS:
        assert asks.strip()
        assert re.match(r"`tests/|reason: .{6,}", held), (number, held)
        for named in re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", held):
            path = ROOT / named[0]
            assert path.is_file(), (number, held)
            assert not named[1] or f"def {named[1]}(" in path.read_text("utf-8"), (number, held)


def test_a_page_that_is_said_to_say_it_says_it() -> None:
    pages = 0
    for number, _, _, held in ROWS:
        for name, title in re.findall(r"(docs/[\w/.-]+\.md)(?:, \"([^\"]+)\")?", held):
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
