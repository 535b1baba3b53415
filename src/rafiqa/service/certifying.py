"""Certificates: issue one, take it out of force, say of all of them where they stand.

The land book decides what a paper may say, and whether it still may. So the rules are asked before
a key is touched, and nothing is signed of an act that is not allowed. What is signed and then not
recorded was never given out: the record comes before the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from rafiqa.errors import CorruptLedger, Fault
from rafiqa.land import (
    Actor,
    CertificateIssued,
    CertificateKind,
    CertificateMoved,
    CertificateStanding,
    LandBook,
    Reason,
    Recorded,
    certifiable,
    claims_on,
    rule,
    state_of,
)
from rafiqa.ledger import canonical, cose
from rafiqa.ledger.certificate import certificate_id, certificate_of, issued, proof_bytes
from rafiqa.ledger.claims import SALT_BYTES, Claims, claims_bytes
from rafiqa.ledger.qrtext import qr_texts
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.statuslist import StatusList, listed, status_list_of
from rafiqa.ledger.trustlist import Key, TrustList
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out, on_record
from rafiqa.service.certificateclaims import Issue, make_claims
from rafiqa.service.certificatelog import certificate_folder, prove, published_proof
from rafiqa.service.delegationbook import mandated
from rafiqa.service.doubt import IN_DOUBT, Doubts
from rafiqa.service.keyring import Keyring
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import Facts, allow
from rafiqa.service.scope import organisations_in

PREFIX: Final = "RFQ"
TRUST_SETTING: Final = "trust-list"
STATUS_SETTING: Final = "status-list"
"""Settings of the store that hold the newest lists, as their bytes."""
_S_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Issued:
    """The outcome of issuing: what was recorded, or every reason against it."""

    acted: Acted
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate on record, as it can be given out again.

    ``texts`` are of its codes; the second is its proof, where enough witnesses are at hand.
    """

    number: str
    kind: CertificateKind
    area_id: str
    claims: Claims
    texts: tuple[str, ...]
    standing: CertificateStanding


@by_the_newest
def issue_certificate(
    office: Office,
    keyring: Keyring,
    actor: Actor,
    kind: CertificateKind,
    area_id: str,
    stamp: Stamp = NOW,
) -> Issued:
    """Returns the act of issuing a certificate of an area, dated now, or why there is none.

    One that was issued of the same kind and area before is superseded by it, unless it is
    suspended: that is for two persons to lift, and not for one to paper over.

    Raises:
        InvalidInput: the land cannot be put into one code on paper.
    """
    act = "report_completion" if kind == "completion" else "issue_certificate"
    stamp = replace(stamp, request_digest=sha256(canonical([act, kind, area_id])).digest())
    if on_record(office, stamp):
        return _again(office, actor, act, kind, area_id, stamp)
    now_us, book = office.now_us(), office.book()
    found = certifiable(book, kind, area_id, actor, now_us)
    doubts = Doubts.asked(office, now_us)
    older = _newest(doubts, kind, area_id)
    owners = organisations_in(book.register, area_id)
    standing, mandate = mandated(office, actor, act, stamp.standing)
    limits = standing.area_ids
    # An area is all the ground of its certificate: whoever the area is named to has all of it.
    inside = area_id in limits and area_id in book.register.areas if limits else None
    areas = frozenset({area_id})
    authority_id = office.site.authority_id
    known = Facts(owners, areas, authority_id, standing, within=inside, mandate=mandate)
    against = [*allow(actor, act, known).reasons, *found.against]
    if doubts.of_area(area_id):
        against.append(Reason("land.certificate.area-in-doubt", {"area": area_id}))
    by_hand = older is not None and any(each.code != IN_DOUBT for each in older.reasons)
    if older is not None and older.state == "suspended" and by_hand:
        against.append(Reason("land.certificate.suspended-before", {"number": older.number}))
    if against:
        return Issued(Acted(rule(against)))
    number = _number(office)
    salt = sha256(f"{office.new_id()} {office.new_id()}".encode()).digest()[:SALT_BYTES]
    supersedes = older.number if older is not None and older.state != "revoked" else None
    issue = Issue(number, keyring.trust.authority, now_us, book.seq, salt, supersedes)
    claims = make_claims(office.site, book.register.areas[area_id], found, issue)
    fact = CertificateIssued(
        number,
        kind,
        area_id,
        issued(claims, keyring.issuer),
        book.seq,
        _ids(found.works, "work_id"),
        _ids(found.releases, "release_id"),
        getattr(found.handover.fact, "handover_id", None) if found.handover else None,
        supersedes,
        None if keyring.second is None else cose.signature(claims_bytes(claims), keyring.second),
    )
    return Issued(carry_out(office, actor, act, number, fact, stamp=stamp), number)


