"""A writer to PostgreSQL that is killed: appends small batches, prints each id after its receipt.

Arguments: the database's address, a folder, a prefix for the ids, and "careless" for one that is
told of what is not on the disk: the control. It goes on where the database went away for a while.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rafiqa.errors import StoreError
from rafiqa.ledger import Draft
from rafiqa.store import postgresline, postgreslink
from rafiqa.store.postgresopening import open_postgres


def _acknowledge_too_soon() -> None:
    made = postgreslink.connected

    def connected(address: str, wait_ms: int) -> Any:
        link = made(address, wait_ms)
        link.execute("SET synchronous_commit TO off")
        return link

    patch.object(postgresline, "connected", connected).start()


def main() -> None:
    address, folder, prefix, *careless = sys.argv[1:]
    if careless:
        _acknowledge_too_soon()
    store = open_postgres(
        address, place=Path(folder), entropy=os.urandom, now_us=lambda: time.time_ns() // 1000
    )
    number = 0
    while True:
        drafts = []
        for _ in range(1 + number % 5):
            number += 1
            body = sha256(f"{prefix} {number}".encode()).digest() * (1 + number % 90)
            drafts.append(
                Draft(
                    f"{prefix}-{number}", "k", 1, "s", number, "p", "o", "r",
                    body, sha256(body).digest(),
                )
            )  # fmt: skip
        while True:
            try:
                receipt = store.append(drafts)
            except StoreError:
                time.sleep(0.05)
                continue
            break
        ids = [entry.entry_id for entry in receipt.stored] + list(receipt.already)
        os.write(sys.stdout.fileno(), "".join(f"{each}\n" for each in ids).encode())


main()
