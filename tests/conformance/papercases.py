"""Cases for verifiers of certificates, always the same: Python's answers, for others to agree with.

``python -m tests.conformance.papercases`` writes the published sample, and the lists of the
page's own tests, anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any

from rafiqa.ledger import cose
from rafiqa.ledger.canon import canonical, parse
from rafiqa.ledger.certificate import LogProof, certificate_id, issued, proof_bytes
from rafiqa.ledger.claims import Claims, claims_bytes
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, STATUS_LIST, qr_texts, text_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.statuslist import STATES, StatusList, listed
from rafiqa.ledger.trustlist import (
    ENVELOPE_TAG,
    TrustList,
    is_signed_by_roots,
    succeeds,
    trust_list_bytes,
    trust_list_of,
)
from rafiqa.ledger.verdict import verdict
from tests.papers import (
    AUTHORITY,
    DAY_S,
    ISSUER,
    KEYS,
    KINDS,
    LISTS,
    NOW_S,
    RELEASE,
    SQUARE,
    TRUST,
    Log,
    full_log,
    key,
    signer,
    status_list,
)

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "certificate-vectors.json"
LISTS_FILE = SAMPLE.parents[1] / "web" / "test" / "verify-lists.json"
SAMPLE_CASES, SAMPLE_SUCCESSIONS = 60, 12
ROOTS = (signer("root-a"), signer("root-b"))
STRANGER = signer("stranger")
LEAN = replace(
    RELEASE,
    number="RFQ-2025-000020",
    parts=tuple(replace(part, outline=(SQUARE,)) for part in RELEASE.parts),
)
"""A release whose outlines take few bytes: most cases are made of it."""
LEAN_PAPER = issued(LEAN, ISSUER)
FRESH = status_list()


def noise(seed: str, n_bytes: int) -> bytes:
    """Bytes that look like chance and are always the same."""
    return shake_256(seed.encode()).digest(n_bytes)


@dataclass(frozen=True)
class Case:
    """What a verifier is given."""

    name: str
    texts: tuple[str, ...]
    trust: TrustList = TRUST
    statuses: bytes | None = FRESH
    now_s: int = NOW_S

    def answer(self) -> dict[str, Any]:
        found = verdict(self.texts, self.trust, self.statuses, self.now_s)
        return {
            "answer": found.answer.value,
            "reasons": list(found.reasons),
            "status": found.status,
            "number": found.claims.number if found.claims else None,
            "issuer": found.issuer,
            "logged": found.logged,
            "status_at_s": found.status_at_s,
        }


def lean_log() -> Log:
    log = full_log()
    log.add(LEAN_PAPER)
    return log


LOG = lean_log()
PLACE = len(LOG.leaves) - 1


def signed_row(change: Callable[[list[Any]], object], claims: Claims = LEAN) -> tuple[str, ...]:
    """A certificate signed by the office itself, whose row was changed before."""
    row: list[Any] = parse(claims_bytes(claims))
    change(row)
    return qr_texts(cose.signed(canonical(row), ISSUER))


def signed_payload(payload: bytes) -> tuple[str, ...]:
    return qr_texts(cose.signed(payload, ISSUER))


def paper(data: bytes) -> tuple[str, ...]:
    return (text_of(CERTIFICATE, data),)


def proven(proof: LogProof | bytes, certificate: bytes = LEAN_PAPER) -> tuple[str, ...]:
    data = proof if isinstance(proof, bytes) else proof_bytes(proof)
    return qr_texts(certificate, data)


def of_all_kinds() -> Iterator[Case]:
    number = "RFQ-2025-000020"
    lists: dict[str, bytes | None] = {
        "fresh": FRESH,
        "none": None,
        "old": status_list(age_days=31),
        "last day": status_list(age_days=30),
        "older version": status_list(version=6),
        "same version": status_list(version=7),
        "of tomorrow": status_list(age_days=-1),
        "of the day after": status_list(age_days=-2),
    }
    for claims in KINDS:
        certificate = issued(claims, ISSUER)
        proof = proof_bytes(LOG.proof(LOG.leaves.index(certificate)))
        for said, statuses in lists.items():
            yield Case(f"{claims.kind}, list {said}", qr_texts(certificate), statuses=statuses)
        yield Case(f"{claims.kind}, logged", qr_texts(certificate, proof))
        yield Case(f"{claims.kind}, proof first", qr_texts(certificate, proof)[::-1])
        for state in STATES:
            bad = status_list({claims.number: state, number: "revoked"})
            yield Case(f"{claims.kind}, {state}", qr_texts(certificate, proof), statuses=bad)
        old = status_list({claims.number: "suspended"}, age_days=300)
        yield Case(f"{claims.kind}, suspended by an old list", qr_texts(certificate), statuses=old)
    days = (-400, -5, -6, -7, 12, 30, 299, 300, 301, 500)
    for day in days:
        yield Case(f"now is day {day}", paper(LEAN_PAPER), now_s=NOW_S + day * DAY_S)
    for now_s in (0, 1, NOW_S - 6 * DAY_S, NOW_S - 6 * DAY_S - 1, 1 << 40):
        yield Case(f"now is {now_s}", paper(LEAN_PAPER), now_s=now_s)


OTHER: dict[str, Any] = {
    "number": "RFQ-2025-000021",
    "kind": "completion",
    "authority": "Another Office",
    "place": "Marjana · New Town",
    "decided_on": 20_431,
    "logged_at_s": NOW_S - 4 * DAY_S,
    "methods": ("manual",),
    "parts": (replace(LEAN.parts[0], depth_cm=200),),
    "not_cleared": (),
    "found": (),
    "area_m2": 99_000,
    "received_by": "Water Board",
    "survey_sha256": sha256(b"another").digest(),
    "list_version": 1,
    "salt": bytes(16),
    "supersedes": "RFQ-2020-000001",
}


def of_changed_fields() -> Iterator[Case]:
    assert set(OTHER) == {field.name for field in fields(Claims)}
    for name, value in OTHER.items():
        kind = {"kind": "handover"} if name == "received_by" else {}
        claims = replace(LEAN, **{name: value, **kind})
        payload = claims_bytes(claims)
        yield Case(f"{name} changed, office signs again", qr_texts(issued(claims, ISSUER)))
        yield Case(f"{name} changed, stranger signs", qr_texts(issued(claims, STRANGER)))
        row = parse(issued(claims, STRANGER)[1:])
        row[0] = parse(LEAN_PAPER[1:])[0]
        yield Case(f"{name} changed, in the office's name", paper(b"\xd2" + canonical(row)))
        row = parse(LEAN_PAPER[1:])
        row[2] = payload
        yield Case(f"{name} changed, signature kept", paper(b"\xd2" + canonical(row)))


WRONG: tuple[Any, ...] = (None, -1, 1 << 53, (1 << 53) - 1, True, "", "x" * 41, "x" * 201, b"", [])


def of_wrong_values() -> Iterator[Case]:
    for place in range(17):
        for number, value in enumerate(WRONG):

            def change(row: list[Any], place: int = place, value: Any = value) -> None:
                row[place] = value

            yield Case(f"field {place} is wrong value {number}", signed_row(change))
    for place in range(7):
        for number, value in enumerate((*WRONG[:5], WRONG[7])):

            def part(row: list[Any], place: int = place, value: Any = value) -> None:
                row[8][0][place] = value

            yield Case(f"part's field {place} is wrong value {number}", signed_row(part))
    letters = {"200 letters": "ک" * 200, "201 letters": "ک" * 201, "200 of two": "\U0001f600" * 200}
    letters |= {"201 of two": "\U0001f600" * 201, "mark first": "\ufeffx", "with a null": "a\0b"}
    for said, text in letters.items():

        def place_of(row: list[Any], text: str = text) -> None:
            row[4] = text

        yield Case(f"place of {said}", signed_row(place_of))
    yield Case("one field more", signed_row(lambda row: row.append(None)))
    yield Case("one field less", signed_row(lambda row: row.pop()))
    yield Case("no parts", signed_row(lambda row: row.__setitem__(8, [])))
    for kind in ("completion", "release", "handover", "cancellation", "lease"):
        for outcome in ("cleared", "reduced", "cancelled", "guessed"):

            def say(row: list[Any], kind: str = kind, outcome: str = outcome) -> None:
                row[2], row[12] = kind, "Water Board" if kind == "handover" else None
                row[8] = [row[8][0]]
                row[8][0][1] = outcome
                if outcome != "cleared":
                    row[8][0][3], row[8][0][5] = None, []

            yield Case(f"{kind} says {outcome}", signed_row(say))


def of_outlines() -> Iterator[Case]:
    three = b"\x00\x00\x02\x00\x00\x02"
    coded = {
        "smallest": b"\x01\x01\x03" + three,
        "empty": b"",
        "no polygon": b"\x00",
        "no ring": b"\x01\x00",
        "no points": b"\x01\x01\x00",
        "two points": b"\x01\x01\x02\x00\x00\x02\x02",
        "cut short": b"\x01\x01\x03" + three[:-1],
        "one byte more": b"\x01\x01\x03" + three + b"\x00",
        "count in two bytes": b"\x81\x00\x01\x03" + three,
        "step in two bytes": b"\x01\x01\x03\x80\x00" + three[1:],
        "step in six bytes": b"\x01\x01\x03\x80\x80\x80\x80\x80\x01" + three[1:],
        "endless step": b"\x01\x01\x03" + b"\x80" * 30 + b"\x01" + three[1:],
        "step without end": b"\x01\x01\x03" + three[:-1] + b"\x82",
        "2001 polygons": b"\xd1\x0f\x01\x03" + three,
        "2001 points": b"\x01\x01\xd1\x0f" + b"\x00" * 4002,
        "2000 points": b"\x01\x01\xd0\x0f" + b"\x00" * 3600,
        "last longitude": b"\x01\x01\x03\x80\xd4\xd4\xab\x01\x00" + b"\x00\x02\x00\x02",
        "beyond the last": b"\x01\x01\x03\x82\xd4\xd4\xab\x01\x00" + b"\x00\x02\x00\x02",
        "largest step": b"\x01\x01\x03\xff\xff\xff\xff\x03\x00" + b"\x00\x02\x00\x02",
        "larger step": b"\x01\x01\x03\x80\x80\x80\x80\x04\x00" + b"\x00\x02\x00\x02",
    }
    for said, data in coded.items():

        def change(row: list[Any], data: bytes = data) -> None:
            row[8] = [row[8][0]]
            row[8][0][6], row[9] = data, []

        yield Case(f"outline: {said}", signed_row(change))


def of_flipped_bits() -> Iterator[Case]:
    proof = proof_bytes(LOG.proof(PLACE))
    for what, data in (("certificate", LEAN_PAPER), ("proof", proof)):
        for bit in range(3, len(data) * 8, len(data) * 8 // 60):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            both = (
                (bytes(changed), proof) if what == "certificate" else (LEAN_PAPER, bytes(changed))
            )
            yield Case(f"{what}, bit {bit} flipped", qr_texts(*both))


def of_proofs() -> Iterator[Case]:
    good = LOG.proof(PLACE)
    one, two = good.cosignatures
    three = LOG.proof(PLACE, ("witness-a", "witness-b", "witness-c"))
    strange = LOG.proof(PLACE, ("witness-a", "stranger"))
    other = Log(list(LOG.leaves), origin="elsewhere.example/certificates/2026").proof(PLACE)
    grown = Log([*LOG.leaves, b"one more"])
    proofs = {
        "good": good,
        "three witnesses": three,
        "no witness": replace(good, cosignatures=()),
        "one witness": replace(good, cosignatures=(one,)),
        "one witness twice": replace(good, cosignatures=(one, one)),
        "two witnesses, one twice": replace(good, cosignatures=(one, two, one)),
        "a stranger as witness": strange,
        "a stranger beside two": replace(good, cosignatures=(one, two, strange.cosignatures[1])),
        "witnesses' names changed round": replace(
            good, cosignatures=(replace(one, key_id=two.key_id), replace(two, key_id=one.key_id))
        ),
        "another time": replace(good, cosignatures=(one, replace(two, time_s=two.time_s + 1))),
        "time before the witness": replace(good, cosignatures=(one, replace(two, time_s=0))),
        "log signed by a stranger": LOG.proof(PLACE, log=STRANGER),
        "log signed by a witness": LOG.proof(PLACE, log=signer("witness-a")),
        "of another log": other,
        "of the grown log": grown.proof(PLACE),
        "of another place": LOG.proof(PLACE - 1),
        "place changed": replace(good, index=good.index - 1),
        "size changed": replace(good, size=good.size + 1),
        "place at the end of numbers": replace(good, index=(1 << 53) - 2, size=(1 << 53) - 1),
        "place beyond the size": replace(good, index=good.size),
        "no path": replace(good, path=()),
        "path cut": replace(good, path=good.path[:-1]),
        "path longer": replace(good, path=(*good.path, bytes(32))),
        "path turned": replace(good, path=good.path[::-1]),
        "path of 63": replace(good, path=(bytes(32),) * 63),
        "path of 64": replace(good, path=(bytes(32),) * 64),
        "sixteen witnesses": replace(good, cosignatures=(one, two) * 8),
        "seventeen witnesses": replace(good, cosignatures=(one, two) * 8 + (one,)),
    }
    for said, proof in proofs.items():
        yield Case(f"proof: {said}", proven(proof))
    data = proof_bytes(good)
    row = parse(data)
    row[3] += b"\0"
    yield Case("proof: half a hash", proven(canonical(row)))
    yield Case("proof: one byte more", proven(data + b"\0"))
    yield Case("proof: as certificate", paper(data))
    yield Case("certificate as proof", (text_of(PROOF, LEAN_PAPER),))
    yield Case("proof alone", (text_of(PROOF, data),))
    same = replace(key("witness-b", "org-a", "witness"))
    keys = (*(each for each in KEYS if each.name != "witness-b"), same)
    yield Case("proof: two witnesses of one organisation", proven(good), replace(TRUST, keys=keys))
    yield Case("proof: three wanted", proven(good), replace(TRUST, witness_quorum=3))
    yield Case("proof: three wanted and there", proven(three), replace(TRUST, witness_quorum=3))
    for place in (0, 1, 31, 32, 43):
        certificate = LOG.leaves[place]
        yield Case(f"proof: place {place}", proven(LOG.proof(place), certificate))


def of_lists() -> Iterator[Case]:
    def case(said: str, statuses: bytes | None, trust: TrustList = TRUST) -> Case:
        return Case(f"list: {said}", paper(LEAN_PAPER), trust, statuses)

    mine = certificate_id(LEAN.number)
    plain = StatusList(AUTHORITY, 9, NOW_S - DAY_S, {})
    yield case("by a stranger", listed(plain, STRANGER))
    yield case("by the issuer", listed(plain, ISSUER))
    yield case("of another authority", listed(replace(plain, authority="Another Office"), LISTS))
    yield case("from before the key", listed(replace(plain, issued_at_s=5), LISTS))
    yield case("nothing", b"")
    yield case("noise", noise("list", 300))
    yield case("a certificate", LEAN_PAPER)
    yield case("one byte more", FRESH + b"\0")
    for bit in range(5, len(FRESH) * 8, 97):
        changed = bytearray(FRESH)
        changed[bit // 8] ^= 1 << bit % 8
        yield case(f"bit {bit} flipped", bytes(changed))
    base = [parse(parse(FRESH[1:])[2])[0], AUTHORITY, 9, NOW_S - DAY_S]
    rows: dict[str, Any] = {
        "hand made": [mine, b"", b"", b""],
        "an id twice": [mine + mine, b"", b"", b""],
        "an id in two states": [mine, b"", mine, b""],
        "ids out of order": [b"\xff" * 8 + mine, b"", b"", b""],
        "half an id": [mine[:5], b"", b"", b""],
        "three states": [mine, b"", b""],
        "five states": [mine, b"", b"", b"", b""],
        "text for ids": ["x", b"", b"", b""],
        "others only": [b"", b"\x00" * 8, b"", b""],
    }
    for said, value in rows.items():
        yield case(said, cose.signed(canonical([*base, value]), LISTS))
    for said, changed_key in (
        ("key revoked", {"revoked_from": 0}),
        ("key not yet", {"valid_from_s": NOW_S}),
        ("key no more", {"valid_until_s": NOW_S - DAY_S}),
        ("key's last second", {"valid_until_s": NOW_S - DAY_S + 1}),
    ):
        keys = tuple(replace(k, **changed_key) if k.role == "status" else k for k in KEYS)  # type: ignore[arg-type]
        yield case(said, FRESH, replace(TRUST, keys=keys))
    many = {number.to_bytes(8, "big"): STATES[number % 4] for number in range(400)}
    yield case("of four hundred", listed(replace(plain, states=many), LISTS))
    with_mine = listed(replace(plain, states={**many, mine: "reopened"}), LISTS)
    yield case("of four hundred and this one", with_mine)


def with_issuer(**changed: Any) -> TrustList:
    keys = tuple(replace(k, **changed) if k.role == "issuer" else k for k in KEYS)
    return replace(TRUST, keys=keys)


def of_trust() -> Iterator[Case]:
    proof = LOG.proof(PLACE)
    trusts = {
        "expired": replace(TRUST, expires_at_s=NOW_S),
        "last second": replace(TRUST, expires_at_s=NOW_S + 1),
        "of the future": replace(TRUST, issued_at_s=NOW_S + 2 * DAY_S),
        "of another authority": replace(TRUST, authority="Another Office"),
        "of another log": replace(TRUST, log_origin="elsewhere.example/2026"),
        "without issuers": replace(TRUST, keys=tuple(k for k in KEYS if k.role != "issuer")),
        "without logs": replace(TRUST, keys=tuple(k for k in KEYS if k.role != "log")),
        "without witnesses": replace(TRUST, keys=tuple(k for k in KEYS if k.role != "witness")),
        "issuer as witness only": with_issuer(role="witness"),
        "revoked before": with_issuer(revoked_from=PLACE),
        "revoked after": with_issuer(revoked_from=PLACE + 1),
        "revoked from the first": with_issuer(revoked_from=0),
        "key from the next second": with_issuer(valid_from_s=LEAN.logged_at_s + 1),
        "key from that second": with_issuer(valid_from_s=LEAN.logged_at_s),
        "key until that second": with_issuer(valid_until_s=LEAN.logged_at_s),
        "key until the next": with_issuer(valid_until_s=LEAN.logged_at_s + 1),
        "no days for lists": replace(TRUST, status_days=0),
        "one day for lists": replace(TRUST, status_days=1),
    }
    for said, trust in trusts.items():
        yield Case(f"trust {said}, alone", paper(LEAN_PAPER), trust)
        yield Case(f"trust {said}, logged", proven(proof), trust)


def of_texts() -> Iterator[Case]:
    text, beside = proven(LOG.proof(PLACE))
    for length in (*range(8), *range(8, len(text), len(text) // 25), len(text) - 1):
        yield Case(f"text cut to {length}", (text[:length],))
    broken = "\r\n".join(text[at : at + 60] for at in range(0, len(text), 60))
    texts: dict[str, tuple[str, ...]] = {
        "none": (),
        "twice": (text, text),
        "broken into lines": (broken,),
        "broken and whole": (broken, text),
        "with tabs": (text[:9] + "\t" + text[9:],),
        "a space more": (text + " ",),
        "a space before": (" " + text,),
        "a line before": ("\n" + text,),
        "small letters": (text.lower(),),
        "small prefix": ("rfq1:" + text[5:],),
        "other prefix": ("RFQ9:" + text[5:],),
        "list's prefix": (STATUS_LIST + text[5:],),
        "a letter of no alphabet": (text[:50] + "é" + text[51:],),
        "letters of two units": (text[:50] + "\U0001f600" + text[51:],),
        "Arabic digits": (text[:50] + "٣" + text[51:],),
        "too large a group": (text[:50] + ":::" + text[53:],),
        "too large an end": (CERTIFICATE + "::",),
        "one letter": (CERTIFICATE + "A",),
        "4297 letters": (CERTIFICATE + "0" * 4292,),
        "4296 letters": (CERTIFICATE + "0" * 4291,),
        "two certificates": (text, qr_texts(issued(RELEASE, ISSUER))[0]),
        "two proofs": (text, beside, beside[:-3]),
        "something beside": (text, "https://marjana.example/"),
        "an address": ("https://marjana.example/RFQ1:",),
        "empty": ("",),
    }
    for said, given in texts.items():
        yield Case(f"text: {said}", given)


def of_noise() -> Iterator[Case]:
    for number in range(12):
        data = noise(f"case {number}", (4096, 2860, 500, 40)[number % 4])
        yield Case(f"noise {number}", paper(data))
        yield Case(f"noise {number} with a tag", paper(b"\xd2\x84" + data[: 2860 - 2]))
        yield Case(f"noise {number}, signed", signed_payload(data[:2500]))
        yield Case(f"noise {number} as proof", proven(data[:2860]))


def of_cbor() -> Iterator[Case]:
    payload = claims_bytes(LEAN)
    place = payload.index(b"RFQ-2025")
    head = payload[: place - 1]
    rest = payload[place - 1 + 16 :]
    texts = {
        "as it is": b"\x6fRFQ-2025-000020",
        "length in one byte more": b"\x78\x0fRFQ-2025-000020",
        "length in two more": b"\x79\x00\x0fRFQ-2025-000020",
        "length in four more": b"\x7a\x00\x00\x00\x0fRFQ-2025-000020",
        "length in eight more": b"\x7b\x00\x00\x00\x00\x00\x00\x00\x0fRFQ-2025-000020",
        "in pieces": b"\x7f\x6fRFQ-2025-000020\xff",
        "a surrogate": b"\x6fRFQ-2025-000\xed\xa0\x80",
        "too long UTF-8": b"\x6fRFQ-2025-0000\xc0\x80",
        "broken UTF-8": b"\x6fRFQ-2025-00002\xff",
        "beyond Unicode": b"\x6fRFQ-2025-00\xf4\x90\x80\x80",
        "with a null": b"\x6fRFQ-2025-00002\x00",
        "bytes": b"\x4fRFQ-2025-000020",
        "a tag": b"\xc0\x6fRFQ-2025-000020",
        "a float": b"\xf9\x3c\x00",
        "undefined": b"\xf7",
        "a decimal": b"\xc4\x82\x21\x19\x01\x2d",
        "a broken decimal": b"\xc4\x82\x21\x18\x64",
        "a map": b"\xa1\x61a\x01",
        "a map with a key twice": b"\xa2\x61a\x01\x61a\x01",
        "a map out of order": b"\xa2\x61b\x01\x61a\x01",
        "a map with a number as key": b"\xa1\x01\x01",
        "2 ** 64 - 1": b"\x1b" + b"\xff" * 8,
        "a big number": b"\xc2\x49\x01" + b"\0" * 8,
        "a reserved length": b"\x7c\x0fRFQ",
        "a length beyond the end": b"\x7b" + b"\xff" * 8,
        "too many items": b"\x9b" + b"\xff" * 8,
        "nested 19": b"\x81" * 19 + b"\x00",
        "nested 20": b"\x81" * 20 + b"\x00",
        "nested 2000": b"\x81" * 2000 + b"\x00",
        "nested maps": b"\xa1\x61a" * 300 + b"\x00",
    }
    for said, coded in texts.items():
        yield Case(f"number: {said}", signed_payload(head + coded + rest))
    yield Case("payload and a byte", signed_payload(payload + b"\0"))
    yield Case("payload cut", signed_payload(payload[:-1]))
    yield Case("no payload", signed_payload(b""))
    protected, _, _, signature = parse(LEAN_PAPER[1:])
    envelopes: dict[str, Any] = {
        "headers nobody signed": (protected, {"a": 1}, payload, signature),
        "null for headers": (protected, None, payload, signature),
        "array for headers": (protected, [], payload, signature),
        "no signature": (protected, {}, payload, b""),
        "signature of 63": (protected, {}, payload, signature[:-1]),
        "signature of 65": (protected, {}, payload, signature + b"\0"),
        "three fields": (protected, {}, payload),
        "five fields": (protected, {}, payload, signature, None),
        "key id of 7": (protected[:-1], {}, payload, signature),
        "another algorithm": (b"\xa2\x01\x26\x04\x48" + protected[5:], {}, payload, signature),
        "no header": (b"", {}, payload, signature),
        "said to be ML-DSA": (b"\xa2\x01\x38\x2f\x04\x48" + protected[5:], {}, payload, signature),
        "long as ML-DSA": (
            b"\xa2\x01\x38\x2f\x04\x48" + protected[5:],
            {},
            payload[:100],
            noise("signature", 2420),
        ),
        "payload as text": (protected, {}, "payload", signature),
    }
    for said, row in envelopes.items():
        yield Case(f"envelope: {said}", paper(b"\xd2" + canonical(row)))
    yield Case("envelope: no tag", paper(LEAN_PAPER[1:]))
    yield Case("envelope: another tag", paper(b"\xd1" + LEAN_PAPER[1:]))
    yield Case("envelope: two tags", paper(b"\xd2" + LEAN_PAPER))
    yield Case("envelope: a byte more", paper(LEAN_PAPER + b"\0"))


ORDER = (1 << 252) + 27742317777372353535851937790883648493
IDENTITY = b"\x01" + bytes(31)
SMALL = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def of_signatures() -> Iterator[Case]:
    protected, headers, payload, signature = parse(LEAN_PAPER[1:])
    larger = int.from_bytes(signature[32:], "little") + ORDER
    signatures = {
        "S and the order": signature[:32] + larger.to_bytes(32, "little"),
        "nothing": bytes(64),
        "R nothing": IDENTITY + bytes(32),
        "R not on the curve": b"\x02" + bytes(31) + signature[32:],
        "sign of R turned": signature[:31] + bytes([signature[31] ^ 0x80]) + signature[32:],
        "all ones": b"\xff" * 64,
    }
    for said, made in signatures.items():
        yield Case(
            f"signature: {said}", paper(b"\xd2" + canonical((protected, headers, payload, made)))
        )
    # Keys of small order: one signature may fit many papers. Both take what OpenSSL takes.
    for said, public in (
        ("nothing", IDENTITY),
        ("eighth", SMALL),
        ("no point", b"\x02" + bytes(31)),
    ):
        named = b"\xa2\x01\x27\x04\x48" + cose.key_id(public)
        for number in range(4):
            row = parse(claims_bytes(replace(LEAN, salt=bytes([number]) * 16)))
            data = canonical((named, {}, canonical(row), IDENTITY + bytes(32)))
            yield Case(
                f"key of small order: {said} {number}",
                paper(b"\xd2" + data),
                with_issuer(public_key=public),
            )


def all_cases() -> list[Case]:
    """Every case, in one order."""
    makers = (
        of_all_kinds,
        of_changed_fields,
        of_wrong_values,
        of_outlines,
        of_flipped_bits,
        of_proofs,
        of_lists,
        of_trust,
        of_texts,
        of_noise,
        of_cbor,
        of_signatures,
    )
    return [case for maker in makers for case in maker()]


@dataclass(frozen=True)
class Succession:
    """A trust list that comes, and the one in hand."""

    name: str
    newer: bytes
    older: TrustList | None

    def taken(self) -> bool:
        try:
            trust, signatures = trust_list_of(self.newer)
        except Malformed:
            return False
        if self.older is None:
            return is_signed_by_roots(trust, trust, signatures)
        return succeeds(trust, signatures, self.older)


def all_successions() -> list[Succession]:
    """Trust lists of every kind."""
    nxt = replace(TRUST, version=4)
    a, b, c = (signer(f"root-{name}") for name in "abc")
    mine = tuple(signer(f"new-{name}") for name in "abc")
    fresh = tuple(key(f"new-{name}", f"org-{name}", "root") for name in "abc")
    rotated = replace(nxt, keys=(*fresh, *(k for k in KEYS if k.role != "root")))
    stale = tuple(
        replace(k, valid_until_s=nxt.issued_at_s) if k.name == "root-a" else k for k in KEYS
    )
    made = {
        "the next": (nxt, (a, b)),
        "the next, by all three": (nxt, (a, b, c)),
        "one root": (nxt, (a,)),
        "one root twice": (nxt, (a, a)),
        "a root and a stranger": (nxt, (a, STRANGER)),
        "no root": (nxt, ()),
        "the same version": (TRUST, (a, b)),
        "an older version": (replace(TRUST, version=2), (a, b)),
        "far ahead": (replace(TRUST, version=40), (b, c)),
        "another authority": (replace(nxt, authority="Another Office"), (a, b)),
        "another log": (replace(nxt, log_origin="elsewhere.example/2026"), (a, b)),
        "new roots, by old and new": (rotated, (a, b, *mine)),
        "new roots, by new alone": (rotated, mine),
        "new roots, by old alone": (rotated, (a, b)),
        "a root out of its time": (replace(nxt, keys=stale), (a, b)),
        "an issuer as root": (nxt, (a, ISSUER)),
    }
    signed = {said: trust_list_bytes(trust, by) for said, (trust, by) in made.items()}
    good = signed["the next"]
    payload = parse(good)[1]
    row = parse(payload)
    changes: dict[str, Callable[[list[Any]], object]] = {
        "quorum of one": lambda row: row.__setitem__(7, 1),
        "quorum above its keys": lambda row: row.__setitem__(7, 4),
        "witness quorum of one": lambda row: row.__setitem__(8, 1),
        "an unknown role": lambda row: row[9][0].__setitem__(2, "king"),
        "a key twice": lambda row: row[9].append(row[9][0]),
        "an unknown algorithm": lambda row: row[9][0].__setitem__(3, "rsa"),
        "a short key": lambda row: row[9][0].__setitem__(4, b"short"),
        "expired before issued": lambda row: row.__setitem__(4, 5),
        "an origin of two lines": lambda row: row.__setitem__(6, "a\nb"),
        "no keys": lambda row: row.__setitem__(9, []),
    }
    for said, change in changes.items():
        row = parse(payload)
        change(row)
        changed = canonical(row)
        rows = [
            (each.algorithm.value, cose.key_id(each.public_key), cose.signature(changed, each))
            for each in (a, b)
        ]
        signed[said] = canonical((ENVELOPE_TAG, changed, rows))
    signed |= {
        "cut": good[:-1],
        "a byte more": good + b"\0",
        "nothing": b"",
        "noise": noise("t", 900),
    }
    for bit in range(9, len(good) * 8, len(good) * 8 // 30):
        turned = bytearray(good)
        turned[bit // 8] ^= 1 << bit % 8
        signed[f"bit {bit} flipped"] = bytes(turned)
    return [
        Succession(f"{said}{place}", data, older)
        for place, older in ((", after ours", TRUST), (" as the first", None))
        for said, data in signed.items()
    ]


def written(cases: list[Case], successions: list[Succession]) -> dict[str, Any]:
    """Cases with Python's answers as plain JSON; lists stand once and are named."""
    trusts: dict[bytes, str] = {}
    lists: dict[bytes, str] = {}

    def trust_name(trust: TrustList | None) -> str | None:
        if trust is None:
            return None
        data = trust_list_bytes(trust, ROOTS)
        return trusts.setdefault(data, f"trust {len(trusts)}")

    rows = [
        {
            "name": case.name,
            "texts": list(case.texts),
            "trust": trust_name(case.trust),
            "list": None
            if case.statuses is None
            else lists.setdefault(case.statuses, f"list {len(lists)}"),
            "now_s": case.now_s,
            "answer": case.answer(),
        }
        for case in cases
    ]
    taken = [
        {
            "name": each.name,
            "newer": each.newer.hex(),
            "older": trust_name(each.older),
            "taken": each.taken(),
        }
        for each in successions
    ]
    return {
        "about": "Certificates, proofs and lists with the verdicts of rafiqa.ledger.verdict.",
        "trust_lists": {name: data.hex() for data, name in trusts.items()},
        "status_lists": {name: data.hex() for data, name in lists.items()},
        "cases": rows,
        "successions": taken,
    }


