"""Status lists: which certificates are suspended, reopened, revoked or superseded; signed, small.

Eight bytes a certificate: ten thousand are 80 kB. A list says nothing of a certificate younger
than itself, and too old a list says nothing at all: unknown then, never in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import cose
from rafiqa.ledger.canon import canonical
from rafiqa.ledger.certificate import ID_BYTES
from rafiqa.ledger.row import Malformed, Row
from rafiqa.ledger.signing import Signer

TAG: Final = "rafiqa/status-list/1"
STATES: Final = ("suspended", "reopened", "revoked", "superseded")
LIMIT_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StatusList:
    """What an authority said of its certificates at one time.

    Attributes:
        authority: whose list it is.
        version: rises with each list.
        issued_at_s: seconds since 1970 UTC.
        states: by certificate id, those that are not in force.
    """

    authority: str
    version: int
    issued_at_s: int
    states: Mapping[bytes, str]


def listed(statuses: StatusList, signer: Signer) -> bytes:
    """A status list signed: a COSE_Sign1.

    Raises:
        InvalidInput: a state or an id is none, or the list is longer than 1 MiB.
    """
    ids: dict[str, list[bytes]] = {state: [] for state in STATES}
    for name, state in statuses.states.items():
        if state not in ids or len(name) != ID_BYTES:
            raise InvalidInput(Fault("ledger.paper.status-list"))
        ids[state].append(name)
    rows = [b"".join(sorted(ids[state])) for state in STATES]
    payload = canonical((TAG, statuses.authority, statuses.version, statuses.issued_at_s, rows))
    data = cose.signed(payload, signer)
    if len(data) > LIMIT_BYTES:
        raise InvalidInput(Fault("ledger.paper.status-list"))
    return data


def status_list_of(data: bytes) -> tuple[StatusList, cose.Signed]:
    """The list that bytes are, and its signature, not yet believed.

    Raises:
        Malformed: they are none, or an id stands in them twice.
    """
    signed = cose.opened(data, LIMIT_BYTES)
    row = Row.of(signed.payload, 5, LIMIT_BYTES)
    row.tag(TAG)
    authority, version, issued_at_s = row.text(), row.whole(), row.whole()
    rows = row.row(len(STATES))
    states: dict[bytes, str] = {}
    n_ids = 0
    for state in STATES:
        ids = _ids(rows.raw())
        n_ids += len(ids)
        states |= dict.fromkeys(ids, state)
    if len(states) != n_ids:
        raise Malformed
    return StatusList(authority, version, issued_at_s, states), signed


def _ids(data: bytes) -> list[bytes]:
    if len(data) % ID_BYTES:
        raise Malformed
    ids = [data[at : at + ID_BYTES] for at in range(0, len(data), ID_BYTES)]
    if any(one >= other for one, other in pairwise(ids)):
        raise Malformed
    return ids
