"""The keys an authority signs its papers with, and the trust list that says so to verifiers.

Four offices, four keys: papers, status lists, the log, and the witnesses, who are other
organisations and whose keys are here only where one machine plays all parts, as in the demo. The
roots, which say whose keys count, are made with them and handed out; they are not kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.ledger.qrtext import TRUST_LIST, bytes_of, text_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner, Signer
from rafiqa.ledger.trustlist import (
    LEAST_ROOTS,
    LEAST_WITNESSES,
    Key,
    TrustList,
    succeeds,
    trust_list_bytes,
    trust_list_of,
)
from rafiqa.store.keyfile import make_key, signer_of
from rafiqa.store.keyplace import InModule, keep_in_module, set_aside, signer_at, signer_in

ROOTS: Final = ("root-1", "root-2", "root-3")
"""Three, of which two sign a list; whoever makes them gives each to another person."""
OFFICES: Final = {
    "issuer": "Office of certificates",
    "status": "Office of status lists",
    "log": "Log of certificates",
}
"""Role, which names its key's file, to the name by which verifiers show it."""
REPLACEABLE: Final = ("issuer", "status")
STATUS_DAYS: Final = 30
_DAY_S: Final = 86_400
_TRUST_FILE: Final = "trust.rfq"
_SECOND: Final = "issuer-ml-dsa-44"


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys at hand, and the list that vouches for them.

    Attributes:
        trust: whom verifiers of this authority's papers believe.
        trust_data: its signed bytes.
        issuer: signs certificates.
        status: signs status lists.
        log: signs checkpoints of the certificate log.
        witnesses: cosign them; only those whose keys are here.
        second: signs certificates again, by ML-DSA-44, for the record; None in older sets.
    """

    trust: TrustList
    trust_data: bytes
    issuer: Signer
    status: Signer
    log: Signer
    witnesses: tuple[Signer, ...] = ()
    second: Signer | None = None


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """What a new set of keys is for.

    Attributes:
        authority: whose papers they sign, as papers name it.
        log_origin: first line of the certificate log's checkpoints.
        issued_at_s: from when on they count, seconds since 1970 UTC.
        days: for how long.
        witnesses: organisations whose witnesses are made here too.
        issuer_in: the hardware module in which the key for certificates is kept; a file else.
    """

    authority: str
    log_origin: str
    issued_at_s: int
    days: int
    witnesses: tuple[str, ...] = ()
    issuer_in: InModule | None = None


def make_keys(plan: KeyPlan, folder: Path, draw: Callable[[int], bytes]) -> Keyring:
    """Returns a new set of keys, written into a folder with their trust list.

    The roots' keys lie in its folder ``roots``, to be taken away from there.

    Args:
        plan: what they are for.
        folder: where; no keys may lie there.
        draw: gives that many random bytes.

    Raises:
        StoreError: other keys lie there.
    """
    roots = [_made(folder / "roots", name, name, draw) for name in ROOTS]
    offices = {
        role: keep_in_module(folder / f"{role}.pem", plan.issuer_in, name)
        if plan.issuer_in and role == "issuer"
        else _made(folder, _file(role), name, draw)
        for role, name in OFFICES.items()
    }
    witnesses = [
        _made(folder, f"witness-{at}", f"Witness of {organisation}", draw)
        for at, organisation in enumerate(plan.witnesses, 1)
    ]
    second = _made(folder, _SECOND, OFFICES["issuer"], draw, Algorithm.ML_DSA_44)
    keys = [_key(plan, role, signer, plan.authority) for role, signer in offices.items()]
    keys.append(_key(plan, "issuer", second, plan.authority))
    keys += [
        _key(plan, "witness", signer, organisation)
        for signer, organisation in zip(witnesses, plan.witnesses, strict=True)
    ]
    keys += [_key(plan, "root", signer, plan.authority) for signer in roots]
    trust = TrustList(
        plan.authority,
        1,
        plan.issued_at_s,
        plan.issued_at_s + plan.days * _DAY_S,
        STATUS_DAYS,
        plan.log_origin,
        LEAST_ROOTS,
        LEAST_WITNESSES,
        tuple(keys),
    )
    put_trust(folder, trust_list_bytes(trust, roots[:LEAST_ROOTS]))
    return keyring_in(folder)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key that is to be replaced, and by whom.

    Attributes:
        role: ``issuer`` or ``status``; logs and witnesses begin anew instead.
        revoked_from: place in the certificate log from which on nothing that the old key signed
            counts: everything logged before stays good.
        roots: root keys that sign the new list; at least as many as the quorum.
        now_s: from when on the new key counts, seconds since 1970 UTC.
        new_in: the hardware module in which the new key is kept; a file else.
    """

    role: str
    revoked_from: int
    roots: tuple[Signer, ...]
    now_s: int
    new_in: InModule | None = None


