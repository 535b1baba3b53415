"""A database of an older form, read as if it had the newest, and not written.

A store that was halted is not migrated: nobody knows what its disk does with a write. What later
forms added is laid beside it, empty, in the connection's own temporary schema, whose names come
before those of the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import apsw

from rafiqa.store.migrations import Migration

_ADDED: Final = {
    2: """
        CREATE TEMP TABLE erased (seq INTEGER PRIMARY KEY, by_seq INTEGER NOT NULL) STRICT;
        CREATE TEMP TABLE attachments (
            sha256 TEXT PRIMARY KEY, n_bytes INTEGER NOT NULL, state INTEGER NOT NULL) STRICT;
        CREATE TEMP TABLE attachment_parts (
            sha256 TEXT NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL,
            content BLOB NOT NULL, PRIMARY KEY (sha256, number)) STRICT;
        CREATE TEMP VIEW settings AS SELECT *, NULL AS digest FROM main.settings;
        CREATE TEMP VIEW quarantine AS SELECT *, NULL AS time_digest FROM main.quarantine;
    """,
    3: "CREATE TEMP TABLE stand_ins (sha256 TEXT PRIMARY KEY, shared TEXT NOT NULL) STRICT;",
}
"""What each change of form added, as it is before anything is in it."""


def seen_as_newest(connection: apsw.Connection, missing: Iterable[Migration]) -> bool:
    """Whether a connection reads an older form as the newest from now on, and writes nothing.

    False where nothing says how what a change added would read: it cannot be opened then.
    """
    numbers = [change.number for change in missing]
    if not set(numbers) <= set(_ADDED):
        return False
    # In memory: the disk is not to be trusted with a file more.
    connection.execute("PRAGMA temp_store = MEMORY")
    for number in numbers:
        connection.execute(_ADDED[number])
    connection.execute("PRAGMA query_only = 1")
    return True
