"""An office with a vault, and the key of it: what the tests of identities stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage

from rafiqa.service import Office, Stamp
from rafiqa.service.vaultdoor import vault_place
from rafiqa.service.vaulting import identity_content, keep_identity
from rafiqa.store.vault import make_vault
from tests.unit.service.fieldforms import filled
from tests.unit.service.ground import FIRST, kept_office, office_at

PERSON = identity_content(
    "reporter_identity", {"full_name": "Canary Personage", "phone": "0770 111 222 333"}
)
FORM = filled(
    "accident",
    "uuid:canary-form",
    {"accident_kind": "mine", "accident_informant": "Canary Informant"},
    {"victim": [{"outcome": "injured"}], "victim_identity": [{"full_name": "Canary Victim"}]},
)
PLACED = FORM.replace(
    b"<accident_kind>", b"<accident_geometry>34.9 38.55 0 5</accident_geometry><accident_kind>"
)

NAMELESS = filled(
    "accident", "uuid:nameless", {"accident_kind": "mine"}, {"victim": [{"outcome": "injured"}]}
)


@dataclass
class Safe:
    """An office with a vault, and the vault's key, which lies elsewhere."""

    office: Office
    secret: pyrage.x25519.Identity
    path: Path

    def keep(self, entry_id: str = "k1") -> str:
        acted, name = keep_identity(
            self.office, FIRST, "A1", "reporter_contact", PERSON, stamp=Stamp(entry_id=entry_id)
        )
        assert acted.done, acted.reasons
        assert name is not None
        return name

    def ledger(self) -> bytes:
        return b"".join(entry.body for entry in self.office.store.read())


@contextmanager
def safe_at(folder: Path) -> Iterator[Safe]:
    """An office at a folder, closed after the block, and a vault beside it."""
    office = office_at("area", kept_office(folder / "city.rafiqa"))
    secret = pyrage.x25519.Identity.generate()
    path = vault_place(folder / "city.rafiqa")
    office.vault = make_vault(path, str(secret.to_public()), os.urandom, office.now_us)
    yield Safe(office, secret, path)
    if office.vault is not None:
        office.vault.close()
    office.store.close()
