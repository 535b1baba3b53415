"""Exchange with other authorities at the desk: what they say, and what is taken from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from rafiqa.api import federationshape as told_as
from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import faults_of, told_fault
from rafiqa.api.reply import Reply, reply
from rafiqa.api.session import second_person
from rafiqa.api.view import View
from rafiqa.errors import Fault, Forbidden, NotFound
from rafiqa.land import Reason, Recorded
from rafiqa.ledger import BundleGiven, BundleTaken, PeerEnrolled, PeerKeyRevoked, ReleaseTakenOver
from rafiqa.service import Acted, Office, allow
from rafiqa.service.federation import take_bundle
from rafiqa.service.federationbook import FederationBook, PeerStory, federation_book
from rafiqa.service.federationview import Told as StreamSays
from rafiqa.service.federationview import releases_taken_over, told_by_others
from rafiqa.service.peers import enrol_peer, fingerprint_of, revoke_peer
from rafiqa.service.permit import AT_THE_MACHINE, Facts
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.wire.answer import reason_json
from rafiqa.wire.bundlefile import refuse_unreadable
from rafiqa.wire.exchangecard import exchange_card
from rafiqa.wire.instant import iso

ACTS: Final = ("take_bundle", "take_over_release", "enrol_peer", "revoke_peer", "share_bundle")
SEEN_BY: Final = "take_bundle"
"""Who may take bundles in, and sees the whole site, sees what they say; nobody else does."""
_SHOWN: Final = 100
_NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(slots=True)
class _Entries:
    """Who put on record what of exchange, and when."""

    enrolled: dict[str, Recorded] = field(default_factory=dict)
    revoked: dict[str, Recorded] = field(default_factory=dict)
    taken: dict[str, Recorded] = field(default_factory=dict)
    over: dict[str, Recorded] = field(default_factory=dict)
    given: dict[str, Recorded] = field(default_factory=dict)


def _entries(office: Office) -> _Entries:
    facts = office.facts()

    def made() -> _Entries:
        found = _Entries()
        for recorded in facts:
            match recorded.fact:
                case PeerEnrolled() as fact:
                    found.enrolled[fact.fingerprint] = recorded
                case PeerKeyRevoked() as fact:
                    found.revoked.setdefault(fact.fingerprint, recorded)
                case BundleTaken() as fact:
                    found.taken[fact.digest] = recorded
                case ReleaseTakenOver() as fact:
                    found.over[fact.part_id] = recorded
                case BundleGiven() as fact:
                    found.given[fact.stream] = recorded
        return found

    return office.made(("federation-entries", len(facts)), made)


def show_federation(ask: Ask) -> Reply:
    """Returns what other authorities say and what was taken from them, beside what is known here.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role has no work with it, or they see less than the whole site.
    """
    _refuse(ask, SEEN_BY)
    office = ask.desk.office
    if not View.of(ask).staff:
        params: dict[str, str | int] = {"role": actor_of(ask).role, "act": "see_work"}
        raise Forbidden(Fault("service.permit.organisation", params=params))
    book, entries = federation_book(office), _entries(office)
    found = told_as.FederationTold(
        office.site.authority_id,
        [_peer(book, entries, story) for story in book.peers.values()],
        [_stream(ask, book, entries, each) for each in told_by_others(office)],
        list(_taken_over(office, entries)),
        [
            told_as.StreamGiven(
                stream,
                bundles[-1].number,
                iso(entries.given[stream].recorded_at_us),
                entries.given[stream].actor.person_id,
                bundles[-1].n_items,
            )
            for stream, bundles in book.given.items()
        ],
        [told_as.MayAct(act, _why_not(ask, act)) for act in ACTS],
    )
    return reply(found, _NO_STORE)


def _why_not(ask: Ask, act: str) -> list[Told]:
    permit = allow(actor_of(ask), act, Facts(standing=ask.standing))
    return [] if permit.allowed else [_reason(ask, each) for each in permit.reasons]


def _refuse(ask: Ask, act: str) -> None:
    """Nothing, where who asks may do an act.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: they may not, and why.
    """
    standing = ask.standing
    if act == "take_over_release":
        # Where its ground lies is on record with the bundle: that is asked when it is known.
        standing = replace(standing, area_ids=frozenset())
    permit = allow(actor_of(ask), act, Facts(standing=standing))
    if not permit.allowed:
        raise Forbidden(faults_of(permit.reasons))


def _reason(ask: Ask, reason: Reason) -> Told:
    return msgspec.convert(reason_json(reason, ask.lang), Told)


def _peer(book: FederationBook, entries: _Entries, story: PeerStory) -> told_as.PeerTold:
    keys = []
    for key in story.keys:
        pinned, gone = entries.enrolled[key.fingerprint], entries.revoked.get(key.fingerprint)
        why = gone.fact.note if gone and isinstance(gone.fact, PeerKeyRevoked) else None
        keys.append(
            told_as.PeerKey(
                fingerprint_of(bytes.fromhex(key.public_key)),
                pinned.actor.person_id,
                iso(pinned.recorded_at_us),
                gone is None,
                None if gone is None else gone.actor.person_id,
                None if gone is None else iso(gone.recorded_at_us),
                why,
                sum(each.fingerprint == key.fingerprint for each in book.bundles.values()),
                sum(each.fingerprint == key.fingerprint for each in book.taken_over.values()),
            )
        )
    return told_as.PeerTold(story.peer_id, story.authority, story.standing is not None, keys)


def _stream(
    ask: Ask, book: FederationBook, entries: _Entries, says: StreamSays
) -> told_as.StreamTold:
    taken, story = says.taken, book.peers[says.peer_id]
    entry = entries.taken[taken.digest]
    enroller = story.enrolled_by.get(taken.fingerprint)
    return told_as.StreamTold(
        says.peer_id,
        taken.stream,
        taken.number,
        iso(taken.issued_at_s * 1_000_000),
        iso(entry.recorded_at_us),
        entry.actor.person_id,
        taken.fingerprint not in book.revoked,
        says.n_of,
        len(says.differences),
        [_reason(ask, each) for each in says.differences[:_SHOWN]],
        len(says.releases),
        [told_as.ReleaseOffered(item, enroller) for item in says.releases[:_SHOWN]],
    )


def _taken_over(office: Office, entries: _Entries) -> Iterator[told_as.TakenOver]:
    for each in releases_taken_over(office):
        fact, entry = each.fact, entries.over[each.fact.part_id]
        yield told_as.TakenOver(
            fact.peer_id,
            fact.stream,
            fact.item_id,
            fact.part_id,
            fact.number,
            each.newest,
            iso(entry.recorded_at_us),
            entry.actor.person_id,
            fact.confirmed_by,
            each.key_stands,
            each.withdrawn,
        )


def take_in_bundle(ask: Ask) -> Reply:
    """Returns what became of another authority's bundle that was uploaded.

    It is read under limits in a process of its own first. What it calls released opens nothing.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        NotFound: that file has not come, or not whole.
        InvalidInput: it is no bundle that can be read.
        Refused: it is not theirs, older than what is here, or of another history.
    """
    _refuse(ask, "take_bundle")
    actor, asked = actor_of(ask), ask.taken(told_as.BundleSent)
    data = ask.desk.uploads.content(actor.person_id, asked.sha256)
    if data is None:
        raise NotFound(Fault("api.upload.unknown", "sha256", params={"file": asked.file_name[:80]}))
    refuse_unreadable(data)
    taken = take_bundle(ask.desk.office, actor, data)
    answer = done(taken.acted)
    ask.desk.uploads.drop(actor.person_id, asked.sha256)
    body = told_as.BundleDone(
        taken.acted.entry_ids[0],
        taken.peer_id,
        taken.number,
        taken.n_items,
        taken.acted.already,
        list(taken.raised),
        list(taken.reopened),
        [told_fault(fault, ask.lang) for fault in faults_of(taken.acted.warnings)],
    )
    return replace(answer, body=msgspec.json.encode(body))


def pin_peer(ask: Ask) -> Reply:
    """Returns the entry that pins another authority's key, by the fingerprint heard from them.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        InvalidInput: what was given is no card.
        Refused: the fingerprint is another, the name is taken, or the key was revoked.
    """
    _refuse(ask, "enrol_peer")
    actor, asked = actor_of(ask), ask.taken(told_as.PeerAsked)
    card = exchange_card(asked.card.encode())
    acted = enrol_peer(
        ask.desk.office,
        actor,
        asked.name,
        card.authority,
        card.public_key,
        asked.fingerprint,
        ask.standing,
    )
    return _acted(ask, acted)


def revoke_peer_key(ask: Ask) -> Reply:
    """Returns the entry by which nothing more is taken by a key, with what was taken over by it.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: no key of theirs stands.
    """
    _refuse(ask, "revoke_peer")
    actor, asked = actor_of(ask), ask.taken(told_as.RevocationAsked)
    return _acted(ask, revoke_peer(ask.desk.office, actor, ask.path["peer_id"], asked.note))


def take_release_over(ask: Ask) -> Reply:
    """Returns the entry by which two persons take one release of another authority over.

    Raises:
        Unknown: nobody is signed in, or the second person's credentials are wrong.
        TooMany: the second person's login was tried too often.
        Forbidden: the actor's role may not do this, or one of them signed in by too little.
        Refused: no second person, the same one, who pinned that key; or a rule forbids it.
    """
    _refuse(ask, "take_over_release")
    actor, asked = actor_of(ask), ask.taken(told_as.TakeOverAsked)
    second = None if asked.second is None else second_person(ask, asked.second)
    named = ReleaseNamed(asked.peer, asked.stream, asked.item)
    by, proven = (None, AT_THE_MACHINE) if second is None else (second.actor, second.standing)
    return _acted(ask, take_over(ask.desk.office, actor, named, by, ask.standing, proven))


def _acted(ask: Ask, acted: Acted) -> Reply:
    answer = done(acted)
    warnings = [told_fault(fault, ask.lang) for fault in faults_of(acted.warnings)]
    body = told_as.ExchangeActed(acted.entry_ids[0], warnings)
    return replace(answer, body=msgspec.json.encode(body))
