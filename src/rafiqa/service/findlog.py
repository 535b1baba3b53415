"""The log of chance finds, and the folder of one works, as lists to be read."""

from __future__ import annotations

from typing import Any

from rafiqa.errors import Fault, NotFound
from rafiqa.land import Recorded
from rafiqa.recovery import ChanceFindAnswered, ChanceFound
from rafiqa.recovery.lastword import last_words
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.siterecord import SITE_RECORDS
from rafiqa.wire.paperjson import find_json, paper_json

_REPLACED = frozenset({"rights_check", "utility_note", "hazmat_screening", "crew_briefing"})
"""Kinds of papers of which a later one replaces those before it; others stand side by side."""


def find_log(
    office: Office, lang: str, as_of: AsOf = NOW, works_id: str | None = None
) -> list[dict[str, Any]]:
    """Returns every chance find as told last, oldest first, with what was answered to it.

    Also those of works that nobody registered: no gate shows them.
    """
    register = office.recovery(as_of.valid_us(office), as_of.known_at_us)
    found = []
    for each, folder in register.folders.items():
        if works_id not in {None, each}:
            continue
        open_ids = {paper.fact.find_id for paper in folder.open_finds()}
        told = {paper.fact.find_id: paper for paper in folder.all_of(ChanceFound)}
        notes = folder.all_of(ChanceFindAnswered)
        known = register.works(each) is not None
        for find_id, paper in told.items():
            answers = [note for note in notes if note.fact.find_id == find_id]
            is_open = find_id in open_ids
            row = find_json(paper, answers, lang, is_open=is_open, works_known=known)
            found.append((paper.valid_at_us, paper.seq, row))
    return [row for _, _, row in sorted(found, key=lambda item: item[:2])]


def folder_of(office: Office, works_id: str, lang: str, as_of: AsOf = NOW) -> list[dict[str, Any]]:
    """Returns every paper of a project or rubble lot, oldest first; what was replaced is told.

    Raises:
        NotFound: neither works nor any paper of that id is on record.
    """
    register = office.recovery(as_of.valid_us(office), as_of.known_at_us)
    papers = register.folder(works_id).papers
    if not papers and register.works(works_id) is None:
        params: dict[str, str | int] = {"project": works_id}
        raise NotFound(Fault("service.project.unknown", "WORKS", params=params))
    records: list[tuple[str, Recorded, bool]] = []
    for kind, (type_, _) in SITE_RECORDS.items():
        told = papers.get(type_, [])
        standing = {record.seq for record in (last_words(told) if kind in _REPLACED else told)}
        records += [(kind, each, each.seq in standing) for each in told]
    records.sort(key=lambda item: (item[1].valid_at_us, item[1].seq))
    return [paper_json(kind, each, lang, stands=stands) for kind, each, stands in records]
