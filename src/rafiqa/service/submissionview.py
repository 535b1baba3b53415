"""What became of submissions, for who sent them: in a row each, and to take along."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import shapely

from rafiqa.errors import InvalidInput
from rafiqa.land import Actor
from rafiqa.locale import text
from rafiqa.service.fieldbook import Story
from rafiqa.service.office import Office
from rafiqa.service.scope import reviews
from rafiqa.service.sealed import told_to
from rafiqa.service.submission import filled_of
from rafiqa.service.submissionplace import places_in
from rafiqa.wire.filled import Filled
from rafiqa.wire.instant import iso
from rafiqa.wire.neutral import neutral
from rafiqa.wire.picture import carries_more, shown, shows_less

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}
NOT_GIVEN: Final = ".not-given.txt"
"""What the name of a file ends with that says in an archive that another is left out."""
_ROW = ("id", "form_id", "form_version", "received_at", "state", "note", "faults")
_OPEN_ANSWERS = "open-answers.txt"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def visible(office: Office, story: Story, actor: Actor) -> bool:
    """Returns whether somebody may see a submission: their organisation's, or as a reviewer."""
    sender = story.received.actor.organisation_id
    return sender == actor.organisation_id or reviews(office, actor, sender).allowed


def summary(story: Story, lang: str) -> dict[str, Any]:
    """Returns where a submission stands, in a row."""
    fact = story.fact
    return {
        "id": fact.instance_id,
        "form_id": fact.form_id,
        "form_version": fact.form_version,
        "received_at": iso(story.received.recorded_at_us),
        "state": story.state,
        "says": text(f"field.state.{story.state}", {}, lang),
        "note": story.note,
        "faults": [{"code": code, "detail": text(code, {}, lang)} for code in fact.faults],
        "number": fact.number,
        "replaces": fact.replaces,
        "replaced_by": story.replaced_by,
    }


def export(
    office: Office, stories: Sequence[Story], kind: str, lang: str, reader: str | None = None
) -> bytes:
    """Returns submissions as one file.

    Args:
        office: the open store.
        stories: which.
        kind: a key of ``MEDIA_TYPES``; the archive holds each form as the ledger keeps it,
            under its own id (taken in again it is the same form), its files, and the table.
        lang: language of what is said of them.
        reader: the organisation that is told; what names a person in others' is left out.
    """
    if kind == "csv":
        return _table(stories, lang, reader)
    if kind == "geojson":
        return _features(stories, lang, reader)
    return _archive(office, stories, lang, reader)


def _filled(story: Story, reader: str | None) -> Filled | None:
    try:
        return told_to(story, filled_of(story.fact), reader)
    except InvalidInput:  # erased
        return None


def _answers(story: Story, reader: str | None) -> dict[str, str]:
    filled = _filled(story, reader)
    return filled.answers() if filled else {}


def _table(stories: Sequence[Story], lang: str, reader: str | None) -> bytes:
    answered = [_answers(story, reader) for story in stories]
    names = list(dict.fromkeys(name for answers in answered for name in answers))
    stream = io.StringIO()
    table = csv.writer(stream)
    table.writerow([*_ROW, *(_inert(name) for name in names)])
    for story, answers in zip(stories, answered, strict=True):
        told = summary(story, lang)
        faults = " ".join(story.fact.faults)
        row = [told[name] for name in _ROW[:-1]] + [faults]
        table.writerow([_inert(each) for each in (*row, *(answers.get(n, "") for n in names))])
    # With its mark: without it a spreadsheet takes Arabic for another encoding.
    return stream.getvalue().encode("utf-8-sig")


def _inert(value: object) -> str:
    return str(neutral("" if value is None else str(value)))


def _features(stories: Sequence[Story], lang: str, reader: str | None) -> bytes:
    features = []
    for story in stories:
        filled = _filled(story, reader)
        places = places_in(filled, frozenset()).found if filled else ()
        geometry = None
        if places:
            shapes = [place.geometry for place in places]
            whole = shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes)
            geometry = json.loads(shapely.to_geojson(whole))
        properties = {**_answers(story, reader), **summary(story, lang)}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    told = {"type": "FeatureCollection", "features": features}
    return json.dumps(told, ensure_ascii=False).encode()


def _archive(office: Office, stories: Sequence[Story], lang: str, reader: str | None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo("submissions.csv", _ZIP_TIME), _table(stories, lang, reader)
        )
        for number, story in enumerate(stories, 1):
            fact, folder = story.fact, f"instances/{number:06d}"
            ending = "xml" if fact.media_type == "text/xml" else "json"
            # A JSON submission was told its id beside its content: its file's name keeps it.
            stem = "submission" if ending == "xml" else quote(fact.instance_id, safe="")
            told = _open_content(story, reader)
            file_name = f"{stem}.{ending}" if told is None else _OPEN_ANSWERS
            member = zipfile.ZipInfo(f"{folder}/{file_name}", _ZIP_TIME)
            archive.writestr(member, fact.text.encode() if told is None else told)
            for name, named in story.files.items():
                parts = office.store.attachment(named.sha256)
                if parts is None:
                    continue
                own = story.received.actor.organisation_id == reader
                content = _given_out(b"".join(parts), own=own)
                member_name = f"{folder}/{_plain(name)}"
                if content is None:
                    # Told, and not left out in silence: the picture may be of a hazard.
                    member_name += NOT_GIVEN
                    content = text("field.not-given", {"file": name}, lang).encode()
                archive.writestr(zipfile.ZipInfo(member_name, _ZIP_TIME), content)
    return stream.getvalue()


def _given_out(content: bytes, *, own: bool) -> bytes | None:
    """A file as it is given out: a picture made anew; None of one that cannot be.

    To another organisation faces and plates go hidden, those that are found.
    Its own organisation gets as they came those of kinds that cannot be made anew, or would show
    less than came: pages, and what can be seen through.
    """
    try:
        if own and shows_less(content):
            return content
        made = shown(content, hides=not own)
    except InvalidInput:
        return None
    return None if made is None and not own and carries_more(content) else made or content


def _open_content(story: Story, reader: str | None) -> str | None:
    """Returns the answers that a reader may have, where these are not all; None where they are.

    The form itself cannot be given then: cut, it would be another form under its id.
    """
    told, whole = _filled(story, reader), _filled(story, story.received.actor.organisation_id)
    if told is None or told == whole:
        return None
    answers = [[path, list(row), text] for path, row, text in told.placed()]
    return json.dumps(answers, ensure_ascii=False, indent=1)


def _plain(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "file"