def _again(
    office: Office, actor: Actor, act: str, kind: CertificateKind, area_id: str, stamp: Stamp
) -> Issued:
    """What becomes of an order under an id that is on record: done already, or quarantined.

    The store never takes this fact: the id is taken. It only keeps what was asked for.
    """
    asked = CertificateIssued("", kind, area_id, b"", len(office.facts()))
    acted = carry_out(office, actor, act, area_id, asked, stamp=stamp)
    entry = office.store.find(stamp.entry_id or "")
    return Issued(acted, entry.subject if acted.done and entry is not None else None)


def _ids(records: tuple[Recorded, ...], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(getattr(record.fact, name)) for record in records))


def _number(office: Office) -> str:
    """A number for people: the year and how many there are, and letters that nobody guesses."""
    year = datetime.fromtimestamp(office.now_us() / _S_US, UTC).year
    count = len(office.register().certificates) + 1
    return f"{PREFIX}-{year}-{count:06}-{office.new_id()[-6:]}"


def _newest(doubts: Doubts, kind: CertificateKind, area_id: str) -> CertificateStanding | None:
    """Where the newest certificate of a kind and area stands, of those not superseded."""
    for record in reversed(_issued_of(doubts.book, kind, area_id)):
        fact = record.fact
        assert isinstance(fact, CertificateIssued)  # noqa: S101 - from _issued_of
        standing = doubts.standing(fact.number)
        if standing is not None and standing.state != "superseded":
            return standing
    return None


def _issued_of(book: LandBook, kind: CertificateKind, area_id: str) -> list[Recorded]:
    found = [
        record
        for record in book.register.certificates.values()
        if isinstance(record.fact, CertificateIssued)
        and (record.fact.kind, record.fact.area_id) == (kind, area_id)
    ]
    return sorted(found, key=lambda record: record.seq)


