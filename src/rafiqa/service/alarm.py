"""Alarms: what must be told to a person, to whom, and how it is seen; as data.

Each is asked of the store and of what lies beside it, at any moment; none is kept. `/health` tells
them, and `tests/unit/service/test_alarm.py` makes each of them true (trust study, section 3.10).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, RafiqaError
from rafiqa.service.condition import (
    LIST_US,
    device_gaps,
    list_age_us,
    other_root,
    served_by_owner,
    unstored,
)
from rafiqa.service.keeping import backed_up_us
from rafiqa.service.office import Office
from rafiqa.service.originals import astray
from rafiqa.service.publishing import (
    has_keys,
    has_published,
    log_path,
    watching_in,
    witnessed_entries,
)
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaultseen import many_looks
from rafiqa.store import EmbeddedStore, TableStore
from rafiqa.store.logfolder import LogFolder

DISK_BYTES: Final = 512 * 1024 * 1024
"""Less room than this is told: eight times the ballast, about a day of the busiest site."""
CLOCK_US: Final = 60_000_000
"""A clock that stands this far before the newest entry has been set back."""
LOG_US: Final = 600_000_000
"""A published log may be this much behind: it is published every minute."""
BACKUP_US: Final = 26 * 3_600_000_000
"""The newest backup may be this old: one is made every night, at no exact minute."""
WITNESS_US: Final = 24 * 3_600_000_000
"""What was recorded this long ago is to have been witnessed; on a stick that is a day's errand."""
WAITING: Final = 500
"""Submissions that wait for a person; more than a week's work of one reviewer."""


_COPY: Final = "store.replica"


@dataclass(frozen=True, slots=True)
class Scene:
    """What alarms look at.

    Attributes:
        office: the open store.
        place: the path beside which its keys and log lie; None where nothing lies anywhere.
        now_us: the machine's clock, microseconds since 1970 UTC.
        free_bytes: room on the disk; None where it cannot be told.
    """

    office: Office
    place: Path | None
    now_us: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm.

    Attributes:
        who: whom it concerns. fires: its faults at a scene; what to do is in its words.
        beside: where it is asked instead, for what this file does not see.
    """

    who: str
    fires: Callable[[Scene], Iterator[Fault]] | None = None
    beside: str = ""


def _stopped(scene: Scene) -> Iterator[Fault]:
    # That a copy which follows takes no writes is as it should be.
    if any(not fault.code.startswith(_COPY) for fault in scene.office.store.stopped()):
        yield Fault("service.alarm.stopped")


def _disk(scene: Scene) -> Iterator[Fault]:
    if scene.free_bytes is not None and scene.free_bytes < DISK_BYTES:
        params: dict[str, str | int] = {"free_mib": scene.free_bytes // 1024**2}
        yield Fault("service.alarm.disk", params=params)


def _clock(scene: Scene) -> Iterator[Fault]:
    facts = scene.office.facts()
    if facts and facts[-1].recorded_at_us - scene.now_us > CLOCK_US:
        behind_s = (facts[-1].recorded_at_us - scene.now_us) // 1_000_000
        yield Fault("service.alarm.clock", params={"behind_s": behind_s})


def _key(scene: Scene) -> Iterator[Fault]:
    if scene.place is None or not has_published(scene.office, scene.place):
        return
    if not has_keys(scene.place):
        yield Fault("service.alarm.key")


def _log(scene: Scene) -> Iterator[Fault]:
    """The log stands behind what was recorded longer ago than it takes to publish it."""
    if scene.place is None or not has_published(scene.office, scene.place):
        return
    try:
        found = LogFolder(log_path(scene.place)).checkpoint()
        watching_in(log_path(scene.place))
    except RafiqaError:
        yield Fault("service.alarm.log-unread")
        return
    size = 0 if found is None else found[0].size
    facts = scene.office.facts()
    if size < len(facts) and facts[size].recorded_at_us < scene.now_us - LOG_US:
        yield Fault("service.alarm.log-behind", params={"entries": len(facts) - size})


def _backup(scene: Scene) -> Iterator[Fault]:
    """Of a database as of a file: what its own archive keeps, nobody has held to the chain."""
    if scene.place is None or not isinstance(scene.office.store, TableStore):
        return
    made_us, facts = backed_up_us(scene.office), scene.office.facts()
    if made_us is None:
        if facts and scene.now_us - facts[0].recorded_at_us > BACKUP_US:
            yield Fault("service.alarm.backup-none")
    elif scene.now_us - made_us > BACKUP_US:
        hours = (scene.now_us - made_us) // 3_600_000_000
        yield Fault("service.alarm.backup", params={"hours": hours})


def _witness(scene: Scene) -> Iterator[Fault]:
    """Where organisations enough watch the log: what they have not seen for too long."""
    if scene.place is None:
        return
    try:
        if not watching_in(log_path(scene.place)).is_quorum:
            return
        seen = witnessed_entries(scene.office, scene.place)
    except RafiqaError:
        # That the log cannot be read is told by itself.
        return
    facts = scene.office.facts()
    if seen < len(facts) and scene.now_us - facts[seen].recorded_at_us > WITNESS_US:
        yield Fault("service.alarm.witness", params={"entries": len(facts) - seen})


def _backlog(scene: Scene) -> Iterator[Fault]:
    waiting = scene.office.fieldbook().waiting()
    if waiting > WAITING:
        yield Fault("service.alarm.backlog", params={"waiting": waiting})


def _replica(scene: Scene) -> Iterator[Fault]:
    following = scene.office.following
    if following is None or not following.is_late():
        return
    lag_us = following.lag_us()
    told: str | int = "?" if lag_us is None else lag_us // 1_000_000
    yield Fault("service.alarm.replica", params={"behind_s": told})


def _vault(scene: Scene) -> Iterator[Fault]:
    try:
        vault_now(scene.office)
    except RafiqaError as error:
        yield Fault("service.alarm.vault", params={"detail": error.code})


def _looks(scene: Scene) -> Iterator[Fault]:
    """Who they are stands on the vault's page alone: an alarm goes further than that."""
    for many in many_looks(scene.office, scene.now_us):
        yield Fault("service.alarm.looks", params={"looks": many.looks})


