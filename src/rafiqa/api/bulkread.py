"""Bulk reading: whoever opens many records of class 2 within an hour is held up, and it is told.

A person works on some cases; a stolen session reads all of them (trust study 1.3 and 3.8: seventy
days undetected, with rights that looked right). Counted are records, reports, files and documents,
one by one, of a signed-in account. The map of danger, what residents and phones send, and what
everybody may see are never counted.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from rafiqa.api.problem import TooMany
from rafiqa.errors import Fault
from rafiqa.service.signinpolicy import note
from rafiqa.store import Store

LOG: Final = logging.getLogger("rafiqa.api")
READS_AN_HOUR: Final = 200
EVENT: Final = "bulk-read"
"""Under this name it stands in the diary of accounts, for those who let people in."""
COUNTED: Final = frozenset(
    {
        "/api/reviews/{submission_id}",
        "/api/reviews/{submission_id}/files/{name}",
        "/api/areas/{area_id}/documents/{digest}",
        "/api/quarantine/{quarantine_id}/original",
        "/api/reports/{report_id}/pictures/{digest}",
        "/api/study/{document_id}",
        "/api/study/{document_id}/original",
        "/api/study/{document_id}/pages/{page}",
    }
)
_HOUR_US: Final = 3_600_000_000


class BulkReads:
    """Counts what each account read within the last hour.

    Args:
        now_us: the clock, microseconds since 1970 UTC.
        tell: the journal's; names nobody, whom it concerns stands in the diary of accounts.
    """

    def __init__(self, now_us: Callable[[], int], tell: Callable[[str, str], None]) -> None:
        self._now_us, self._tell = now_us, tell
        self._lock = threading.Lock()
        self._times: dict[str, deque[int]] = {}
        self._told: dict[str, int] = {}

    def take(self, store: Store, login: str, path: str) -> None:
        """Counts one read of an account; what is not counted passes.

        Args:
            store: in whose diary an alarm stands, once an hour for an account.
            login: the account.
            path: the endpoint's path.

        Raises:
            TooMany: the account has read too much within the hour.
        """
        if path not in COUNTED:
            return
        now_us = self._now_us()
        with self._lock:
            times = self._times.setdefault(login, deque())
            while times and now_us - times[0] >= _HOUR_US:
                times.popleft()
            if len(times) < READS_AN_HOUR:
                times.append(now_us)
                return
            alarm = now_us - self._told.get(login, now_us - _HOUR_US) >= _HOUR_US
            if alarm:
                self._told[login] = now_us
        if alarm:
            note(store, now_us, EVENT, login)
            self._tell(EVENT, "warning")
        raise TooMany(Fault("api.bulk-read", params={"reads": READS_AN_HOUR}))
