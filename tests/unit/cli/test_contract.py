"""The public contract of the commands: keys, exit status, and nothing beside the document."""

from __future__ import annotations

import json
import re

import pytest

from rafiqa.cli import COMMANDS
from tests.unit.cli.conftest import EXAMPLE, INSIDE, ORIGIN

FLOWS = "opening new cancelled reduced cleared reopened reclassified corrected closing"


def test_new(run, tmp_path):
    ran = run("new", tmp_path / "a", "--name", "Old Town", *ORIGIN, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.answer == {"site": {"name": "Old Town", "lon_deg": 38.55, "lat_deg": 34.9}}


def test_demo(run, tmp_path):
    ran = run("demo", tmp_path / "a", "--buildings", "60", "--seed", "3", "--json")
    assert ran.status == 0
    assert {"events", "areas", "projects", "buildings"} <= set(ran.answer)
    assert ran.answer["buildings"] == 60
    assert all(isinstance(ran.answer[key], int) for key in ("events", "areas", "projects"))
    assert run("check", tmp_path / "a", "--json").answer["entries"] == ran.answer["events"]


def test_import(run, tmp_path):
    run("new", tmp_path / "a", "--name", "Old Town", *ORIGIN)
    asked = ("import", tmp_path / "a", EXAMPLE, "--as", "hazard-areas", "--json")
    ran = run(*asked)
    assert ran.status == 0
    assert ran.answer["accepted"] == 2
    assert {"accepted", "quarantined", "refused", "warnings"} <= set(ran.answer)
    assert run(*asked).answer["already"] == 2


def test_import_names_every_refusal_by_row_code_field_and_detail(run, tmp_path):
    run("new", tmp_path / "a", "--name", "Old Town", *ORIGIN)
    table = tmp_path / "bad.csv"
    table.write_text("id,class,observed_on,wkt\nx,nonsense,1899-12-30,POINT(38.55 34.9)\n")
    mapping = tmp_path / "map.toml"
    mapping.write_text('crs = "OGC:CRS84"\n')
    ran = run(
        *("import", tmp_path / "a", table, "--as", "hazard-areas", "--map", mapping, "--json")
    )
    assert ran.status == 1
    assert ran.answer["accepted"] == 0
    assert ran.answer["quarantined"] >= 1
    assert ran.answer["refused"]
    for fault in ran.answer["refused"]:
        assert {"row", "code", "field", "detail"} <= set(fault)


def test_account(run, city):
    ran = run("account", city, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert {"classes", "balance_error_m2"} <= set(ran.answer)
    assert set(ran.answer["classes"]) == {"sha", "cha"}
    for flows in ran.answer["classes"].values():
        assert list(flows) == [f"{name}_m2" for name in FLOWS.split()]
        values = dict(zip(FLOWS.split(), flows.values(), strict=True))
        less = values["cancelled"] + values["reduced"] + values["cleared"]
        more = values["new"] + values["reopened"] + values["reclassified"] + values["corrected"]
        assert values["opening"] + more - less == pytest.approx(values["closing"])
    assert ran.answer["balance_error_m2"] == 0
    for named in ("source", "method", "boundary", "from", "to", "known_at"):
        assert ran.answer[named]


def test_account_within_a_boundary(run, city):
    whole = run("account", city, "--json").answer
    ran = run("account", city, "--boundary", EXAMPLE, "--json")
    assert ran.answer["classes"] == whole["classes"]
    assert ran.answer["boundary"] == str(EXAMPLE)


def test_at(run, city):
    ran = run("at", city, *INSIDE, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert {"state", "depth_cm", "reasons"} <= set(ran.answer)
    assert ran.answer["state"] == "cha"
    assert ran.answer["depth_cm"] is None
    reasons = ran.answer["reasons"]
    assert reasons[0]["code"] == "land.point.cha"
    assert all(reason["text"] and reason["text"] != reason["code"] for reason in reasons)


def test_at_unrecorded_ground_is_no_all_clear(run, city):
    ran = run("at", city, "--lon", "38.6", "--lat", "34.95", "--json")
    assert ran.answer["state"] == "unrecorded"
    assert "no all-clear" in ran.answer["headline"]


def test_gate(run, city):
    ran = run("gate", city, "house", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.answer["outcome"] == "closed"
    for gate in ran.answer["gates"]:
        assert {"gate", "outcome", "code", "detail", "area_ids"} <= set(gate)
        assert gate["outcome"] in {"open", "conditions", "closed"}
    (ground,) = [gate for gate in ran.answer["gates"] if gate["code"] == "gate.area.hazard"]
    assert ground["area_ids"] == ["old-orchard"]


def test_gate_of_all(run, city, tmp_path):
    import pyarrow.parquet as pq

    out = tmp_path / "gates.parquet"
    ran = run("gate", city, "--all", "--out", out, "--json")
    assert ran.status == 0
    assert set(ran.answer) == {"n", "open", "conditions", "closed", "seconds"}
    assert ran.answer["n"] == sum(ran.answer[one] for one in ("open", "conditions", "closed")) == 1
    table = pq.read_table(out).to_pylist()
    assert [(row["id"], row["outcome"]) for row in table] == [("house", "closed")]


def test_check(run, city):
    ran = run("check", city, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert {"entries", "intact", "root", "faults"} <= set(ran.answer)
    assert ran.answer["intact"] is True
    assert ran.answer["faults"] == []
    assert len(bytes.fromhex(ran.answer["root"])) == 32


@pytest.mark.parametrize(
    "asked",
    [
        ("account",),
        ("account", "--known-at", "never"),
        ("at", *INSIDE),
        ("at", "--lon", "500", "--lat", "1"),
        ("gate", "house"),
        ("gate", "nothing"),
        ("gate", "--all"),
        ("check",),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_json_is_one_document_and_nothing_else(run, city, asked, lang):
    ran = run(asked[0], city, *asked[1:], "--json", "--lang", lang)
    assert isinstance(json.loads(ran.out), dict)
    assert ran.err == ""


def test_progress_does_not_spoil_the_document(run, tmp_path):
    ran = run("demo", tmp_path / "a", "--buildings", "60", "--json")
    assert "year 2" in ran.err
    assert ran.answer["buildings"] == 60


def test_codes_are_the_same_in_every_language_and_words_are_not(run, city):
    english = run("gate", city, "house", "--json", "--lang", "en").answer["gates"]
    arabic = run("gate", city, "house", "--json", "--lang", "ar").answer["gates"]
    assert [gate["code"] for gate in english] == [gate["code"] for gate in arabic]
    for one, other in zip(english, arabic, strict=True):
        assert one["detail"] != other["detail"]
        assert any("\u0600" <= letter <= "\u06ff" for letter in other["detail"])


@pytest.mark.parametrize("asked", [("account",), ("at", *INSIDE), ("check",), ("gate", "house")])
def test_plain_words_in_arabic(run, city, asked):
    ran = run(asked[0], city, *asked[1:], "--lang", "ar")
    assert ran.status == 0
    assert any("\u0600" <= letter <= "\u06ff" for letter in ran.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_told_and_ends_well(run, name):
    ran = run(name, "--help")
    assert ran.status == 0
    acts = re.findall(r"^    ([a-z-]+) ", ran.out, re.MULTILINE) if " ACT " in ran.out else []
    for told in [run(name, act, "--help") for act in acts] or [ran]:
        assert told.status == 0
        assert "--json" in told.out
        assert "--lang" in told.out
