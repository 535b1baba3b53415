"""Peers: enrol another authority by its key's fingerprint, and revoke its key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import Head, PeerEnrolled, PeerKeyRevoked
from rafiqa.ledger.signing import Algorithm
from rafiqa.service.act import Meant, Stamp, as_judged, carry_out_together
from rafiqa.service.federationbook import FederationBook, federation_book
from rafiqa.service.foreignid import SEPARATOR
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_IDS: Final = ("area_id", "evidence_id", "part_id", "accident_id", "reopening_id", "report_id")


def fingerprint_of(public_key: bytes) -> str:
    """Returns how a key is read out over a telephone: its SHA-256 in hex, in groups of four."""
    digest = sha256(public_key).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def enrol_peer(
    office: Office,
    actor: Actor,
    peer_id: str,
    authority: str,
    public_key: bytes,
    fingerprint: str,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the act of pinning another authority's key.

    Args:
        office: the open store.
        actor: who enrols it.
        peer_id: the name under which it is known here.
        authority: as its bundles name it.
        public_key: raw bytes of its Ed25519 key, from its card.
        fingerprint: of that key, as it was heard from them, not as the card has it.
        standing: how the actor proved who they are.
    """

    def judged(head: Head) -> Acted:
        against = _enrolment_faults(office, peer_id, authority, public_key, fingerprint)
        known = federation_book(office).peers.get(peer_id)
        replaces = None if known is None else known.keys[-1].fingerprint
        own = sha256(public_key).hexdigest()
        fact = PeerEnrolled(peer_id, authority, public_key.hex(), own, replaces)
        stamp = Stamp(standing=standing)
        meant = Meant("enrol_peer", peer_id, fact, stamp, rule(against))
        return carry_out_together(office, actor, [meant], head)

    return as_judged(office, judged)


def _enrolment_faults(
    office: Office, peer_id: str, authority: str, public_key: bytes, fingerprint: str
) -> list[Reason]:
    """Returns why a key is not pinned."""
    book = federation_book(office)
    known = book.peers.get(peer_id)
    params: dict[str, str | int] = {"peer": peer_id[:40]}
    against = []
    if not _NAME.fullmatch(peer_id):
        against.append(Reason("service.federation.name", params))
    if len(public_key) != Algorithm.ED25519.public_key_bytes:
        against.append(Reason("service.federation.no-key", params))
    if _plain(fingerprint) != sha256(public_key).hexdigest():
        against.append(Reason("service.federation.fingerprint", params))
    if known is not None and known.standing is not None:
        against.append(Reason("service.federation.enrolled", params))
    known_as = book.known_as(sha256(public_key).hexdigest())
    if sha256(public_key).hexdigest() in book.revoked:
        against.append(Reason("service.federation.revoked-key", params))
    elif known_as not in {None, peer_id}:
        # Under two names one word would count as the word of two.
        against.append(Reason("service.federation.key-known", {**params, "known": known_as or ""}))
    if known is not None and known.authority != authority:
        against.append(Reason("service.federation.other-authority", params))
    if against == [] and _names_ours(office, book, peer_id):
        against.append(Reason("service.federation.name-taken", params))
    return against


def _names_ours(office: Office, book: FederationBook, peer_id: str) -> bool:
    """Whether ids of our own begin as those of that name would: nobody could tell them apart."""
    start = f"{peer_id}{SEPARATOR}"
    for recorded in office.facts():
        for name in _IDS:
            id_ = getattr(recorded.fact, name, None)
            if type(id_) is str and id_.startswith(start) and not book.is_foreign(id_):
                return True
    return False


def revoke_peer(office: Office, actor: Actor, peer_id: str, note: str) -> Acted:
    """Returns the act of taking nothing more by the key of another authority.

    What was taken by it stays on record: hazards stand, and each release that was taken over by
    it and still opens ground here is named as a warning.
    """
    return as_judged(office, lambda head: _revoked(office, actor, peer_id, note, head))


def _revoked(office: Office, actor: Actor, peer_id: str, note: str, head: Head) -> Acted:
    book = federation_book(office)
    story = book.peers.get(peer_id)
    standing = None if story is None else story.standing
    params: dict[str, str | int] = {"peer": peer_id[:40]}
    against = [] if standing else [Reason("service.federation.no-peer", params)]
    if not note.strip():
        against.append(Reason("service.federation.why", params))
    fact = PeerKeyRevoked(peer_id, standing.fingerprint if standing else "", note.strip())
    warnings = tuple(_opened_by(office, book, fact.fingerprint))
    meant = Meant("revoke_peer", peer_id, fact, ruling=rule(against), warnings=warnings)
    return carry_out_together(office, actor, [meant], head)


def _opened_by(office: Office, book: FederationBook, fingerprint: str) -> Iterator[Reason]:
    """Yields each release that was taken over by a key, and was not taken back."""
    parts = office.register().parts
    for part_id, over in book.taken_over.items():
        if over.fingerprint != fingerprint or part_id not in parts:
            continue
        if not book.left_of(part_id, parts[part_id][0].shape).is_empty:
            params: dict[str, str | int] = {
                "item": over.item_id[:80],
                "part": part_id,
                "stream": over.stream[:80],
                "number": over.number,
            }
            yield Reason("service.federation.taken-over-by-it", params)
