"""Submissions at the desk: the queue, one of them in words, its files, and the review of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import msgspec
import shapely

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.history import history
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import RAW, Reply, reply
from rafiqa.api.submissionshape import (
    AnswerTold,
    FileTold,
    FormCount,
    MadeTold,
    Review,
    ReviewTold,
    SignTold,
    SubmissionRow,
    Submissions,
    SubmissionSheet,
)
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.land import Actor, Reason
from rafiqa.ledger import SubmissionReviewed
from rafiqa.locale import text
from rafiqa.service import file_progress, missing_files, reports_waiting, review_submission
from rafiqa.service.fieldbook import Story
from rafiqa.service.scope import reviews_all
from rafiqa.service.submission import may_review
from rafiqa.service.submissionplace import places_in
from rafiqa.service.submissiontold import answers_in_words, open_filled
from rafiqa.service.submissionview import visible
from rafiqa.wire.answer import reason_json
from rafiqa.wire.filled import Filled
from rafiqa.wire.instant import iso
from rafiqa.wire.picture import shown

SHOWN = 100
STATES = ("waiting", "returned", "accepted", "refused", "replaced")
NO_STORE = {"Cache-Control": "no-store"}
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".webp")


def show_submissions(ask: Ask) -> Reply:
    """Returns a page of the queue: all of them for the authority, else the organisation's own.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: an unknown state, or a page that is no number.
    """
    actor = _staff(ask)
    office = ask.desk.office
    whole, book = reviews_all(office, actor), office.fieldbook()
    seen = list(book.of_organisation(None if whole else actor.organisation_id))
    chosen = sorted(_chosen(ask, seen), key=_place_in_queue)
    start = _start(ask)
    rows = [_row(ask, actor, story) for story in chosen[start : start + SHOWN]]
    counts = dict.fromkeys(STATES, 0)
    forms: dict[str, int] = {}
    for story in seen:
        counts[story.state] += 1
        forms[story.fact.form_id] = forms.get(story.fact.form_id, 0) + 1
    counted = [
        FormCount(form_id, form_title(ask, form_id), n) for form_id, n in sorted(forms.items())
    ]
    return reply(Submissions(rows, len(chosen), counts, counted, whole), NO_STORE)


def _staff(ask: Ask) -> Actor:
    if ask.actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return ask.actor


def _start(ask: Ask) -> int:
    given = ask.query.get("skip", "0")
    if not (given.isdecimal() and len(given) < 10):
        raise InvalidInput(Fault("api.query.number", "skip", params={"name": "skip"}))
    return int(given)


def _chosen(ask: Ask, stories: Sequence[Story]) -> Iterator[Story]:
    state, form_id = ask.query.get("state"), ask.query.get("form")
    from_us, to_us = ask.time_us("from", last=False), ask.time_us("to")
    if state is not None and state not in STATES:
        known = {"name": "state", "value": state[:40], "known": ", ".join(STATES)}
        raise InvalidInput(Fault("api.query.choice", "state", params=known))
    for story in stories:
        at_us = story.received.recorded_at_us
        if (
            state in {None, story.state}
            and form_id in {None, story.fact.form_id}
            and (from_us is None or at_us >= from_us)
            and (to_us is None or at_us <= to_us)
        ):
            yield story


def _place_in_queue(story: Story) -> tuple[bool, bool, int]:
    """What waits comes first, danger before all, the oldest first; of the rest the newest."""
    waits, seq = story.state == "waiting", story.received.seq
    return (not waits, waits and story.fact.sign_id is None, seq if waits else -seq)


def form_title(ask: Ask, form_id: str) -> str:
    """Returns a form's title in the asker's language as far as it is known; else its id."""
    # Our own forms have their titles in every language; of others only what they say is known.
    known, code = dictionary().lists["form"], form_id.removeprefix("rafiqa_")
    if code in known.names:
        return known.label(code, ask.lang)
    form = ask.desk.office.fieldbook().form(form_id)
    return form_id if form is None else form.title


def _row(ask: Ask, actor: Actor, story: Story) -> SubmissionRow:
    office, fact = ask.desk.office, story.fact
    sender = story.received.actor
    return SubmissionRow(
        fact.instance_id,
        fact.form_id,
        form_title(ask, fact.form_id),
        iso(story.received.recorded_at_us),
        fact.told_at,
        story.state,
        text(f"field.state.{story.state}", {}, ask.lang),
        story.note,
        sender.organisation_id,
        fact.device_id,
        sender.organisation_id == actor.organisation_id,
        fact.sign_id is not None,
        len({*story.files, *fact.awaits}),
        len(missing_files(office, story)),
        len(fact.faults),
    )


def show_submission(ask: Ask) -> Reply:
    """Returns one submission in words, with its places, its files, and what became of it.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such submission, or another organisation's and the asker reviews none.
    """
    actor = _staff(ask)
    office, story = ask.desk.office, _story(ask, actor)
    filled = open_filled(story, actor.organisation_id)
    form = office.fieldbook().form(story.fact.form_id)
    record = form.record if form is not None else None
    ruling = may_review(office, actor, story)
    sheet = SubmissionSheet(
        _row(ask, actor, story),
        filled is None,
        _answers(filled, record, ask.lang),
        _places(ask, story, filled),
        _files(ask, story),
        [_told(ask, Reason(code)) for code in story.fact.faults],
        story.fact.replaces,
        story.replaced_by,
        list(_reviews(ask, story)),
        list(_made(ask, story)),
        _sign(ask, story),
        ruling.allowed,
        [_told(ask, reason) for reason in ruling.reasons],
    )
    return reply(sheet, NO_STORE)


def _story(ask: Ask, actor: Actor) -> Story:
    submission_id = ask.path["submission_id"]
    story = ask.desk.office.fieldbook().stories.get(submission_id)
    if story is None or not visible(ask.desk.office, story, actor):
        params: dict[str, str | int] = {"submission": submission_id[:80]}
        raise NotFound(Fault("service.submission.unknown", params=params))
    return story


def _answers(filled: Filled | None, record: str | None, lang: str) -> list[AnswerTold]:
    if filled is None:
        return []
    return [
        AnswerTold(one.part, one.number, one.question, one.label, one.words, one.placed)
        for one in answers_in_words(filled, record, lang)
    ]


def _places(ask: Ask, story: Story, filled: Filled | None) -> list[dict[str, object]]:
    if filled is None:
        return []
    office = ask.desk.office
    book, fact = office.fieldbook(), story.fact
    form = book.form(fact.form_id, fact.form_version) or book.form(fact.form_id)
    head = book.head(form, office.store.blob) if form else None
    found = places_in(filled, head.places if head else frozenset()).found
    return [json.loads(shapely.to_geojson(place.geometry)) for place in found]


def _files(ask: Ask, story: Story) -> list[FileTold]:
    begun = [
        FileTold(name, one.n_bytes, one.whole, one.erased, name.lower().endswith(_PICTURE_NAMES))
        for name, one in file_progress(ask.desk.office, story).items()
    ]
    return begun + [FileTold(name, None, False, False, False) for name in story.unnamed]


def _told(ask: Ask, reason: Reason) -> Told:
    return msgspec.convert(reason_json(reason, ask.lang), Told)


def _reviews(ask: Ask, story: Story) -> Iterator[ReviewTold]:
    for review in story.reviews:
        fact = review.fact
        if isinstance(fact, SubmissionReviewed):
            said = text(f"field.state.{fact.state}", {}, ask.lang)
            role = dictionary().lists["role"].label(review.actor.role, ask.lang)
            at = iso(review.recorded_at_us)
            yield ReviewTold(at, said, fact.note, review.actor.organisation_id, role)


def _made(ask: Ask, story: Story) -> Iterator[MadeTold]:
    """Yields the facts that came of an acceptance, each in words."""
    office = ask.desk.office
    last = story.reviews[-1].fact if story.reviews else None
    for entry_id in last.fact_ids if isinstance(last, SubmissionReviewed) else ():
        entry = office.store.find(entry_id)
        if entry is None:
            continue
        (item,) = history(View.of_works(ask), [office.facts()[entry.seq - 1]])
        yield MadeTold(entry_id, entry.subject, item.title, item.text)


def _sign(ask: Ask, story: Story) -> SignTold | None:
    sign_id = story.fact.sign_id
    if sign_id is None:
        return None
    office = ask.desk.office
    if sign_id not in office.register().reports:
        return SignTold(sign_id, None)
    waiting = (getattr(report.fact, "report_id", None) for report in reports_waiting(office))
    return SignTold(sign_id, sign_id in waiting)


def show_submission_file(ask: Ask) -> Reply:
    """Returns a file of a submission: a picture as such, anything else only to be taken along.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such submission or file, or it is not whole here.
        InvalidInput: it begins like a picture and cannot be read as one.
    """
    actor = _staff(ask)
    story, name = _story(ask, actor), ask.path["name"]
    named = story.files.get(name)
    parts = None if named is None else ask.desk.office.store.attachment(named.sha256)
    if parts is None:
        params: dict[str, str | int] = {"file": name[:80]}
        raise NotFound(Fault("service.submission.file-unknown", params=params))
    content = b"".join(parts)
    return file_reply(content)


def file_reply(content: bytes) -> Reply:
    """Returns a file for staff: a picture made anew from its pixels, all else to be taken along.

    Raises:
        InvalidInput: it begins like a picture and cannot be read as one.
    """
    # A stranger's picture says where and when it was taken, and by what: not here.
    picture = shown(content)
    if picture is not None:
        return Reply(picture, "image/jpeg", headers=NO_STORE)
    # Of what is no picture nothing is run or shown here: it may be a page with a script.
    return Reply(content, RAW, headers={**NO_STORE, "Content-Disposition": "attachment"})


def judge_submission(ask: Ask) -> Reply:
    """Returns the entry of a review; what is accepted becomes a fact of the land.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: a rule is against it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(Review)
    fact = SubmissionReviewed(ask.path["submission_id"], asked.state, asked.note.strip() or None)
    return done(review_submission(ask.desk.office, actor, fact, ask.stamp))
