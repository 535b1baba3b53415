"""One life of a process, for strace: opens the store, appends three, reads them, closes.

Prints each id after its receipt; ends with 0, or 7 after a refusal in our own words.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

from rafiqa.errors import RafiqaError
from rafiqa.ledger import Draft
from rafiqa.store import open_store


def main() -> int:
    path, prefix = sys.argv[1:]
    sys.stdout.write("begun\n")  # what comes before is Python's own start
    sys.stdout.flush()
    try:
        store = open_store(path, entropy=os.urandom, now_us=lambda: 1_700_000_000_000_000)
        for number in range(3):
            body = sha256(f"{prefix} {number}".encode()).digest()
            draft = Draft(
                f"{prefix}-{number}",
                "k",
                1,
                "s",
                number,
                "p",
                "o",
                "r",
                body,
                sha256(body).digest(),
            )
            for entry in store.append([draft]).stored:
                os.write(1, f"{entry.entry_id} {entry.entry_hash.hex()}\n".encode())
        store.close()
    except RafiqaError as error:
        os.write(1, f"refused {error.code}\n".encode())
        return 7
    return 0


if __name__ == "__main__":
    sys.exit(main())
