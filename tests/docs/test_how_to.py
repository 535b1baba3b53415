"""The how-to pages, followed: each command that they show is run on a store that fits the page."""

from __future__ import annotations

import csv
import getpass
import json
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from rafiqa.cli import main
from rafiqa.store import open_store, passphrase
from tests import softhsm
from tests.city import small_city
from tests.docs.page import ROOT
from tests.docs.walk import Walk, serving
from tests.unit.cli.conftest import EXAMPLE, ORIGIN
from tests.unit.wire.ngtables import dump, hazard, square, zipped

Caught = pytest.CaptureFixture[str]
PLACE = (float(ORIGIN[1]), float(ORIGIN[3]))
WORDS = "seven words that nobody guesses"
MAPPING = """
name = "ours"
kind = "hazard-areas"
source = "City hall"
crs = "EPSG:4326"
places = [{ wkt = "Outline" }]
id = ["Number"]

[fields.class]
column = "Kind"
codes = { suspected = "sha" }
"""
TYPED = "what is typed or shown is asked by tests/unit/cli/test_passphrase.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two hazard areas; only to be copied."""
    store = tmp_path_factory.mktemp("made") / "city.rafiqa"
    assert main(["new", str(store), "--name", "Old Town", *ORIGIN]) == 0
    assert main(["import", str(store), str(EXAMPLE), "--as", "hazard-areas"]) == 0
    return store


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder with a store in it."""
    shutil.copy(made, tmp_path / "city.rafiqa")
    monkeypatch.chdir(tmp_path)
    for name, value in (("RAFIQA_LANG", "en"), ("XDG_DATA_HOME", "data"), ("RAFIQA_HOME", "home")):
        monkeypatch.setenv(name, value)
    return tmp_path


def entries(store: Path) -> list[str]:
    kept = open_store(store, entropy=bytes, now_us=int)
    try:
        return [entry.entry_id for entry in kept.read()]
    finally:
        kept.close()


def test_back_up_and_restore(folder: Path, capsys: Caught) -> None:
    walk = Walk("back-up.md", folder, capsys, {"age1…": lambda: walk.last(r"age1\w+")})
    walk.go()
    walk.ended()
    assert (folder / "mnt/disk/city-2026-11-26.age.manifest.json").exists()
    (folder / "lost").mkdir()
    for each in folder.glob("city.rafiqa*"):
        each.rename(folder / "lost" / each.name)
    (folder / "media/usb").mkdir(parents=True)
    (folder / "backup.key").rename(folder / "media/usb/backup.key")
    again = Walk("restore.md", folder, capsys)
    again.go()
    again.ended()
    was = entries(folder / "lost/city.rafiqa")
    assert entries(folder / "city.rafiqa") == was
    assert entries(folder / "mnt/new-disk/city.rafiqa") == was


def test_erase(folder: Path, capsys: Caught) -> None:
    named = entries(folder / "city.rafiqa")[1]
    walk = Walk("erase.md", folder, capsys, {"ENTRY": named})
    walk.go()
    walk.ended()
    assert main(["check", "city.rafiqa", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["erased"] == 1


def test_vault(folder: Path, capsys: Caught) -> None:
    person = {"full_name": "N N", "phone": "0770"}
    (folder / "person.json").write_text(json.dumps(person))
    Image.new("RGB", (1_000, 800), "white").save(folder / "photo.jpg")
    walk = Walk(
        "vault.md",
        folder,
        capsys,
        {
            "p-…": lambda: walk.last(r"p-\w+"),
            "REPORT": "old-orchard",
            "--key OLD --new-key NEW": "--key media/key/city.rafiqa.vault-key --new-key newer",
        },
        {"rafiqa vault unseal": "needs a picture of a form: tests/unit/cli/test_vault.py"},
    )
    walk.go(1)
    (folder / "media/key").mkdir(parents=True)
    (folder / "city.rafiqa.vault-key").rename(folder / "media/key/city.rafiqa.vault-key")
    walk.go(1)
    assert "0770" in walk.said
    walk.go()
    walk.ended()
    assert (folder / "shared.jpg").exists()


def test_witness_a_log(folder: Path, capsys: Caught) -> None:
    walk = Walk(
        "witness-a-log.md",
        folder,
        capsys,
        {
            "'office.example/evidence/2026+…'": lambda: f"'{log[0]}'",
            "'un.example/witness+…' 'un.example/witness+…'": lambda: " ".join(
                f"'{each}'" for each in keys_of(walk.said, "un.example/witness")[-2:]
            ),
            "--witness http://un.example:8322/ --witness http://uni.example:8322/": lambda: (
                f"--witness http://127.0.0.1:{port}/"
            ),
            "--old 4200": f"--old {len(entries(folder / 'city.rafiqa'))}",
            "city.rafiqa 17": "city.rafiqa 1",
        },
        {"rafiqa witness serve": "served beside: its line is run below"},
    )
    walk.go(1)
    log = keys_of(walk.said, "office.example/evidence/2026")
    walk.go(3)
    line = "rafiqa witness serve watch --host 127.0.0.1"
    with serving(line, folder) as port:
        walk.go(1)
    walk.go()
    walk.ended()
    assert '"path"' in walk.said


def keys_of(said: str, name: str) -> list[str]:
    """The keys of a log or a witness, as they were printed."""
    return [word for word in said.split() if word.startswith(f"{name}+")]


def test_residents_reports(tmp_path: Path, capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_city(tmp_path).store.close()
    words = {"STORE": "small.rafiqa", "R-0123456789abcdef": "S1"}
    walk = Walk("residents-reports.md", tmp_path, capsys, words)
    walk.go()
    walk.ended()


def test_rescue_an_import(folder: Path, capsys: Caught) -> None:
    zipped(dump([hazard(7)], square("s7", *PLACE)), folder / "export.zip")
    for month, id_, east in (("05", "north-12", 0.0), ("06", "north-13", 0.01)):
        outline = ", ".join(f"{lon} {lat}" for lon, lat in _ring(PLACE[0] + east, PLACE[1]))
        with (folder / f"2026-{month}.csv").open("w", newline="") as stream:
            rows = [("Number", "Outline", "Kind"), (id_, f"POLYGON (({outline}))", "suspected")]
            csv.writer(stream).writerows(rows)
    (folder / "ours.toml").write_text(MAPPING)
    assert main(["import", "city.rafiqa", "export.zip", "--as", "imsma"]) == 0
    walk = Walk(
        "rescue-an-import.md",
        folder,
        capsys,
        {"0123456789abcdef": lambda: walk.last(r"\b[0-9a-f]{16}\b"), "PERSON": "second"},
    )
    walk.go()
    walk.ended()


def _ring(lon: float, lat: float) -> list[tuple[float, float]]:
    side = 0.001
    steps = ((0, 0), (side, 0), (side, side), (0, side), (0, 0))
    return [(lon + x, lat + y) for x, y in steps]


def test_mirror(folder: Path, capsys: Caught) -> None:
    walk = Walk("mirror.md", folder, capsys, {"demo.rafiqa": "city.rafiqa"})
    walk.go()
    walk.ended()
    assert (folder / "city.gpkg").stat().st_size > 0


def test_collect(tmp_path: Path, capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_city(tmp_path).store.close()
    walk = Walk(
        "collect.md",
        tmp_path,
        capsys,
        {"STORE": "small.rafiqa", "--task T-12": "--task T-1"},
        {
            "rafiqa publish-form": "needs a form of one's own: tests/unit/cli/test_field.py",
            "rafiqa bundle": "needs a phone's folder: tests/unit/cli/test_field.py",
        },
    )
    walk.go()
    walk.ended()
    assert "phone-7" in walk.said


def test_forms(folder: Path, capsys: Caught) -> None:
    shutil.copytree(ROOT / "examples", folder / "examples")
    others = {"form-of-others.xlsx": lambda: str(next((folder / "forms").glob("*.xlsx")))}
    walk = Walk("forms.md", folder, capsys, others)
    walk.go()
    walk.ended()


def test_accounts(folder: Path, capsys: Caught) -> None:
    walk = Walk(
        "accounts.md",
        folder,
        capsys,
        {"STORE": "city.rafiqa"},
        unrun={
            "rafiqa people delegate STORE": "two colleagues: unit/cli/test_people.py",
            "rafiqa people end-delegation STORE": "the same",
        },
    )
    walk.go(2)
    assert main(["people", "remove", "city.rafiqa", "amal"]) == 0
    (folder / "etc/rafiqa").mkdir(parents=True)
    (folder / "etc/rafiqa/house").write_text("secret")
    (folder / "etc/rafiqa/house").chmod(0o600)
    walk.go()
    walk.ended()


def test_seal_keys(folder: Path, capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "LOG_COST", 1)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda _: WORDS)
    walk = Walk(
        "seal-keys.md",
        folder,
        capsys,
        unrun={
            "rafiqa keys city.rafiqa --passphrase-file": "the set of keys is there: see below",
            "umask 377; age": "asks at a terminal, by another program",
        },
    )
    walk.go(2)
    walk.stdin = WORDS
    for place in ("b/lists",):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(WORDS)
        (folder / place).chmod(0o400)
    walk.go()
    walk.ended()


def test_several_passphrases(folder: Path, capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block of seal-keys.md that makes a set, before there is one."""
    monkeypatch.setattr(passphrase, "LOG_COST", 1)
    names = ("a/office", "b/lists", *(f"media/{each}/words" for each in ("one", "two", "three")))
    for each in names:
        (folder / each).parent.mkdir(parents=True)
        (folder / each).write_text(f"{WORDS} {each}")
        (folder / each).chmod(0o400)
    beside = {
        "rafiqa keys city.rafiqa --authority": TYPED,
        "rafiqa log new": TYPED,
        "rafiqa witness new": TYPED,
        "install": TYPED,
        "rafiqa serve": TYPED,
        "umask": TYPED,
    }
    words = {
        "keys city.rafiqa --passphrase-file": "keys city.rafiqa --authority O --passphrase-file"
    }
    walk = Walk("seal-keys.md", folder, capsys, words, beside)
    walk.go()
    walk.ended()


@pytest.mark.skipif(softhsm.missing() is not None, reason=str(softhsm.missing()))
def test_key_in_a_module(folder: Path, capsys: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    softhsm.new_token(folder, monkeypatch)
    walk = Walk(
        "key-in-a-module.md",
        folder,
        capsys,
        {"/usr/lib/softhsm/libsofthsm2.so": str(softhsm.MODULE), "--token un": "--token office"},
        {
            "pip install": "the tests have the driver",
            "softhsm2-util": "asks for the PIN at a terminal; made by tests/softhsm.py",
        },
    )
    walk.stdin = softhsm.PIN
    walk.go(3)
    shutil.rmtree(folder / "city.rafiqa.keys")
    walk.go()
    walk.ended()
