"""What somebody at the desk has seen and set aside: kept by login, beside the ledger.

It is no fact of the land and decides nothing: it moves a line off one person's list, and comes
back when more of the same has come. It stands in the store's settings, so that no answer that
the ledger gives is another for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from rafiqa.store import Store

ASIDE_KEPT = 500
"""Of what was set aside the newest are remembered; what falls out is shown again."""


@dataclass(frozen=True, slots=True)
class DeskMark:
    """What one login has seen.

    Attributes:
        seen_seq: news up to this place in the ledger was seen.
        seen_us: when it was looked at; news that a date brings is new after it.
        aside: by group of the queue, how many it was of when it was set aside.
    """

    seen_seq: int = 0
    seen_us: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)


def desk_mark(store: Store, login: str) -> DeskMark:
    """Returns what a login has seen; nothing where it never looked."""
    return _read(store.setting(_name(login)))


def _read(data: bytes | None) -> DeskMark:
    plain = json.loads(data or b"{}")
    return DeskMark(
        int(plain.get("seen_seq", 0)), int(plain.get("seen_us", 0)), dict(plain.get("aside_n", {}))
    )


def mark_seen(store: Store, login: str, seq: int, at_us: int) -> DeskMark:
    """Returns the mark after somebody looked at all news up to a place; it never goes back."""

    def see(known: DeskMark) -> DeskMark:
        return replace(known, seen_seq=max(known.seen_seq, seq), seen_us=max(known.seen_us, at_us))

    return _changed(store, login, see)


def set_aside(store: Store, login: str, group: str, n: int) -> DeskMark:
    """Returns the mark after somebody set aside a group of so many."""

    def put(known: DeskMark) -> DeskMark:
        others = {name: n_then for name, n_then in known.aside.items() if name != group}
        return replace(known, aside=dict([*others.items(), (group, n)][-ASIDE_KEPT:]))

    return _changed(store, login, put)


def _name(login: str) -> str:
    return f"desk.{login}"


def _changed(store: Store, login: str, change: Callable[[DeskMark], DeskMark]) -> DeskMark:
    made: list[DeskMark] = []

    def put(data: bytes | None) -> bytes:
        made[:] = [change(_read(data))]
        mark = made[0]
        plain = {"seen_seq": mark.seen_seq, "seen_us": mark.seen_us, "aside_n": dict(mark.aside)}
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()

    store.change_setting(_name(login), put)
    return made[0]
