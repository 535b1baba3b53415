"""The disk is really full: refused in plain words, reading goes on, and so does writing later.

On a small file system of its own, where this machine lets us make one (root on Linux); the same
questions on a disk that only says it is full are in ``test_failing_disk``.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rafiqa.api import make_app
from rafiqa.errors import StoreError
from rafiqa.ledger import check_chain
from rafiqa.service import check_site
from rafiqa.store import EmbeddedStore, open_store
from rafiqa.store.ballast import SMALL_BYTES, Ballast
from tests.city import Draws, small_city
from tests.contract.drafts import Clock, Salts, make_draft
from tests.fault.workload import examine
from tests.unit.api.client import Client

DISK_BYTES = 12 * 1024 * 1024
BALLAST_BYTES = 1024 * 1024
LARGE = os.urandom(100_000)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB: ext4 in a file, or one in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    if not mounted(tmp_path, place):
        pytest.skip("this machine lets nobody mount a small file system here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def mounted(folder: Path, place: Path, block: int = 4096) -> bool:
    if os.geteuid() != 0:
        return False
    image = folder / "image"
    image.write_bytes(b"")
    os.truncate(image, DISK_BYTES)
    ways = [
        ["sh", "-c", f"mkfs.ext4 -q -m 0 -b {block} {image} && mount -o loop {image} {place}"],
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(place)],
    ]
    return any(
        subprocess.run(way, capture_output=True, check=False).returncode == 0 for way in ways
    )


def opened(folder: Path, *, create: bool = False, ballast: int = BALLAST_BYTES) -> EmbeddedStore:
    return open_store(
        folder / "site.rafiqa",
        create=create,
        entropy=Salts(),
        now_us=Clock(),
        ballast_bytes=ballast,
    )


def large(number: int) -> Any:
    return make_draft(number, body=LARGE, request_digest=sha256(LARGE).digest())


def fill(store: EmbeddedStore) -> tuple[list[str], int]:
    """What was acknowledged until large batches are refused for good, and how often refused."""
    told, refused = [], 0
    for number in range(1, 400):
        try:
            told += [entry.entry_id for entry in store.append([large(number)]).stored]
        except StoreError as error:
            assert error.code == "store.full"  # noqa: PT017 - nothing else may come
            refused += 1
            if refused == 5:
                return told, refused
    raise AssertionError("the disk was never full")


def assert_holds(store: EmbeddedStore, told: list[str]) -> None:
    held = {entry.entry_id for entry in store.read()}
    assert held >= set(told)
    assert check_chain(store.read(), until=store.head(), erased=store.erased()) == []
    assert store.check() == []


def test_full_then_room_again_without_a_restart(small_disk: Path) -> None:
    store = opened(small_disk, create=True)
    assert (small_disk / "site.rafiqa-ballast").stat().st_size == BALLAST_BYTES
    filler = small_disk / "somebody-elses-film"
    filler.write_bytes(bytes(4 * 1024 * 1024))
    told, refused = fill(store)
    assert len(told) > 5
    assert refused == 5
    assert store.writable
    assert not (small_disk / "site.rafiqa-ballast").exists()
    assert_holds(store, told)  # reading goes on
    small = store.append([make_draft(1000)])  # a report still goes into the ballast's room
    told += [entry.entry_id for entry in small.stored]
    assert len(small.stored) == 1
    filler.unlink()
    told += [entry.entry_id for entry in store.append([large(1001)]).stored]
    assert (small_disk / "site.rafiqa-ballast").exists()  # laid again
    assert_holds(store, told)
    store.close()
    again = opened(small_disk)
    assert_holds(again, told)
    again.close()


def test_it_can_be_opened_and_read_on_a_disk_without_a_byte_left(small_disk: Path) -> None:
    store = opened(small_disk, create=True, ballast=0)
    filler = small_disk / "somebody-elses-film"
    filler.write_bytes(bytes(4 * 1024 * 1024))
    told, _ = fill(store)
    store.close()
    fill_to_the_last_byte(small_disk / "film")
    again = opened(small_disk)
    assert not (small_disk / "site.rafiqa-ballast").exists()  # no room, and no failure
    assert_holds(again, told)
    (small_disk / "film").unlink()
    filler.unlink()
    told += [entry.entry_id for entry in again.append([large(900)]).stored]
    assert_holds(again, told)
    again.close()


def test_blocks_smaller_than_a_page_of_memory_do_not_kill_the_process(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    if not mounted(tmp_path, place, 1024) or os.statvfs(place).f_frsize != 1024:
        pytest.skip("this machine lets nobody mount a file system of small blocks here")
    try:
        store = opened(place, create=True, ballast=0)
        told = [entry.entry_id for entry in store.append([make_draft(1)]).stored]
        store.close()
        fill_to_the_last_byte(place / "film")
        with pytest.raises(StoreError, match=r"store\.full"):
            opened(place)
        (place / "film").unlink()
        again = opened(place)
        assert_holds(again, told)
        again.close()
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_control_without_ballast_a_report_is_refused_too(small_disk: Path) -> None:
    store = opened(small_disk, create=True, ballast=0)
    fill(store)
    refused = 0
    for number in range(500, 1500):
        try:
            store.append([make_draft(number)])
        except StoreError:
            refused += 1
            break
    assert refused == 1
    store.close()


def fill_to_the_last_byte(film: Path) -> None:
    with film.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(bytes(4096)):
            pass


def test_the_server_says_so_in_plain_words_and_the_map_stays_up(small_disk: Path) -> None:
    """503 with what to do, questions answered as before, and acts again once there is room."""
    office = small_city(small_disk)
    client = Client(make_app(office, now_us=office.now_us, entropy=Draws()))
    assert client.sign_in("first").status_code == 200
    questions = ("/health", "/api/map/hazards", "/api/areas/H1", "/api/projects")
    before = [client.get(path).json() for path in questions]
    fill_to_the_last_byte(small_disk / "film")
    act = {"cause": "new_evidence", "class": "cha", "note": "seen again, with much to say " * 30}
    answers: list[Any] = []
    while len(answers) < 200 and (not answers or answers[-1].status_code != 503):
        answers.append(client.post("/api/areas/H1/reopenings", act))
    refused = answers[-1]
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    (fault,) = refused.json()["faults"]
    assert fault["code"] == "store.full"
    assert "Nothing of this was acknowledged" in fault["detail"]
    assert "Make room" in fault["next"]
    assert [client.get(path).status_code for path in questions] == [200] * 4
    if len(answers) == 1:
        after = [client.get(path).json() for path in questions]
        # The clock goes on: of that alone `/health` may tell otherwise.
        assert after[0].pop("now") > before[0].pop("now")
        assert after == before
    told = [answer.json()["entry_id"] for answer in answers[:-1]]
    (small_disk / "film").unlink()
    again = client.post("/api/areas/H1/reopenings", act)
    assert again.status_code == 201
    told.append(again.json()["entry_id"])
    assert all(office.store.find(entry_id) is not None for entry_id in told)
    assert check_site(office).intact
    office.store.close()


# Without a disk of its own


def test_ballast_is_real_bytes_and_gives_way_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "site", 300_000)
    assert ballast.away
    assert ballast.lay()
    assert ballast.path.stat().st_blocks * 512 >= 300_000
    assert not ballast.away
    assert ballast.give_way()
    assert not ballast.give_way()
    assert ballast.lay()


def test_no_ballast_is_laid_where_it_would_fill_the_disk(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "site", 1 << 60)
    assert not ballast.lay()
    assert list(tmp_path.iterdir()) == []
    ballast.refuse_large(SMALL_BYTES)
    with pytest.raises(StoreError, match=r"store\.full"):
        ballast.refuse_large(SMALL_BYTES + 1)


def test_none_is_wanted_unless_asked_for(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "site", 0)
    assert not ballast.away
    assert ballast.lay()
    ballast.refuse_large(1 << 40)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", ["RLIMIT_NOFILE", "RLIMIT_FSIZE"])
def test_with_too_few_files_or_too_little_room_for_one_nothing_told_is_lost(
    tmp_path: Path, limit: str
) -> None:
    """The system refuses: an error in our own words, reading as before, writing when it is over."""
    code = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pathlib import Path
from rafiqa.api import make_app
from rafiqa.errors import StoreError
from tests.fault.workload import opened, batch
folder = Path({str(tmp_path)!r})
store = opened(folder, create=True)
told = len(store.append(batch(0)).stored)
kind = resource.{limit}
hard = resource.getrlimit(kind)[1]
resource.setrlimit(kind, (3 if kind == resource.RLIMIT_NOFILE else 100_000, hard))
codes = set()
for number in range(1, 40):
    try:
        told += len(store.append(batch(number)).stored)
    except StoreError as error:
        codes.add(error.code)
assert len(list(store.read())) == told
print(told, *sorted(codes))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told, *codes = done.stdout.split()
    assert set(codes) <= {"store.full", "store.io", "store.halted", "store.no-access"}
    if limit == "RLIMIT_FSIZE":
        assert codes
    (tmp_path / "site.rafiqa-halted").unlink(missing_ok=True)
    found = examine(tmp_path, [])
    assert found.good
    assert found.entries == int(told)
