"""Every alarm is made true, and is told then and not before."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rafiqa.errors import Fault
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner
from rafiqa.service import Office
from rafiqa.service.alarm import ALARMS, DISK_BYTES, WAITING, Scene, alarms, free_bytes, told
from rafiqa.service.fieldbook import FieldBook
from rafiqa.service.keyring import key_folder
from rafiqa.service.publishing import evidence_log, log_path, policy_path, publish
from rafiqa.store import EmbeddedStore
from rafiqa.store.logfolder import LogFolder
from tests.city import Draws, small_city

HOUR_US = 3_600_000_000


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    office = small_city(tmp_path)
    place = tmp_path / "small.rafiqa"
    newest_us = office.facts()[-1].recorded_at_us
    yield Scene(office, place, newest_us + HOUR_US, 10 * DISK_BYTES)
    office.store.close()


def codes(scene: Scene) -> set[str]:
    return {fault.code for fault in told(scene)}


def _policy(scene: Scene) -> None:
    assert scene.place is not None
    policy_path(scene.place).parent.mkdir(parents=True)
    policy_path(scene.place).write_text("log demo+1+x\n", "utf-8")


def _key(scene: Scene) -> Scene:
    assert scene.place is not None
    key_folder(scene.place).mkdir()
    (key_folder(scene.place) / "log-evidence.pem").write_text("x", "utf-8")
    return scene


def stopped(scene: Scene) -> Scene:
    assert isinstance(scene.office.store, EmbeddedStore)
    scene.office.store.bar(Fault("store.rollback", params={"entries": 3, "witnessed": 9}))
    return scene


def disk(scene: Scene) -> Scene:
    return replace(scene, free_bytes=DISK_BYTES - 1)


def clock(scene: Scene) -> Scene:
    return replace(scene, now_us=0)


def key(scene: Scene) -> Scene:
    _policy(scene)
    return scene


def behind(scene: Scene) -> Scene:
    _policy(scene)
    return _key(scene)


def unread(scene: Scene) -> Scene:
    _policy(scene)
    assert scene.place is not None
    (log_path(scene.place) / "checkpoint").write_bytes(b"no checkpoint\n")
    return _key(scene)


def backlog(scene: Scene) -> Scene:
    waits: Any = SimpleNamespace(state="waiting")
    book = FieldBook(stories={str(n): waits for n in range(WAITING + 1)})
    office: Any = SimpleNamespace(
        store=scene.office.store, facts=scene.office.facts, fieldbook=lambda: book
    )
    return replace(scene, office=office)


FAULTS = {
    "service.alarm.stopped": stopped,
    "service.alarm.disk": disk,
    "service.alarm.clock": clock,
    "service.alarm.key": key,
    "service.alarm.log-behind": behind,
    "service.alarm.log-unread": unread,
    "service.alarm.backlog": backlog,
}


def test_every_alarm_has_its_fault_or_says_who_asks() -> None:
    assert set(FAULTS) == {code for code, alarm in ALARMS.items() if alarm.fires is not None}
    assert all(alarm.beside for alarm in ALARMS.values() if alarm.fires is None)
    assert all(alarm.who for alarm in ALARMS.values())


@pytest.mark.parametrize("code", FAULTS)
def test_it_is_told_when_it_is_so_and_not_before(scene: Scene, code: str) -> None:
    assert codes(scene) == set()
    # Where nothing can sign, the log falls behind as well.
    also = {"service.alarm.log-behind"} if code == "service.alarm.key" else set()
    assert codes(FAULTS[code](scene)) == {code, *also}


def test_keys_of_certificates_are_not_those_of_the_log(scene: Scene) -> None:
    _key(key(scene))
    assert scene.place is not None
    assert "service.alarm.key" not in codes(scene)
    (key_folder(scene.place) / "log-evidence.pem").rename(key_folder(scene.place) / "issuer.pem")
    assert "service.alarm.key" in codes(scene)


def test_a_store_that_has_published_knows_so_when_folder_and_keys_are_gone(scene: Scene) -> None:
    assert scene.place is not None
    folder = LogFolder(log_path(scene.place))
    signer = MemorySigner("city.example/log", Algorithm.ED25519, Draws()(SEED_BYTES))
    made = publish(evidence_log(scene.office, folder, (), (signer,)), 1_767_225_600)
    assert made.checkpoint.size == len(scene.office.facts())
    shutil.rmtree(log_path(scene.place))
    assert codes(scene) == {"service.alarm.key", "service.alarm.log-behind"}


def test_phones_may_send_while_alarms_are_asked() -> None:
    book = FieldBook()

    class Story:
        """Another comes whenever one is looked at, as from a phone in another thread."""

        @property
        def state(self) -> str:
            waits: Any = Story()
            book.stories[str(len(book.stories))] = waits
            return "waiting"

    first: Any = Story()
    book.stories["first"] = first
    assert [book.waiting() for _ in range(3)] == [1, 2, 4]


def test_the_disk_of_a_database_is_not_the_one_beside_its_keys(scene: Scene) -> None:
    elsewhere: Any = SimpleNamespace(store=object())
    assert free_bytes(scene.office, scene.place)
    assert free_bytes(elsewhere, scene.place) is None


def test_of_a_store_that_is_no_file_less_is_known(scene: Scene) -> None:
    office: Office = scene.office
    assert alarms(office, None, scene.now_us) == ()
    assert {fault.code for fault in alarms(office, None, 0)} == {"service.alarm.clock"}