def sample_text() -> str:
    """The published sample: some of each kind."""
    cases, successions = all_cases(), all_successions()
    some = [cases[at * len(cases) // SAMPLE_CASES] for at in range(SAMPLE_CASES)]
    few = [
        successions[at * len(successions) // SAMPLE_SUCCESSIONS] for at in range(SAMPLE_SUCCESSIONS)
    ]
    return json.dumps(written(some, few), ensure_ascii=False, indent=1) + "\n"


def lists_text() -> str:
    """The lists with which the page's own tests try what it takes and what it remembers."""
    nxt = replace(TRUST, version=4)
    fresh = tuple(key(f"new-{name}", f"org-{name}", "root") for name in "abc")
    rotated = replace(nxt, keys=(*fresh, *(k for k in KEYS if k.role != "root")))
    mine = (signer("new-a"), signer("new-b"))
    strange = tuple(key(f"strange-{name}", f"org-{name}", "root") for name in "abc")
    stranger = replace(nxt, keys=(*strange, *(k for k in KEYS if k.role != "root")))
    trust = {
        "two": trust_list_bytes(replace(TRUST, version=2), ROOTS),
        "three": trust_list_bytes(TRUST, ROOTS),
        "four": trust_list_bytes(nxt, ROOTS),
        "forged": trust_list_bytes(nxt, (signer("root-a"), STRANGER)),
        "stranger": trust_list_bytes(stranger, (signer("strange-a"), signer("strange-b"))),
        "rotated": trust_list_bytes(rotated, (*ROOTS, *mine)),
        "after": trust_list_bytes(replace(rotated, version=5), mine),
    }
    forged = listed(StatusList(AUTHORITY, 11, NOW_S - DAY_S, {}), STRANGER)
    status = {
        "eight": status_list(version=8),
        "nine": status_list(version=9),
        "ten": status_list({LEAN.number: "suspended"}, version=10),
        "forged": forged,
    }
    named = {"trust": trust, "status": status}
    texts = {
        what: {name: data.hex() for name, data in all_.items()} for what, all_ in named.items()
    }
    return json.dumps(texts, indent=1) + "\n"


if __name__ == "__main__":
    SAMPLE.write_text(sample_text(), encoding="utf-8")
    LISTS_FILE.write_text(lists_text(), encoding="utf-8")
