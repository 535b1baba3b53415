"""Who a row of an import names: into the vault under a pseudonym, never into the ledger.

Fields of the dictionary that say who somebody is, and columns beside the record whose names say
that they do. What is in such a column and is a small number is a count, and stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import IdentityKept
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office, Saying
from rafiqa.service.sealed import vaulted_names
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaulting import is_erased, keep_until
from rafiqa.store.vault import Vault
from rafiqa.wire.cutting import cut_by_name
from rafiqa.wire.ngrecord import names_persons

_PURPOSES: Final = {
    "accidents": "accident_inquiry",
    "projects": "ownership",
    "damage": "ownership",
}
"""What the persons in a row are kept for, by the kind of import; of others they are reporters."""
_REPORTERS: Final = "reporter_contact"


@dataclass(slots=True)
class PersonShelf:
    """The persons that an import names, and the vault that they go into.

    Attributes:
        office: the open store.
        kind: of the import.
        vault: None where there is none, or it cannot be had now.
        failed: why it cannot be had.
        read: by row, who is named in it as the reader of its format found: in no column.
    """

    office: Office
    kind: str
    vault: Vault | None = None
    failed: Fault | None = None
    read: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    _named: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def cuts(self) -> bool:
        """Whether columns beside the record are cut: not where there never was a vault."""
        return self.vault is not None or self.failed is not None

    def of_row(self, beside: Mapping[str, Any]) -> dict[str, str]:
        """Returns the columns beside a record that say who somebody is; none without a vault."""
        if not self.cuts:
            return {}
        cut = cut_by_name(vaulted_names())
        return {
            name: str(value)
            for name, value in beside.items()
            if value not in (None, "")
            and (names_persons(name, value) or (cut((name,)) and not isinstance(value, bool)))
        }

    def read_of(self, number: int) -> Mapping[str, str]:
        """Returns who is named in a row as its reader found; of nobody without a vault."""
        return self.read.get(number, {}) if self.vault is not None else {}

    def take(self, entry_id: str, subject: str, told: Mapping[str, str]) -> None:
        """Takes in whom a row names, under the entry that the row makes."""
        if told and self.vault is not None:
            self._named[entry_id] = (subject, dict(told))

    def kept(self) -> Iterator[Saying]:
        """Yields that each person taken in lies in the vault, where it is on the disk now.

        Cut off before the ledger has it, the same file again finds them under the same pseudonym.

        Raises:
            StoreError: the vault's disk failed.
        """
        named, self._named = self._named, {}
        for entry_id, (subject, told) in named.items():
            assert self.vault is not None  # noqa: S101 - taken only then
            content = json.dumps(
                {"record": self.kind, "fields": told}, ensure_ascii=False, sort_keys=True
            ).encode()
            pseudonym = self.vault.keep(
                content, entry_id, erased=lambda name: is_erased(self.office, name)
            )
            if pseudonym in identities(self.office):
                continue
            now_us = self.office.now_us()
            purpose = _PURPOSES.get(self.kind, _REPORTERS)
            fact = IdentityKept(pseudonym, subject, purpose, keep_until(purpose, now_us))
            digest = self.vault.digest(pseudonym, content)
            yield Saying(f"kept:{pseudonym}", pseudonym, now_us, fact, digest)


def person_shelf(
    office: Office, kind: str, read: Mapping[int, Mapping[str, str]] | None = None
) -> PersonShelf:
    """Returns where the persons of an import go: into the vault, if there is one."""
    try:
        return PersonShelf(office, kind, vault_now(office), read=read or {})
    except StoreError as error:
        return PersonShelf(office, kind, failed=error.faults[0])
