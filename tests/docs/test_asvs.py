"""The page of ASVS: every row of levels 1 and 2 has a test that exists, or a reason."""

from __future__ import annotations

import re

from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_every_row_of_both_levels_is_there_once_and_in_order() -> None:
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    # As many as version 5.0.0 has at each level.
    assert [sum(row[1] == level for row in ROWS) for level in "12"] == [70, 183]
    assert len(ROWS) == PAGE.count("\n| ") - PAGE.count("| row | level |")


def test_every_row_names_a_test_that_exists_or_a_reason() -> None:
    for number, _, asks, held in ROWS:
        assert asks.strip()
        named = re.match(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", held)
        if named is None:
            assert re.fullmatch(r"reason: .{6,}", held.strip()), (number, held)
            continue
        path = ROOT / named[1]
        assert path.is_file(), (number, held)
        assert named[2] is None or f"def {named[2]}(" in path.read_text("utf-8"), (number, held)
