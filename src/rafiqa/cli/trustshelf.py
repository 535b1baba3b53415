"""The trust lists that this machine holds: put here by whoever issues from it or was given one.

Nothing that comes with a paper is ever put here: a forger would bring the list along.
"""

from __future__ import annotations

import os
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.qrtext import TRUST_LIST, bytes_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.trustlist import TrustList, is_signed_by_roots, succeeds, trust_list_of
from rafiqa.wire.paper import TEXT_BYTES


def folder() -> Path:
    """Returns where they lie (XDG Base Directory Specification, ``XDG_DATA_HOME``)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "rafiqa" / "trust"


def trust_from(path: Path) -> TrustList:
    """Returns the trust list of a file, as its text or its bytes.

    Raises:
        InvalidInput: it is missing, holds none, or too few of its own root keys signed it.
    """
    found = _whole(_bytes_in(path))
    if found is None:
        raise InvalidInput(Fault("cli.verify.trust", "--trust", params={"path": path.name}))
    return found


def held() -> tuple[TrustList, ...]:
    """Returns the lists on this machine's shelf; what is damaged is passed over."""
    found = []
    for path in sorted(folder().glob("*.rfq")):
        trust = _whole(_bytes_in(path))
        if trust is not None:
            found.append(trust)
    return tuple(found)


def put(data: bytes) -> bool:
    """Returns whether a list was put on the shelf.

    It is the first of its authority, or it succeeds the one that is there.

    Args:
        data: a trust list that this machine's own store made.
    """
    try:
        newer, signatures = trust_list_of(data)
    except Malformed:
        return False
    name = "".join(letter if letter.isalnum() else "-" for letter in newer.log_origin)
    path = folder() / f"{name}.rfq"
    older = _whole(_bytes_in(path))
    if older is not None and not succeeds(newer, signatures, older):
        return False
    if older is None and not is_signed_by_roots(newer, newer, signatures):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)
    return True


def _whole(data: bytes) -> TrustList | None:
    try:
        trust, signatures = trust_list_of(data)
    except Malformed:
        return None
    return trust if is_signed_by_roots(trust, trust, signatures) else None


def _bytes_in(path: Path) -> bytes:
    """The bytes of a list in a file, whether they are there as such or as their text."""
    if not path.is_file() or path.stat().st_size > TEXT_BYTES:
        return b""
    data = path.read_bytes()
    if not data.startswith(TRUST_LIST.encode()):
        return data
    return bytes_of(data.decode("ascii", "replace"), TRUST_LIST) or b""
