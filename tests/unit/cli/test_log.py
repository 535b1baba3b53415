"""A store's log is published, witnessed over the wire and by stick, and never goes back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from rafiqa.cli import main
from rafiqa.cli.log import log_of
from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import Draft, Entry
from rafiqa.ledger.checkpoint import is_signed_by, read_checkpoint
from rafiqa.ledger.merkle import leaf_hash, root_of_inclusion
from rafiqa.ledger.note import key_of
from rafiqa.ledger.policy import policy_of
from rafiqa.ledger.signing import Algorithm
from rafiqa.service import open_office
from rafiqa.service.publishing import Publisher, log_beside, published_faults
from rafiqa.store import open_store
from rafiqa.store.logfolder import LogFolder
from tests.city import Clock, Draws, small_city
from tests.papers import NOW_S
from tests.softhsm import PIN, TOKEN

ORIGIN = "marjana.example/evidence/2026"
Asked = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    def ask(*words: object) -> tuple[int, dict[str, Any]]:
        status = main([*map(str, words), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return ask


@pytest.fixture(scope="session")
def made_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    small_city(folder).store.close()
    return folder / "small.rafiqa"


@pytest.fixture
def store(made_city: Path, tmp_path: Path, asked: Asked) -> Path:
    """A store with a log that has been published once."""
    path = tmp_path / "small.rafiqa"
    shutil.copy(made_city, path)
    assert asked("log", "new", path, "--origin", ORIGIN)[0] == 0
    assert asked("log", "publish", path)[1]["new"] is True
    return path


def log_key(path: Path) -> str:
    """The log's public key, as it was printed when it was made: read from its own policy."""
    policy = path.with_name(path.name + ".log") / "policy.txt"
    found = re.search(r"^log (\S+)", policy.read_text(), re.MULTILINE)
    assert found
    return found[1]


def witness(asked: Asked, folder: Path, name: str, store: Path, organisation: str) -> Path:
    """A new witness that knows the log, and that the log knows."""
    place = folder / name
    _, made = asked("witness", "new", place, "--name", f"{name}.example/witness")
    status, _ = asked("log", "trust", store, *made["keys"], "--organisation", organisation)
    assert status == 0
    assert asked("witness", "watch", place, log_key(store))[0] == 0
    return place


def grown(store: Path, by: int = 3, name: str = "more") -> None:
    """A few more entries, written past the office, which would hold the store to its log."""
    kept = open_store(store, now_us=Clock().now_us, entropy=Draws())
    last = [*kept.read()][-1]
    draft = Draft(**{each.name: getattr(last, each.name) for each in fields(Draft)})
    for number in range(by):
        kept.append([replace(draft, entry_id=f"{name}-{last.seq}-{number}")])
    kept.close()


def by_stick(asked: Asked, store: Path, place: Path, old: int) -> tuple[int, dict[str, Any]]:
    request, answer = place / "request.txt", place / "answer.txt"
    assert asked("log", "request", store, "--old", old, "--out", request)[0] == 0
    status, told = asked("witness", "sign", place, request, "--out", answer)
    if status == 0:
        assert asked("log", "cosign", store, answer)[0] == 0
    return status, told


def test_two_organisations_by_stick_make_it_witnessed(
    store: Path, asked: Asked, tmp_path: Path
) -> None:
    assert has_policy(asked, store)
    one = witness(asked, tmp_path, "a", store, "un")
    two = witness(asked, tmp_path, "b", store, "university")
    assert by_stick(asked, store, one, 0)[0] == 0
    shown = asked("log", "show", store)[1]
    assert (shown["seen_by"], shown["witnessed"]) == (["un"], False)
    assert by_stick(asked, store, two, 0)[0] == 0
    shown = asked("log", "show", store)[1]
    assert (shown["seen_by"], shown["witnessed"]) == (["un", "university"], True)
    size = shown["size"]
    grown(store)
    assert asked("log", "publish", store)[1]["witnessed"] is False, "a new checkpoint is unseen"
    assert by_stick(asked, store, one, 0)[0] == 1, "the witness has seen more than nothing"
    assert by_stick(asked, store, one, size)[0] == 0
    folder = store.with_name(store.name + ".log")
    checkpoint, note = read_checkpoint((folder / "checkpoint").read_bytes())
    assert not policy_of((folder / "policy.txt").read_text()).is_met(checkpoint, note)
    assert by_stick(asked, store, two, size)[0] == 0
    checkpoint, note = read_checkpoint((folder / "checkpoint").read_bytes())
    assert policy_of((folder / "policy.txt").read_text()).is_met(checkpoint, note)
    assert len(note.lines) == 2 + 2 * 2, "log and witnesses, each by both algorithms"