@by_the_newest
def move_certificate(
    office: Office, actor: Actor, fact: CertificateMoved, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of suspending, putting back or taking back a certificate.

    One person suspends or revokes; a second puts back, and only what is suspended.
    """
    against = list(_move_faults(office.book(), fact, actor, office.now_us()))
    return carry_out(
        office, actor, "move_certificate", fact.number, fact, stamp=stamp, ruling=rule(against)
    )


def _move_faults(book: LandBook, fact: CertificateMoved, actor: Actor, now_us: int) -> list[Reason]:
    params: dict[str, str | int] = {"number": fact.number}
    standing = state_of(book, fact.number, now_us)
    if standing is None:
        return [Reason("land.certificate.unknown", params)]
    against = []
    if not fact.reason.strip():
        against.append(Reason("land.certificate.reason-missing", params))
    if standing.state in {"revoked", "superseded"}:
        against.append(Reason("land.certificate.ended", {**params, "state": standing.state}))
    moves = [
        record
        for record in book.register.certificate_moves.get(fact.number, ())
        if isinstance(record.fact, CertificateMoved) and record.valid_at_us <= now_us
    ]
    if fact.state == "reinstated":
        last = moves[-1] if moves else None
        if last is None or not _is_suspension(last):
            against.append(Reason("land.certificate.not-suspended", params))
        elif last.actor.is_one_with(actor):
            against.append(Reason("land.certificate.same-person", params))
    return against


def _is_suspension(record: Recorded) -> bool:
    return isinstance(record.fact, CertificateMoved) and record.fact.state == "suspended"


def kept_certificate(office: Office, keyring: Keyring | None, number: str) -> Kept | None:
    """Returns a certificate on record with the texts of its codes; None where there is none.

    Its proof is made once, when it is first asked for with keys at hand, and kept: the paper is the
    same each time.

    Raises:
        CorruptLedger: what is on record under that number is no certificate.
    """
    now_us = office.now_us()
    doubts = Doubts.asked(office, now_us)
    record = doubts.book.register.certificates.get(number)
    standing = doubts.standing(number)
    if record is None or standing is None:
        return None
    fact, claims = record.fact, claims_on(record)
    if not isinstance(fact, CertificateIssued) or claims is None:
        raise CorruptLedger(Fault("land.certificate.void", params={"number": number}))
    proof = _proof(office, keyring, number, now_us)
    return Kept(
        number, fact.kind, fact.area_id, claims, qr_texts(fact.certificate, proof), standing
    )


def _proof(office: Office, keyring: Keyring | None, number: str, now_us: int) -> bytes | None:
    """The proof that a certificate is in the log; None where too few witnesses have seen it yet."""
    name = f"certificate.proof.{number}"
    kept = office.store.setting(name)
    if kept is not None or keyring is None:
        return kept
    by_key = {key.public_key: key.organisation for key in keyring.trust.keys}
    seen_by = {by_key[each.public_key] for each in keyring.witnesses}
    if len(seen_by) >= keyring.trust.witness_quorum:
        proof = prove(office.book(), keyring, number, now_us // _S_US)
    else:
        folder = certificate_folder(office)
        found = None
        if folder is not None:
            found = published_proof(office.book(), keyring.trust, folder, number)
        if found is None:
            return None
        proof = found
    made = proof_bytes(proof)
    office.store.put_setting(name, made)
    return made


def certificate_faults(office: Office, trust: TrustList) -> list[Fault]:
    """Returns the certificates on record whose signatures are not those of the list's offices.

    A key that was revoked still made what it made; whether it counts is for verifiers to say.
    """
    issuers = [key for key in trust.keys if key.role == "issuer"]
    faults = []
    for record in office.book().register.certificates.values():
        fact = record.fact
        if isinstance(fact, CertificateIssued) and not _is_signed(fact, issuers):
            params: dict[str, str | int] = {"number": fact.number}
            faults.append(Fault("service.certificate.signature", params=params))
    return faults


def _is_signed(fact: CertificateIssued, issuers: Sequence[Key]) -> bool:
    try:
        first = certificate_of(fact.certificate).signed
    except Malformed:
        return False
    if not any(first.algorithm is key.algorithm and first.is_by(key.public_key) for key in issuers):
        return False
    return fact.second_signature is None or any(
        cose.Signed(key.algorithm, key.key_id, first.payload, fact.second_signature).is_by(
            key.public_key
        )
        for key in issuers
        if key.algorithm is Algorithm.ML_DSA_44
    )


def newest_certificate(
    office: Office, kind: CertificateKind, area_id: str
) -> CertificateStanding | None:
    """Returns where the newest certificate of a kind and area stands now; None where none is."""
    return _newest(Doubts.asked(office, office.now_us()), kind, area_id)


def certificate_standings(
    office: Office, known_at_us: int | None = None
) -> list[CertificateStanding]:
    """Returns where every certificate on record stands now, in the order of the ledger.

    Args:
        office: the open store.
        known_at_us: as known at; now where None.
    """
    doubts = Doubts.asked(office, office.now_us(), known_at_us)
    records = doubts.book.register.certificates.values()
    found = [
        doubts.standing(record.fact.number)
        for record in sorted(records, key=lambda record: record.seq)
        if isinstance(record.fact, CertificateIssued)
    ]
    return [each for each in found if each is not None]


def status_list(office: Office, keyring: Keyring) -> bytes:
    """Returns the signed list of every certificate that is not in force now.

    It is computed from the land book: reopened land is on it without anybody's doing. Its version
    is the place in the ledger that it was made at.
    """
    book = office.book()
    states = _states(office)
    made = StatusList(keyring.trust.authority, book.seq, office.now_us() // _S_US, states)
    return listed(made, keyring.status)


def publish_lists(office: Office, keyring: Keyring) -> bytes:
    """Returns the newest status list, once it and the trust list lie where the desk gives them out.

    They are local things beside the ledger: whoever has the keys can make them anew at any time.
    """
    data = status_list(office, keyring)
    office.store.put_setting(TRUST_SETTING, keyring.trust_data)
    office.store.put_setting(STATUS_SETTING, data)
    return data


def listed_now(office: Office) -> bytes | None:
    """Returns the status list kept for the desk where it says what the land book says now.

    Where land was reopened since, or a certificate moved, there is none until whoever has the key
    makes another: a reader is then told that the status is not known, and never an old one.
    """
    data = office.store.setting(STATUS_SETTING)
    if data is None:
        return None
    try:
        kept, _ = status_list_of(data)
    except Malformed:
        return None
    return data if dict(kept.states) == _states(office) else None


def _states(office: Office) -> dict[bytes, str]:
    """Every certificate that is not in force now, as lists name it."""
    return {
        certificate_id(each.number): each.state
        for each in certificate_standings(office)
        if each.state != "in-force"
    }
