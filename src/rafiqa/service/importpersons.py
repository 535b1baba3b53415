"""Who a row of an import names: into the vault under a pseudonym, never into the ledger.

Fields of the dictionary that say who somebody is, and columns beside the record whose names say
that they do. What is in such a column and is a small number is a count, and stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rafiqa.errors import Fault, RafiqaError, StoreError
from rafiqa.ledger import IdentityKept
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office, Saying
from rafiqa.service.sealed import vaulted_names
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaulting import is_erased, keep_until
from rafiqa.store import Quarantined
from rafiqa.store.vault import Vault
from rafiqa.wire.cutting import cut_by_name
from rafiqa.wire.personname import names_persons

_PURPOSES: Final = {
    "accidents": "accident_inquiry",
    "projects": "ownership",
    "damage": "ownership",
}
"""What the persons in a row are kept for, by the kind of import; of others they are reporters."""
_REPORTERS: Final = "reporter_contact"
PERSONS_APART: Final = "persons-"
"""How the ids of what was cut of rows begin in the quarantine."""


@dataclass(frozen=True, slots=True)
class _Named:
    """Whom a row names: what the row is about, its number, and what it says."""

    subject: str
    row: int | None
    told: dict[str, str]
    is_counted: bool


@dataclass(slots=True)
class PersonShelf:
    """The persons that an import names, and the vault that they go into.

    Attributes:
        office: the open store.
        kind: of the import.
        vault: None where there is none, or it cannot be had now.
        failed: why it cannot be had.
        columns: what was cut: fields of the record, and columns beside it.
        n_failed: of how many rows the vault did not take the persons, though it was there before.
        n_apart: of how many rows what was cut lies in the quarantine instead.
        read: by row, who is named in it as the reader of its format found: in no column.
    """

    office: Office
    kind: str
    vault: Vault | None = None
    failed: Fault | None = None
    columns: dict[str, None] = field(default_factory=dict)
    n_failed: int = 0
    n_apart: int = 0
    _named: dict[str, _Named] = field(default_factory=dict)
    _apart: list[_Named] = field(default_factory=list)
    read: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def cuts(self) -> bool:
        """Whether columns beside the record are cut: not where there never was a vault."""
        return self.vault is not None or self.failed is not None

    def of_row(self, beside: Mapping[str, Any], sealed: Iterable[str]) -> dict[str, str]:
        """Returns the columns beside a record that say who somebody is; none without a vault.

        Args:
            beside: what the row has beside the record.
            sealed: the record's own fields in it that are kept out of the ledger.
        """
        if not self.cuts:
            return {}
        cut = cut_by_name(vaulted_names())
        found = {
            name: str(value)
            for name, value in beside.items()
            if value not in (None, "")
            and (names_persons(name, value) or (cut((name,)) and not isinstance(value, bool)))
        }
        self.columns |= dict.fromkeys((*sealed, *found))
        return found

    def read_of(self, number: int) -> Mapping[str, str]:
        """Returns who is named in a row as its reader found; of nobody without a vault."""
        found = self.read.get(number, {}) if self.cuts else {}
        self.columns |= dict.fromkeys(found)
        return found

    def take(self, entry_id: str, subject: str, told: Mapping[str, str], row: int | None) -> None:
        """Takes in whom a row names, under the entry that the row makes."""
        if told and self.cuts:
            named = _Named(subject, row, dict(told), is_counted=self.vault is not None)
            self._named[entry_id] = named

    def kept(self) -> Iterator[Saying]:
        """Yields that each person taken in lies in the vault, where it is on the disk now.

        Cut off before the ledger has it, the same file again finds them under the same pseudonym.
        Where the vault fails the rows go on: they may tell of hazards. See ``apart``.
        """
        taken, self._named = self._named, {}
        for entry_id, named in taken.items():
            said = None
            try:
                said = None if self.vault is None else self._kept(self.vault, entry_id, named)
            except (RafiqaError, OSError) as error:
                # Each of the rows to come would wait for it as long.
                self.failed, self.vault = _failure(error), None
            if self.failed is not None:
                self.n_failed += named.is_counted
                self._apart.append(named)
            elif said is not None:
                yield said

    def _kept(self, vault: Vault, entry_id: str, named: _Named) -> Saying | None:
        content = self._content(named)
        pseudonym = vault.keep(content, entry_id, erased=lambda name: is_erased(self.office, name))
        if pseudonym in identities(self.office):
            return None
        now_us = self.office.now_us()
        purpose = _PURPOSES.get(self.kind, _REPORTERS)
        fact = IdentityKept(pseudonym, named.subject, purpose, keep_until(purpose, now_us))
        digest = vault.digest(pseudonym, content)
        return Saying(f"kept:{pseudonym}", pseudonym, now_us, fact, digest)

    def _content(self, named: _Named) -> bytes:
        told = {"record": self.kind, "fields": named.told}
        return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()

    def apart(self, file_name: str, key: Callable[[int | None], str], by: str) -> list[Quarantined]:
        """Returns what was cut of rows and the vault did not take, for the quarantine.

        Args:
            file_name: the file that was imported.
            key: gives the id under which a row of it is kept.
            by: who imports it.
        """
        taken, self._apart = self._apart, []
        self.n_apart += len(taken)
        return [
            Quarantined(
                f"{PERSONS_APART}{key(named.row)}",
                file_name,
                named.row,
                self._content(named),
                (Fault("service.import.persons-apart", row=named.row, params={"n": 1}),),
                self.office.now_us(),
                by,
            )
            for named in taken
        ]

    def warnings(self, *, dry_run: bool) -> Iterator[Fault]:
        """Yields which columns were cut, and that the vault is away where it is."""
        if self.failed is not None:
            params: dict[str, str | int] = {"detail": self.failed.code}
            yield Fault("service.import.vault-away", params=params)
        if self.n_apart and not dry_run:
            yield Fault("service.import.persons-apart", params={"n": self.n_apart})
        if self.columns:
            columns: dict[str, str | int] = {"columns": ", ".join(self.columns)}
            yield Fault("service.import.columns-cut", params=columns)


def _failure(error: RafiqaError | OSError) -> Fault:
    return error.faults[0] if isinstance(error, RafiqaError) else Fault("store.no-access")


def person_shelf(
    office: Office, kind: str, read: Mapping[int, Mapping[str, str]] | None = None
) -> PersonShelf:
    """Returns where the persons of an import go: into the vault, if there is one."""
    try:
        return PersonShelf(office, kind, vault_now(office), read=read or {})
    except StoreError as error:
        return PersonShelf(office, kind, failed=error.faults[0])


def persons_left_out(content: bytes) -> bytes:
    """Returns which columns were cut of a row that lies apart, without what they say."""
    told = json.loads(content)
    return json.dumps({**told, "fields": sorted(told["fields"])}, ensure_ascii=False).encode()
