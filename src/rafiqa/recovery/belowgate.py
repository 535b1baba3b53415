"""Gate G9 where bombs may lie deep: digging below what was certified needs a bomb search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rafiqa.land import EvidenceRecorded, LandBook
from rafiqa.recovery.answer import Gate
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.sitefact import BombSearched
from rafiqa.recovery.sitefolder import SiteFolder

BOMBING = frozenset({"crater", "detonation"})
"""Kinds of evidence that say something exploded, or went in, at a place: another may lie deep."""


def bombed(book: LandBook, witnesses: Sequence[str]) -> list[str]:
    """Returns which of the unanswered witnesses of works are evidence of bombing."""
    known = book.register.evidence
    facts = {each: known[each].fact for each in witnesses if each in known}
    return [
        each
        for each, fact in facts.items()
        if isinstance(fact, EvidenceRecorded) and fact.kind in BOMBING
    ]


def below(
    works: ProjectRegistered,
    folder: SiteFolder,
    signs: Sequence[str],
    *,
    certified: bool,
    elsewhere: frozenset[str] = frozenset(),
) -> Iterator[Gate]:
    """Yields G9 of a bomb search: closed where bombing is on record and none reaches deep enough.

    A search certifies no ground: with it the works go on under conditions.

    Args:
        works: what is to be dug, and how deep.
        folder: its papers.
        signs: ids of the evidence of bombing that no release has answered.
        certified: whether all the ground of the works was cleared as deep as they reach.
        elsewhere: entries of searches that were made when the works had other ground.
    """
    depth_cm = works.depth_cm or 0
    unexplained = [each for each in folder.searches() if each.fact.anomalies_open > 0]
    if unexplained:
        ids = tuple(dict.fromkeys(each.entry_id for each in unexplained))
        n = sum(each.fact.anomalies_open for each in unexplained)
        yield Gate("G9", "closed", "gate.bombs.signals-open", {"n": n}, (), ids)
    if not signs or certified or depth_cm <= 0:
        return
    # Of several last words the shallowest counts: what lies below it nobody has vouched for.
    here = [each for each in folder.standing(BombSearched) if each.entry_id not in elsewhere]
    search = min(here, key=lambda paper: paper.fact.depth_cm, default=None)
    params: dict[str, str | int] = {
        "depth_cm": depth_cm,
        "n": len(signs),
        "witnesses": ", ".join(signs),
    }
    if search is None:
        yield Gate("G9", "closed", "gate.bombs.not-searched", params)
    elif search.fact.depth_cm < depth_cm:
        params["searched_cm"] = search.fact.depth_cm
        yield Gate("G9", "closed", "gate.bombs.too-shallow", params, (), (search.entry_id,))
    else:
        params["searched_cm"] = search.fact.depth_cm
        who = search.fact.organisation_id
        yield Gate("G9", "conditions", "gate.bombs.searched", params, (), (search.entry_id,), who)
