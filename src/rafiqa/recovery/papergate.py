"""The gates of papers: rights, rating, utilities, materials, crew, closing.

What is not on record gives conditions that say who must record it; a record that speaks against
the works closes. Nothing here can open what the ground keeps closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rafiqa.recovery.answer import DAY_US, Gate, GatePolicy, gravest
from rafiqa.recovery.checklist import LEVELS, Rated, rated
from rafiqa.recovery.fact import ProjectRegistered, SheetStated
from rafiqa.recovery.lastword import Dated, last_words, replaces
from rafiqa.recovery.sitefact import (
    CrewBriefed,
    HazmatScreened,
    RightsChecked,
    RightsClaimed,
    SiteRated,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.recovery.sitefolder import Paper, SiteFolder

_CLOSING = {"disputed": "gate.rights.disputed", "approval_missing": "gate.rights.no-approval"}
CLOSING_RIGHTS = frozenset(_CLOSING)
"""States of rights that keep works from starting."""
_DOUBTFUL = {"owner_absent": "gate.rights.owner-absent", "unknown": "gate.rights.unknown"}


def rights(works: ProjectRegistered, folder: SiteFolder) -> Iterator[Gate]:
    """Yields G1: closed by an open dispute or a missing approval, open by clear rights on paper."""
    checks, claims = folder.standing(RightsChecked), folder.claims()
    against = [gate for claim in claims for gate in _claim(claim.fact, claim.entry_id)]
    against += [gate for check in checks for gate in _check(works, check)]
    yield from against
    if not checks:
        yield Gate("G1", "conditions", "gate.rights.missing", who="engineer")
    elif not against:
        ids = tuple([check.entry_id for check in checks] + [claim.entry_id for claim in claims])
        params: dict[str, str | int] = {"papers": ", ".join(checks[-1].fact.consents)}
        yield Gate("G1", "open", "gate.rights.clear", params, (), ids)


def _check(works: ProjectRegistered, check: Paper[RightsChecked]) -> Iterator[Gate]:
    """Yields what a check of rights says against the works."""
    status, ids = check.fact.hlp_status, (check.entry_id,)
    params: dict[str, str | int] = {"subject": works.name}
    if status in _CLOSING:
        yield Gate("G1", "closed", _CLOSING[status], params, (), ids)
    elif status in _DOUBTFUL:
        yield Gate("G1", "conditions", _DOUBTFUL[status], params, (), ids, "authority")
    elif status == "decided" and not check.fact.decided_by:
        yield Gate("G1", "conditions", "gate.rights.decided-by", {}, (), ids, "engineer")
    elif not check.fact.consents:
        yield Gate("G1", "conditions", "gate.rights.no-papers", {}, (), ids, "engineer")


def _claim(fact: RightsClaimed, entry_id: str) -> Iterator[Gate]:
    """Yields what a claim says against the works; who claims and is not known to be here too."""
    status = fact.hlp_status
    params: dict[str, str | int] = {"subject": fact.claim_id}
    if status in _CLOSING:
        yield Gate("G1", "closed", _CLOSING[status], params, (), (entry_id,))
    elif status in _DOUBTFUL:
        yield Gate("G1", "conditions", _DOUBTFUL[status], params, (), (entry_id,), "authority")
    elif status == "clear" and fact.absent != "no":
        code = f"gate.rights.{'owner-absent' if fact.absent == 'yes' else 'absence-unknown'}"
        yield Gate("G1", "conditions", code, params, (), (entry_id,), "authority")


def rating(folder: SiteFolder, valid_at_us: int, policy: GatePolicy) -> Iterator[Gate]:
    """Yields G2: the site's rating by the newest checklist of a trained assessor.

    A checklist by somebody untrained can only make it worse. A rating stands for the days that
    a country sets; after them the works stop until the site is rated again.
    """
    papers = folder.all_of(SiteRated)
    by_trained = last_words([paper for paper in papers if paper.fact.trained])
    trained = by_trained[-1] if by_trained else None
    counted = by_trained + [
        paper
        for paper in papers
        if not paper.fact.trained and not any(replaces(each, paper) for each in by_trained)
    ]
    if not counted:
        yield Gate("G2", "conditions", "gate.rating.missing", who="surveyor")
        return
    paper = max(counted, key=lambda each: LEVELS.index(rated(each.fact).rating))
    found = rated(paper.fact)
    if trained is None and found.rating != "high":
        ids = (paper.entry_id,)
        yield Gate("G2", "conditions", "gate.rating.untrained", {}, (), ids, "surveyor")
        return
    until_us = (trained or paper).valid_at_us + policy.rating_days * DAY_US
    if until_us < valid_at_us:
        ids = ((trained or paper).entry_id,)
        params: dict[str, str | int] = {"days": policy.rating_days}
        yield Gate("G2", "closed", "gate.rating.expired", params, (), ids, "surveyor")
    yield _rated(paper, found, folder, valid_at_us, until_us)


def _rated(
    paper: Paper[SiteRated], found: Rated, folder: SiteFolder, valid_at_us: int, until_us: int
) -> Gate:
    ids, support = (paper.entry_id,), folder.support(valid_at_us)
    params: dict[str, str | int] = {"because": ", ".join(found.because)}
    if found.rating == "low":
        return Gate("G2", "open", "gate.rating.low", {}, (), ids, None, until_us)
    if found.rating == "medium":
        who = support.fact.organisation_id if support else "operator"
        return Gate("G2", "conditions", "gate.rating.medium", params, (), ids, who, until_us)
    if not paper.fact.plan:
        return Gate("G2", "closed", "gate.rating.high-no-plan", params, (), ids)
    if support is None:
        return Gate("G2", "closed", "gate.rating.high-no-team", params, (), ids)
    params["plan"] = paper.fact.plan
    until_us = min(until_us, support.fact.until_us)
    return Gate(
        "G2",
        "conditions",
        "gate.rating.high",
        params,
        (),
        (*ids, support.entry_id),
        support.fact.organisation_id,
        until_us,
    )


def utilities(folder: SiteFolder) -> Iterator[Gate]:
    """Yields G4: closed while anything is live or unknown, open once all is cut or absent."""
    papers = folder.standing(UtilitiesNoted)
    if not papers:
        yield Gate("G4", "conditions", "gate.utilities.missing", who="engineer")
        return
    notes, ids = [paper.fact for paper in papers], tuple(paper.entry_id for paper in papers)
    lines = ("power", "gas", "water")
    live = [name for name in lines if any(getattr(note, name) == "live" for note in notes)]
    unknown = [
        name
        for name in (*lines, "voids")
        if any(getattr(note, name) == "unknown" for note in notes)
    ]
    if live:
        yield Gate("G4", "closed", "gate.utilities.live", {"lines": ", ".join(live)}, (), ids)
    if unknown:
        params: dict[str, str | int] = {"lines": ", ".join(unknown)}
        yield Gate("G4", "closed", "gate.utilities.unknown", params, (), ids)
    if any(note.voids == "yes" for note in notes):
        yield Gate("G4", "conditions", "gate.utilities.voids", {}, (), ids, "engineer")
    elif not live and not unknown:
        yield Gate("G4", "open", "gate.utilities.cut", {}, (), ids)


def materials(folder: SiteFolder) -> Iterator[Gate]:
    """Yields G6: closed where a screening left it unknown, or found something without a plan."""
    papers = folder.standing(HazmatScreened)
    if papers:
        yield gravest([_screened(paper) for paper in papers])
    else:
        yield Gate("G6", "conditions", "gate.materials.missing", who="engineer")


def _screened(paper: Paper[HazmatScreened]) -> Gate:
    ids = (paper.entry_id,)
    found = [code for code in paper.fact.hazmat if code != "screened_none"]
    params: dict[str, str | int] = {"materials": ", ".join(found)}
    if "unknown" in found or not paper.fact.hazmat:
        return Gate("G6", "closed", "gate.materials.unknown", {}, (), ids)
    if found and not paper.fact.plan:
        return Gate("G6", "closed", "gate.materials.no-plan", params, (), ids)
    if found:
        params["plan"] = paper.fact.plan or ""
        return Gate("G6", "conditions", "gate.materials.plan", params, (), ids, "engineer")
    return Gate("G6", "open", "gate.materials.none", {}, (), ids)


def crew(
    works: ProjectRegistered, folder: SiteFolder, valid_at_us: int, policy: GatePolicy
) -> Iterator[Gate]:
    """Yields G7: whether the whole crew was briefed on ordnance and on stopping work."""
    papers = folder.standing(CrewBriefed)
    if papers:
        yield gravest([_briefed(works, paper, valid_at_us, policy) for paper in papers])
    else:
        yield Gate("G7", "conditions", "gate.crew.missing", who="engineer")


def _briefed(
    works: ProjectRegistered, paper: Paper[CrewBriefed], valid_at_us: int, policy: GatePolicy
) -> Gate:
    fact, ids = paper.fact, (paper.entry_id,)
    until_us = paper.valid_at_us + policy.briefing_days * DAY_US
    params: dict[str, str | int] = {"briefed": fact.workers_briefed, "n": works.n_workers or 0}
    if fact.workers_briefed < 1 or not fact.eore or not fact.stop_work:
        return Gate("G7", "closed", "gate.crew.not-briefed", params, (), ids)
    if until_us < valid_at_us:
        days: dict[str, str | int] = {"days": policy.briefing_days}
        return Gate("G7", "conditions", "gate.crew.expired", days, (), ids, "engineer")
    if works.n_workers is None:
        return Gate("G7", "conditions", "gate.crew.unknown-size", params, (), ids, "engineer")
    if fact.workers_briefed < works.n_workers:
        code = "gate.crew.some"
        return Gate("G7", "conditions", code, params, (), ids, "engineer", until_us)
    return Gate("G7", "open", "gate.crew.briefed", params, (), ids, None, until_us)


def closing(
    folder: SiteFolder, in_force: frozenset[str], elsewhere: frozenset[str]
) -> Iterator[Gate]:
    """Yields G11: the file of finished works, with each paper that it lacks.

    Args:
        folder: the papers of the works.
        in_force: numbers of the certificates that stand.
        elsewhere: numbers of certificates that name none of the ground of the works.
    """
    paper = folder.newest(WorksClosed)
    if paper is None:
        return
    fact, ids = paper.fact, (paper.entry_id,)
    lacking = []
    if not fact.as_built_on:
        lacking.append(Gate("G11", "conditions", "gate.closing.as-built", {}, (), ids, "engineer"))
    if not fact.certificate_number:
        code = "gate.closing.certificate-missing"
        lacking.append(Gate("G11", "conditions", code, {}, (), ids, "authority"))
    elif fact.certificate_number not in in_force:
        params: dict[str, str | int] = {"number": fact.certificate_number}
        code = "gate.closing.certificate-not-in-force"
        lacking.append(Gate("G11", "closed", code, params, (), ids))
    elif fact.certificate_number in elsewhere:
        params = {"number": fact.certificate_number}
        code = "gate.closing.certificate-elsewhere"
        lacking.append(Gate("G11", "closed", code, params, (), ids))
    if not fact.residual_told_on or not fact.residual_told_to:
        code = "gate.closing.residual-not-told"
        lacking.append(Gate("G11", "conditions", code, {}, (), ids, "authority"))
    yield from lacking or [Gate("G11", "open", "gate.closing.complete", {}, (), ids)]


def stated_against(
    works: ProjectRegistered, folder: SiteFolder, said: Mapping[str, Dated] | None = None
) -> Iterator[Gate]:
    """Yields what an imported sheet itself says against its works, until a later paper answers it.

    A sheet that somebody else filled in can raise a doubt here, never answer one. A paper answers
    what was said before it, and nothing that a sheet said after it.

    Args:
        works: the works.
        folder: their papers.
        said: by the name of what a sheet states, the registration that said so last; any paper
            answers it where that is not known.
    """
    stated, known = works.stated or SheetStated(), said or {}

    def stands(name: str, papers: Iterable[Dated]) -> bool:
        at = known.get(name)
        return not any(at is None or replaces(paper, at) for paper in papers)

    if stated.hlp_status in _CLOSING and stands("hlp_status", folder.all_of(RightsChecked)):
        yield Gate("G1", "closed", _CLOSING[stated.hlp_status], {"subject": works.name})
    ratings = [paper for paper in folder.all_of(SiteRated) if paper.fact.trained]
    if stated.eo_rating == "high" and stands("eo_rating", ratings):
        yield Gate("G2", "closed", "gate.rating.stated-high")
    lines = {"power": stated.power, "gas": stated.gas, "water": stated.water}
    notes = folder.all_of(UtilitiesNoted)
    live = [name for name, value in lines.items() if value == "live" and stands(name, notes)]
    if live:
        yield Gate("G4", "closed", "gate.utilities.live", {"lines": ", ".join(live)})
    found = ", ".join(each for each in stated.hazmat if each not in {"screened_none", "unknown"})
    if found and stands("hazmat", folder.all_of(HazmatScreened)):
        yield Gate("G6", "closed", "gate.materials.no-plan", {"materials": found})
