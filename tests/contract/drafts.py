"""Drafts, a clock and salts for tests: the same every time."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from typing import Any

from rafiqa.errors import Fault
from rafiqa.ledger import GENESIS, Draft, Entry, canonical, seal
from rafiqa.store import Quarantined

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
"""Where tests that make hundreds of stores put them: syncs cost nothing there."""

START_US = 1_700_000_000_000_000


def make_draft(number: int = 1, **changes: Any) -> Draft:
    body = canonical({"note": f"fact {number}", "depth_cm": number})
    draft = Draft(
        entry_id=f"entry-{number:06d}",
        kind="evidence.recorded",
        version=1,
        subject=f"area-{number % 3}",
        valid_at_us=START_US - number,
        actor="person-1",
        organisation="org-1",
        role="surveyor",
        body=body,
        request_digest=sha256(body).digest(),
    )
    return replace(draft, **changes)


def make_chain(count: int, body: bytes | None = None) -> list[Entry]:
    entries: list[Entry] = []
    head = GENESIS
    for number in range(1, count + 1):
        draft = make_draft(number) if body is None else make_draft(number, body=body)
        entry = seal(draft, head, START_US + number, salt(number))
        entries.append(entry)
        head = entry.head
    return entries


def salt(number: int) -> bytes:
    return sha256(f"salt {number}".encode()).digest()[:16]


def make_quarantined(number: int = 1, **changes: Any) -> Quarantined:
    item = Quarantined(
        quarantine_id=f"q-{number}",
        file_name="حقل.geojson",
        row=number,
        original=b'{"class": "sha", "class": "released"}',
        faults=(Fault("wire.json.key-twice", "class", number, {"key": "class", "n": 2}),),
        at_us=START_US,
        actor="person-1",
    )
    return replace(item, **changes)


class Salts:
    """Bytes that look random and are the same in every run."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, count: int) -> bytes:
        self.calls += 1
        out = b""
        while len(out) < count:
            out += sha256(f"{self.calls} {len(out)}".encode()).digest()
        return out[:count]


class Clock:
    """A clock that moves when told, in any direction."""

    def __init__(self, now_us: int = START_US) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us
