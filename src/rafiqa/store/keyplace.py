"""Where a key lies: in a file of its own, or in a hardware module that a file beside it names.

The file that names a module holds nothing secret; the PIN stands in another, for its owner alone.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import cose
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.store.durable import renamed_durably, write_durably
from rafiqa.store.hardwarekey import HardwareSigner, make_hardware_key
from rafiqa.store.keyfile import secret_in, signer_of
from rafiqa.store.passphrase import is_sealed

_ENDING: Final = ".module"
_NAMES: Final = ("module", "token", "key", "pin_file")


@dataclass(frozen=True, slots=True)
class InModule:
    """A token of a hardware module, and where its PIN is.

    Attributes:
        module: the maker's PKCS#11 library.
        token: the token's label.
        pin_file: holds the user's PIN, for its owner alone.
    """

    module: Path
    token: str
    pin_file: Path


class Passphrases(Protocol):
    """Whoever knows what seals a key's file."""

    def opening(self, path: Path) -> Iterable[str]:
        """What may open a sealed file, to be tried in turn; asked only of a sealed one."""

    def sealing(self, path: Path) -> str | None:
        """What seals a new file; None where it is to be sealed by nothing."""


class Unsealed:
    """Knows no passphrase."""

    def opening(self, path: Path) -> Iterable[str]:
        """Nothing: no sealed file opens."""
        del path
        return ()

    def sealing(self, path: Path) -> str | None:
        """None: new files are readable by their owner alone."""
        del path
        return None


UNSEALED: Final[Passphrases] = Unsealed()


@dataclass(frozen=True, slots=True)
class ClosedSigner:
    """A key that is known and was not opened, since what is done now needs no signature by it.

    Attributes:
        name: the key's name.
        algorithm: how it signs.
        public_key: raw bytes.
    """

    name: str
    algorithm: Algorithm
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Nothing.

        Raises:
            StoreError: always.
        """
        del message
        raise StoreError(Fault("store.key.closed", params={"name": self.name}))


def is_key_at(path: Path) -> bool:
    """Whether a key's file is there, or the one that names the module it is in."""
    return path.is_file() or path.with_suffix(_ENDING).is_file()


def signer_at(path: Path, passphrases: Passphrases = UNSEALED) -> Signer:
    """The signer of a key.

    Args:
        path: its file; where it is in a module, the file that says so ends in ``.module`` instead.
        passphrases: knows what opens it where it is sealed.

    Raises:
        StoreError: neither is there, others may read a secret one, nothing that is known opens a
            sealed one, or the module does not sign.
    """
    place = path.with_suffix(_ENDING)
    if path.is_file() or not place.is_file():
        return _in_file(path, passphrases)
    named = _named(place)
    pin = _pin(path.parent / named["pin_file"])
    return HardwareSigner(Path(named["module"]), named["token"], named["key"], pin)


def signer_in(place: InModule, name: str) -> Signer:
    """The signer of a key in a hardware module.

    A key of that name on the token is taken: it may have been made when the token was; else the
    module makes one.

    Args:
        place: the token.
        name: the key's name and its label on the token.

    Raises:
        StoreError: others may read the PIN, or the module does not sign.
    """
    pin = _pin(place.pin_file)
    try:
        return HardwareSigner(place.module, place.token, name, pin)
    except StoreError as error:
        if error.code != "store.module-key-absent":
            raise
    return make_hardware_key(place.module, place.token, name, pin)


def keep_in_module(path: Path, place: InModule, name: str) -> Signer:
    """The signer of a key in a hardware module, which ``signer_at`` finds from now on.

    Args:
        path: the file in which the key would lie.
        place: the token.
        name: the key's name and its label on the token; see ``signer_in``.

    Raises:
        StoreError: there is a key at that path already, or the module does not sign.
    """
    if is_key_at(path):
        raise StoreError(Fault("store.key.taken", params={"path": str(path)}))
    signer = signer_in(place, name)
    values = (str(place.module), place.token, name, str(place.pin_file.absolute()))
    rows = (f"{key} = {json.dumps(value)}\n" for key, value in zip(_NAMES, values, strict=True))
    write_durably(path.with_suffix(_ENDING), "".join(rows).encode())
    return signer


def waiting_path(path: Path, public_key: bytes) -> Path:
    """Where a key lies that is to take the place of the one at a path, named by its public half."""
    return path.with_name(f"{path.stem}.next-{cose.key_id(public_key).hex()}{path.suffix}")


def set_aside(path: Path, mark: str) -> None:
    """Nothing; what says where a key lies bears a mark before its ending now, and is not found.

    Raises:
        StoreError: the disk failed.
    """
    lies = _lying(path)
    renamed_durably(lies, lies.with_name(f"{lies.stem}.{mark}{lies.suffix}"))


def put_in_place(waiting: Path, path: Path) -> None:
    """Nothing; the key that waited is the one at the path, at which there was none.

    Raises:
        StoreError: the disk failed.
    """
    lies = _lying(waiting)
    renamed_durably(lies, path.with_suffix(lies.suffix))


def is_sealed_at(path: Path) -> bool:
    """Whether a key lies in a file that a passphrase seals."""
    return path.is_file() and is_sealed(secret_in(path)[0])


def _lying(path: Path) -> Path:
    return path if path.is_file() else path.with_suffix(_ENDING)


def _in_file(path: Path, passphrases: Passphrases) -> Signer:
    """The signer of a key in a file, opened by the first passphrase that does."""
    if not is_sealed(secret_in(path)[0]):
        return signer_of(path)
    code = "store.key.sealed"
    for passphrase in passphrases.opening(path):
        try:
            return signer_of(path, passphrase)
        except StoreError as error:
            code = error.code
            if code != "store.key.unreadable":
                raise
    raise StoreError(Fault(code, params={"path": str(path)}))


def _named(place: Path) -> dict[str, str]:
    try:
        named = tomllib.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        named = {}
    if sorted(named) != sorted(_NAMES) or not all(type(each) is str for each in named.values()):
        raise StoreError(Fault("store.module-place", params={"path": str(place)}))
    return named


def _pin(path: Path) -> str:
    data, is_private = secret_in(path)
    if not is_private:
        raise StoreError(Fault("store.key.open-to-others", params={"path": str(path)}))
    try:
        return data.decode().strip()
    except UnicodeDecodeError:
        raise StoreError(Fault("store.key.unreadable", params={"path": str(path)})) from None
