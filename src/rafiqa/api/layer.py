"""Layers: their versions, and the matching of two of them with its queue of doubts."""

from __future__ import annotations

from rafiqa.api import assetshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.history import label
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, InvalidInput
from rafiqa.recovery import MatchReviewed
from rafiqa.service import (
    Doubt,
    MatchReport,
    decision_on,
    layer_versions,
    match_layers,
    record_matches,
    review_match,
)
from rafiqa.service.matching import shapes_of_doubt
from rafiqa.service.permit import allow
from rafiqa.wire.instant import iso


def show_layers(ask: Ask) -> Reply:
    """Returns every version of every reference layer, with its hash and whether it is whole."""
    moment = ask.moment
    versions = layer_versions(ask.desk.office, moment.valid_us, moment.known_us)
    return reply(
        assetshape.Layers(
            [
                assetshape.LayerVersion(
                    each.fact.layer_id,
                    each.fact.kind,
                    each.number,
                    each.stands,
                    each.fact.n_rows,
                    each.fact.sha256,
                    each.fact.source,
                    iso(each.record.valid_at_us),
                    iso(each.record.recorded_at_us),
                    each.content,
                )
                for each in versions
            ]
        )
    )


def show_matches(ask: Ask) -> Reply:
    """Returns how two versions match, and which doubts wait for a person.

    Raises:
        Unknown: nobody is signed in.
        InvalidInput: the query does not name both.
        NotFound: there is no such version.
    """
    actor = actor_of(ask)
    missing = [name for name in ("old", "new") if name not in ask.query]
    if missing:
        raise InvalidInput(
            [Fault("api.query.missing", each, None, {"name": each}) for each in missing]
        )
    report = _report(ask, ask.query["old"], ask.query["new"])
    lang, matching = View.of(ask).lang, report.matching
    decided = [found for each in report.doubts if (found := _decided(ask, each)) is not None]
    return reply(
        assetshape.Matches(
            report.old.sha256,
            report.new.sha256,
            len(matching.sure),
            len(matching.gone),
            len(matching.new),
            *matching.shift_mm,
            [_doubt(ask, report, each, lang) for each in report.queue],
            sorted(decided, key=lambda each: each.at, reverse=True),
            allow(actor, "review_match").allowed,
        )
    )


def record(ask: Ask) -> Reply:
    """Returns the entries that record every match without doubt.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: ids of the two layers name different things.
    """
    actor, asked = actor_of(ask), ask.taken(assetshape.Matching)
    return done(record_matches(ask.desk.office, actor, _report(ask, asked.old, asked.new)))


def decide(ask: Ask) -> Reply:
    """Returns the entry by which a person decides on a doubtful match.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        NotFound: no doubtful match has that id.
        Refused: one of the assets is matched with another already.
    """
    actor, asked = actor_of(ask), ask.taken(assetshape.Decision)
    office = ask.desk.office
    report = _report(ask, asked.old, asked.new)
    fact = decision_on(
        office, report, asked.candidate_id, accepted=asked.accepted, note=asked.note or None
    )
    return done(review_match(office, actor, fact, ask.stamp, ask.desk.shelf))


def _report(ask: Ask, old: str, new: str) -> MatchReport:
    return match_layers(ask.desk.office, ask.desk.shelf, old, new)


def _decided(ask: Ask, doubt: Doubt) -> assetshape.Decided | None:
    """Returns a person's last word on a doubtful match; persons stay out of it, bodies do not."""
    record = ask.desk.office.recovery().epochs.decision(doubt.old_ids, doubt.new_ids)
    if record is None or not isinstance(record.fact, MatchReviewed):
        return None
    return assetshape.Decided(
        doubt.candidate_id,
        list(doubt.old_ids),
        list(doubt.new_ids),
        record.fact.accepted,
        record.actor.organisation_id,
        record.actor.role,
        iso(record.recorded_at_us),
        record.fact.note,
    )


def _doubt(ask: Ask, report: MatchReport, doubt: Doubt, lang: str) -> assetshape.Doubt:
    old, new = shapes_of_doubt(ask.desk.office, ask.desk.shelf, report, doubt)
    return assetshape.Doubt(
        doubt.candidate_id,
        list(doubt.old_ids),
        list(doubt.new_ids),
        doubt.kind,
        label("match_kind", doubt.kind, lang),
        doubt.iou_permille,
        list(doubt.doubts),
        "; ".join(label("match_doubt", each, lang) for each in doubt.doubts),
        old,
        new,
    )
