"""Keys in a hardware module: the module signs, and the key never leaves it.

Reached by PKCS#11, which smart cards, USB tokens and network modules speak, through the optional
package python-pkcs11. Ed25519 only: PKCS#11 has ML-DSA from version 3.2 on, which no module that we
could try has.

A module is trusted to keep a key, not to be right: every signature is checked before it is given
out. A wrong PIN is given to it once and never again, for modules lock themselves after a few.

Source: PKCS#11 v3.1 (OASIS), sections 2.3.5 and 2.3.14 (Edwards keys, EdDSA); RFC 8032.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self
from weakref import finalize

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger.signing import Algorithm, is_signed

if TYPE_CHECKING:
    import pkcs11

PROBE: Final = b"rafiqa/key-check/1\n"
"""Signed on opening; nothing that counts begins so."""
_CURVE: Final = bytes.fromhex("06032b6570")
"""DER of 1.3.101.112, the identifier of Ed25519 (RFC 8410, section 3)."""
_POINT_HEAD: Final = bytes.fromhex("0420")
"""DER of "32 bytes follow", in which most modules wrap the public key."""
_WRAPPED_BYTES: Final = 34
_ONE_AT_A_TIME: Final = Lock()
"""Held for every call into a module: python-pkcs11 does not ask modules to take several threads."""
_LEFT: Final[list[pkcs11.Session]] = []
"""Sessions of signers that were let go while another one worked. Closing one logs the whole process
out (PKCS#11, section 5.6.8), under the hands of whoever works, so they wait for the next call."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a key is."""

    module: Path
    token: str
    label: str

    def fault(self, code: str, error: Exception | None = None) -> Fault:
        detail = "" if error is None else f"{type(error).__name__}: {error}"[:200]
        return Fault(
            code,
            params={
                "module": str(self.module),
                "token": self.token,
                "key": self.label,
                "detail": detail,
            },
        )


class HardwareSigner:
    """A signer whose key is in a hardware module; use it as a context, or close it.

    Takes calls from any thread, one at a time. If the module forgot us (it was pulled out and put
    back, its network was gone) it is logged into once more; what then fails is an error.

    Args:
        module: the maker's PKCS#11 library (``.so``).
        token: the label of the token, as the module shows it.
        label: the label of the key on it, and the signer's name.
        pin: the user's PIN.

    Raises:
        StoreError: the module, the token or the key is not there, the PIN is not taken, or it does
            not sign as its public key says. ``store.module-driver`` without python-pkcs11.
    """

    def __init__(self, module: Path, token: str, label: str, pin: str) -> None:
        self._place = _Place(module, token, label)
        self._pin: str | None = pin
        self._key: Any = None
        self._sessions: list[pkcs11.Session] = []
        # Whoever forgets to close it is logged out when it is let go, at the latest at the end.
        finalize(self, _left, self._sessions)
        with _alone():
            self._public_key = self._opened()
        try:
            self.sign(PROBE)
        except StoreError:
            self.close()
            raise

    def __repr__(self) -> str:
        """The name only: a PIN is printed nowhere."""
        return f"HardwareSigner({self._place.label!r}, {self.algorithm.value})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The key's name: its label on the token."""
        return self._place.label

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return Algorithm.ED25519

    @property
    def public_key(self) -> bytes:
        """Raw bytes of the public key."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, checked.

        Raises:
            StoreError: the module does not answer, has another key than when it was opened, or
                signed wrongly; no signature is given out.
        """
        with _alone():
            signature = self._signed(message)
        if signature is None or not is_signed(self.algorithm, self.public_key, message, signature):
            raise StoreError(self._place.fault("store.module-signature"))
        return signature

    def close(self) -> None:
        """Nothing; logs out of the module. Calling it twice does no harm."""
        with _alone():
            self._pin = None
            self._let_go()

    def _signed(self, message: bytes) -> bytes | None:
        """The module's signature, after one more login if it was lost; None if the key changed."""
        from pkcs11.exceptions import PKCS11Error

        try:
            return self._once(message)
        except PKCS11Error:
            # Whatever it was: signing twice does no harm, and modules differ in what they say.
            self._let_go()
        if self._opened() != self._public_key:
            return None
        try:
            return self._once(message)
        except PKCS11Error as error:
            raise StoreError(self._place.fault("store.module-unreachable", error)) from error

    def _once(self, message: bytes) -> bytes:
        from pkcs11 import Mechanism
        from pkcs11.exceptions import SessionClosed

        if self._key is None:
            raise SessionClosed
        return bytes(self._key.sign(message, mechanism=Mechanism.EDDSA))

    def _opened(self) -> bytes:
        """The public key of the module's key, which is now at hand to sign."""
        try:
            import pkcs11
        except ImportError as error:
            raise StoreError(self._place.fault("store.module-driver", error)) from error
        try:
            session = self._logged_in()
            self._sessions.append(session)
            key, public_key = _pair(session, self._place.label)
        except pkcs11.exceptions.PKCS11Error as error:
            self._let_go()
            raise StoreError(self._place.fault(_code(error), error)) from error
        if key is None or public_key is None:
            self._let_go()
            raise StoreError(self._place.fault("store.module-key-kind"))
        self._key = key
        return public_key

    def _logged_in(self) -> pkcs11.Session:
        import pkcs11

        if self._pin is None:
            raise pkcs11.exceptions.UserNotLoggedIn
        try:
            return _session(self._place, self._pin)
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLocked):
            self._pin = None
            raise

    def _let_go(self) -> None:
        self._key = None
        _logged_out(self._sessions)


