"""``rafiqa federation``: two stores, a card, a fingerprint by telephone, and a stick."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main

ROOT = Path(__file__).resolve().parents[3]
POLICY = str(ROOT / "examples" / "sharing" / "national.json")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("north", "south"):
        assert main(["new", name, "--name", name, "--lon", "38.55", "--lat", "34.9"]) == 0
    file = str(ROOT / "examples" / "hazards.geojson")
    assert main(["import", "south", file, "--as", "hazard-areas"]) == 0


def asked(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["federation", *words, "--json"]) == status
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.usefixtures("two")
def test_a_stick_brings_one_authority_s_hazards_to_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    card = asked(capsys, "card", "south", "south.card")
    assert "".join(card["fingerprint"].split()) not in Path("south.card").read_text()
    assert asked(capsys, "card", "south", "again.card") == {**card, "file": "again.card"}
    enrol = ("enrol", "north", "south", "south.card", "--fingerprint")
    wrong = asked(capsys, *enrol, "0000", status=1)
    assert [each["code"] for each in wrong["refused"]] == ["service.federation.fingerprint"]
    asked(capsys, *enrol, card["fingerprint"])
    shared = asked(capsys, "share", "south", POLICY, "national.rfqx")
    assert (shared["number"], shared["items"]) == (1, 2)
    data = Path("national.rfqx").read_bytes()
    Path("half.rfqx").write_bytes(data[:-9])
    half = asked(capsys, "take", "north", "half.rfqx", status=1)
    assert [each["code"] for each in half["refused"]] == ["service.federation.partial"]
    taken = asked(capsys, "take", "north", "national.rfqx")
    assert len(taken["raised"]) == 2
    assert asked(capsys, "take", "north", "national.rfqx")["already"]
    listed = asked(capsys, "list", "north")
    assert listed["streams"][0]["items"] == {"hazard": 2, "released": 0, "accident": 0}
    assert listed["peers"][0]["stands"]
    at = ["at", "north", "--lon", "38.551", "--lat", "34.901", "--json"]
    assert main(at) == 0
    assert json.loads(capsys.readouterr().out)["state"] in {"sha", "cha", "indication"}
    asked(capsys, "revoke", "north", "south", "--note", "stolen")
    asked(capsys, "share", "south", POLICY, "second.rfqx")
    refused = asked(capsys, "take", "north", "second.rfqx", status=1)
    assert [each["code"] for each in refused["refused"]] == ["service.federation.revoked-key"]
    assert listed["taken_over"] == []
    release = ("take-over", "north", "south", "national", "none")
    for second, code in (((), "unconfirmed"), (("--confirmed-by", "second"), "no-item")):
        refused = asked(capsys, *release, *second, status=1)["refused"]
        told = {each["code"].removeprefix("service.federation.") for each in refused}
        assert code in told
        assert ("unconfirmed" in told) == (not second)
