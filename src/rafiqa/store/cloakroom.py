"""A cloakroom: what a server keeps for a while and no record is, given back against a key.

Who is signed in, what waits to be signed, how often somebody tried. It is no part of the ledger, in
no backup, and may be gone after a crash: then people sign in again. Where several processes serve
one store they share its cloakroom, and each sees at once what another one did.

The promises are held by ``tests/contract/test_cloakroom.py``, which every cloakroom must pass.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

ROOM_MOST: Final = 10_000
"""So many things lie in one room; of more the oldest are thrown away."""
Change = Callable[[bytes | None], bytes | None]
"""Gives what is to lie there instead of what does; None is nothing."""


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that was left.

    Attributes:
        key: what it is given back against; a hash where whoever reads it could make use of it.
        owner: whose it is, for finding all of one.
        value: the thing.
        until_us: from then on it is gone, microseconds since 1970 UTC.
    """

    key: bytes
    owner: str
    value: bytes
    until_us: int


class Cloakroom(Protocol):
    """Rooms of things under keys, each until its end; safe to use from any thread.

    All methods raise ``StoreError`` where it cannot be reached; nothing was changed then.
    """

    @property
    def shared(self) -> bool:
        """Whether other processes see what is left here."""

    def put(self, room: str, left: Left, now_us: int, most: int = ROOM_MOST) -> None:
        """Nothing; it lies there, instead of what had its key.

        Args:
            room: which room.
            left: the thing.
            now_us: the time; what ended by then may be thrown away.
            most: of more things in this room the oldest are thrown away, soon.
        """

    def get(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lies under a key and has not ended, or None."""

    def take(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lay under a key, given to one who asks and to nobody else; None where none does."""

    def change(
        self, room: str, key: bytes, change: Change, now_us: int, until_us: int, owner: str = ""
    ) -> None:
        """Nothing; what lies under a key was changed, and nothing came in between.

        Args:
            room: which room.
            key: the key.
            change: is given what lies there, None where nothing does; quick, and asks nothing of
                the store. Where it gives None nothing lies there from now on.
            now_us: the time.
            until_us: the end of what it gives.
            owner: whose it is where it is new.
        """

    def of(self, room: str, owner: str | None, now_us: int) -> list[Left]:
        """Everything of an owner, or of everybody where None, in the order in which it came."""

    def keys(self, room: str, owner: str, now_us: int) -> list[bytes]:
        """The keys of everything of an owner, in the order in which it came."""

    def drop(self, room: str, keys: Sequence[bytes]) -> int:
        """How many of those keys there were; nothing lies under any of them now."""


class OwnCloakroom:
    """The cloakroom of one process, in its memory."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._rooms: defaultdict[str, OrderedDict[bytes, Left]] = defaultdict(OrderedDict)

    @property
    def shared(self) -> bool:
        """False: nobody else sees it."""
        return False

    def put(self, room: str, left: Left, now_us: int, most: int = ROOM_MOST) -> None:
        """Nothing; it lies there now."""
        with self._lock:
            lying = self._rooms[room]
            lying.pop(left.key, None)
            lying[left.key] = left
            while len(lying) > most or next(iter(lying.values())).until_us <= now_us:
                lying.popitem(last=False)
                if not lying:
                    break

    def get(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lies under a key and has not ended, or None."""
        with self._lock:
            left = self._rooms[room].get(key)
        return None if left is None or left.until_us <= now_us else left.value

    def take(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lay under a key, and does no more."""
        with self._lock:
            left = self._rooms[room].pop(key, None)
        return None if left is None or left.until_us <= now_us else left.value

    def change(
        self, room: str, key: bytes, change: Change, now_us: int, until_us: int, owner: str = ""
    ) -> None:
        """Nothing; it was changed."""
        with self._lock:
            known = self._rooms[room].get(key)
            found = None if known is None or known.until_us <= now_us else known
            made = change(None if found is None else found.value)
            if made is None:
                self._rooms[room].pop(key, None)
            elif found is None:
                self.put(room, Left(key, owner, made, until_us), now_us)
            else:
                self._rooms[room][key] = Left(key, found.owner, made, until_us)

    def of(self, room: str, owner: str | None, now_us: int) -> list[Left]:
        """Everything of an owner, in the order in which it came."""
        with self._lock:
            lying = list(self._rooms[room].values())
        return [each for each in lying if owner in {None, each.owner} and each.until_us > now_us]

    def keys(self, room: str, owner: str, now_us: int) -> list[bytes]:
        """The keys of everything of an owner."""
        return [each.key for each in self.of(room, owner, now_us)]

    def drop(self, room: str, keys: Sequence[bytes]) -> int:
        """How many there were."""
        with self._lock:
            lying = self._rooms[room]
            return sum(lying.pop(key, None) is not None for key in keys)
