"""A writer that is killed: appends small batches and prints each id after its receipt.

Arguments: the store's file, a prefix for the ids, and how many threads (one where left out; they
share commits). Needs nothing but the installed package.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256
from threading import Thread

from rafiqa.ledger import Draft
from rafiqa.store import EmbeddedStore, open_store


def write(store: EmbeddedStore, prefix: str) -> None:
    number = 0
    while True:
        drafts = []
        for _ in range(1 + number % 5):
            number += 1
            body = sha256(f"{prefix} {number}".encode()).digest() * (1 + number % 90)
            digest = sha256(body).digest()
            entry_id = f"{prefix}-{number}"
            drafts.append(Draft(entry_id, "k", 1, "s", number, "p", "o", "r", body, digest))
        stored = store.append(drafts).stored
        # One call a batch: lines of several threads do not run into one another.
        lines = [f"{entry.entry_id} {entry.entry_hash.hex()}\n" for entry in stored]
        os.write(sys.stdout.fileno(), "".join(lines).encode())


def main() -> None:
    path, prefix, *threads = sys.argv[1:]
    store = open_store(path, entropy=os.urandom, now_us=lambda: time.time_ns() // 1000)
    for number in range(1, int(threads[0]) if threads else 1):
        Thread(target=write, args=(store, f"{prefix}.{number}"), daemon=True).start()
    write(store, prefix)


main()
