"""Passkeys (WebAuthn): enrol a key of a person's device, and let its holder in by a signature.

A key signs for the host name that it was made for and for no other: a page that looks like ours
under another name gets nothing that would work here. It asks its holder for a finger or a PIN
(user verification), so that it stands for two factors. Attestation is not asked for: which maker
a key is of decides nothing here, and would tell on its holder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rafiqa.errors import Fault, InvalidInput
from rafiqa.service.accounts import (
    LABEL_MOST_CHARS,
    Account,
    Passkey,
    accounts,
    change_account,
)
from rafiqa.service.signinpolicy import note
from rafiqa.store import Store

CHALLENGE_BYTES: Final = 32
PASSKEYS_MOST: Final = 10
ANSWER_BYTES_MOST: Final = 16_384
_TIMEOUT_MS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of ours was opened: the host's name, and the origins that count for it.

    Attributes:
        rp_id: the host's name without its port.
        origins: scheme, host and port as browsers name them.
    """

    rp_id: str
    origins: tuple[str, ...]


def is_this_machine(name: str) -> bool:
    """Returns whether a host's name is one of this very machine."""
    return name in {"localhost", "127.0.0.1", "::1", "[::1]"}


def place_of(host: str) -> Place:
    """Returns where a page was opened, by the host that its request names.

    Only this very machine may do without TLS: browsers give keys to nobody else then.

    Raises:
        InvalidInput: it names none, and a key is of one host.
    """
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    if not name:
        raise InvalidInput(Fault("service.passkey.host", "Host"))
    origins = [f"https://{host}"]
    if name == "localhost":
        origins.append(f"http://{host}")
    return Place(name, tuple(origins))


def enrolment(account: Account, place: Place, site: str, challenge: bytes) -> dict[str, Any]:
    """Returns what a browser is asked to make a new key with, as JSON.

    Args:
        account: whose key it is to be.
        place: where the page was opened.
        site: what the key's holder sees it is for.
        challenge: random bytes, to be signed with it.
    """
    # A handle that names nobody: keys hand it out to whoever asks them.
    handle = sha256(f"rafiqa {account.actor.person_id} {account.login}".encode()).digest()
    options = generate_registration_options(
        rp_id=place.rp_id,
        rp_name=site,
        user_name=account.login,
        user_id=handle,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(base64url_to_bytes(key.key_id))
            for key in account.passkeys
        ],
    )
    told: dict[str, Any] = json.loads(options_to_json(options))
    return told


def add_passkey(
    store: Store,
    login: str,
    answer: dict[str, Any],
    challenge: bytes,
    place: Place,
    label: str,
    now_us: int,
) -> Passkey:
    """Returns the key that a browser made, kept with the account from now on.

    Raises:
        InvalidInput: it is none for this challenge and place, it asked its holder for nothing, it
            is enrolled already, or there are too many.
    """
    _refuse_long(answer)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=list(place.origins),
            require_user_verification=True,
        )
    except Exception as error:
        # What a browser sends is anybody's: whatever is wrong with it, it is no key.
        raise InvalidInput(Fault("service.passkey.not-made", "credential")) from error
    key = Passkey(
        bytes_to_base64url(made.credential_id),
        made.credential_public_key.hex(),
        place.rp_id,
        made.sign_count,
        " ".join(label.split())[:LABEL_MOST_CHARS],
        now_us,
    )
    if any(key.key_id == each.key_id for one in accounts(store).values() for each in one.passkeys):
        raise InvalidInput(Fault("service.passkey.known", "credential"))
    changed = change_account(
        store,
        login,
        lambda known: replace(known, passkeys=(*known.passkeys, key)[:PASSKEYS_MOST]),
    )
    if changed is None or key not in changed.passkeys:
        params: dict[str, str | int] = {"most": PASSKEYS_MOST}
        raise InvalidInput(Fault("service.passkey.too-many", "credential", params=params))
    note(store, now_us, "passkey.enrolled", login)
    return key


def remove_passkey(store: Store, login: str, key_id: str, now_us: int) -> bool:
    """Returns whether there was such a key; sessions of before have ended with it."""
    found: list[bool] = []

    def without(known: Account) -> Account:
        left = tuple(each for each in known.passkeys if each.key_id != key_id)
        if len(left) == len(known.passkeys):
            return known
        found.append(True)
        return replace(known, passkeys=left, epoch=known.epoch + 1)

    change_account(store, login, without)
    if found:
        note(store, now_us, "passkey.removed", login)
    return bool(found)


def question(place: Place, challenge: bytes) -> dict[str, Any]:
    """Returns what a browser asks its keys, as JSON; it names no account."""
    options = generate_authentication_options(
        rp_id=place.rp_id,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    told: dict[str, Any] = json.loads(options_to_json(options))
    return told


def signed_by(
    store: Store, answer: dict[str, Any], challenge: bytes, place: Place
) -> Account | None:
    """Returns whose key signed a challenge; None where none of ours did.

    A counter that did not rise, where the key has one, is a copy of the key: it is refused.
    """
    try:
        _refuse_long(answer)
    except InvalidInput:
        return None
    key_id = answer.get("id")
    for account in accounts(store).values():
        for key in account.passkeys:
            if key.key_id == key_id and key.rp_id == place.rp_id:
                return _verified(store, (account, key), answer, challenge, place)
    return None


def _verified(
    store: Store,
    held: tuple[Account, Passkey],
    answer: dict[str, Any],
    challenge: bytes,
    place: Place,
) -> Account | None:
    account, key = held
    try:
        seen = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=key.rp_id,
            expected_origin=list(place.origins),
            credential_public_key=bytes.fromhex(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - what a browser sends is anybody's
        return None
    counted = replace(key, sign_count=seen.new_sign_count)
    return change_account(
        store,
        account.login,
        lambda known: replace(
            known,
            passkeys=tuple(counted if each == key else each for each in known.passkeys),
        ),
    )


def _refuse_long(answer: dict[str, Any]) -> None:
    if len(json.dumps(answer)) > ANSWER_BYTES_MOST:
        raise InvalidInput(Fault("service.passkey.not-made", "credential"))