def make_hardware_key(module: Path, token: str, label: str, pin: str) -> HardwareSigner:
    """The signer of a key that the module makes now, in itself, never to be read out.

    Args:
        module: the maker's PKCS#11 library.
        token: the label of the token.
        label: the new key's label; no key of the token has it yet.
        pin: the user's PIN.

    Raises:
        StoreError: as ``HardwareSigner``, or there is a key of that label.
    """
    place = _Place(module, token, label)
    try:
        import pkcs11
    except ImportError as error:
        raise StoreError(place.fault("store.module-driver", error)) from error
    try:
        with _alone(), _session(place, pin, writing=True) as session:
            if [*session.get_objects({pkcs11.Attribute.LABEL: label})]:
                raise StoreError(place.fault("store.module-key-twice"))
            curve = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS, {pkcs11.Attribute.EC_PARAMS: _CURVE}, local=True
            )
            curve.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                store=True,
                label=label,
                private_template={
                    pkcs11.Attribute.SENSITIVE: True,
                    pkcs11.Attribute.EXTRACTABLE: False,
                },
            )
    except pkcs11.exceptions.PKCS11Error as error:
        raise StoreError(place.fault(_code(error), error)) from error
    return HardwareSigner(module, token, label, pin)


def _session(place: _Place, pin: str, *, writing: bool = False) -> pkcs11.Session:
    """A session on a token, logged in."""
    import pkcs11

    token = pkcs11.lib(str(place.module)).get_token(token_label=place.token)
    try:
        return token.open(rw=writing, user_pin=pin)
    except pkcs11.exceptions.UserAlreadyLoggedIn:
        # Another signer of this process is on the same token; its login is ours too.
        return token.open(rw=writing)


@contextmanager
def _alone() -> Iterator[None]:
    """Nothing; nobody else of this process calls a module, and who left is logged out."""
    with _ONE_AT_A_TIME:
        _logged_out(_LEFT)
        yield


def _left(sessions: list[pkcs11.Session]) -> None:
    """Nothing; sessions are closed now, or by the next call if a module is being called."""
    # Not waited for: what is let go may be let go by the very thread that is in a call.
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        _LEFT.extend(sessions)
        return
    try:
        _logged_out(sessions)
    finally:
        _ONE_AT_A_TIME.release()


def _logged_out(sessions: list[pkcs11.Session]) -> None:
    while sessions:
        # What is gone already is what was wanted.
        with suppress(RuntimeError):
            sessions.pop().close()


def _pair(session: pkcs11.Session, label: str) -> tuple[Any, bytes | None]:
    """The private key of a label and the raw public one; None where it is not of our kind.

    A key that was ever outside the module, or that may be taken out, is not of our kind.
    """
    from pkcs11 import Attribute, KeyType, ObjectClass

    private, public = (
        session.get_key(object_class=each, key_type=KeyType.EC_EDWARDS, label=label)
        for each in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY)
    )
    point = bytes(public[Attribute.EC_POINT])
    raw = point.removeprefix(_POINT_HEAD) if len(point) == _WRAPPED_BYTES else point
    stays = private[Attribute.ALWAYS_SENSITIVE] and private[Attribute.NEVER_EXTRACTABLE]
    if len(raw) != Algorithm.ED25519.public_key_bytes or not stays:
        return None, None
    return private, raw


def _code(error: Exception) -> str:
    from pkcs11 import exceptions

    if isinstance(error, exceptions.NoSuchToken | exceptions.MultipleTokensReturned):
        return "store.module-token"
    if isinstance(error, exceptions.NoSuchKey | exceptions.MultipleObjectsReturned):
        return "store.module-key-absent"
    if isinstance(error, exceptions.PinIncorrect | exceptions.PinLocked | exceptions.PinExpired):
        return "store.module-pin"
    return "store.module-unreachable"
