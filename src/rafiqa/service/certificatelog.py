"""The certificate log: every paper and every word on papers, in the order of the ledger.

Its leaves are made from the ledger each time they are asked for, so that it cannot say anything
else: a certificate is its signed bytes, a suspension or revocation the bytes of its fact.
"""

from __future__ import annotations

from rafiqa.errors import Fault, NotFound
from rafiqa.land import CertificateIssued, CertificateMoved, LandBook, Recorded
from rafiqa.ledger import cose
from rafiqa.ledger.certificate import Cosignature, LogProof
from rafiqa.ledger.checkpoint import checkpoint_text, cosigned_text
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.service.keyring import Keyring
from rafiqa.wire.factcode import fact_bytes


def log_records(book: LandBook) -> list[Recorded]:
    """Returns what stands in the certificate log as known to a book, in order."""
    register = book.register
    moves = (item for each in register.certificate_moves.values() for item in each)
    return sorted([*register.certificates.values(), *moves], key=lambda record: record.seq)


def leaf_data(record: Recorded) -> bytes:
    """Returns what a record is in the log."""
    fact = record.fact
    if isinstance(fact, CertificateIssued):
        return fact.certificate
    assert isinstance(fact, CertificateMoved)  # noqa: S101 - the log holds nothing else
    return fact_bytes(fact)


def log_tree(book: LandBook) -> MerkleTree:
    """Returns the log's tree as known to a book."""
    return MerkleTree(leaf_hash(leaf_data(record)) for record in log_records(book))


def log_place(book: LandBook, number: str) -> int:
    """Returns a certificate's place in the log, from 0.

    Raises:
        NotFound: no certificate of that number is on record.
    """
    for place, record in enumerate(log_records(book)):
        if isinstance(record.fact, CertificateIssued) and record.fact.number == number:
            return place
    raise NotFound(Fault("service.certificate.unknown", params={"number": number}))


def prove(book: LandBook, keyring: Keyring, number: str, now_s: int) -> LogProof:
    """Returns the proof that a certificate stands in the log, signed by the log and its witnesses.

    Args:
        book: the land book as known now.
        keyring: the keys at hand.
        number: the certificate's number.
        now_s: when the witnesses see the log, seconds since 1970 UTC.

    Raises:
        NotFound: no certificate of that number is on record.
    """
    place, tree = log_place(book, number), log_tree(book)
    text = checkpoint_text(keyring.trust.log_origin, tree.size, tree.root())
    seen = tuple(
        Cosignature(cose.key_id(each.public_key), now_s, each.sign(cosigned_text(text, now_s)))
        for each in keyring.witnesses
    )
    return LogProof(place, tree.size, tree.inclusion(place), keyring.log.sign(text), seen)


def short_checkpoint(book: LandBook) -> str:
    """Returns where the log stands, short enough to be read aloud: its size and a part of its root.

    Printed on papers it is a witness of its own: two papers that disagree show a log that forks.
    """
    tree = log_tree(book)
    root = tree.root().hex()[:24]
    return f"{tree.size} · " + " ".join(root[at : at + 4] for at in range(0, len(root), 4))
