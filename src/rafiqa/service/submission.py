"""Submissions: take filled forms in, once each, and review them.

Nothing that reports danger is refused for its form: it is taken with its faults named, and a
person looks. The same again is done already; the same id with other content is kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import (
    Actor,
    EvidenceRecorded,
    Reason,
    ResidentReported,
    Ruling,
    rule,
)
from rafiqa.ledger import FormPublished, IdentityKept, SubmissionReceived, SubmissionReviewed
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.fieldbook import FieldBook, Story, apart_id
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.scope import reviews
from rafiqa.service.submissionfact import record_answers
from rafiqa.service.submissionplace import (
    PLACES_LIMIT,
    Placed,
    places_in,
    reports_danger,
    signs,
)
from rafiqa.service.submissionsealing import (
    JSON,
    XML,
    Sent,
    entry_of,
    left_name,
    read_form,
    sealed_submission,
    sign_name,
)
from rafiqa.service.submissionsign import leave_signs, sign_digest
from rafiqa.store import Quarantined
from rafiqa.wire.filled import Filled
from rafiqa.wire.xformread import XFormHead

INSTANCE_LETTERS = 249
"""Longest id of an instance (OpenRosa metadata)."""
UNREADABLE_BYTES = 256 * 1024
"""Most that is kept of what cannot be read and comes without a name: nobody fills the disk so."""
_LIKE_A_FILE = re.compile(
    r"[^/\\\n]{1,190}\.(?:jpe?g|png|webp|heic|mp4|3gp|m4a|amr|csv|pdf)", re.IGNORECASE
)
"""What reads as a file's name in a form that nobody knows."""
_CONFLICT = "ledger.id-conflict"
Sign = ResidentReported | EvidenceRecorded


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: the act, its id, and what is still missing or wrong.

    ``apart_id`` is the name under which it lies in the quarantine, where its id had come with
    other content; its files are kept under it.
    """

    acted: Acted
    instance_id: str
    awaits: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    apart_id: str | None = None


def receive(office: Office, actor: Actor, sent: Sent) -> Submitted:
    """Returns what became of a filled form: on record once this value exists, or why not.

    Raises:
        InvalidInput: it cannot be read at all, or not be written down; its bytes are in the
            quarantine then, so that somebody who can read them finds what they report, and the
            places that could be read stand on the map.
    """
    permit = allow(actor, "submit")
    if not permit.allowed:
        return Submitted(Acted(permit), "")
    try:
        filled = _filled(sent)
    except InvalidInput as error:
        _keep_unreadable(office, actor, sent, error)
        raise
    try:
        return _taken(office, actor, sent, filled)
    except InvalidInput as error:
        # It could be read and cannot be written down: what it warns of stands on the map.
        _keep_unreadable(office, actor, sent, error)
        _warn(office, actor, filled)
        raise


def _taken(office: Office, actor: Actor, sent: Sent, filled: Filled) -> Submitted:
    book = office.fieldbook()
    form, head = _form_of(office, book, filled)
    places = places_in(filled, head.places if head else frozenset())
    sealing = sealed_submission(office, filled, sent)
    instance_id, digest = sealing.instance_id, sealing.digest.hex()
    hazard = reports_danger(form, filled)
    dangerous = places.dangerous(hazard=hazard)
    declared = head.places if head else frozenset()
    named = sign_digest(sealing, dangerous, declared, hazard=hazard)
    sign_id = sign_name(named) if dangerous else None
    if sealing.first is not None and _warns_alike(
        sealing.first, dangerous, declared, hazard=hazard
    ):
        # It stands on the map already, for the form as it came first.
        sign_id = None
    # Nothing beside the words says what was cut out of them.
    said = sealing.cut or filled
    fact = SubmissionReceived(
        instance_id,
        said.form_id,
        sealing.text,
        sent.media_type,
        digest,
        said.form_version,
        sent.device_id,
        said.number,
        said.told_at,
        said.replaces,
        _files(filled if head else said, head),
        (*_faults(book, actor, filled, form), *places.faults, *_many(dangerous)),
        sign_id,
        left_name(sealing, sign_id),
    )
    raised = tuple(signs(office, actor, sign_id, filled, dangerous)) if sign_id else ()
    signed = [_sign_said(sign, named, office.now_us()) for sign in raised]
    if sealing.failed is not None:
        # The phone keeps it and tries again; what it warns of stands on the map meanwhile.
        if signed:
            office.say(actor, signed)
        raise sealing.failed
    acted = submit(office, actor, fact, signed=signed, kept=sealing.kept)
    conflict = any(reason.code == _CONFLICT for reason in acted.reasons)
    apart = apart_id(digest) if conflict else None
    return Submitted(acted, instance_id, fact.awaits, fact.faults, apart)


def _warn(office: Office, actor: Actor, filled: Filled) -> None:
    """Puts the signs of a form on the map that cannot be kept as a form; each that can be said."""
    form, head = _form_of(office, office.fieldbook(), filled)
    hazard = reports_danger(form, filled)
    places = places_in(filled, head.places if head else frozenset())
    dangerous = places.dangerous(hazard=hazard)
    told = repr([place.geometry.wkb_hex for place in dangerous]).encode()
    digest = sha256(filled.form_id.encode("utf-8", "replace") + told).digest()
    for sign in signs(office, actor, sign_name(digest), filled, dangerous):
        with suppress(InvalidInput):
            office.say(actor, [_sign_said(sign, digest, office.now_us())])


def _warns_alike(
    first: SubmissionReceived,
    dangerous: Sequence[Placed],
    declared: frozenset[str],
    *,
    hazard: bool,
) -> bool:
    """Whether the signs of the form on record stand for all that it warns of, sent again."""
    said = places_in(filled_of(first), declared).dangerous(hazard=hazard)
    return first.sign_id is not None and said == tuple(dangerous)


def submit(
    office: Office,
    actor: Actor,
    fact: SubmissionReceived,
    stamp: Stamp = NOW,
    signed: Sequence[Saying] = (),
    kept: IdentityKept | None = None,
) -> Acted:
    """Returns the act of taking a submission in, its signs with it in one transaction.

    Its signs are named by its content: where an id comes back with other content, that content
    is kept apart, and what it reports stands on the map all the same.
    """
    permit = allow(actor, "submit")
    if not permit.allowed:
        return Acted(permit)
    entry_id = stamp.entry_id or entry_of(fact.instance_id)
    now_us = office.now_us()
    digest = bytes.fromhex(fact.sha256)
    said = [Saying(entry_id, fact.instance_id[:200], now_us, fact, digest)]
    said += [replace(sign, valid_at_us=now_us) for sign in signed]
    first = office.store.find(entry_id)
    if first is not None and first.request_digest != digest:
        apart = None if kept is None else replace(kept, record_id=apart_id(fact.sha256))
        return _keep_apart(office, actor, fact, [*said[1:], *_kept_said(apart, digest, now_us)])
    said += _kept_said(kept, digest, now_us)
    receipt = office.say(actor, said)
    if entry_id in receipt.quarantined:
        return _keep_apart(office, actor, fact, ())
    ids = tuple(saying.entry_id for saying in said)
    return Acted(Ruling(allowed=True), ids, already=entry_id in receipt.already)


def _sign_said(sign: Sign, digest: bytes, now_us: int) -> Saying:
    name = sign.report_id if isinstance(sign, ResidentReported) else sign.evidence_id
    return Saying(f"sign:{name}", name, now_us, sign, digest)


def _kept_said(kept: IdentityKept | None, digest: bytes, now_us: int) -> list[Saying]:
    if kept is None:
        return []
    name = kept.pseudonym
    return [Saying(f"kept:{name}", name, now_us, kept, digest)]


def _keep_apart(
    office: Office, actor: Actor, fact: SubmissionReceived, signs_: Sequence[Saying]
) -> Acted:
    """Returns that an id came with other content, which is in the quarantine as it was sent.

    Once, however often the phone tries: it goes on trying, for it hears that this was not taken.
    """
    if signs_:
        office.say(actor, signs_)
    params: dict[str, str | int] = {"entry_id": fact.instance_id}
    ending = "xml" if fact.media_type == XML else "json"
    item = Quarantined(
        apart_id(fact.sha256),
        f"submission.{ending}",
        None,
        fact.text.encode(),
        (Fault(_CONFLICT, "entry_id", params=params),),
        office.now_us(),
        actor.person_id,
    )
    office.store.quarantine([item])
    return Acted(rule([Reason(_CONFLICT, {"entry": fact.instance_id})]))


def _filled(sent: Sent) -> Filled:
    filled = read_form(sent)
    if sent.media_type == JSON:
        return filled
    if filled.instance_id is not None and len(filled.instance_id) > INSTANCE_LETTERS:
        # No id that can be kept: its content names it.
        raised = sha256(filled.instance_id.encode()).hexdigest()
        return replace(filled, instance_id=f"long:{raised}")
    return filled


def _keep_unreadable(office: Office, actor: Actor, sent: Sent, error: InvalidInput) -> None:
    if actor.role == "resident" and len(sent.content) > UNREADABLE_BYTES:
        return
    name = sha256(sent.content).hexdigest()
    item = Quarantined(
        f"field-{name[:26]}",
        sent.device_id or "field",
        None,
        sent.content,
        error.faults,
        office.now_us(),
        actor.person_id,
    )
    office.store.quarantine([item])


def _form_of(
    office: Office, book: FieldBook, filled: Filled
) -> tuple[FormPublished | None, XFormHead | None]:
    """Returns the form that was filled, its newest version where that one is not known."""
    form = book.form(filled.form_id, filled.form_version) or book.form(filled.form_id)
    return form, book.head(form, office.store.blob) if form else None


def _files(filled: Filled, head: XFormHead | None) -> tuple[str, ...]:
    named = (
        text
        for path, text in filled.leaves
        if (path in head.files if head else _LIKE_A_FILE.fullmatch(text)) and text
    )
    return tuple(dict.fromkeys((*filled.awaits, *named)))


def _faults(
    book: FieldBook, actor: Actor, filled: Filled, form: FormPublished | None
) -> Iterator[str]:
    if filled.instance_id is None:
        yield "service.submission.id-missing"
    if form is None:
        yield "service.submission.form-unknown"
    elif filled.form_version is not None and form.version != filled.form_version:
        yield "service.submission.version-unknown"
    if filled.replaces is not None:
        earlier = book.stories.get(filled.replaces)
        if earlier is None:
            yield "service.submission.replaces-unknown"
        elif earlier.received.actor.organisation_id != actor.organisation_id:
            yield "service.submission.replaces-other"
        elif earlier.replaced_by not in {None, filled.instance_id}:
            yield "service.submission.replaced-twice"


def _many(places: Sequence[Placed]) -> Iterator[str]:
    if len(places) > PLACES_LIMIT:
        yield "service.submission.places-many"


def filled_of(fact: SubmissionReceived) -> Filled:
    """Returns what a submission on record says.

    Raises:
        InvalidInput: its words were erased.
    """
    sent = Sent(fact.text.encode(), fact.media_type, fact.instance_id)
    return _filled(sent)


def review_submission(
    office: Office, actor: Actor, fact: SubmissionReviewed, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of reviewing a submission: accepted, sent back, or refused.

    What is accepted becomes a fact of the land by the verb for it, under the reviewer's own
    role; where that verb refuses, the review is refused with its reasons. What is refused takes
    no sign off the map: that takes an answer.
    """
    permit = reviews(office, actor, actor.organisation_id)
    if not permit.allowed:
        return Acted(permit)
    story = office.fieldbook().stories.get(fact.instance_id)
    if story is not None and not may_open(office, actor, story):
        story = None
    if on_record(office, stamp):
        # Under an id that is taken nothing is made: not again, and not of another submission.
        return carry_out(
            office,
            actor,
            "review_submission",
            fact.instance_id[:200],
            _again(office, fact, stamp),
            stamp=stamp,
        )
    against = list(_review_faults(actor, fact, story))
    made: tuple[str, ...] = ()
    if not against and story is not None and fact.state == "accepted":
        acted = _made(office, actor, story)
        against += acted.reasons
        made = acted.entry_ids
    if made:
        fact = replace(fact, fact_ids=made)
    return carry_out(
        office,
        actor,
        "review_submission",
        fact.instance_id[:200],
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def _again(office: Office, fact: SubmissionReviewed, stamp: Stamp) -> SubmissionReviewed:
    """Returns a review with the facts that came of it when it was written under this id."""
    entry = office.store.find(stamp.entry_id or "")
    first = None if entry is None else office.fact_of(entry)
    if isinstance(first, SubmissionReviewed) and first.instance_id == fact.instance_id:
        return replace(fact, fact_ids=first.fact_ids)
    return fact


def may_open(office: Office, actor: Actor, story: Story) -> bool:
    """Returns whether somebody may open a submission as a reviewer."""
    return reviews(office, actor, story.received.actor.organisation_id).allowed


def may_review(office: Office, actor: Actor, story: Story) -> Ruling:
    """Returns whether somebody may review a submission now, and every reason why not.

    Of what is asked of a review alone, its reason, nothing is said.
    """
    permit = reviews(office, actor, story.received.actor.organisation_id)
    if not permit.allowed:
        return permit
    accepted = SubmissionReviewed(story.fact.instance_id, "accepted")
    return rule(list(_review_faults(actor, accepted, story)))


def _review_faults(actor: Actor, fact: SubmissionReviewed, story: Story | None) -> Iterator[Reason]:
    params: dict[str, str | int] = {"submission": fact.instance_id}
    if story is None:
        yield Reason("service.submission.unknown", params)
        return
    if story.received.actor.is_one_with(actor):
        yield Reason("service.submission.own", params)
    if story.state in {"accepted", "replaced"}:
        yield Reason(f"service.submission.{story.state}", params)
    if fact.state != "accepted" and not (fact.note or "").strip():
        yield Reason("service.submission.note-missing", params)


def _made(office: Office, actor: Actor, story: Story) -> Acted:
    """Returns the act by which a submission's answers become facts; nothing where they do not."""
    form = office.fieldbook().form(story.fact.form_id, story.fact.form_version)
    form = form or office.fieldbook().form(story.fact.form_id)
    entry_id = entry_of(story.fact.instance_id)
    try:
        filled = filled_of(story.fact)
    except InvalidInput as error:
        # Its words were erased: what it said can no longer be accepted.
        return Acted(rule([Reason(fault.code, fault.params) for fault in error.faults]))
    acted = record_answers(office, actor, story, filled, form, f"{entry_id}.fact")
    if acted is None:
        return Acted(Ruling(allowed=True))
    if acted.done:
        head = office.fieldbook().head(form, office.store.blob) if form else None
        declared = head.places if head else frozenset()
        places = places_in(filled, declared).found
        leave_signs(office, actor, story, places, acted.entry_ids, entry_id)
    return acted
