"""Policies: which logs are believed, and which witnesses must have seen them.

Source: C2SP tlog-policy: lines ``log``, ``witness``, ``group`` and ``quorum``; a group needs any,
all, or so many of its members, which are witnesses or groups. Ours has a group for each
organisation and asks for at least two of them: one organisation alone witnesses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.ledger.checkpoint import Checkpoint, is_signed_by, signed_at_s
from rafiqa.ledger.note import KeyKind, Note, NoteKey, key_of
from rafiqa.ledger.row import Malformed

LEAST_ORGANISATIONS: Final = 2
LINES_LIMIT: Final = 256


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these names, each a witness or another group."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom to believe about logs.

    Attributes:
        logs: keys of the logs; a key's name is its log's origin.
        witnesses: keys by the witness's name in this policy.
        groups: by name.
        quorum: name of the group or witness that must have signed; ``none`` for nobody.
    """

    logs: tuple[NoteKey, ...]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str

    def signed_by(self, checkpoint: Checkpoint, note: Note) -> frozenset[str]:
        """The names of the witnesses whose right signatures a note carries."""
        return frozenset(
            name
            for name, key in self.witnesses.items()
            if any(signed_at_s(checkpoint, line, key) is not None for line in note.lines)
        )

    def is_met(self, checkpoint: Checkpoint, note: Note) -> bool:
        """Whether a known log signed a checkpoint and enough witnesses have seen it."""
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs or not all(is_signed_by(checkpoint, note, key) for key in logs):
            return False
        return self.quorum == "none" or self._has(self.quorum, self.signed_by(checkpoint, note))

    def _has(self, name: str, signed: frozenset[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in signed
        return sum(self._has(member, signed) for member in group.members) >= group.least


def policy_of(text: str) -> Policy:
    """The policy that a text is; names are known before they are used, so nothing goes in circles.

    Raises:
        Malformed: a line is none of the four, a name is unknown or used twice, a group asks for
            more than it has, or there is no log or no quorum.
    """
    logs: list[NoteKey] = []
    witnesses: dict[str, NoteKey] = {}
    groups: dict[str, Group] = {}
    quorum: str | None = None
    rows = [row.split() for row in text.split("\n") if row.split() and row.split()[0][0] != "#"]
    if len(rows) > LINES_LIMIT:
        raise Malformed
    for word, *values in rows:
        known = {*witnesses, *groups, "none"}
        if word == "log" and len(values) in (1, 2):
            logs.append(_key(values[0], KeyKind.ED25519))
        elif word == "witness" and len(values) in (2, 3) and values[0] not in known:
            witnesses[values[0]] = _key(
                values[1], KeyKind.COSIGNATURE, KeyKind.COSIGNATURE_ML_DSA_44
            )
        elif word == "group" and len(values) > 2 and values[0] not in known:
            groups[values[0]] = _group(values[1], values[2:], known - {"none"})
        elif word == "quorum" and len(values) == 1 and quorum is None and values[0] in known:
            quorum = values[0]
        else:
            raise Malformed
    if not logs or quorum is None:
        raise Malformed
    return Policy(tuple(logs), witnesses, groups, quorum)


def policy_text(
    logs: Sequence[NoteKey], witnesses: Mapping[str, Sequence[NoteKey]], least: int
) -> str:
    """The text of a policy that asks for witnesses of ``least`` organisations.

    Args:
        logs: the logs' keys.
        witnesses: keys by organisation.
        least: how many organisations.

    Raises:
        ValueError: fewer than two, or fewer organisations than that.
    """
    if not LEAST_ORGANISATIONS <= least <= len(witnesses):
        raise ValueError("at least two organisations witness a log, and no more than there are")
    rows = [f"log {key.text}" for key in logs]
    groups = []
    for organisation, keys in sorted(witnesses.items()):
        names = [f"{organisation}.{number}" for number in range(1, len(keys) + 1)]
        rows += [f"witness {name} {key.text}" for name, key in zip(names, keys, strict=True)]
        groups.append(f"group {organisation} any {' '.join(names)}")
    rows += [*groups, f"group organisations {least} {' '.join(sorted(witnesses))}"]
    return "\n".join([*rows, "quorum organisations"]) + "\n"


def _key(text: str, *kinds: KeyKind) -> NoteKey:
    key = key_of(text)
    if key.kind not in kinds:
        raise Malformed
    return key


def _group(least: str, members: Sequence[str], known: set[str]) -> Group:
    if len(set(members)) != len(members) or not set(members) <= known:
        raise Malformed
    words = {"any": 1, "all": len(members)}
    number = words.get(least) or (int(least) if least.isascii() and least.isdigit() else 0)
    if not 0 < number <= len(members):
        raise Malformed
    return Group(number, tuple(members))
