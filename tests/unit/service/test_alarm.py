"""Every alarm is made true, and is told then and not before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rafiqa.errors import Fault, StoreError
from rafiqa.service import Office
from rafiqa.service.alarm import ALARMS, DISK_BYTES, WAITING, Scene, alarms, told
from rafiqa.service.keyring import key_folder
from rafiqa.service.publishing import log_path, policy_path
from rafiqa.store import EmbeddedStore
from tests.city import small_city

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
    stories = {str(n): SimpleNamespace(state="waiting") for n in range(WAITING + 1)}
    office: Any = SimpleNamespace(
        store=scene.office.store,
        facts=scene.office.facts,
        fieldbook=lambda: SimpleNamespace(stories=stories),
        vault=None,
        vault_at=lambda: None,
        expects_vault=False,
    )
    return replace(scene, office=office)


def vault(scene: Scene) -> Scene:
    def unopened() -> None:
        raise StoreError(Fault("store.vault.damaged", params={"pseudonym": "-"}))

    scene.office.vault_at = unopened
    return scene


FAULTS = {
    "service.alarm.stopped": stopped,
    "service.alarm.disk": disk,
    "service.alarm.clock": clock,
    "service.alarm.key": key,
    "service.alarm.log-behind": behind,
    "service.alarm.log-unread": unread,
    "service.alarm.vault": vault,
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


def test_of_a_store_that_is_no_file_less_is_known(scene: Scene) -> None:
    office: Office = scene.office
    assert alarms(office, None, scene.now_us) == ()
    assert {fault.code for fault in alarms(office, None, 0)} == {"service.alarm.clock"}
