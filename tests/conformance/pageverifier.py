"""A verifier written from docs/reference/certificate.md alone; it imports nothing of ours."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

DAY_S = 86_400
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LENGTHS = {"ed25519": (32, 64, b"\x27"), "ml-dsa-44": (1312, 2420, b"\x38\x2f")}
"""Of each algorithm: bytes of a public key, of a signature, and its number in CBOR."""


class No(Exception):  # noqa: N818 - an answer, not a fault
    """What was read does not fit the page."""


def must(fits: object) -> None:
    if not fits:
        raise No


# Texts


def bytes_of(text: str, prefix: str, limit: int) -> bytes:
    kept = "".join(letter for letter in text if letter not in "\r\n\t")
    must(kept.startswith(prefix) and len(kept) <= limit)
    values = [LETTERS.find(letter) for letter in kept[len(prefix) :]]
    must(-1 not in values and len(values) % 3 != 1)
    out = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * 45**place for place, value in enumerate(group))
        n_bytes = len(group) - 1
        must(number < 256**n_bytes)
        out += number.to_bytes(n_bytes, "big")
    return bytes(out)


# Canonical CBOR


def take(data: bytes, at: int) -> tuple[Any, int]:
    must(at < len(data))
    first = data[at]
    if first == 0xF6:
        return None, at + 1
    if first == 0xA0:
        return {}, at + 1
    major, short = first >> 5, first & 31
    must(major in (0, 2, 3, 4) and short < 28)
    n_bytes = 0 if short < 24 else 1 << (short - 24)
    head = data[at + 1 : at + 1 + n_bytes]
    must(len(head) == n_bytes)
    number = int.from_bytes(head, "big") if n_bytes else short
    must(not n_bytes or number >= (24 if n_bytes == 1 else 256 ** (n_bytes // 2)))
    at += 1 + n_bytes
    if major == 0:
        return number, at
    if major == 4:
        must(number <= len(data))
        items = []
        for _ in range(number):
            item, at = take(data, at)
            items.append(item)
        return items, at
    content = data[at : at + number]
    must(len(content) == number)
    try:
        return (content if major == 2 else content.decode()), at + number
    except UnicodeDecodeError:
        raise No from None


def array(data: bytes, limit: int, *kinds: Any) -> list[Any]:
    must(len(data) <= limit)
    try:
        value, end = take(data, 0)
    except RecursionError:
        raise No from None
    must(end == len(data))
    values: list[Any] = row(*kinds)(value)
    return values


def head(major: int, number: int) -> bytes:
    for code, n_bytes in ((24, 1), (25, 2), (26, 4)):
        if number < 24:
            return bytes((major << 5 | number,))
        if number < 256**n_bytes:
            return bytes((major << 5 | code,)) + number.to_bytes(n_bytes, "big")
    raise No


# Kinds of values: each takes one and gives it back, or raises


def whole(end: int = 2**53) -> Callable[[Any], Any]:
    def kind(value: Any) -> int:
        must(type(value) is int and value < end)
        return int(value)

    return kind


def raw(n_bytes: int | None = None) -> Callable[[Any], Any]:
    def kind(value: Any) -> bytes:
        must(type(value) is bytes and n_bytes in (None, len(value)))
        return bytes(value)

    return kind


def text(letters: int = 200) -> Callable[[Any], Any]:
    def kind(value: Any) -> str:
        must(type(value) is str and 1 <= len(value) <= letters)
        return str(value)

    return kind


def one_of(*allowed: str) -> Callable[[Any], Any]:
    def kind(value: Any) -> str:
        must(type(value) is str and value in allowed)
        return str(value)

    return kind


def maybe(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else inner(value)


def many(inner: Callable[[Any], Any], most: int | None = None) -> Callable[[Any], Any]:
    def kind(value: Any) -> list[Any]:
        must(type(value) is list and (most is None or len(value) <= most))
        return [inner(item) for item in value]

    return kind


def row(*kinds: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def kind(value: Any) -> list[Any]:
        must(type(value) is list and len(value) == len(kinds))
        return [inner(item) for inner, item in zip(kinds, value, strict=True)]

    return kind


# Signatures


@dataclass
class Signed:
    algorithm: str
    key_id: bytes
    payload: bytes
    signature: bytes

    def is_by(self, public_key: bytes) -> bool:
        protected = b"\xa2\x01" + LENGTHS[self.algorithm][2] + b"\x04\x48" + self.key_id
        message = b"\x84\x6aSignature1" + head(2, len(protected)) + protected
        message += b"\x40" + head(2, len(self.payload)) + self.payload
        return verifies(self.algorithm, public_key, message, self.signature)


def verifies(algorithm: str, public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        if algorithm == "ed25519":
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_id(public_key: bytes) -> bytes:
    return sha256(public_key).digest()[:8]


def sign1(data: bytes, limit: int) -> Signed:
    must(data[:1] == b"\xd2")
    nothing = {"": None}

    def empty_map(value: Any) -> Any:
        must(type(value) is dict)
        return nothing

    protected, _, payload, signature = array(data[1:], limit, raw(), empty_map, raw(), raw())
    for algorithm, (_, length, code) in LENGTHS.items():
        if protected[:-8] == b"\xa2\x01" + code + b"\x04\x48":
            must(len(signature) == length)
            return Signed(algorithm, protected[-8:], payload, signature)
    raise No


# Outlines and claims


def outline(value: Any) -> Any:
    numbers = list(varints(raw()(value)))
    at = 0

    def count(least: int) -> int:
        nonlocal at
        must(at < len(numbers) and least <= numbers[at] <= 2_000)
        at += 1
        return numbers[at - 1]

    lon = lat = n_corners = 0
    drawn = []
    for _ in range(count(1)):
        rings = []
        for _ in range(count(1)):
            ring = []
            for _ in range(count(3)):
                must(at + 1 < len(numbers))
                east, north = (
                    -(step + 1) // 2 if step % 2 else step // 2 for step in numbers[at : at + 2]
                )
                lon, lat, at, n_corners = lon + east, lat + north, at + 2, n_corners + 1
                must(abs(lon) <= 180_000_000 and abs(lat) <= 90_000_000 and n_corners <= 2_000)
                ring.append((lon, lat))
            rings.append(ring)
        drawn.append(rings)
    must(at == len(numbers))
    return drawn


def varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        end = at
        while end < len(data) and data[end] & 0x80:
            end += 1
        must(end < len(data) and (data[end] != 0 or end == at))
        number = sum((data[at + place] & 0x7F) << 7 * place for place in range(end + 1 - at))
        must(number < 2**30)
        yield number
        at = end + 1


PART = row(
    *(text(40), one_of("cleared", "reduced", "cancelled"), maybe(text()), maybe(whole(100_000))),
    *(whole(), many(text()), outline),
)


def claims_of(payload: bytes) -> list[Any]:
    claims = array(
        payload,
        4_096,
        *(one_of("rafiqa/certificate/1"), text(40)),
        *(one_of("completion", "release", "handover", "cancellation"), text(), text()),
        *(whole(), whole(), many(text(40)), many(PART)),
        *(many(row(maybe(text()), text(), outline)), many(row(text(40), whole()))),
        *(whole(), maybe(text()), raw(32), whole(), raw(16), maybe(text(40))),
    )
    kind, parts = claims[2], claims[8]
    outcomes = [part[1] for part in parts]
    must(parts)
    must((kind == "cancellation") == all(outcome == "cancelled" for outcome in outcomes))
    must(kind != "release" or "cancelled" not in outcomes)
    must((kind == "handover") == (claims[12] is not None))
    for _, outcome, unit, depth, _, not_dug, _ in parts:
        if outcome == "cleared":
            must(depth is not None or unit is not None)
        else:
            must(depth is None and not not_dug)
    return claims


# Lists


def trust_of(data: bytes) -> tuple[list[Any], list[Signed]]:
    _, payload, signatures = array(
        data,
        256 * 1024,
        one_of("rafiqa/signed-trust-list/1"),
        raw(),
        many(row(text(), raw(8), raw()), 256),
    )
    for algorithm, _, signature in signatures:
        must(algorithm in LENGTHS and len(signature) == LENGTHS[algorithm][1])
    trust = array(
        payload,
        256 * 1024,
        *(one_of("rafiqa/trust-list/1"), text(), whole(), whole(), whole(), whole(), text()),
        *(whole(), whole(), many(row(*KEY), 256)),
    )
    keys = trust[9]
    must(all(len(key[4]) == LENGTHS[key[3]][0] for key in keys))
    must(len({(key[2], key_id(key[4])) for key in keys}) == len(keys))
    roots = {key_id(key[4]) for key in keys if key[2] == "root"}
    witnesses = {key[1] for key in keys if key[2] == "witness"}
    must(2 <= trust[7] <= len(roots) and 2 <= trust[8] <= max(2, len(witnesses)))
    must(trust[3] < trust[4] and "\n" not in trust[6])
    return trust, [Signed(name, key, payload, signature) for name, key, signature in signatures]


KEY = (
    *(text(), text(), one_of("root", "issuer", "status", "log", "witness")),
    *(one_of(*LENGTHS), raw(), whole(), whole(), maybe(whole())),
)


def key_of(trust: list[Any], role: str, name: bytes) -> list[Any] | None:
    found = [key for key in trust[9] if key[2] == role and key_id(key[4]) == name]
    return found[0] if found else None


def counts_at(key: list[Any], at_s: int) -> bool:
    return bool(key[5] <= at_s < key[6])


def is_signed_by_roots(trust: list[Any], roots: list[Any], signatures: list[Signed]) -> bool:
    by = set()
    for signed in signatures:
        key = key_of(roots, "root", signed.key_id)
        good = key is not None and key[3] == signed.algorithm and counts_at(key, trust[3])
        if key is not None and good and signed.is_by(key[4]):
            by.add(signed.key_id)
    return bool(len(by) >= roots[7])


def succeeds(newer: list[Any], signatures: list[Signed], older: list[Any]) -> bool:
    return (
        (newer[1], newer[6]) == (older[1], older[6])
        and newer[2] > older[2]
        and is_signed_by_roots(newer, older, signatures)
        and is_signed_by_roots(newer, newer, signatures)
    )


def statuses_of(data: bytes) -> tuple[list[Any], dict[bytes, str], Signed]:
    signed = sign1(data, 1024 * 1024)
    listed = array(
        signed.payload,
        1024 * 1024,
        *(one_of("rafiqa/status-list/1"), text(), whole(), whole(), row(*[raw()] * 4)),
    )
    states: dict[bytes, str] = {}
    for state, packed in zip(
        ("suspended", "reopened", "revoked", "superseded"), listed[4], strict=True
    ):
        must(len(packed) % 8 == 0)
        ids = [packed[at : at + 8] for at in range(0, len(packed), 8)]
        must(all(one < other for one, other in pairwise(ids)))
        must(not set(ids) & set(states))
        states |= dict.fromkeys(ids, state)
    return listed, states, signed


# Verdict


def verdict(
    texts: Sequence[str], trust: list[Any], status_list: bytes | None, now_s: int
) -> tuple[str, tuple[str, ...], str | None, list[Any] | None]:
    """The answer, its reasons, the status, and the claims."""
    papers: dict[str, bytes] = {}
    for code in dict.fromkeys(texts):
        try:
            must(code[:5] in ("RFQ1:", "RFQ2:"))
            data = bytes_of(code, code[:5], 4_296)
        except No:
            return refused("unreadable")
        if code[:5] in papers:
            return refused("two-papers")
        papers[code[:5]] = data
    if "RFQ1:" not in papers:
        return refused("no-certificate" if papers else "unreadable")
    try:
        signed = sign1(papers["RFQ1:"], 4_096)
        claims = claims_of(signed.payload)
        proof = proof_of(papers["RFQ2:"]) if "RFQ2:" in papers else None
    except No:
        return refused("unreadable")
    why = against(papers["RFQ1:"], signed, claims, proof, trust)
    if why is not None:
        return refused(why)
    status, reason = status_of(claims, trust, status_list, now_s)
    known = "known" if status else "unknown"
    return f"authentic-status-{known}", (reason,) if reason else (), status, claims


def refused(reason: str) -> tuple[str, tuple[str, ...], None, None]:
    return "not-authentic", (reason,), None, None


def proof_of(data: bytes) -> list[Any]:
    proof = array(
        data,
        4_096,
        *(one_of("rafiqa/log-proof/1"), whole(), whole(), raw(), raw(64)),
        many(row(raw(8), whole(), raw(64)), 16),
    )
    must(proof[1] < proof[2] and len(proof[3]) % 32 == 0 and len(proof[3]) <= 63 * 32)
    return proof


def against(
    data: bytes, signed: Signed, claims: list[Any], proof: list[Any] | None, trust: list[Any]
) -> str | None:
    key = key_of(trust, "issuer", signed.key_id)
    if key is None or key[3] != signed.algorithm:
        return "issuer-unknown"
    if not signed.is_by(key[4]):
        return "signature"
    if claims[3] != trust[1]:
        return "authority"
    if not counts_at(key, claims[6]):
        return "key-not-valid"
    if proof is not None and not holds(data, proof, trust):
        return "proof"
    if key[7] is not None and (proof is None or proof[1] >= key[7]):
        return "key-revoked"
    return None


def holds(data: bytes, proof: list[Any], trust: list[Any]) -> bool:
    _, index, size, path, log_signature, cosignatures = proof
    hashes = [path[at : at + 32] for at in range(0, len(path), 32)]
    root = root_over(sha256(b"\x00" + data).digest(), index, size, hashes)
    if root is None:
        return False
    checkpoint = f"{trust[6]}\n{size}\n{b64encode(root).decode()}\n".encode()
    logs = [key for key in trust[9] if key[2] == "log" and key[3] == "ed25519"]
    if not any(verifies("ed25519", key[4], checkpoint, log_signature) for key in logs):
        return False
    organisations = []
    for name, time_s, signature in cosignatures:
        key = key_of(trust, "witness", name)
        if key is None or key[3] != "ed25519" or not counts_at(key, time_s):
            return False
        said = f"cosignature/v1\ntime {time_s}\n".encode() + checkpoint
        if not verifies("ed25519", key[4], said, signature):
            return False
        organisations.append(key[1])
    distinct = len(set(organisations))
    return bool(distinct == len(organisations) and distinct >= trust[8])


def root_over(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """From the root down, as RFC 6962 defines the tree; the page's RFC 9162 goes up."""
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        inner, outer = root_over(leaf, index, left, path[:-1]), path[-1]
        return inner and sha256(b"\x01" + inner + outer).digest()
    inner, outer = root_over(leaf, index - left, size - left, path[:-1]), path[-1]
    return inner and sha256(b"\x01" + outer + inner).digest()


def status_of(
    claims: list[Any], trust: list[Any], data: bytes | None, now_s: int
) -> tuple[str | None, str | None]:
    if now_s + DAY_S < claims[6] or now_s + DAY_S < trust[3]:
        return None, "clock"
    if now_s >= trust[4]:
        return None, "trust-expired"
    if data is None:
        return None, "no-list"
    try:
        listed, states, signed = statuses_of(data)
    except No:
        return None, "list-not-authentic"
    key = key_of(trust, "status", signed.key_id)
    good = key is not None and key[3] == signed.algorithm and key[7] is None
    if key is None or not good or listed[1] != trust[1] or not counts_at(key, listed[3]):
        return None, "list-not-authentic"
    if not signed.is_by(key[4]):
        return None, "list-not-authentic"
    state = states.get(sha256(claims[1].encode()).digest()[:8])
    if state is not None:
        return state, state
    if listed[3] > now_s + DAY_S:
        return None, "clock"
    if now_s - listed[3] > trust[5] * DAY_S:
        return None, "list-old"
    if listed[2] < claims[14]:
        return None, "list-older-than-certificate"
    return "in-force", None
