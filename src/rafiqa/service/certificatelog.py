"""The certificate log: every paper and every word on papers, in the order of the ledger.

Its leaves are made from the ledger each time they are asked for, so that it cannot say anything
else: a certificate is its signed bytes, a suspension or revocation the bytes of its fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.errors import Fault, NotFound
from rafiqa.land import CertificateIssued, CertificateMoved, LandBook, Recorded
from rafiqa.ledger import cose
from rafiqa.ledger.certificate import Cosignature, LogProof
from rafiqa.ledger.checkpoint import Checkpoint, checkpoint_text, cosigned_text, signed_at_s
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note, NoteKey, one_by
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.trustlist import TrustList
from rafiqa.service.keyring import Keyring
from rafiqa.service.office import Office
from rafiqa.service.publishing import Log, Named, log_path
from rafiqa.service.watching import Watching
from rafiqa.store import TableStore
from rafiqa.store.logfolder import LogFolder
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


def certificate_folder(office: Office) -> LogFolder | None:
    """Returns where the certificate log of a store is published; None where it has no place."""
    if not isinstance(office.store, TableStore):
        return None
    return LogFolder(log_path(office.store.path) / "certificates")


def certificate_log(office: Office, keyring: Keyring, folder: LogFolder) -> Log:
    """Returns the certificate log as it is published and witnessed."""
    origin = keyring.trust.log_origin

    def leaves(n_known: int) -> Iterator[bytes]:
        return (leaf_data(record) for record in log_records(office.book())[n_known:])

    signer = Named(origin, keyring.log)
    key = NoteKey(origin, KeyKind.ED25519, signer.public_key)
    size = lambda: len(log_records(office.book()))  # noqa: E731 - asked again each time
    return Log(origin, folder, leaves, size, (key,), (signer,), chained=False)


def certificate_watching(trust: TrustList) -> Watching:
    """Returns who witnesses the certificate log: those whom the trust list names, by Ed25519."""
    found: dict[str, list[NoteKey]] = {}
    for key in trust.keys:
        if key.role == "witness" and key.algorithm is Algorithm.ED25519:
            named = NoteKey(key.name, KeyKind.COSIGNATURE, key.public_key)
            found.setdefault(key.organisation, []).append(named)
    return Watching({name: tuple(keys) for name, keys in found.items()})


def published_proof(
    book: LandBook, trust: TrustList, folder: LogFolder, number: str
) -> LogProof | None:
    """Returns the proof of a certificate from the log as published; None where it does not reach.

    Which is where the checkpoint is older than the certificate, or too few organisations have
    signed it yet.

    Raises:
        NotFound: no certificate of that number is on record.
        StoreError: the folder is damaged.
    """
    found = folder.checkpoint()
    place, tree = log_place(book, number), log_tree(book)
    if found is None or not place < found[0].size <= tree.size:
        return None
    checkpoint, note = found
    if tree.root(checkpoint.size) != checkpoint.root:
        return None
    own = next(
        (
            line.signature
            for key in trust.keys
            if key.role == "log"
            for line in note.lines
            if line.names(NoteKey(trust.log_origin, KeyKind.ED25519, key.public_key))
        ),
        None,
    )
    watching = certificate_watching(trust)
    if own is None or len(watching.seen_by(checkpoint, note)) < trust.witness_quorum:
        return None
    seen = tuple(_cosignatures(watching, checkpoint, note))
    return LogProof(place, checkpoint.size, tree.inclusion(place, checkpoint.size), own, seen)


def _cosignatures(watching: Watching, checkpoint: Checkpoint, note: Note) -> Iterator[Cosignature]:
    """Yields one for each organisation: a verifier takes no second of the same."""
    for keys in watching.by_organisation.values():
        for key in keys:
            line = one_by(note, key)
            time_s = signed_at_s(checkpoint, line, key) if line is not None else None
            if line is not None and time_s is not None:
                yield Cosignature(cose.key_id(key.public_key), time_s, line.signature[8:])
                break


def short_checkpoint(book: LandBook) -> str:
    """Returns where the log stands, short enough to be read aloud: its size and a part of its root.

    Printed on papers it is a witness of its own: two papers that disagree show a log that forks.
    """
    tree = log_tree(book)
    root = tree.root().hex()[:24]
    return f"{tree.size} · " + " ".join(root[at : at + 4] for at in range(0, len(root), 4))
