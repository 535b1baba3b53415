"""What a witness keeps: its keys, the logs it watches, and the newest checkpoint of each.

The checkpoint is on the disk before the signature leaves: a witness that forgot what it signed
could be shown another history. One request at a time, whoever asks, held by a lock on the folder.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger.checkpoint import Checkpoint, read_checkpoint
from rafiqa.ledger.note import NoteKey, key_of, note_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.ledger.witness import Reply, answered, origin_of
from rafiqa.store.durable import write_durably
from rafiqa.store.keyfile import make_key
from rafiqa.store.keyplace import (
    UNSEALED,
    InModule,
    Passphrases,
    is_key_at,
    keep_in_module,
    signer_at,
)

_KEYS: Final = {Algorithm.ED25519: "key.pem", Algorithm.ML_DSA_44: "key-ml-dsa-44.pem"}
_LOGS: Final = "logs.txt"
_SEEN: Final = "seen"


class WitnessFolder:
    """A witness's folder.

    Args:
        path: where it lies; made by `make`.
        passphrases: knows what opens its keys where they are sealed.
    """

    def __init__(self, path: Path, passphrases: Passphrases = UNSEALED) -> None:
        self.path = path
        self._passphrases = passphrases

    @classmethod
    def make(
        cls,
        path: Path,
        name: str,
        entropy: Callable[[int], bytes],
        passphrases: Passphrases = UNSEALED,
        place: InModule | None = None,
    ) -> WitnessFolder:
        """Returns a new witness of that name, with its two keys.

        Args:
            path: where it lies.
            name: its name.
            entropy: gives that many random bytes.
            passphrases: knows what seals its keys.
            place: the hardware module in which its Ed25519 key is kept; a file else.

        Raises:
            StoreError: there is one, the module does not sign, or the disk failed.
        """
        if is_key_at(path / _KEYS[Algorithm.ED25519]):
            params: dict[str, str | int] = {"path": str(path)}
            raise StoreError(Fault("store.key.taken", params=params))
        for algorithm, file in _KEYS.items():
            if place is not None and algorithm is Algorithm.ED25519:
                keep_in_module(path / file, place, name)
            else:
                seal = passphrases.sealing(path / file)
                make_key(path / file, name, algorithm, entropy=entropy, passphrase=seal)
        return cls(path, passphrases)

    @cached_property
    def signers(self) -> Sequence[Signer]:
        """Its keys, opened once: what opens a sealed one takes half a second.

        Raises:
            StoreError: they are missing or open to others, or nothing known opens them.
        """
        return [signer_at(self.path / file, self._passphrases) for file in _KEYS.values()]

    def logs(self) -> tuple[NoteKey, ...]:
        """The keys of the logs that it watches.

        Raises:
            StoreError: the file that says so is damaged.
        """
        path = self.path / _LOGS
        rows = path.read_text("utf-8").split("\n") if path.is_file() else []
        try:
            return tuple(key_of(row) for row in rows if row.strip())
        except Malformed:
            raise StoreError(Fault("store.log.broken", params={"path": _LOGS})) from None

    def watch(self, text: str) -> NoteKey:
        """The key of a log that it watches from now on.

        Raises:
            InvalidInput: the text is no key.
            StoreError: the disk failed.
        """
        try:
            key = key_of(text)
        except Malformed:
            raise InvalidInput(Fault("cli.witness.key", "KEY")) from None
        with self._alone():
            keys = dict.fromkeys([*self.logs(), key])
            write_durably(self.path / _LOGS, "".join(f"{each.text}\n" for each in keys).encode())
        return key

    def latest(self, origin: str) -> Checkpoint | None:
        """The newest checkpoint of a log that it signed, or None.

        Raises:
            StoreError: what it remembers is damaged; it signs nothing then.
        """
        path = self._seen(origin)
        if not path.is_file():
            return None
        try:
            return read_checkpoint(path.read_bytes())[0]
        except Malformed:
            raise StoreError(Fault("store.log.broken", params={"path": path.name})) from None

    def seen(self) -> tuple[Checkpoint, ...]:
        """The newest checkpoint of each log."""
        found = (self.latest(origin) for origin in sorted({key.name for key in self.logs()}))
        return tuple(each for each in found if each is not None)

    def asked(self, data: bytes, now_s: int) -> Reply:
        """The reply to a request; what it signs is on the disk by then.

        Raises:
            StoreError: its memory is damaged, or its disk failed; nothing was signed.
        """
        with self._alone():
            origin = origin_of(data)
            latest = self.latest(origin) if origin is not None else None
            reply = answered(data, self.logs(), latest, self.signers, now_s)
            if reply.latest is not None:
                note = data.partition(b"\n\n")[2]
                note_of(note)
                write_durably(self._seen(reply.latest.origin), note)
            return reply

    def _seen(self, origin: str) -> Path:
        return self.path / _SEEN / f"{sha256(origin.encode()).hexdigest()[:32]}.note"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
