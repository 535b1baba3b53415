"""Figures of what is missing, unproven or old: each is made so, and told as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from rafiqa.api.metric import Figures
from rafiqa.cli import main
from rafiqa.errors import RafiqaError
from rafiqa.service import Office, open_office
from rafiqa.service.alarm import Scene, told
from rafiqa.service.certifying import publish_lists
from rafiqa.service.keeping import restored_us
from rafiqa.service.publishing import publish
from rafiqa.store import open_store
from tests.city import Draws
from tests.contract.drafts import make_draft
from tests.fault.disk import Disk, Failure
from tests.papers import NOW_S
from tests.unit.service.ground import office_at
from tests.unit.service.test_alarm import (
    HOUR_US,
    _key,
    _signed,
    _watched,
    gaps,
    newest_gone,
    scene,
    unstored_entry,
)
from tests.unit.service.test_certifying import KEYS, issue
from tests.witnesses import Witness

__all__ = ["scene"]


def figures(office: Office, place: Path | None, now_us: int) -> dict[str, float]:
    """Every figure that has one value, by its name."""
    found = Figures(office, place, lambda: now_us).collect()
    return {each.name: each.samples[0].value for each in found if len(each.samples) == 1}


def of(scene: Scene) -> dict[str, float]:
    return figures(scene.office, scene.place, scene.now_us)


def test_without_log_witnesses_and_trials_nothing_is_told_of_them(scene: Scene) -> None:
    found = of(scene)
    for name in ("restore", "checkpoint", "witness"):
        assert f"rafiqa_{name}_age_seconds" not in found
    assert found["rafiqa_fsync_errors"] == found["rafiqa_device_gaps"] == 0
    assert found["rafiqa_acknowledged"] == 0, "by this process none was"


def test_the_age_of_what_is_not_published_and_not_witnessed(scene: Scene) -> None:
    watching = [Witness("witness.example/a"), Witness("witness.example/b")]
    log = _watched(scene, watching)
    first_us = scene.office.facts()[0].recorded_at_us
    found = of(scene)
    assert found["rafiqa_checkpoint_age_seconds"] == 0
    assert found["rafiqa_witness_age_seconds"] == (scene.now_us - first_us) / 1e6
    _signed(log, *watching)
    scene = _key(scene)
    assert of(scene)["rafiqa_witness_age_seconds"] == 0
    later = gaps(scene)
    newer = of(later)["rafiqa_checkpoint_age_seconds"]
    assert 0 < newer == of(later)["rafiqa_witness_age_seconds"]
    publish(log, NOW_S)
    assert of(later)["rafiqa_checkpoint_age_seconds"] == 0


def test_what_phones_counted_and_did_not_send(scene: Scene) -> None:
    assert of(gaps(scene))["rafiqa_device_gaps"] == 2


def test_what_was_acknowledged_and_is_gone_stands_beside_what_is_there(scene: Scene) -> None:
    found = of(unstored_entry(scene))
    assert found["rafiqa_acknowledged"] == found["rafiqa_entries"] + 1


def test_a_store_put_back_under_the_server_still_tells_figures_and_alarms(scene: Scene) -> None:
    newest_gone(scene)
    with pytest.raises(RafiqaError, match=r"store\.other-history"):
        scene.office.facts()
    assert of(scene)["rafiqa_entries"] == scene.office.store.head().seq


def test_certificates_whose_status_is_told_as_not_known() -> None:
    office = office_at("released")
    issue(office)
    assert figures(office, None, office.now_us())["rafiqa_status_unknown_shown"] == 1
    publish_lists(office, KEYS)
    assert figures(office, None, office.now_us())["rafiqa_status_unknown_shown"] == 0


def test_a_sync_that_failed_is_counted_and_stays_so(tmp_path: Path) -> None:
    def opened(vfs: str | None = None) -> Office:
        store = open_store(
            tmp_path / "s", create=vfs is not None, entropy=Draws(), now_us=lambda: 1, vfs=vfs
        )
        return Office(store, lambda: 1, lambda: "x")

    disk = Disk(tmp_path)
    office = opened(disk.name)
    assert figures(office, None, 1)["rafiqa_fsync_errors"] == 0
    disk.failure = Failure(0, apsw.SQLITE_IOERR_FSYNC, "sync")
    with pytest.raises(RafiqaError):
        office.store.append([make_draft(1)])
    assert disk.failed
    assert figures(office, None, 1)["rafiqa_fsync_errors"] == 1
    disk.failure = None
    store: Any = office.store
    store.close()
    again = opened()
    assert figures(again, None, 1)["rafiqa_fsync_errors"] == 1
    again.store.close()


def test_a_trial_of_a_backup_is_noted_in_its_store_and_in_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("s", "other"):
        assert main(["new", name, "--name", "South", "--lon", "38.55", "--lat", "34.9"]) == 0
    assert main(["backup", "s", "s.backup", "--plain"]) == 0
    assert main(["restore", "s.backup", "tried-0"]) == 0
    assert main(["restore", "s.backup", "tried-1", "--drill-of", "other"]) == 1
    assert "service.restore.other" in capsys.readouterr().err
    assert main(["restore", "s.backup", "tried", "--drill-of", "s", "--json"]) == 0
    found = {}
    for name in ("s", "other"):
        office = open_office(name, now_us=lambda: 1, entropy=Draws())
        found[name] = restored_us(office)
        if (tried_us := found[name]) is not None:
            read = figures(office, tmp_path / name, tried_us + HOUR_US)
            assert read["rafiqa_restore_age_seconds"] == 3_600
        office.store.close()
    assert found["s"]
    assert found["other"] is None


def test_alarms_of_a_store_put_back_are_told_through_the_door(scene: Scene) -> None:
    gone = unstored_entry(scene)
    codes = {fault.code for fault in told(replace(gone, free_bytes=None))}
    assert codes == {"service.alarm.unstored"}
