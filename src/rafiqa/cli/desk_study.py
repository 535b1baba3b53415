"""``rafiqa desk-study``: what a document says of explosive hazards, with the words that say so."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rafiqa import __version__
from rafiqa.cli.session import DONE, add_common, output_of
from rafiqa.locale import text
from rafiqa.locale.catalogue import catalogue
from rafiqa.service.places import gazetteer_for
from rafiqa.service.studying import Study, published_on, study, text_document
from rafiqa.study.name import masked
from rafiqa.study.record import Claim, Span
from rafiqa.wire.modelclient import server_of
from rafiqa.wire.studyjson import records_json

_SHOWN: Final = 200


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument("document", metavar="FILE", help="the document: plain text")
    parser.add_argument(
        "--published", metavar="DATE", help="when it came out; without, what it says of that itself"
    )
    parser.add_argument(
        "--places", metavar="GAZETTEER", help="what rafiqa places compiled; else the curated places"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 once the claims are told; nothing is recorded."""
    server = server_of(os.environ)
    published = published_on(args.published)
    gazetteer = gazetteer_for(Path(args.places) if args.places else None)
    found = study(text_document(Path(args.document)), published, gazetteer, server)
    output_of(args).show(_answer(found), list(_lines(found, args.lang)))
    return DONE


def _answer(found: Study) -> dict[str, Any]:
    digest, names = found.document.sha256, found.context.names
    published = found.reading.published
    answer: dict[str, Any] = {
        "records": records_json(found.records, digest, __version__, names),
        "set_aside": records_json(found.set_aside, digest, __version__, names),
        "refused": [
            {"start": claim.span.start, "end": claim.span.end, "reasons": list(faults)}
            for claim, faults in found.refused
        ],
        "document": {
            "sha256": digest,
            "n_characters": len(found.document.text),
            "published": [published.first.isoformat(), published.last.isoformat()]
            if published
            else None,
        },
    }
    if found.model is not None and found.told is not None:
        answer["model"] = {
            "records": records_json(found.model.claims, digest, __version__, names),
            "refused": dict(found.model.refused),
            "held_to_schema": found.told.held,
            "prompt_sha256": found.told.prompt_sha256,
        }
    return answer


def _lines(found: Study, lang: str) -> Iterator[str]:
    names = found.context.names
    params: dict[str, str | int] = {"records": len(found.records), "aside": len(found.set_aside)}
    yield text("cli.desk-study.counts", params, lang)
    yield from _told(found.records, names, lang)
    if found.set_aside:
        yield text("cli.desk-study.aside", {}, lang)
        yield from _told(found.set_aside, names, lang)
    if found.model is not None:
        yield text("cli.desk-study.model", {"n": len(found.model.claims)}, lang)
        yield from _told(found.model.claims, names, lang)
    yield text("cli.desk-study.nothing-recorded", {}, lang)


def _told(claims: Sequence[Claim], names: Sequence[Span], lang: str) -> Iterator[str]:
    for claim in claims[:_SHOWN]:
        place = claim.place.mention.surface if claim.place.mention else "–"
        days = f"{claim.time.start or '…'} – {claim.time.end or '…'}"
        what = _word(f"study.event.{claim.event_type}", claim.event_type, lang)
        said = _word(f"study.polarity.{claim.polarity}", claim.polarity, lang)
        flags = [_word(f"study.flag.{flag}", flag, lang) for flag in claim.flags]
        yield f"  {claim.span.start}–{claim.span.end}  {what} · {said} · {place} · {days}"
        if flags:
            yield f"    ! {'; '.join(flags)}"
        yield f"    «{masked(claim.quote, claim.span.start, names)}»"
    if len(claims) > _SHOWN:
        yield f"  … +{len(claims) - _SHOWN}"


def _word(code: str, name: str, lang: str) -> str:
    """The words for a code; its name where the catalogue has none."""
    return text(code, {}, lang) if code in catalogue(lang) else name
