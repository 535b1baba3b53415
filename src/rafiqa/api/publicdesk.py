"""The desk's work on what everybody is told: write, approve as a second person, withdraw."""

from __future__ import annotations

from base64 import b64decode
from typing import Final

from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.importshape import Labelled
from rafiqa.api.problem import Unknown
from rafiqa.api.publicshape import (
    ArchiveAsked,
    NoticeAsked,
    PublicDecisionAsked,
    PublicRow,
    PublicWork,
)
from rafiqa.api.reply import Reply, reply
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.land import Actor
from rafiqa.recovery import (
    APPROVED,
    ArchiveWritten,
    AreaNoticeWritten,
    PublicDecided,
    PublicItem,
    lawful,
)
from rafiqa.service import allow
from rafiqa.service.areanotice import write_notice
from rafiqa.service.neighbourhood import Neighbourhoods
from rafiqa.service.placearchive import places_shown, write_archive
from rafiqa.service.publicdecision import decide_public
from rafiqa.wire.instant import end_us, instant_us, iso

NO_STORE: Final = {"Cache-Control": "no-store"}
_DECISIONS: Final = ("approved", "rejected", "withdrawn")
_ORDER: Final = {"written": 0, "approved": 1, "withdrawn": 2, "rejected": 3}


def show_public_work(ask: Ask) -> Reply:
    """Returns notices and the archive as the desk works on them: what waits first.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    actor = _staff(ask)
    office, shelf = ask.desk.office, ask.desk.shelf
    places = Neighbourhoods(office, shelf)
    # Where there is no layer of places, the squares that something on record lies in.
    for area in office.register().areas.values():
        if not area.outline.is_empty:
            places.of(office.frame.to_lonlat(area.outline).geometry)
    now_us = office.now_us()
    public = office.recovery().public.items.values()
    items = [_row(ask, actor, places, item, now_us) for item in public if _may_see(actor, item)]
    items.sort(key=lambda row: (_ORDER[row.state], row.at), reverse=False)
    answer = PublicWork(
        items,
        sum(row.state == "written" for row in items),
        [Labelled(each.place_id, each.called(ask.lang)) for each in places.told()],
        _labels(ask, "area_notice_kind"),
        _labels(ask, "archive_subject"),
        _labels(ask, "picture_moment"),
        _labels(ask, "archive_purpose"),
        allow(actor, "write_notice").allowed,
    )
    return reply(answer, NO_STORE)


def _may_see(actor: Actor, item: PublicItem) -> bool:
    """Returns whether a member of staff may see an item.

    Memories that nobody has approved, or that were taken back since they show somebody, are for
    who works on them alone.
    """
    memory = isinstance(item.record.fact, ArchiveWritten)
    return not memory or item.state == APPROVED or _works_on_it(actor)


def _works_on_it(actor: Actor) -> bool:
    return allow(actor, "write_archive").allowed or allow(actor, "decide_public").allowed


def _labels(ask: Ask, name: str) -> list[Labelled]:
    listed = dictionary().lists[name]
    return [Labelled(code, listed.label(code, ask.lang) or code) for code in listed.names]


def _staff(ask: Ask) -> Actor:
    if ask.actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return ask.actor


def _row(
    ask: Ask, actor: Actor, places: Neighbourhoods, item: PublicItem, now_us: int
) -> PublicRow:
    fact, state = item.record.fact, item.state
    known = dictionary().lists
    state_text = "" if state == "written" else known["public_decision"].label(state, ask.lang)
    own = actor.is_one_with(item.record.actor)
    may = [
        each for each in _DECISIONS if lawful(item, each, actor) and not (own and each == APPROVED)
    ]
    if isinstance(fact, AreaNoticeWritten):
        place = places.get(fact.place_id)
        what, title = "notice", known["area_notice_kind"].label(fact.kind, ask.lang) or fact.kind
        where = None if place is None else place.called(ask.lang)
        lines = [fact.text, fact.text_ar]
        begins, ends, taken_on, consent_ref = iso(fact.from_us), iso(fact.until_us), None, None
        in_force = state == APPROVED and fact.from_us <= now_us < fact.until_us
        picture = None
    else:
        assert isinstance(fact, ArchiveWritten)  # noqa: S101 - the book holds these two
        shown = places_shown(ask.desk.office, places, ask.desk.shelf, fact)
        what, title = "archive", known["picture_moment"].label(fact.moment, ask.lang) or fact.moment
        where = shown[0].called(ask.lang) if shown else None
        # Whoever agreed can be found by the name of their paper.
        consent_ref = fact.consent_ref if _works_on_it(actor) else None
        begins, ends, taken_on = None, None, fact.taken_on
        lines = [*fact.captions.values(), fact.credit]
        in_force, picture = state == APPROVED, fact.picture_sha256
    if _works_on_it(actor):
        lines += [getattr(each.fact, "note", None) for each in item.decisions]
    return PublicRow(
        _id(fact),
        what,
        state,
        state_text or "",
        title,
        where,
        [line for line in lines if line],
        begins,
        ends,
        taken_on,
        consent_ref,
        iso(item.record.recorded_at_us),
        in_force,
        picture,
        may,
    )


def _id(fact: AreaNoticeWritten | ArchiveWritten) -> str:
    return fact.notice_id if isinstance(fact, AreaNoticeWritten) else fact.archive_id


def write_area_notice(ask: Ask) -> Reply:
    """Returns the entry that writes a notice; nobody is told before another has approved it.

    Raises:
        Forbidden: the actor's role may not do this.
        InvalidInput: a time is none.
        Refused: it cannot be told so; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(NoticeAsked)
    fact = AreaNoticeWritten(
        asked.notice_id,
        asked.kind,
        asked.place_id,
        instant_us(asked.from_, "$.from"),
        end_us(asked.until, "$.until"),
        asked.text.strip() or None,
        asked.text_ar.strip() or None,
    )
    return done(write_notice(ask.desk.office, actor, fact, ask.desk.shelf, ask.stamp))


