"""Figures of the running server for Prometheus, at an address of this machine alone.

Counts and ages, none of them of a person or a place; docs/how-to/watch-a-server.md names each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from rafiqa.api.workerseen import workers_of
from rafiqa.errors import Fault, InvalidInput, RafiqaError, StoreError
from rafiqa.service import Office
from rafiqa.service.alarm import ALARMS, alarms, free_bytes
from rafiqa.service.condition import (
    device_gaps,
    disk_errors,
    status_unknown,
    unpublished_us,
    unwitnessed_us,
)
from rafiqa.service.keeping import backed_up_us, restored_us

LOOPBACK: Final = "127.0.0.1"
NAMES: Final = {
    "rafiqa_entries": "Entries of the ledger.",
    "rafiqa_writable": "1 where the store takes writes.",
    "rafiqa_newest_entry_age_seconds": "Age of the newest entry.",
    "rafiqa_disk_free_bytes": "Room on the disk of the store; absent where it cannot be told.",
    "rafiqa_backup_age_seconds": "Age of the newest backup; absent where the store knows of none.",
    "rafiqa_restore_age_seconds": "Age of the last trial of a backup; absent where none is noted.",
    "rafiqa_checkpoint_age_seconds": "Age of the oldest entry not published; absent without a log.",
    "rafiqa_witness_age_seconds": "Age of the oldest entry not witnessed; absent without them.",
    "rafiqa_acknowledged": "Newest entry of which this process told anybody that it is kept.",
    "rafiqa_fsync_errors": "1 where the disk failed under a write or a sync, which stops writing.",
    "rafiqa_device_gaps": "Records that phones counted and that have not come.",
    "rafiqa_status_unknown_shown": "Certificates whose status is told as not known now.",
    "rafiqa_submissions_waiting": "Submissions that wait for a person.",
    "rafiqa_quarantined": "What was refused and kept.",
    "rafiqa_workers": "Processes that serve; absent where one serves alone.",
    "rafiqa_requests": "Requests answered by the workers that serve now, together.",
    "rafiqa_failures": "Of those, answered with a failure of ours.",
    "rafiqa_worker_requests": "Requests answered by each worker since it started.",
    "rafiqa_alarm": "1 for each alarm that fires, by its code.",
}
"""Name and meaning of each figure."""
OF_WORKERS: Final = frozenset(
    {"rafiqa_workers", "rafiqa_requests", "rafiqa_failures", "rafiqa_worker_requests"}
)
"""Those that are told only where several processes serve."""


class Figures:
    """What is told at each reading; nothing is counted in between.

    Args:
        office: the open store. place: the path beside which its keys and log lie.
        now_us: the machine's clock, microseconds since 1970 UTC.
    """

    def __init__(self, office: Office, place: Path | None, now_us: Callable[[], int]) -> None:
        self._office, self._place, self._now_us = office, place, now_us

    def describe(self) -> list[Metric]:
        """Returns nothing: without it every figure would be made once at the start."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yields every figure."""
        now_us, store = self._now_us(), self._office.store
        backed_us, tried_us = backed_up_us(self._office), restored_us(self._office)
        told: dict[str, float | None] = {
            "rafiqa_entries": store.head().seq,
            "rafiqa_writable": 0 if store.stopped() else 1,
            "rafiqa_disk_free_bytes": free_bytes(self._office, self._place),
            "rafiqa_backup_age_seconds": None if backed_us is None else (now_us - backed_us) / 1e6,
            "rafiqa_restore_age_seconds": None if tried_us is None else (now_us - tried_us) / 1e6,
            "rafiqa_acknowledged": newest.seq if (newest := self._office.acknowledged) else 0,
            "rafiqa_fsync_errors": disk_errors(self._office),
            "rafiqa_quarantined": sum(1 for _ in store.quarantined()),
        }
        try:
            told |= self._of_facts(now_us)
        except StoreError as error:
            # Put back to another history: what is on record is not told out of either.
            if error.code != "store.other-history":
                raise
        workers = workers_of(store, now_us)
        if workers:
            told |= {
                "rafiqa_workers": len(workers),
                "rafiqa_requests": sum(each.answered for each in workers),
                "rafiqa_failures": sum(each.failed for each in workers),
            }
            name = "rafiqa_worker_requests"
            each_of = GaugeMetricFamily(name, NAMES[name], labels=["worker"])
            for each in workers:
                each_of.add_metric([each.name], each.answered)
            yield each_of
        for name, value in told.items():
            if value is not None:
                yield GaugeMetricFamily(name, NAMES[name], value=value)
        fired = {fault.code for fault in alarms(self._office, self._place, now_us)}
        family = GaugeMetricFamily("rafiqa_alarm", NAMES["rafiqa_alarm"], labels=["code"])
        for code, alarm in ALARMS.items():
            if alarm.fires is not None:
                family.add_metric([code], float(code in fired))
        yield family

    def _of_facts(self, now_us: int) -> dict[str, float | None]:
        """Figures of what is on record."""
        office, place = self._office, self._place
        facts = office.facts()
        newest_us = facts[-1].recorded_at_us if facts else now_us
        told: dict[str, float | None] = {
            "rafiqa_newest_entry_age_seconds": (now_us - newest_us) / 1e6,
            "rafiqa_submissions_waiting": office.fieldbook().waiting(),
            "rafiqa_device_gaps": device_gaps(office, now_us, 0).records,
            "rafiqa_status_unknown_shown": status_unknown(office),
        }
        if place is None:
            return told
        # That the log cannot be read is an alarm of its own.
        with suppress(RafiqaError):
            behind_us = unpublished_us(office, place, now_us)
            told["rafiqa_checkpoint_age_seconds"] = None if behind_us is None else behind_us / 1e6
            unseen_us = unwitnessed_us(office, place, now_us)
            told["rafiqa_witness_age_seconds"] = None if unseen_us is None else unseen_us / 1e6
        return told


def show_metrics(
    port: int, office: Office, place: Path | None, now_us: Callable[[], int]
) -> Callable[[], None]:
    """Returns what ends it; from now on the figures are given out at a port of this machine.

    Raises:
        InvalidInput: something else listens there.
    """
    registry = CollectorRegistry()
    registry.register(Figures(office, place, now_us))
    try:
        server, thread = start_http_server(port, addr=LOOPBACK, registry=registry)
    except (OSError, OverflowError) as error:
        params: dict[str, str | int] = {"host": LOOPBACK, "port": port}
        raise InvalidInput(Fault("api.serve.address", "--metrics", params=params)) from error

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end
