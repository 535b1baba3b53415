"""Bulk reading: whoever opens many records of class 2 within an hour is held up, and it is told.

A person works on some cases; a stolen session reads all of them (trust study 1.3 and 3.8: seventy
days undetected, with rights that looked right). Counted are records, reports, files and documents,
one by one, of a signed-in account; the pictures of one record with it. Whoever takes many along at
once, in an export or by ODK Central's reading, is told of likewise, by how many they were, and not
held up: it is their work, and has its alarm. The map of danger, what residents and phones send,
and what everybody may see are never counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from rafiqa.api.problem import TooMany
from rafiqa.api.tally import HOUR_US, MINUTE_US, Once, Tally
from rafiqa.errors import Fault, RafiqaError
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
WITH_THEIR_RECORD: Final = {
    "/api/reviews/{submission_id}": "submission_id",
    "/api/reviews/{submission_id}/files/{name}": "submission_id",
    "/api/reports/{report_id}/pictures/{digest}": "report_id",
}
"""Of what is counted, what belongs to one record, and which part of the path names that."""
_FILES: Final = frozenset(WITH_THEIR_RECORD) - {"/api/reviews/{submission_id}"}


class BulkReads:
    """Counts what each account read within the last hour.

    Args:
        tally: counts for all who serve the store.
        now_us: the clock, microseconds since 1970 UTC.
        tell: the journal's; names nobody, whom it concerns stands in the diary of accounts.
    """

    def __init__(
        self, tally: Tally, now_us: Callable[[], int], tell: Callable[[str, str], None]
    ) -> None:
        self._tally, self._now_us, self._tell = tally, now_us, tell

    def take(
        self,
        store: Store,
        login: str,
        path: str,
        parts: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Counts one read of an account; what is not counted passes.

        Args:
            store: in whose diary an alarm stands, once an hour for an account.
            login: the account.
            path: the endpoint's path.
            parts: what stands for its placeholders.

        Raises:
            TooMany: the account has read too much within the hour.
        """
        if path not in COUNTED:
            return
        part = WITH_THEIR_RECORD.get(path)
        named = "" if part is None else f"{part} {parts.get(part, '')}"
        record, refused = self._tally.mark(named).hex()[:16], [False]

        def count(known: list[Once], now_us: int) -> list[Once]:
            again = path in _FILES and any(each.mark == record for each in known)
            refused[:] = [not again and len(known) >= READS_AN_HOUR]
            return known if again or refused[0] else [*known, Once(now_us, 1, record)]

        self._tally.change(("read", login), count, HOUR_US)
        if not refused[0]:
            return
        if self._alarms(login):
            note(store, self._now_us(), EVENT, login)
            self._tell(EVENT, "warning")
        raise TooMany(Fault("api.bulk-read", params={"reads": READS_AN_HOUR}))

    def took_along(self, store: Store, login: str, n_records: int) -> None:
        """Counts the records that an account was given at once; many raise an alarm, once an hour.

        Nobody is held up by it, nor where the diary cannot be written: a store that takes no more
        writes is to be carried away all the more.
        """
        many = [False]

        def count(known: list[Once], now_us: int) -> list[Once]:
            last = known[-1] if known else Once(0, 0, "")
            if now_us - last.at_us < MINUTE_US:
                # Of one minute one line, so that an hour has no more than sixty.
                taken = [*known[:-1], Once(last.at_us, last.n + n_records, "")]
            else:
                taken = [*known, Once(now_us, n_records, "")]
            many[:] = [sum(each.n for each in taken) > READS_AN_HOUR]
            return taken

        with suppress(RafiqaError):
            self._tally.change(("taken", login), count, HOUR_US)
            if many[0] and self._alarms(login):
                LOG.warning("bulk reading: an account took many records; see the diary of accounts")
                note(store, self._now_us(), EVENT, login)

    def _alarms(self, login: str) -> bool:
        return self._tally.take(("told", login), 1, HOUR_US)
