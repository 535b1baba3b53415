"""Area notices: people of one neighbourhood are told to take care, from one time until another.

A notice warns beside the danger map. It raises and lowers nothing, and where it ends no ground is
released by that. It is told to nobody until a second person of the authority has approved it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rafiqa.land import Actor, Reason, rule
from rafiqa.locale import all_clear_words, naming_words
from rafiqa.recovery import AreaNoticeWritten
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.assets import AssetShelf
from rafiqa.service.neighbourhood import Neighbourhoods
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

LONGEST_TEXT: Final = 280
LONGEST_DAYS: Final[Mapping[str, int]] = {"recontamination": 180, "detonation": 7, "works": 180}
"""Days that a notice of each kind may last: what goes on longer is written anew, by two."""
_DAY_US: Final = 86_400_000_000


def write_notice(
    office: Office, actor: Actor, fact: AreaNoticeWritten, shelf: AssetShelf, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of writing a notice, or every reason why it cannot be told so."""
    at_us = office.now_us()
    against = [*_against_times(fact, at_us), *_against_place(office, shelf, fact)]
    for name in ("text", "text_ar"):
        against += against_words(name, getattr(fact, name), LONGEST_TEXT)
    known = office.recovery().public.items.get(fact.notice_id)
    if known is not None and known.record.entry_id != stamp.entry_id:
        against.append(Reason("service.public.id-twice", {"id": fact.notice_id[:80]}))
    return carry_out(
        office, actor, "write_notice", fact.notice_id, fact, stamp=stamp, ruling=rule(against)
    )


def _against_times(fact: AreaNoticeWritten, at_us: int) -> Iterator[Reason]:
    if fact.until_us <= fact.from_us:
        yield Reason("service.notice.ends-before", {})
    elif fact.until_us <= at_us:
        yield Reason("service.notice.over", {})
    days = LONGEST_DAYS.get(fact.kind)
    if days is not None and fact.until_us - fact.from_us > days * _DAY_US:
        yield Reason("service.notice.too-long", {"days": days})


def _against_place(office: Office, shelf: AssetShelf, fact: AreaNoticeWritten) -> Iterator[Reason]:
    if Neighbourhoods(office, shelf).get(fact.place_id) is None:
        yield Reason("service.public.place", {"place": fact.place_id[:80]})


def against_words(name: str, text: str | None, longest: int) -> Iterator[Reason]:
    """Yields why words cannot be told to everybody: too long, or they promise or name somebody."""
    if text is None:
        return
    if not text.strip():
        yield Reason("service.public.empty", {"field": name})
    if len(text) > longest:
        yield Reason("service.public.long", {"field": name, "letters": longest})
    for found in naming_words(text)[:3]:
        yield Reason("service.public.names", {"field": name, "words": found[:40]})
    for found in all_clear_words(text)[:3]:
        yield Reason("service.public.promises", {"field": name, "words": found[:40]})
