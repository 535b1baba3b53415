"""Code makers: six digits that change every 30 seconds (RFC 6238), and codes for when one is lost.

The secret is sealed under a key that only the password makes, so that a copy of the store gives
nobody codes. The figures are those every common program knows: SHA-1, six digits, 30 seconds.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from rafiqa.service.accounts import HASHING, Account, CodeMaker, change_account
from rafiqa.service.signinpolicy import note
from rafiqa.store import Store

SECRET_BYTES: Final = 20
STEP_S: Final = 30
DIGITS: Final = 6
DRIFT_STEPS: Final = 1
"""A clock may be off by one step to either side."""
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
_NONCE_BYTES: Final = 12
_US: Final = 1_000_000


def new_secret(entropy: Callable[[int], bytes]) -> bytes:
    """Returns a fresh secret for a code maker."""
    return entropy(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """Returns a secret as programs take it by hand: base32."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_uri(secret: bytes, login: str, site: str) -> str:
    """Returns what a code maker scans: the secret, whose it is, and where it is used."""
    label = f"{quote(site, safe='')}:{quote(login, safe='')}"
    figures = f"algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    told = f"secret={secret_text(secret)}&issuer={quote(site, safe='')}&{figures}"
    return f"otpauth://totp/{label}?{told}"


def code_at(secret: bytes, step: int) -> str:
    """Returns the code of a secret in one step of 30 seconds since 1970 UTC."""
    maker = TOTP(secret, DIGITS, SHA1(), STEP_S, enforce_key_length=False)  # noqa: S303 - as RFC 6238 has it
    return maker.generate(step * STEP_S).decode()


def step_of(secret: bytes, code: str, now_us: int, after_step: int) -> int | None:
    """Returns the step whose code this is, later than one that was taken; None where none is."""
    now = now_us // _US // STEP_S
    given = "".join(each for each in code if each.isdigit()).encode()
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        right = hmac.compare_digest(code_at(secret, step).encode(), given)
        if right and step > after_step:
            found = step
    return found


def enrol(
    store: Store,
    login: str,
    password: str,
    secret: bytes,
    taken: int,
    entropy: Callable[[int], bytes],
    now_us: int,
) -> tuple[str, ...]:
    """Returns the recovery codes, to be shown once; the account asks for a code from now on.

    Args:
        store: where the account is kept.
        login: whose.
        password: theirs, known to be right; it seals the secret.
        secret: the code maker's.
        taken: the step whose code showed that they have it.
        entropy: gives that many random bytes.
        now_us: the time, for the diary.
    """
    codes = tuple(_recovery_code(entropy) for _ in range(RECOVERY_CODES))
    salt, nonce = entropy(16), entropy(_NONCE_BYTES)
    sealed = nonce + AESGCM(_key(password, salt)).encrypt(nonce, secret, login.encode())
    maker = CodeMaker(sealed.hex(), salt.hex(), taken, tuple(map(_recovery_sha256, codes)))
    change_account(store, login, lambda account: replace(account, code_maker=maker))
    note(store, now_us, "code-maker.enrolled", login)
    return codes


def secret_of(account: Account, password: str) -> bytes | None:
    """Returns the secret of an account's code maker; None where the password does not open it."""
    maker = account.code_maker
    if maker is None:
        return None
    sealed = bytes.fromhex(maker.sealed)
    key = _key(password, bytes.fromhex(maker.salt))
    try:
        opened = AESGCM(key).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], account.login.encode()
        )
    except InvalidTag:
        return None
    return bytes(opened)


def take_code(store: Store, account: Account, password: str, code: str, now_us: int) -> str | None:
    """Returns by which factor a code was taken, ``totp`` or ``recovery``; None where by none.

    A code is taken once, also by two who ask at the same moment.
    """
    used = _recovery_sha256(code)
    secret = secret_of(account, password)
    taken: list[str] = []

    def spend(known: Account) -> Account:
        maker = known.code_maker
        if maker is None or maker.sealed != getattr(account.code_maker, "sealed", None):
            return known
        if used in maker.recovery:
            taken.append("recovery")
            left = tuple(each for each in maker.recovery if each != used)
            return replace(known, code_maker=replace(maker, recovery=left))
        step = None if secret is None else step_of(secret, code, now_us, maker.last_step)
        if step is None:
            return known
        taken.append("totp")
        return replace(known, code_maker=replace(maker, last_step=step))

    change_account(store, account.login, spend)
    if taken == ["recovery"]:
        note(store, now_us, "recovery-code.used", account.login)
    return taken[0] if taken else None


def resealed(
    account: Account, old: str, new: str, entropy: Callable[[int], bytes]
) -> CodeMaker | None:
    """Returns an account's code maker sealed under another password; None where there is none."""
    secret, maker = secret_of(account, old), account.code_maker
    if secret is None or maker is None:
        return None
    salt, nonce = entropy(16), entropy(_NONCE_BYTES)
    sealed = nonce + AESGCM(_key(new, salt)).encrypt(nonce, secret, account.login.encode())
    return replace(maker, sealed=sealed.hex(), salt=salt.hex())


def _key(password: str, salt: bytes) -> bytes:
    """Argon2id with the figures of the password's own hash, and a salt of its own."""
    with HASHING:
        made: bytes = hash_secret_raw(password.encode(), salt, 2, 19_456, 1, 32, Type.ID)
    return made


def _recovery_code(entropy: Callable[[int], bytes]) -> str:
    letters = base64.b32encode(entropy(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _recovery_sha256(code: str) -> str:
    """Eighty random bits need no slow hash: nobody tries them all."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    return sha256(plain.encode()).hexdigest()