def write_archive_entry(ask: Ask) -> Reply:
    """Returns the entry of the archive; nobody is told before another has approved it.

    Raises:
        Forbidden: the actor's role may not do this.
        InvalidInput: the picture cannot be read, or a region to be hidden lies outside of it.
        Refused: it cannot be told so; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(ArchiveAsked)
    fact = ArchiveWritten(
        asked.archive_id,
        asked.subject,
        asked.subject_id,
        asked.moment,
        asked.taken_on,
        asked.purpose,
        asked.credit.strip(),
        asked.consent_ref.strip(),
        asked.caption.strip() or None,
        asked.caption_ar.strip() or None,
        asked.caption_ckb.strip() or None,
        asked.caption_kmr.strip() or None,
        faces_hidden=asked.faces_hidden,
    )
    picture = _picture(asked.picture)
    marked = [(box[0], box[1], box[2], box[3]) for box in asked.blur]
    shelf = ask.desk.shelf
    return done(write_archive(ask.desk.office, actor, fact, shelf, picture, ask.stamp, marked))


def _picture(told: str) -> bytes | None:
    if not told:
        return None
    try:
        return b64decode(told, validate=True)
    except ValueError as error:
        raise InvalidInput(Fault("wire.picture.unread", "$.picture")) from error


def decide_on_public(ask: Ask) -> Reply:
    """Returns the entry that approves, turns down or withdraws what is told to everybody.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: no such item, no such move, or one's own.
    """
    actor, asked = actor_of(ask), ask.taken(PublicDecisionAsked)
    fact = PublicDecided(ask.path["item_id"], asked.decision, asked.note.strip() or None)
    return done(decide_public(ask.desk.office, actor, fact, ask.stamp))


def show_public_picture(ask: Ask) -> Reply:
    """Returns the picture of an archive entry, for staff: the second person looks before approving.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: the entry has no picture, or is not for the asker yet.
    """
    actor, office = _staff(ask), ask.desk.office
    item = office.recovery().public.items.get(ask.path["item_id"])
    fact = None if item is None or not _may_see(actor, item) else item.record.fact
    digest = fact.picture_sha256 if isinstance(fact, ArchiveWritten) else None
    parts = None if digest is None else office.store.attachment(digest)
    if parts is None:
        raise NotFound(Fault("service.public.unknown", params={"id": ask.path["item_id"][:80]}))
    return Reply(b"".join(parts), "image/jpeg", headers=NO_STORE)
