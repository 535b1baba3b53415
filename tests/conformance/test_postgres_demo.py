"""The demo city in PostgreSQL: the same ledger and the same answers as in a file, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.cli import main
from rafiqa.demo import make_demo
from tests import postgresserver

UNTIL = "2026-10-30T00:00:00Z"
QUESTIONS = (
    ("account", "--to", UNTIL, "--known-at", UNTIL),
    ("at", "--lon", "34.9", "--lat", "38.55", "--valid-at", UNTIL),
    ("risk", "--valid-at", UNTIL),
    ("report", "monthly", "--to", UNTIL),
    ("check",),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The demo in a file, and in a database."""
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("both")
    address = postgresserver.shared_server().new_database()
    file = str(folder / "demo.rafiqa")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAFIQA_HOME", str(folder / "home"))
        for store in (file, address):
            make_demo(store, n_buildings=100, seed=7, entropy=os.urandom, progress=lambda _: None)
        yield file, address


def answer(capsys: pytest.CaptureFixture[str], command: str, store: str, *more: str) -> str:
    capsys.readouterr()
    main([command, store, *more, "--json"])
    return capsys.readouterr().out


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each[0])
def test_the_answers_are_the_same(
    both: tuple[str, str], capsys: pytest.CaptureFixture[str], question: tuple[str, ...]
) -> None:
    command, *more = question
    file, database = (answer(capsys, command, store, *more) for store in both)
    assert len(file) > 40
    assert database == file


def test_the_gate_of_everything_is_the_same_table(both: tuple[str, str], tmp_path: Path) -> None:
    tables = [tmp_path / f"{number}.parquet" for number in range(2)]
    for store, table in zip(both, tables, strict=True):
        assert main(["gate", store, "--all", "--valid-at", UNTIL, "--out", str(table)]) == 0
    assert tables[0].read_bytes() == tables[1].read_bytes()
