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
from rafiqa.service.keyring import key_folder
from rafiqa.service.office import Office
from rafiqa.service.publishing import log_path, policy_path
from rafiqa.service.vaultdoor import vault_now
from rafiqa.store.logfolder import LogFolder

DISK_BYTES: Final = 512 * 1024 * 1024
"""Less room than this is told: eight times the ballast, about a day of the busiest site."""
CLOCK_US: Final = 60_000_000
"""A clock that stands this far before the newest entry has been set back."""
LOG_US: Final = 600_000_000
"""A published log may be this much behind: it is published every minute."""
WAITING: Final = 500
"""Submissions that wait for a person; more than a week's work of one reviewer."""


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
    if scene.office.store.stopped():
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
    if scene.place is None or not policy_path(scene.place).is_file():
        return
    if not any(key_folder(scene.place).glob("*")):
        yield Fault("service.alarm.key")


def _log(scene: Scene) -> Iterator[Fault]:
    """The log stands behind what was recorded longer ago than it takes to publish it."""
    if scene.place is None or not policy_path(scene.place).is_file():
        return
    try:
        found = LogFolder(log_path(scene.place)).checkpoint()
    except RafiqaError:
        yield Fault("service.alarm.log-unread")
        return
    size = 0 if found is None else found[0].size
    facts = scene.office.facts()
    if size < len(facts) and facts[size].recorded_at_us < scene.now_us - LOG_US:
        yield Fault("service.alarm.log-behind", params={"entries": len(facts) - size})


def _backlog(scene: Scene) -> Iterator[Fault]:
    stories = scene.office.fieldbook().stories.values()
    waiting = sum(story.state == "waiting" for story in stories)
    if waiting > WAITING:
        yield Fault("service.alarm.backlog", params={"waiting": waiting})


def _vault(scene: Scene) -> Iterator[Fault]:
    try:
        vault_now(scene.office)
    except RafiqaError as error:
        yield Fault("service.alarm.vault", params={"detail": error.code})


ALARMS: Final = {
    "service.alarm.stopped": Alarm("who keeps the server", _stopped),
    "service.alarm.disk": Alarm("who keeps the server", _disk),
    "service.alarm.clock": Alarm("who keeps the server", _clock),
    "service.alarm.key": Alarm("the authority's keeper of keys", _key),
    "service.alarm.log-behind": Alarm("who keeps the server", _log),
    "service.alarm.log-unread": Alarm("who keeps the server", _log),
    "service.alarm.vault": Alarm("who keeps the server", _vault),
    "service.alarm.backlog": Alarm("the authority's reviewers", _backlog),
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
    room = None if place is None else free_bytes(place)
    return told(Scene(office, place, now_us, room))


def told(scene: Scene) -> tuple[Fault, ...]:
    """Returns what must be told of a scene."""
    asked = dict.fromkeys(alarm.fires for alarm in ALARMS.values() if alarm.fires is not None)
    return tuple(fault for fires in asked for fault in fires(scene))


def free_bytes(place: Path) -> int | None:
    """Returns the room on the disk of a path; None where that cannot be told."""
    try:
        return shutil.disk_usage(place.parent).free
    except OSError:
        return None
