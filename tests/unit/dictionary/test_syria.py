"""Real tables of Syria: names of question marks are reported, all others are taken."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from rafiqa.dictionary import check_row, dictionary, match_columns

REPO = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("RAFIQA_SHARED_DATA", REPO.parent / "shared" / "data"))
COMMUNITIES = DATA / "syria-cod" / "syria_communities.csv"
GAZETTEER = DATA / "gazetteer" / "wof_admin_sy.csv"


def rows(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        pytest.skip(f"the open data is not beside the checkout: {file.name}")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.shared
def test_destroyed_names_are_reported_and_never_accepted():
    place = dictionary().records["place"]
    table = rows(COMMUNITIES)
    columns = match_columns(place, list(table[0])).fields
    reported, residents = 0, 0
    for row in table:
        clean, faults = check_row(place, {columns[key]: row[key] for key in columns})
        assert "name_ar" not in clean
        reported += [fault.code for fault in faults] == ["dictionary.text.destroyed"]
        residents += int(str(clean.get("residents", 0)))
    written = [row for row in table if row["PP_NAME_AR"].strip()]
    assert reported == len(written)
    assert len(table) == 7_580
    assert residents == 14_345_840


@pytest.mark.shared
def test_sound_arabic_names_are_all_taken():
    place = dictionary().records["place"]
    table = rows(GAZETTEER)
    taken = 0
    for row in table:
        clean, faults = check_row(place, {"id": row["wof_id"], "name_ar": row["name_ara"]})
        assert faults == (), row
        taken += "name_ar" in clean
    assert taken > 9_000
