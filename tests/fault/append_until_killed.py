"""A writer that is killed: appends small batches and prints each id after its receipt.

Arguments: the store's file, a prefix for the ids. Needs nothing but the installed package.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256

from rafiqa.ledger import Draft
from rafiqa.store import open_store


def main() -> None:
    path, prefix = sys.argv[1:]
    store = open_store(path, entropy=os.urandom, now_us=lambda: time.time_ns() // 1000)
    number = 0
    while True:
        drafts = []
        for _ in range(1 + number % 5):
            number += 1
            body = sha256(f"{prefix} {number}".encode()).digest() * (1 + number % 90)
            digest = sha256(body).digest()
            entry_id = f"{prefix}-{number}"
            drafts.append(Draft(entry_id, "k", 1, "s", number, "p", "o", "r", body, digest))
        for entry in store.append(drafts).stored:
            sys.stdout.write(f"{entry.entry_id} {entry.entry_hash.hex()}\n")
        sys.stdout.flush()


main()
