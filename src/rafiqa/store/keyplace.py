"""Where a key lies: in a file of its own, or in a hardware module that a file beside it names.

The file that names a module holds nothing secret; the PIN stands in another, for its owner alone.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger.signing import Signer
from rafiqa.store.durable import write_durably
from rafiqa.store.hardwarekey import HardwareSigner, make_hardware_key
from rafiqa.store.keyfile import secret_in, signer_of

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


def is_key_at(path: Path) -> bool:
    """Whether a key's file is there, or the one that names the module it is in."""
    return path.is_file() or path.with_suffix(_ENDING).is_file()


def signer_at(path: Path) -> Signer:
    """The signer of a key.

    Args:
        path: its file; where it is in a module, the file that says so ends in ``.module`` instead.

    Raises:
        StoreError: neither is there, others may read a secret one, or the module does not sign.
    """
    place = path.with_suffix(_ENDING)
    if path.is_file() or not place.is_file():
        return signer_of(path)
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


def set_aside(path: Path, mark: str) -> None:
    """Nothing; what says where a key lies bears a mark before its ending now, and is not found."""
    lies = path if path.is_file() else path.with_suffix(_ENDING)
    lies.rename(lies.with_name(f"{lies.stem}.{mark}{lies.suffix}"))


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
