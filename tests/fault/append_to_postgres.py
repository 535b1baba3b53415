"""A writer to PostgreSQL that is killed: appends small batches, prints each id after its receipt.

Arguments: the database's address, a folder, a prefix for the ids. It goes on where the database
went away for a while.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256
from pathlib import Path

from rafiqa.errors import StoreError
from rafiqa.ledger import Draft
from rafiqa.store.postgresopening import open_postgres


def main() -> None:
    address, folder, prefix = sys.argv[1:]
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
