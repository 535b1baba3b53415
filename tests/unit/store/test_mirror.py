"""The mirror has every file soon, whole, the checkpoint last; and keeps what should not change."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rafiqa.errors import RafiqaError, StoreError
from rafiqa.service import mirroring
from rafiqa.store import Mirror, Turn, mirror
from rafiqa.store.durable import write_durably


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    (folder / "tile" / "0").mkdir(parents=True)
    (folder / "tile" / "0" / "000").write_bytes(bytes(8192))
    (folder / "tile" / "0" / "001.p").write_bytes(bytes(64))
    (folder / "checkpoint").write_text("old-town\n258\n")
    return folder


def found(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_it_copies_what_is_new_and_nothing_twice(log: Path, tmp_path: Path) -> None:
    mirror = Mirror(log, tmp_path / "usb" / "log")
    assert mirror.turn() == Turn(3, ())
    assert found(tmp_path / "usb" / "log") == found(log)
    assert mirror.turn() == Turn(0, ())
    (log / "tile" / "0" / "002").write_bytes(b"new" * 9)
    (log / "checkpoint").write_text("old-town\n600\n")
    (log / "tile" / "0" / "003-new").write_bytes(b"half of it")
    assert mirror.turn() == Turn(2, ())
    assert found(tmp_path / "usb" / "log") == {
        name: content for name, content in found(log).items() if not name.endswith("-new")
    }
    assert Mirror(log, tmp_path / "usb" / "log").turn() == Turn(0, ())  # after a restart


def test_the_checkpoint_comes_last(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    put = write_durably

    def noted(path: Path, content: bytes) -> None:
        order.append(path.name)
        put(path, content)

    monkeypatch.setattr(mirror, "write_durably", noted)
    (log / "zone").write_bytes(b"later in the alphabet")
    Mirror(log, tmp_path / "usb").turn()
    assert order[-1] == "checkpoint"
    assert len(order) == 4


def test_a_file_that_changed_is_told_and_the_mirror_keeps_what_it_was(
    log: Path, tmp_path: Path
) -> None:
    mirror = Mirror(log, tmp_path / "usb")
    mirror.turn()
    before = found(tmp_path / "usb")
    (log / "tile" / "0" / "000").write_bytes(bytes(8191) + b"\x01")
    (log / "checkpoint").write_text("old-town\n700\n")
    for _ in range(2):
        turn = mirror.turn()
        assert [fault.code for fault in turn.faults] == ["store.mirror-differs"]
        assert turn.faults[0].params == {"path": "tile/0/000"}
        assert found(tmp_path / "usb") == before  # nor does its checkpoint speak of other tiles


def test_a_mirror_that_cannot_be_written_says_so(log: Path, tmp_path: Path) -> None:
    (tmp_path / "usb").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"store\.(mirror|log\.disk)"):
        Mirror(log, tmp_path / "usb").turn()


def test_it_goes_on_while_something_else_runs_and_once_more_at_the_end(
    log: Path, tmp_path: Path
) -> None:
    told: list[Turn | RafiqaError] = []
    with mirroring(log, tmp_path / "usb", 0.01, told.append):
        limit_s = time.monotonic() + 5
        while not (tmp_path / "usb" / "checkpoint").exists() and time.monotonic() < limit_s:
            time.sleep(0.01)
        (log / "tile" / "0" / "004").write_bytes(b"the last")
    assert found(tmp_path / "usb") == found(log)
    assert all(isinstance(turn, Turn) and not turn.faults for turn in told)


def test_a_failing_mirror_is_told_and_tried_again(log: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "usb"
    blocked.write_text("not a folder")
    told: list[Turn | RafiqaError] = []
    with mirroring(log, blocked, 0.01, told.append):
        limit_s = time.monotonic() + 5
        while len(told) < 2 and time.monotonic() < limit_s:
            time.sleep(0.01)
        blocked.unlink()
    assert isinstance(told[0], StoreError)
    assert found(blocked) == found(log)
