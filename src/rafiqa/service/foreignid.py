"""Foreign ids: how what another authority told of is named here, by peer, stream, bundle and item.

Two things never share a name, and no name is longer than the ledger takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

SEPARATOR: Final = ":"
"""Between the parts of a name, and in none of them."""
TAKEN: Final = "bundle"
"""How the entries begin that a bundle put on record."""
TAKEN_OVER: Final = "take-over"
"""How the entries begin by which a release was taken over."""
ITEM_LETTERS: Final = 60
STREAM_LETTERS: Final = 40
_TURNED: Final = {"/": ".", "+": "&"}
_PLAIN: Final = frozenset("-_")
_HASHED: Final = 34
"""Letters of ``~~`` and half a SHA-256 in hex."""
_DIGEST: Final = 8


def plain(told: str, letters: int = ITEM_LETTERS) -> str:
    """Returns a text as a part of a name: no two texts give the same.

    Letters and digits stand as they are, ``/`` as ``.`` and ``+`` as ``&``, for areas are told of
    with these between them; all else as ``~`` and its bytes in hex. What would be too long ends in
    half of its SHA-256, after ``~~``, which nothing else holds.

    Args:
        told: what another authority calls it.
        letters: the most that may come out; more than 34.
    """
    written = "".join(map(_letter, told))
    if len(written) <= letters:
        return written
    digest = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[: _HASHED - 2]
    return f"{written[: letters - _HASHED]}~~{digest}"


def _letter(letter: str) -> str:
    if letter in _TURNED:
        return _TURNED[letter]
    if letter in _PLAIN or letter.isalnum():
        return letter
    return "".join(f"~{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class BundleName:
    """One bundle of another authority, and the names of what it puts on record here.

    Its digest is part of every name: two bundles of one number, by an old key and a new one, name
    nothing alike, and nobody knows a name before the bundle is made.

    Attributes:
        peer_id, stream, number: which it is.
        digest: of its head, in hex.
    """

    peer_id: str
    stream: str
    number: int
    digest: str

    @property
    def _mark(self) -> str:
        return f"{self.number}.{self.digest[:_DIGEST]}"

    @property
    def entry_id(self) -> str:
        """The entry by which it is on record."""
        parts = (TAKEN, self.peer_id, plain(self.stream, STREAM_LETTERS), self._mark)
        return SEPARATOR.join(parts)

    def entry_of(self, what: str, item_id: str) -> str:
        """Returns the entry that it puts on record for an item."""
        return SEPARATOR.join((self.entry_id, what, plain(item_id)))

    def take_over_of(self, item_id: str) -> str:
        """Returns the entry by which a release that it tells of is taken over."""
        _, _, rest = self.entry_id.partition(SEPARATOR)
        return SEPARATOR.join((TAKEN_OVER, rest, plain(item_id)))

    def key_of(self, item_id: str) -> str:
        """Returns by what an item is known in every bundle of the stream."""
        parts = (self.peer_id, plain(self.stream, STREAM_LETTERS), plain(item_id))
        return SEPARATOR.join(parts)

    def id_of(self, item_id: str) -> str:
        """Returns the id of what is put on record for an item of this bundle."""
        return f"{self.key_of(item_id)}@{self._mark}"


def key_in(id_: str) -> str:
    """Returns by what an item is known in every bundle, of the id that one bundle gave it."""
    return id_.rpartition("@")[0]


def bundle_entry(entry_id: str) -> str:
    """Returns the entry of the bundle by which an entry was put on record, were it so put."""
    return SEPARATOR.join(entry_id.split(SEPARATOR)[:4])
