"""``rafiqa publish``: a folder for everybody, made again the same, or refused whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import EXAMPLE, ORIGIN, Run

AT = ("--valid-at", "2030-01-01", "--known-at", "2090-01-01")


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    made = tmp_path / "a"
    run("new", made, "--name", "Old Town", *ORIGIN)
    assert run("import", made, EXAMPLE, "--as", "hazard-areas").status == 0
    return made


def contents(folder: Path) -> dict[str, bytes]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}


def test_the_same_store_and_moment_are_the_same_folder(
    run: Run, store: Path, tmp_path: Path
) -> None:
    words = ("--call", "115, mine action office", "--address", "https://danger.example.org/public")
    ran = run("publish", store, tmp_path / "one", *words, *AT, "--json")
    assert ran.status == 0, ran.err
    assert ran.answer["danger"] > 0
    assert ran.answer["sheets"] > 0
    assert run("publish", store, tmp_path / "two", *AT).status == 0
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one == two
    told = json.loads(one["manifest.json"])
    assert told["about"]["call"] == "115, mine action office"
    assert told["about"]["as_of"].startswith("2030-01-01")
    assert {row["name"] for row in told["files"]} | {"manifest.json"} == set(one)
    # On a stick there is nobody to report to or to ask; on a host there is.
    assert b'href="/report' not in one["en.html"]
    again = run("publish", store, tmp_path / "one", "--links", "--no-sheets", "--json")
    assert (again.status, again.answer["sheets"]) == (0, 0)
    now = contents(tmp_path / "one")
    assert b'href="/report' in now["en.html"]
    assert not [name for name in now if name.startswith("sheets/")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--call", "x"), "service.public.call"),
        (("--call", "x" * 121), "service.public.call"),
        (("--address", "ftp://nowhere"), "service.public.address"),
        (("--valid-at", "yesterday"), "wire.time.malformed"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_cannot_be_used_is_refused_with_the_next_step(
    run: Run, store: Path, tmp_path: Path, words: tuple[str, str], code: str, lang: str
) -> None:
    ran = run("publish", store, tmp_path / "out", *words, "--json", "--lang", lang)
    assert (ran.status, ran.codes) == (1, [code])
    assert ran.answer["refused"][0]["next"]
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_not_written_into(
    run: Run, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine")
    ran = run("publish", store, tmp_path / "out", "--json")
    assert (ran.status, ran.codes) == (1, ["service.public.not-ours"])
    assert contents(tmp_path / "out") == {"index.html": b"mine"}
    in_the_way = run("publish", store, EXAMPLE, "--json")
    assert (in_the_way.status, in_the_way.codes) == (1, ["service.public.not-written"])
