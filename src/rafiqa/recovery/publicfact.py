"""Facts of what is told to everybody: notices for a place, the archive of places, and decisions.

Both are written by one person and told to nobody until another person of the authority has
approved them. Neither says anything of what the ground is: a notice warns beside the danger map
and lowers nothing, the archive remembers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rafiqa.land import Actor, Recorded

WRITTEN: Final = "written"
APPROVED: Final = "approved"
MOVES: Final = {WRITTEN: ("approved", "rejected"), APPROVED: ("withdrawn",)}
"""State → the decisions that may be made in it; what was turned down or taken back stays so."""


@dataclass(frozen=True, slots=True)
class AreaNoticeWritten:
    """A notice for one neighbourhood, from one time until another; it ends by itself.

    ``place_id`` is the id of a neighbourhood, never a place within one. The words of a notice are
    those of its kind; ``text`` and ``text_ar`` are short words beside them, and name nobody.
    """

    notice_id: str
    kind: str
    place_id: str
    from_us: int
    until_us: int
    text: str | None = None
    text_ar: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveWritten:
    """A place before, during or after, for remembrance or to learn from: day, words, source.

    ``consent_ref`` names the paper of whoever agreed that it is shown, which is kept apart;
    ``credit`` says where it comes from. ``picture_sha256`` is of a picture that was made anew from
    its pixels and is attached under ``archive_id``; ``faces_hidden`` says that nobody can be known
    in it.
    """

    archive_id: str
    subject: str
    subject_id: str
    moment: str
    taken_on: str
    purpose: str
    credit: str
    consent_ref: str
    caption: str | None = None
    caption_ar: str | None = None
    caption_ckb: str | None = None
    caption_kmr: str | None = None
    picture_sha256: str | None = None
    faces_hidden: bool = False

    @property
    def captions(self) -> dict[str, str]:
        """The caption by language, where there is one."""
        told = {
            "en": self.caption,
            "ar": self.caption_ar,
            "ckb": self.caption_ckb,
            "kmr": self.caption_kmr,
        }
        return {lang: words for lang, words in told.items() if words}


@dataclass(frozen=True, slots=True)
class PublicDecided:
    """A decision on a notice or an entry of the archive: approved, rejected, or withdrawn."""

    item_id: str
    decision: str
    note: str | None = None


PublicFact = AreaNoticeWritten | ArchiveWritten | PublicDecided


@dataclass(frozen=True, slots=True)
class PublicItem:
    """A notice or an entry of the archive, and the lawful decisions on it, oldest first."""

    record: Recorded
    decisions: tuple[Recorded, ...] = ()

    @property
    def state(self) -> str:
        """``written``, or what was decided last."""
        last = self.decisions[-1].fact if self.decisions else None
        return last.decision if isinstance(last, PublicDecided) else WRITTEN


def lawful(item: PublicItem, decision: str, decider: Actor) -> bool:
    """Returns whether somebody may decide so: a move there is, and not one's own approval."""
    own = decider.is_one_with(item.record.actor)
    may = decider.role == "authority" and decision in MOVES.get(item.state, ())
    return may and not (decision == APPROVED and own)


@dataclass(slots=True)
class PublicBook:
    """Notices and the archive by id, each with what was decided of it.

    A decision that is not lawful changes nothing, whoever wrote it into the ledger.
    """

    items: dict[str, PublicItem] = field(default_factory=dict)

    def copied(self) -> PublicBook:
        """Returns another with the same in it."""
        return PublicBook(dict(self.items))

    def take(self, recorded: Recorded) -> None:
        """Takes a fact in; what is not for everybody changes nothing."""
        match recorded.fact:
            case AreaNoticeWritten(notice_id=item_id) | ArchiveWritten(archive_id=item_id):
                self.items.setdefault(item_id, PublicItem(recorded))
            case PublicDecided() as fact:
                item = self.items.get(fact.item_id)
                if item is not None and lawful(item, fact.decision, recorded.actor):
                    decided = (*item.decisions, recorded)
                    self.items[fact.item_id] = PublicItem(item.record, decided)
            case _:
                return

    def notices(self) -> Iterator[tuple[AreaNoticeWritten, PublicItem]]:
        """Yields every notice, oldest first."""
        for item in self.items.values():
            if isinstance(item.record.fact, AreaNoticeWritten):
                yield item.record.fact, item

    def archive(self) -> Iterator[tuple[ArchiveWritten, PublicItem]]:
        """Yields every entry of the archive, oldest first."""
        for item in self.items.values():
            if isinstance(item.record.fact, ArchiveWritten):
                yield item.record.fact, item

    def standing(self, at_us: int) -> list[AreaNoticeWritten]:
        """Returns the notices that are told at a time: approved, begun, and not over."""
        return [
            fact
            for fact, item in self.notices()
            if item.state == APPROVED and fact.from_us <= at_us < fact.until_us
        ]

    def turns_us(self) -> list[int]:
        """Returns when a notice begins or ends by itself; no fact tells of it."""
        return sorted({at for fact, _ in self.notices() for at in (fact.from_us, fact.until_us)})
