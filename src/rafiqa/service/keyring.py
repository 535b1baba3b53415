"""The keys an authority signs its papers with, and the trust list that says so to verifiers.

Four offices, four keys: papers, status lists, the log, and the witnesses, who are other
organisations and whose keys are here only where one machine plays all parts, as in the demo. The
roots, which say whose keys count, are made with them and handed out; they are not kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.ledger.qrtext import TRUST_LIST, bytes_of, text_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner, Signer
from rafiqa.ledger.trustlist import (
    LEAST_ROOTS,
    LEAST_WITNESSES,
    Key,
    TrustList,
    trust_list_bytes,
    trust_list_of,
)
from rafiqa.store.durable import write_durably
from rafiqa.store.keyfile import make_key
from rafiqa.store.keyplace import (
    UNSEALED,
    ClosedSigner,
    InModule,
    Passphrases,
    is_key_at,
    keep_in_module,
    signer_at,
    signer_in,
    waiting_path,
)

ROOTS: Final = ("root-1", "root-2", "root-3")
"""Three, of which two sign a list; whoever makes them gives each to another person."""
OFFICES: Final = {
    "issuer": "Office of certificates",
    "status": "Office of status lists",
    "log": "Log of certificates",
}
"""Role, which names its key's file, to the name by which verifiers show it."""
STATUS_DAYS: Final = 30
_DAY_S: Final = 86_400
_TRUST_FILE: Final = "trust.rfq"


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
        in_modules: by office, the hardware module in which its key is kept; a file else.
    """

    authority: str
    log_origin: str
    issued_at_s: int
    days: int
    witnesses: tuple[str, ...] = ()
    in_modules: Mapping[str, InModule] = field(default_factory=dict)


def make_keys(
    plan: KeyPlan,
    folder: Path,
    draw: Callable[[int], bytes],
    passphrases: Passphrases = UNSEALED,
) -> Keyring:
    """Returns a new set of keys, written into a folder with their trust list.

    The roots' keys lie in its folder ``roots``, to be taken away from there.

    Args:
        plan: what they are for.
        folder: where; no keys may lie there.
        draw: gives that many random bytes.
        passphrases: knows what seals each file.

    Raises:
        StoreError: other keys lie there, a passphrase is short, or a module does not sign.
    """
    # All that can be refused is asked before the first file is written.
    seals = {path: passphrases.sealing(path) for path in _paths(plan, folder)}
    for role, place in plan.in_modules.items():
        signer_in(place, OFFICES[role])
    making = _Making(draw, seals, passphrases)
    roots = [making.key(folder / "roots" / f"{name}.pem", name) for name in ROOTS]
    offices = {
        role: keep_in_module(office_path(folder, role), plan.in_modules[role], name)
        if role in plan.in_modules
        else making.key(office_path(folder, role), name)
        for role, name in OFFICES.items()
    }
    witnesses = [
        making.key(_witness_path(folder, at), f"Witness of {organisation}")
        for at, organisation in enumerate(plan.witnesses, 1)
    ]
    second = making.key(second_path(folder), OFFICES["issuer"], Algorithm.ML_DSA_44)
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
    return keyring_in(folder, passphrases)


def _paths(plan: KeyPlan, folder: Path) -> Iterator[Path]:
    """Every file that is made; what is kept in a module has none."""
    yield from (office_path(folder, role) for role in OFFICES if role not in plan.in_modules)
    yield second_path(folder)
    yield from (_witness_path(folder, at) for at in range(1, len(plan.witnesses) + 1))
    yield from (folder / "roots" / f"{name}.pem" for name in ROOTS)


@dataclass(frozen=True, slots=True)
class _Making:
    """What makes keys: randomness, and what seals and opens each file."""

    draw: Callable[[int], bytes]
    seals: Mapping[Path, str | None]
    passphrases: Passphrases

    def key(self, path: Path, name: str, algorithm: Algorithm = Algorithm.ED25519) -> Signer:
        """The signer of a key written now, or that was written before from the same draw."""
        seed = self.draw(SEED_BYTES)
        made = MemorySigner(name, algorithm, seed)
        if path.exists() and signer_at(path, self.passphrases).public_key == made.public_key:
            return made
        return made_file(path, made, seed, self.draw, self.seals[path])


def made_file(
    path: Path,
    signer: MemorySigner,
    seed: bytes,
    draw: Callable[[int], bytes],
    passphrase: str | None,
) -> Signer:
    """Returns the signer of a key whose seed is drawn already, which is in a file now.

    Raises:
        StoreError: the passphrase is short, something is there, or the disk failed.
    """
    seeds = iter([seed])
    # The seed is the first draw, and what seals it is drawn after it.
    entropy = lambda count: next(seeds, None) or draw(count)  # noqa: E731
    return make_key(path, signer.name, signer.algorithm, entropy=entropy, passphrase=passphrase)


def office_path(folder: Path, role: str) -> Path:
    """Returns where an office's key lies; the log's own stands beside the evidence log's."""
    return folder / f"{'log-certificates' if role == 'log' else role}.pem"


def second_path(folder: Path) -> Path:
    """Returns where the key lies by which certificates are signed again, for the record."""
    return folder / "issuer-ml-dsa-44.pem"


def _witness_path(folder: Path, at: int) -> Path:
    return folder / f"witness-{at}.pem"


def key_folder(store: Path) -> Path:
    """Returns where the keys of a store lie unless somebody says otherwise."""
    return store.with_name(f"{store.name}.keys")


