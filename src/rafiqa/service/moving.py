"""Move a store: the same ledger goes on in another place, and here nothing is written any more."""

from __future__ import annotations

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import Head
from rafiqa.service.office import Office
from rafiqa.store import TableStore
from rafiqa.store.moving import carry_over


def move(office: Office, target: Office) -> Head:
    """Returns where the ledger ends; it goes on in the target, and here takes no more writes.

    Two that both went on would be two histories of one site.

    Raises:
        Conflict: the target holds something.
        InvalidInput: either of them keeps nothing in tables.
        CorruptLedger: the chain does not hold here; nothing was carried over.
    """
    source, other = office.store, target.store
    if not isinstance(source, TableStore) or not isinstance(other, TableStore):
        raise InvalidInput(Fault("service.store.unsupported", "STORE", params={"store": ""}))
    head = carry_over(source, other)
    told: dict[str, str | int] = {"entries": head.seq, "witnessed": head.entry_hash.hex()}
    source.bar(Fault("store.left", params=told))
    return head