def replace_key(folder: Path, change: KeyChange, draw: Callable[[int], bytes]) -> Keyring:
    """Returns the keys after one of them was replaced, with a trust list that says so.

    The old key's file is kept under another name: what it signed has to be looked into.

    Args:
        folder: where the keys lie.
        change: which, from where on, and who signs for it.
        draw: gives that many random bytes.

    Raises:
        InvalidInput: the role is none that is replaced, or too few roots of the list in hand sign.
    """
    keyring = keyring_in(folder)
    if change.role not in REPLACEABLE:
        params: dict[str, str | int] = {"role": change.role}
        raise InvalidInput(Fault("service.keys.not-replaceable", "--replace", params=params))
    old = keyring.issuer if change.role == "issuer" else keyring.status
    trust = keyring.trust
    seed = draw(SEED_BYTES)
    # In a module another name: under the old one it may still hold the old key.
    new: Signer = (
        signer_in(change.new_in, f"{OFFICES[change.role]} {trust.version + 1}")
        if change.new_in
        else MemorySigner(OFFICES[change.role], Algorithm.ED25519, seed)
    )
    ends_s = change.now_s + (trust.expires_at_s - trust.issued_at_s)
    keys = [
        replace(key, revoked_from=change.revoked_from)
        if (key.role, key.public_key) == (change.role, old.public_key)
        else key
        for key in trust.keys
    ]
    keys.append(
        Key(
            new.name,
            trust.authority,
            change.role,
            new.algorithm,
            new.public_key,
            change.now_s,
            ends_s,
        )
    )
    newer = replace(trust, version=trust.version + 1, issued_at_s=change.now_s, keys=tuple(keys))
    data = trust_list_bytes(newer, change.roots)
    if not succeeds(*trust_list_of(data), trust):
        raise InvalidInput(Fault("service.keys.too-few-roots", "--root"))
    file = folder / f"{_file(change.role)}.pem"
    set_aside(file, f"replaced-{newer.version}")
    if change.new_in:
        keep_in_module(file, change.new_in, new.name)
    else:
        make_key(file, new.name, new.algorithm, entropy=lambda _: seed)
    put_trust(folder, data)
    return keyring_in(folder)


def _made(
    folder: Path,
    file: str,
    name: str,
    draw: Callable[[int], bytes],
    algorithm: Algorithm = Algorithm.ED25519,
) -> Signer:
    """The signer of a key that is written now, or that was written before from the same draw."""
    seed = draw(SEED_BYTES)
    path = folder / f"{file}.pem"
    made = MemorySigner(name, algorithm, seed)
    if path.exists() and signer_of(path).public_key == made.public_key:
        return made
    return make_key(path, name, algorithm, entropy=lambda _: seed)


def _file(role: str) -> str:
    """The name of an office's key file; the log's own stands beside the evidence log's."""
    return "log-certificates" if role == "log" else role


def key_folder(store: Path) -> Path:
    """Returns where the keys of a store lie unless somebody says otherwise."""
    return store.with_name(f"{store.name}.keys")


def new_origin(authority: str, now_s: int, draw: Callable[[int], bytes]) -> str:
    """Returns a name for a certificate log that no other log has: a new one begins each year."""
    year = datetime.fromtimestamp(now_s, UTC).year
    letters = (each if each.isascii() and each.isalnum() else "-" for each in authority.lower())
    return f"{''.join(letters)[:80]}/certificates/{year}/{draw(4).hex()}"


def put_trust(folder: Path, data: bytes) -> None:
    """Writes the trust list that vouches for the keys in a folder."""
    beside = folder / f"{_TRUST_FILE}.new"
    beside.write_text(text_of(TRUST_LIST, data) + "\n", "ascii")
    beside.replace(folder / _TRUST_FILE)


def _key(plan: KeyPlan, role: str, signer: Signer, organisation: str) -> Key:
    until_s = plan.issued_at_s + plan.days * _DAY_S
    name, algorithm, public_key = signer.name, signer.algorithm, signer.public_key
    return Key(name, organisation, role, algorithm, public_key, plan.issued_at_s, until_s)


def trust_in(folder: Path) -> TrustList | None:
    """Returns the trust list in a folder of keys; None where there is none."""
    path = folder / _TRUST_FILE
    if not path.is_file():
        return None
    data = bytes_of(path.read_text("ascii", "replace"), TRUST_LIST) or b""
    try:
        return trust_list_of(data)[0]
    except Malformed:
        raise InvalidInput(Fault("service.keys.no-trust-list", "--keys")) from None


def keyring_in(folder: Path) -> Keyring:
    """Returns the keys in a folder.

    Raises:
        NotFound: there is no trust list.
        StoreError: a key is missing, or its file is open to others.
        InvalidInput: the list does not vouch for a key.
    """
    path = folder / _TRUST_FILE
    if not path.is_file():
        params: dict[str, str | int] = {"file": str(path)}
        raise NotFound(Fault("service.keys.none", "--keys", params=params))
    data = bytes_of(path.read_text("ascii", "replace"), TRUST_LIST) or b""
    try:
        trust, _ = trust_list_of(data)
    except Malformed:
        raise InvalidInput(Fault("service.keys.no-trust-list", "--keys")) from None
    offices = {role: signer_at(folder / f"{_file(role)}.pem") for role in OFFICES}
    witnesses = [signer_of(path) for path in sorted(folder.glob("witness-*.pem"))]
    path = folder / f"{_SECOND}.pem"
    second = signer_of(path) if path.is_file() else None
    others = [("issuer", second)] if second is not None else []
    _vouched(trust, [*offices.items(), *others, *(("witness", each) for each in witnesses)])
    return Keyring(
        trust,
        data,
        offices["issuer"],
        offices["status"],
        offices["log"],
        tuple(witnesses),
        second,
    )


def _vouched(trust: TrustList, signers: Sequence[tuple[str, Signer]]) -> None:
    """Refuses keys that verifiers would not believe: better now than on a thousand papers."""
    known = {(key.role, key.public_key) for key in trust.keys if key.revoked_from is None}
    strange = [each.name for role, each in signers if (role, each.public_key) not in known]
    if strange:
        params: dict[str, str | int] = {"keys": ", ".join(strange)}
        raise InvalidInput(Fault("service.keys.not-trusted", "--keys", params=params))
