"""The condition of a store: what is missing, unproven or old in it, as alarms and figures tell it.

Each is asked of the store and of what lies beside it at that moment; none is kept.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault
from rafiqa.land import CertificateIssued
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.statuslist import status_list_of
from rafiqa.service.certifying import STATUS_SETTING, listed_now
from rafiqa.service.office import Office
from rafiqa.service.publishing import (
    log_beside,
    log_path,
    rollback_faults,
    watching_in,
    witnessed_entries,
)
from rafiqa.store.logfolder import LogFolder

HOLE_US: Final = 3_600_000_000
"""What a phone counted earlier may come so long after what it counted later: it sends by turns."""
LIST_US: Final = 7 * 86_400_000_000
"""The newest signed list of statuses may be this old (trust study 3.10)."""
_OTHER: Final = frozenset({"store.rollback", "store.fork"})
_HALTED: Final = "store.halted"


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many records phones counted that have not come, and of how many phones."""

    records: int
    devices: int


def device_gaps(office: Office, now_us: int, grace_us: int = HOLE_US) -> Gaps:
    """Returns what phones counted and did not send, though they sent later ones since.

    Args:
        office: the open store.
        now_us: the time.
        grace_us: a later number has been there as long as this.
    """
    book = office.fieldbook()
    missing = {
        device_id: sum(
            last - first + 1
            for first, last in book.holes(device_id)
            if (came_us := book.came_us(device_id, last + 1)) is not None
            and now_us - came_us > grace_us
        )
        for device_id in book.with_holes()
    }
    return Gaps(sum(missing.values()), sum(n > 0 for n in missing.values()))


def unstored(office: Office) -> int:
    """Returns how many entries this process acknowledged last that are not in the store; 0 if none.

    The newest is looked at: entries are chained, so it tells of all before it.
    """
    newest = office.acknowledged
    if newest is None:
        return 0
    there = next(iter(office.store.read(after_seq=newest.seq - 1, until_seq=newest.seq)), None)
    if there is None:
        return newest.seq - min(office.store.head().seq, newest.seq - 1)
    return 0 if there.entry_hash == newest.entry_hash else 1


def other_root(office: Office, place: Path) -> Fault | None:
    """Returns why a store is not what its own log has published; None where it is, or has no log.

    Raises:
        StoreError: the log's folder is damaged.
    """
    log = log_beside(office, place)
    faults = [] if log is None else rollback_faults(log)
    return next((each for each in faults if each.code in _OTHER), None)


def list_age_us(office: Office, now_us: int) -> int | None:
    """Returns how old the newest signed list of statuses is; None where nothing asks for one.

    Where certificates were issued and no list is there, as old as the first of them.
    """
    issued = [
        record.recorded_at_us
        for record in office.register().certificates.values()
        if isinstance(record.fact, CertificateIssued)
    ]
    data = office.store.setting(STATUS_SETTING)
    if data is not None:
        with suppress(Malformed):
            return max(0, now_us - status_list_of(data)[0].issued_at_s * 1_000_000)
    return now_us - min(issued) if issued else None


def status_unknown(office: Office) -> int:
    """Returns of how many certificates readers are told now that their status is not known."""
    issued = office.register().certificates.values()
    n_issued = sum(isinstance(record.fact, CertificateIssued) for record in issued)
    return n_issued if n_issued and listed_now(office) is None else 0


def unpublished_us(office: Office, place: Path, now_us: int) -> int | None:
    """Returns the age of the oldest entry that the published log has not; None without a log.

    Raises:
        StoreError: the log's folder is damaged.
    """
    found = LogFolder(log_path(place)).checkpoint()
    return None if found is None else _age_us(office, found[0].size, now_us)


def unwitnessed_us(office: Office, place: Path, now_us: int) -> int | None:
    """Returns the age of the oldest entry that too few organisations saw; None without witnesses.

    Raises:
        StoreError: the log's folder is damaged.
    """
    if not watching_in(log_path(place)).is_quorum:
        return None
    return _age_us(office, witnessed_entries(office, place), now_us)


def _age_us(office: Office, n_done: int, now_us: int) -> int:
    facts = office.facts()
    return max(0, now_us - facts[n_done].recorded_at_us) if n_done < len(facts) else 0


def disk_errors(office: Office) -> int:
    """Returns 1 where the disk failed under a write or a sync, here or before a restart; else 0.

    There is no second one: the first stops the writing.
    """
    return int(any(fault.code == _HALTED for fault in office.store.stopped()))


def served_by_owner(office: Office) -> bool:
    """Returns whether whoever signed in to the database could change what is kept in it.

    Raises:
        StoreError: the database cannot be reached.
    """
    asked = getattr(office.store, "signed_in_as_owner", None)
    return asked is not None and bool(asked())