def new_origin(authority: str, now_s: int, draw: Callable[[int], bytes]) -> str:
    """Returns a name for a certificate log that no other log has: a new one begins each year."""
    year = datetime.fromtimestamp(now_s, UTC).year
    letters = (each if each.isascii() and each.isalnum() else "-" for each in authority.lower())
    return f"{''.join(letters)[:80]}/certificates/{year}/{draw(4).hex()}"


def put_trust(folder: Path, data: bytes) -> None:
    """Writes the trust list that vouches for the keys in a folder; it is on the disk by then.

    Raises:
        StoreError: the disk failed.
    """
    write_durably(folder / _TRUST_FILE, (text_of(TRUST_LIST, data) + "\n").encode("ascii"))


def _key(plan: KeyPlan, role: str, signer: Signer, organisation: str) -> Key:
    until_s = plan.issued_at_s + plan.days * _DAY_S
    name, algorithm, public_key = signer.name, signer.algorithm, signer.public_key
    return Key(name, organisation, role, algorithm, public_key, plan.issued_at_s, until_s)


def trust_in(folder: Path) -> TrustList | None:
    """Returns the trust list in a folder of keys; None where there is none."""
    return listed_in(folder)[0] if (folder / _TRUST_FILE).is_file() else None


def listed_in(folder: Path) -> tuple[TrustList, bytes]:
    """Returns the trust list in a folder of keys, and its signed bytes.

    Raises:
        NotFound: there is none.
        InvalidInput: it is damaged.
    """
    path = folder / _TRUST_FILE
    if not path.is_file():
        params: dict[str, str | int] = {"file": str(path)}
        raise NotFound(Fault("service.keys.none", "--keys", params=params))
    data = bytes_of(path.read_text("ascii", "replace"), TRUST_LIST) or b""
    try:
        return trust_list_of(data)[0], data
    except Malformed:
        raise InvalidInput(Fault("service.keys.no-trust-list", "--keys")) from None


def keyring_in(
    folder: Path, passphrases: Passphrases = UNSEALED, roles: Collection[str] = tuple(OFFICES)
) -> Keyring:
    """Returns the keys in a folder.

    Args:
        folder: where they lie.
        passphrases: knows what opens those that are sealed.
        roles: the offices that sign now; the keys of the others are not opened.

    Raises:
        NotFound: there is no trust list.
        StoreError: a key is missing, its file is open to others, or nothing known opens it.
        InvalidInput: the list does not vouch for a key.
    """
    trust, data = listed_in(folder)
    offices = {
        role: signer_at(place_of(folder, trust, role), passphrases)
        for role in OFFICES
        if role in roles
    }
    opened = [*offices.items()]
    witnesses: list[Signer] = []
    if "log" in roles:
        paths = sorted(folder.glob("witness-*.pem"))
        witnesses = [signer_at(path, passphrases) for path in paths]
    second, lies = None, _second_lies(folder, trust)
    if "issuer" in roles and lies.is_file():
        second = signer_at(lies, passphrases)
        opened.append(("issuer", second))
    _vouched(trust, [*opened, *(("witness", each) for each in witnesses)])
    closed = closed_keyring(trust, data)
    named: dict[str, Any] = {**offices}
    return replace(closed, **named, witnesses=tuple(witnesses), second=second)


def standing_keys(
    trust: TrustList, role: str, algorithm: Algorithm = Algorithm.ED25519
) -> list[Key]:
    """Returns the keys of an office that are not revoked: those by which it signs on paper.

    By ML-DSA-44 the issuer signs the record a second time.
    """
    return [
        key
        for key in trust.keys
        if (key.role, key.algorithm, key.revoked_from) == (role, algorithm, None)
    ]


def place_of(folder: Path, trust: TrustList, role: str) -> Path:
    """Returns where the key of an office lies that the trust list vouches for.

    A new key waits beside the old one until the list that names it is on the disk; from that
    moment on it is the one, whether or not it was given its own name yet.
    """
    return vouched_place(office_path(folder, role), standing_keys(trust, role))


def _second_lies(folder: Path, trust: TrustList) -> Path:
    """Where the issuer's second key lies that the trust list vouches for."""
    return vouched_place(second_path(folder), standing_keys(trust, "issuer", Algorithm.ML_DSA_44))


def vouched_place(path: Path, keys: Collection[Key]) -> Path:
    """Returns where the one of some keys lies that waits for its name; the path where none does.

    Args:
        path: where a key of that use lies.
        keys: those that the trust list vouches for.
    """
    waiting = (waiting_path(path, key.public_key) for key in keys)
    return next((each for each in waiting if is_key_at(each)), path)


def closed_keyring(trust: TrustList, data: bytes) -> Keyring:
    """Returns the keys that a trust list names, none of them opened.

    Args:
        trust: the list.
        data: its signed bytes.
    """
    issuer, status, log = (_closed(trust, role) for role in OFFICES)
    return Keyring(trust, data, issuer, status, log)


def _closed(trust: TrustList, role: str) -> ClosedSigner:
    public_key = next((key.public_key for key in standing_keys(trust, role)), b"")
    return ClosedSigner(OFFICES[role], Algorithm.ED25519, public_key)


def _vouched(trust: TrustList, signers: Sequence[tuple[str, Signer]]) -> None:
    """Refuses keys that verifiers would not believe: better now than on a thousand papers."""
    known = {(key.role, key.public_key) for key in trust.keys if key.revoked_from is None}
    strange = [each.name for role, each in signers if (role, each.public_key) not in known]
    if strange:
        params: dict[str, str | int] = {"keys": ", ".join(strange)}
        raise InvalidInput(Fault("service.keys.not-trusted", "--keys", params=params))