def has_policy(asked: Asked, store: Path) -> bool:
    """Makes the log's key known to the tests, by the policy that the first witness brings."""
    place = store.with_name("first")
    _, made = asked("witness", "new", place, "--name", "first.example/witness")
    status, _ = asked("log", "trust", store, made["keys"][0], "--organisation", "un")
    return status == 0


@pytest.fixture
def wired() -> Iterator[Callable[[Path], str]]:
    """Serves witnesses over the wire."""
    running = []

    def serve(place: Path) -> str:
        command = [sys.executable, "-m", "rafiqa", "witness", "serve", str(place), "--port", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    yield serve
    for process in running:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def test_witnesses_over_the_wire_follow_a_log_that_grows(
    store: Path, asked: Asked, tmp_path: Path, wired: Callable[[Path], str]
) -> None:
    assert has_policy(asked, store)
    places = [
        wired(witness(asked, tmp_path, name, store, organisation))
        for name, organisation in (("a", "un"), ("b", "university"))
    ]
    urls = [word for place in places for word in ("--witness", place)]
    for _ in range(3):
        status, told = asked("log", "publish", store, *urls)
        assert (status, told["witnessed"]) == (0, True)
        assert [each["status"] for each in told["witnesses"]] == [200, 200]
        grown(store)
    status, told = asked("log", "publish", store, "--witness", "http://127.0.0.1:9/")
    assert (status, told["witnessed"], told["new"]) == (0, False, True)
    assert told["witnesses"][0]["status"] == 0, "published all the same, and said so"


def test_a_store_that_was_put_back_publishes_nothing(
    store: Path, made_city: Path, asked: Asked
) -> None:
    grown(store)
    assert asked("log", "publish", store)[1]["new"] is True
    folder = store.with_name(store.name + ".log")
    before = (folder / "checkpoint").read_bytes()
    put_back(store, made_city)
    status, told = asked("log", "publish", store)
    assert status == 1
    assert [fault["code"] for fault in told["refused"]] == ["store.rollback"]
    assert told["refused"][0]["next"]
    assert (folder / "checkpoint").read_bytes() == before
    store.with_name(store.name + "-halted").unlink()
    grown(store, 5, "other")
    status, told = asked("log", "publish", store)
    assert [fault["code"] for fault in told["refused"]] == ["store.fork"]
    assert (folder / "checkpoint").read_bytes() == before


def test_the_log_of_another_store_is_not_gone_on_with(store: Path, asked: Asked) -> None:
    keys = store.with_name(store.name + ".keys")
    shutil.rmtree(keys)
    assert asked("log", "new", store, "--origin", ORIGIN)[0] == 0
    told = asked("log", "publish", store)[1]
    assert [fault["code"] for fault in told["refused"]] == ["service.log.foreign"]


def test_any_entry_is_proven_to_a_stranger(store: Path, asked: Asked) -> None:
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    hashes = [entry.entry_hash for entry in office.store.read()]
    office.store.close()
    for seq in (1, 2, len(hashes)):
        proof = asked("log", "prove", store, seq)[1]
        leaf = leaf_hash(hashes[seq - 1])
        assert proof["leaf"] == leaf.hex()
        path = tuple(map(bytes.fromhex, proof["path"]))
        root = root_of_inclusion(leaf, proof["index"], proof["size"], path)
        assert root is not None
        assert root.hex() == proof["root"]
    for seq in (0, len(hashes) + 1):
        assert asked("log", "prove", store, seq)[1]["refused"][0]["code"] == "service.log.no-entry"


def test_a_damaged_tile_is_named(store: Path, asked: Asked) -> None:
    tile = next(store.with_name(store.name + ".log").glob("tile/0/000.p/*"))
    data = bytearray(tile.read_bytes())
    data[40] ^= 1
    tile.write_bytes(data)
    told = asked("log", "prove", store, 1)[1]
    assert [fault["code"] for fault in told["refused"]] == ["store.log.broken"]


def test_what_cannot_be_is_refused_by_name(store: Path, asked: Asked, tmp_path: Path) -> None:
    def codes(*words: object) -> list[str]:
        return [fault["code"] for fault in asked(*words)[1]["refused"]]

    other = tmp_path / "other.rafiqa"
    asked("new", other, "--name", "X", "--lon", "38.5", "--lat", "34.9")
    assert codes("log", "publish", other) == ["cli.log.none"]
    assert codes("log", "new", other, "--origin", "two words") == ["cli.log.origin"]
    assert asked("log", "new", other, "--origin", "o.example")[0] == 0
    assert codes("log", "new", other, "--origin", "o.example") == ["store.key.taken"]
    assert codes("log", "show", other) == ["cli.log.unpublished"]
    assert codes("log", "request", other) == ["service.log.no-request"]
    assert codes("log", "trust", store, "no-key", "--organisation", "U N") == [
        "service.log.organisation",
        "service.log.witness-key",
    ]
    assert codes("log", "publish", store, "--witness", "file:///etc/passwd") == ["cli.log.url"]
    noise = tmp_path / "noise"
    noise.write_text("noise\n")
    assert codes("log", "cosign", store, noise) == ["service.log.no-cosignature"]
    assert codes("witness", "new", tmp_path / "w", "--name", "a b") == ["cli.witness.name"]
    place = tmp_path / "w"
    assert asked("witness", "new", place, "--name", "w.example")[0] == 0
    assert codes("witness", "watch", place, "no-key") == ["cli.witness.key"]
    assert codes("witness", "sign", place, tmp_path / "none") == ["wire.file.missing"]
    assert asked("witness", "sign", place, noise)[1]["status"] == 400


def test_one_organisation_counts_once_and_a_key_for_one(
    store: Path, asked: Asked, tmp_path: Path
) -> None:
    _, made = asked("witness", "new", tmp_path / "a", "--name", "a.example/witness")
    assert asked("log", "trust", store, *made["keys"], "--organisation", "un")[1]["quorum"] is False
    told = asked("log", "trust", store, *made["keys"], "--organisation", "university")[1]
    assert {fault["code"] for fault in told["refused"]} == {"service.log.witness-key"}


def put_back(store: Path, older: Path) -> None:
    """What a thief or a hasty administrator does: an older file in place of the newer."""
    for ending in ("", "-wal", "-shm"):
        store.with_name(store.name + ending).unlink(missing_ok=True)
    shutil.copy(older, store)


def test_a_store_that_was_put_back_is_only_read_from_then_on(
    store: Path, made_city: Path, asked: Asked
) -> None:
    grown(store)
    assert asked("log", "publish", store)[0] == 0
    put_back(store, made_city)
    assert asked("log", "publish", store)[0] == 1
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    assert office.site.name
    assert not office.store.writable
    with pytest.raises(StoreError) as error:
        office.store.put_setting("x", b"")
    assert error.value.code == "store.rollback"
    office.store.close()


def test_serving_a_store_that_was_put_back_shows_the_map_and_takes_nothing(
    store: Path, made_city: Path, asked: Asked
) -> None:
    grown(store)
    assert asked("log", "publish", store)[0] == 0
    put_back(store, made_city)
    command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "Rollback suspected" in process.stderr.readline()
        process.terminate()
    assert store.with_name(store.name + "-halted").exists()


def test_serving_publishes(store: Path, asked: Asked) -> None:
    grown(store)
    size = asked("log", "show", store)[1]["size"]
    command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.terminate()
    assert asked("log", "show", store)[1]["size"] == size + 3, "at the latest when it ends"


def test_check_proves_the_log_too(store: Path, asked: Asked) -> None:
    folder = store.with_name(store.name + ".log")
    assert asked("check", store)[1]["intact"] is True
    for name in ("checkpoint", "tile/0/000.p/*", "tile/entries/000.p/*"):
        path = next(folder.glob(name))
        whole = path.read_bytes()
        for place in range(3, len(whole), 501):
            bent = bytearray(whole)
            bent[place] ^= 1
            path.write_bytes(bent)
            status, told = asked("check", store)
            assert (status, told["intact"]) == (1, False), (name, place)
            assert len(told["faults"]) == 1
        path.write_bytes(whole)
    assert asked("check", store)[1]["intact"] is True


def test_publishing_in_turns_is_publishing_at_once(store: Path, asked: Asked) -> None:
    """Tiles written as a log grows are those of a log published whole."""
    folder = store.with_name(store.name + ".log")
    for _ in range(4):
        grown(store, 90)
        assert asked("log", "publish", store)[0] == 0
    in_turns = {path.name: path.read_bytes() for path in folder.rglob("*") if path.name == "000"}
    root = asked("log", "show", store)[1]["root"]
    shutil.rmtree(folder / "tile")
    (folder / "checkpoint").unlink()
    assert asked("log", "publish", store)[1]["root"] == root
    assert in_turns
    assert in_turns == {p.name: p.read_bytes() for p in folder.rglob("*") if p.name == "000"}


def test_a_log_s_key_in_a_hardware_module(
    made_city: Path, tmp_path: Path, asked: Asked, softhsm: Path
) -> None:
    """Published and witnessed as any other; the key lies in no file."""
    path = tmp_path / "small.rafiqa"
    shutil.copy(made_city, path)
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    pin_file.chmod(0o400)
    words = ("log", "new", path, "--origin", "module.example/evidence/2026", "--module", softhsm)
    status, told = asked(*words)
    assert (status, told["refused"][0]["code"]) == (1, "cli.keys.module")
    status, made = asked(*words, "--token", TOKEN, "--pin-file", pin_file)
    assert status == 0
    assert asked("log", "publish", path)[1]["new"] is True
    note_path = path.with_name(path.name + ".log") / "checkpoint"
    checkpoint, note = read_checkpoint(note_path.read_bytes())
    assert is_signed_by(checkpoint, note, key_of(made["key"]))
    keys = path.with_name(path.name + ".keys")
    assert sorted(each.name for each in keys.iterdir()) == [
        "log-evidence-ml-dsa-44.pem",
        "log-evidence.module",
    ]
    status, told = asked(*words, "--token", TOKEN, "--pin-file", pin_file)
    assert (status, told["refused"][0]["code"]) == (1, "store.key.taken")


def _damaged(folder: Path, _keys: Path) -> None:
    (folder / "checkpoint").write_bytes(b"damaged")


def _foreign(_folder: Path, keys: Path) -> None:
    for path in keys.glob("log-evidence*"):
        path.unlink()


def _open_key(_folder: Path, keys: Path) -> None:
    (keys / "log-evidence.pem").chmod(0o644)


@pytest.mark.parametrize(
    ("break_it", "told"),
    [(_damaged, "missing or damaged"), (_open_key, "can be read by others"), (_foreign, "")],
)
def test_whatever_is_wrong_with_the_log_the_map_is_served(
    break_it: Callable[[Path, Path], None], told: str, store: Path
) -> None:
    break_it(store.with_name(store.name + ".log"), store.with_name(store.name + ".keys"))
    command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", "0", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "address" in process.stdout.readline() + process.stdout.readline()
        process.terminate()
        assert told in process.stderr.read()


def test_what_a_full_disk_refused_is_published_whole_the_next_time(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over more than one bundle: what was read and not written is not put elsewhere."""
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    publisher = Publisher(log_of(office, store))
    last = [*office.store.read()][-1]
    draft = Draft(**{each.name: getattr(last, each.name) for each in fields(Draft)})

    def append(name: str, count: int) -> None:
        ids = (f"{name}-{number}" for number in range(count))
        office.store.append([replace(draft, entry_id=entry_id) for entry_id in ids])

    publisher.turn(NOW_S)
    append("first", 300)
    with monkeypatch.context() as full:
        fault = StoreError(Fault("store.log.disk", params={"path": "tile", "detail": "full"}))
        full.setattr(LogFolder, "grow", Mock(side_effect=fault))
        with pytest.raises(StoreError):
            publisher.turn(NOW_S)
    for name in ("second", "third"):
        append(name, 400)
        assert publisher.turn(NOW_S).new
        log = log_beside(office, store)
        assert log is not None
        assert published_faults(log) == []
    office.store.close()


def test_a_log_with_another_face_of_the_same_size_raises_the_alarm(
    store: Path, made_city: Path, asked: Asked, tmp_path: Path
) -> None:
    """Over the wire both are a conflict; whoever carries the stick has to be told which it is."""
    place = witness(asked, tmp_path, "a", store, "un")
    grown(store)
    assert asked("log", "publish", store)[0] == 0
    assert by_stick(asked, store, place, 0)[0] == 0
    size = asked("log", "show", store)[1]["size"]
    assert "NOT SIGNED" not in by_stick(asked, store, place, 0)[1]["text"]
    put_back(store, made_city)
    shutil.rmtree(store.with_name(store.name + ".log") / "tile")
    (store.with_name(store.name + ".log") / "checkpoint").unlink()
    grown(store, 3, "other")
    assert asked("log", "publish", store)[1]["size"] == size
    status, told = by_stick(asked, store, place, size)
    assert (status, told["status"]) == (1, 409)
    assert "NOT SIGNED" in told["text"]


def test_keys_are_shown_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["witness", "new", str(tmp_path / "w"), "--name", "w.example/witness"]) == 0
    shown = capsys.readouterr().out.split("\n")
    keys = [line.strip() for line in shown if line.strip().startswith("w.example")]
    assert [key_of(key).kind.algorithm for key in keys] == [*Algorithm]


def test_no_command_writes_to_a_store_that_was_put_back(
    store: Path, made_city: Path, asked: Asked
) -> None:
    """Neither published nor served since: the first to open it is told."""
    grown(store)
    assert asked("log", "publish", store)[0] == 0
    put_back(store, made_city)
    examples = Path(__file__).parents[3] / "examples" / "hazards.geojson"
    before = [entry.entry_hash for entry in entries_of(store)]
    status, told = asked("import", store, examples, "--as", "hazard-areas")
    assert status == 1
    assert [fault["code"] for fault in told["refused"]] == ["store.rollback"]
    assert [entry.entry_hash for entry in entries_of(store)] == before


def entries_of(store: Path) -> list[Entry]:
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    entries = [*office.store.read()]
    office.store.close()
    return entries


def test_a_checkpoint_that_is_not_the_log_s_own_is_not_shown_as_such(
    store: Path, asked: Asked, tmp_path: Path
) -> None:
    place = witness(asked, tmp_path, "a", store, "un")
    assert by_stick(asked, store, place, 0)[0] == 0
    path = store.with_name(store.name + ".log") / "checkpoint"
    text, _, lines = path.read_text().partition("\n\n")
    path.write_text(text + "\n\n" + "".join(lines.splitlines(keepends=True)[2:]))
    told = asked("log", "show", store)[1]
    assert [fault["code"] for fault in told["refused"]] == ["service.log.foreign"]
