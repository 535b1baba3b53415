"""Who watches a log: the witnesses of each organisation, kept as a C2SP policy that any tool reads.

Two organisations must have seen a checkpoint before it counts as witnessed: one alone could be
leaned upon, or be the log's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger.checkpoint import Checkpoint, signed_at_s
from rafiqa.ledger.note import KeyKind, Note, NoteKey, key_of
from rafiqa.ledger.policy import LEAST_ORGANISATIONS, policy_of, policy_text
from rafiqa.ledger.row import Malformed

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OWN = "own"
"""Not an organisation: under it stand the log's further keys."""
_COSIGNING = (KeyKind.COSIGNATURE, KeyKind.COSIGNATURE_ML_DSA_44)


@dataclass(frozen=True, slots=True)
class Watching:
    """The witnesses' keys by organisation."""

    by_organisation: Mapping[str, tuple[NoteKey, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """All keys."""
        return tuple(key for keys in self.by_organisation.values() for key in keys)

    @property
    def is_quorum(self) -> bool:
        """Whether there are organisations enough that their seeing it counts."""
        return len(self.by_organisation) >= LEAST_ORGANISATIONS

    def text(self, logs: Sequence[NoteKey]) -> str:
        """The policy as text; without a quorum, where there are too few to ask for one."""
        ed25519 = [key for key in logs if key.kind is KeyKind.ED25519]
        # A policy has no line for a log's second key: it stands among the witnesses, in no group.
        beside = [key for key in logs if key.kind is not KeyKind.ED25519]
        own = "".join(f"witness {_OWN}.{at} {key.text}\n" for at, key in enumerate(beside, 1))
        if self.is_quorum:
            return own + policy_text(ed25519, self.by_organisation, LEAST_ORGANISATIONS)
        rows = [f"log {key.text}" for key in ed25519]
        for organisation, keys in sorted(self.by_organisation.items()):
            rows += [f"witness {organisation}.{at} {key.text}" for at, key in enumerate(keys, 1)]
        return own + "\n".join([*rows, "quorum none"]) + "\n"

    def with_keys(self, organisation: str, texts: Sequence[str]) -> Watching:
        """The same with further keys of an organisation.

        Raises:
            InvalidInput: the organisation's name is none, or a text is no key that cosigns.
        """
        faults = []
        if _NAME.fullmatch(organisation) is None or organisation == _OWN:
            faults.append(Fault("service.log.organisation", "--organisation"))
        keys: list[NoteKey] = []
        for at, text in enumerate(texts or [""], 1):
            try:
                key = key_of(text)
            except Malformed:
                key = None
            if key is None or key.kind not in _COSIGNING or self._taken(key, organisation):
                faults.append(Fault("service.log.witness-key", "KEY", at))
            else:
                keys.append(key)
        if faults:
            raise InvalidInput(faults)
        before = self.by_organisation.get(organisation, ())
        return Watching(
            {**self.by_organisation, organisation: tuple(dict.fromkeys((*before, *keys)))}
        )

    def seen_by(self, checkpoint: Checkpoint, note: Note) -> frozenset[str]:
        """The organisations whose witnesses' right signatures a note carries."""
        return frozenset(
            organisation
            for organisation, keys in self.by_organisation.items()
            for key in keys
            if any(signed_at_s(checkpoint, line, key) is not None for line in note.lines)
        )

    def is_witnessed(self, checkpoint: Checkpoint, note: Note) -> bool:
        """Whether enough organisations have seen a checkpoint."""
        return len(self.seen_by(checkpoint, note)) >= LEAST_ORGANISATIONS

    def _taken(self, key: NoteKey, organisation: str) -> bool:
        """Whether another organisation has that key: it would count twice."""
        return any(
            key.public_key == other.public_key
            for name, keys in self.by_organisation.items()
            if name != organisation
            for other in keys
        )


def watching_of(text: str) -> Watching:
    """Who watches, by the text of a policy; nobody where it is empty.

    Raises:
        StoreError: it is no policy.
    """
    if not text.strip():
        return Watching()
    found: dict[str, list[NoteKey]] = {}
    try:
        for name, key in policy_of(text).witnesses.items():
            found.setdefault(name.partition(".")[0], []).append(key)
    except Malformed:
        raise StoreError(Fault("store.log.broken", params={"path": "policy"})) from None
    return Watching({name: tuple(keys) for name, keys in found.items() if name != _OWN})


def log_keys_of(text: str) -> tuple[NoteKey, ...]:
    """The log's own keys, by the text of a policy that `Watching.text` made.

    Raises:
        StoreError: it is no policy.
    """
    try:
        policy = policy_of(text)
    except Malformed:
        raise StoreError(Fault("store.log.broken", params={"path": "policy"})) from None
    beside = [key for name, key in policy.witnesses.items() if name.partition(".")[0] == _OWN]
    return (*policy.logs, *beside)