def _gaps(scene: Scene) -> Iterator[Fault]:
    found = device_gaps(scene.office, scene.now_us)
    if found.records:
        params: dict[str, str | int] = {"records": found.records, "devices": found.devices}
        yield Fault("service.alarm.gaps", params=params)


def _unstored(scene: Scene) -> Iterator[Fault]:
    missing = unstored(scene.office)
    if missing:
        yield Fault("service.alarm.unstored", params={"entries": missing})


def _root(scene: Scene) -> Iterator[Fault]:
    """While it runs: when it is opened, a store that is not what its log published is barred."""
    if scene.place is None:
        return
    try:
        found = other_root(scene.office, scene.place)
    except RafiqaError:
        # That the log cannot be read is told by itself.
        return
    if found is not None:
        yield Fault("service.alarm.root", params=found.params)


def _list(scene: Scene) -> Iterator[Fault]:
    age_us = list_age_us(scene.office, scene.now_us)
    if age_us is not None and age_us > LIST_US:
        yield Fault("service.alarm.list", params={"days": age_us // 86_400_000_000})


def _owner(scene: Scene) -> Iterator[Fault]:
    if served_by_owner(scene.office):
        yield Fault("service.alarm.owner")


def _originals(scene: Scene) -> Iterator[Fault]:
    found = astray(scene.office)
    if found is not None and (found.n_open or found.missing):
        params: dict[str, str | int] = {"open": found.n_open, "missing": len(found.missing)}
        yield Fault("service.alarm.originals", params=params)


ALARMS: Final = {
    "service.alarm.stopped": Alarm("who keeps the server", _stopped),
    "service.alarm.disk": Alarm("who keeps the server", _disk),
    "service.alarm.clock": Alarm("who keeps the server", _clock),
    "service.alarm.key": Alarm("the authority's keeper of keys", _key),
    "service.alarm.log-behind": Alarm("who keeps the server", _log),
    "service.alarm.log-unread": Alarm("who keeps the server", _log),
    "service.alarm.backup": Alarm("who keeps the server", _backup),
    "service.alarm.backup-none": Alarm("who keeps the server", _backup),
    "service.alarm.witness": Alarm("the authority's keeper of keys", _witness),
    "service.alarm.vault": Alarm("who keeps the server", _vault),
    "service.alarm.originals": Alarm("who keeps the vault", _originals),
    "service.alarm.gaps": Alarm("the authority's reviewers", _gaps),
    "service.alarm.unstored": Alarm("who keeps the server", _unstored),
    "service.alarm.root": Alarm("who keeps the server", _root),
    "service.alarm.list": Alarm("the authority's keeper of keys", _list),
    "service.alarm.owner": Alarm("who keeps the server", _owner),
    "service.alarm.looks": Alarm("the authority's data-protection officer", _looks),
    "service.alarm.backlog": Alarm("the authority's reviewers", _backlog),
    "service.alarm.replica": Alarm("who keeps the server", _replica),
    "bulk-read": Alarm("the authority's data-protection officer", beside="the diary of accounts"),
}
"""By code."""


def alarms(office: Office, place: Path | None, now_us: int) -> tuple[Fault, ...]:
    """Returns what must be told now.

    Args:
        office: the open store.
        place: the path beside which its keys and log lie; None where nothing lies anywhere.
        now_us: the machine's clock, microseconds since 1970 UTC.
    """
    return told(Scene(office, place, now_us, free_bytes(office, place)))


def told(scene: Scene) -> tuple[Fault, ...]:
    """Returns what must be told of a scene."""
    asked = dict.fromkeys(alarm.fires for alarm in ALARMS.values() if alarm.fires is not None)
    if scene.office.vanished is not None or unstored(scene.office):
        # What hangs on facts is not answered out of another history.
        asked = dict.fromkeys((_stopped, _disk, _unstored, _root, _owner))
    elif scene.office.following is not None:
        # Keys, log and vault lie beside the database that is written to.
        asked = dict.fromkeys((_stopped, _backup, _replica, _owner))
    return tuple(fault for fires in asked for fault in fires(scene))


def free_bytes(office: Office, place: Path | None) -> int | None:
    """Returns the room on the disk of a store; None where that cannot be told.

    What lies beside a database lies on this machine, the database itself perhaps nowhere near.
    """
    if place is None or not isinstance(office.store, EmbeddedStore):
        return None
    try:
        return shutil.disk_usage(place.parent).free
    except OSError:
        return None
