"""No canary of a person anywhere: names, telephones, homes and places planted in every field.

So are words in EXIF, IPTC, XMP, comment and behind the end of photographs that come with forms.
Everything that leaves the store is searched, as anybody and as every role: each endpoint, error
pages, tiles, the OGC interface, exports, what is told to everybody, every line of log; and the
store's own files. With the vault taken away the same search finds them: it sees.
"""

from __future__ import annotations

import io
import logging
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
import pytest

from rafiqa.api import make_app
from rafiqa.errors import RafiqaError
from rafiqa.service import AssetShelf, Office, Sent, receive
from rafiqa.service.exporting import EXPORT_KINDS, exported
from rafiqa.service.identitybook import identities
from rafiqa.service.public import public_state
from rafiqa.service.publicfiles import Doors, public_files_of, sheets
from rafiqa.service.question import NOW
from rafiqa.service.submissionfile import put_file
from rafiqa.service.submissionview import MEDIA_TYPES, export
from rafiqa.service.vaulting import identity_content, keep_identity
from rafiqa.store.vault import make_vault
from tests.city import FIRST, LOGINS, OPERATOR, Clock, Draws, small_city
from tests.unit.api.client import Client
from tests.unit.api.test_openapi import BODIES
from tests.unit.api.test_table import ASKED
from tests.unit.service.fieldforms import filled
from tests.unit.service.photographs import photograph

MARK = b"qanary"
SPOT = b"35.9671"
"""How every planted place begins: nothing else of the site lies there."""
BESIDE = (
    "/ogc",
    "/ogc/collections",
    "/ogc/collections/areas/items?limit=500",
    "/ogc/collections/released/items?limit=500",
    "/ogc/collections/nothing/items",
    "/api/people",
    "/api/vault",
)
"""Asked beside the questions of the table: the OGC interface, and what few may see."""
IDENTITY = {
    "full_name": "qanary-name-{}",
    "guardian_name": "qanary-guardian-{}",
    "home_address": "qanary-home-{} at 35.9671{}, 39.0191{}",
    "phone": "qanary-0770-{}",
}
VICTIM = {
    "displaced_from": "qanary-from-{}",
    "survey_place": "qanary-survey-{} 35.9671{}",
    "circumstances": "qanary-words-{}",
    "note": "qanary-note-{}",
}
PICTURE = {place: f"qanary-{place}-{{}}" for place in ("exif", "iptc", "xmp", "comment", "behind")}


@dataclass
class Planted:
    """An office into which people were entered, and every text that says who they are."""

    office: Office
    folder: Path
    log: list[str] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)
    photos: int = 0

    def words(self, told: dict[str, str]) -> dict[str, object]:
        number = f"{len(self.canaries):05}"
        made = {name: text.replace("{}", number) for name, text in told.items()}
        self.canaries += made.values()
        return dict(made)


def plant(planted: Planted, n_forms: int, n_victims: int) -> None:
    for number in range(n_forms):
        parts = {
            "victim": [
                {"outcome": "injured", "sex": "female", **planted.words(VICTIM)}
                for _ in range(n_victims)
            ],
            "victim_identity": [
                {"consent": "yes", **planted.words(IDENTITY)} for _ in range(n_victims)
            ],
        }
        own = planted.words({"accident_informant": "qanary-informant-{}"})
        form = filled("accident", f"uuid:form-{number}", {"accident_kind": "mine", **own}, parts)
        assert receive(planted.office, OPERATOR, Sent(form)).acted.done
        said = {name: str(told) for name, told in planted.words(PICTURE).items()}
        photo = photograph(said, number)
        assert all(each.encode() in photo for each in said.values())
        planted.photos += 1
        assert put_file(planted.office, OPERATOR, f"uuid:form-{number}", "a.jpg", photo)
    if planted.office.vault is None:
        return
    for _ in range(n_forms):
        told = planted.words({name: IDENTITY[name] for name in ("full_name", "phone")})
        content = identity_content("reporter_identity", told)
        assert keep_identity(planted.office, FIRST, "H1", "reporter_contact", content)[0].done


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())
        if record.exc_info:
            self._lines.append(logging.Formatter().formatException(record.exc_info))


def answers(
    planted: Planted, logins: tuple[str | None, ...], *, briefly: bool
) -> Iterator[tuple[str, bytes]]:
    """Yields every answer that anybody gets, by who asked and for what."""
    office = planted.office
    app = make_app(office, now_us=office.now_us, entropy=Draws())
    handler = _Lines(planted.log)
    logger = logging.getLogger("rafiqa")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    # The words of a PDF lie packed in it: what is printed has tests of its own.
    paths = [path for _, path in ASKED if "/pdf" not in path]
    own = [f"/api/reviews/{name}" for name in office.fieldbook().stories][:40]
    own += [f"/api/reviews/{name}/files/a.jpg" for name in office.fieldbook().stories][:40]
    own += [f"/api/submissions/?format={kind}" for kind in MEDIA_TYPES]
    own += ["/api/reviews", "/api/news", "/api/queue", "/api/imports", "/api/quarantine"]
    own += ["/api/areas/H1/documents", "/nowhere/at/all", "/api/areas/none"]
    try:
        for login in logins:
            client = Client(app)
            if login is not None:
                assert client.sign_in(login).status_code == 200
            asked = (*BESIDE, *own, *(paths[::12] if briefly else paths))
            for path in asked:
                answer = client.get(path)
                assert answer.status_code < 500 or answer.status_code == 503, (path, answer.text)
                yield f"{login} {path}", answer.content + str(answer.headers).encode()
            for path, body in () if briefly else BODIES.items():
                # Refused or not, what it says names nobody.
                if isinstance(body, bytes):
                    continue
                answer = client.post(path, body)
                yield f"{login} POST {path}", answer.content
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def files(planted: Planted) -> Iterator[tuple[str, bytes]]:
    """Yields every file that is made or kept: public, exported, the store's own; and the log."""
    office = planted.office
    state = public_state(office, AssetShelf())
    yield from public_files_of(state, {}, Doors(), dict(sheets(state, Doors()))).items()
    stories = list(office.fieldbook().stories.values())
    for kind in MEDIA_TYPES:
        for reader in (OPERATOR.organisation_id, FIRST.organisation_id):
            yield f"submissions.{kind}", export(office, stories, kind, "en", reader)
    for kind in EXPORT_KINDS:
        try:
            layer = exported(office, kind, NOW)
        except RafiqaError as error:
            yield f"refused {kind}", str(error).encode()
            continue
        yield f"export {kind}", repr(layer).encode()
    for path in sorted(planted.folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
    yield "log", "\n".join(planted.log).encode()


def leaks(found: Iterator[tuple[str, bytes]]) -> list[str]:
    return [
        name for name, body in found if MARK in (said := unpacked(body).lower()) or SPOT in said
    ]


def unpacked(body: bytes) -> bytes:
    """What a body says, an archive's or a workbook's members too, which lie packed in it."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    # The headers of the answer stand behind an archive, where there are any.
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return body + b"".join(archive.read(name) for name in archive.namelist())


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    office = small_city(tmp_path, Clock())
    secret = pyrage.x25519.Identity.generate()
    path = tmp_path / "small.rafiqa.vault"
    office.vault = make_vault(path, str(secret.to_public()), os.urandom, office.now_us)
    yield Planted(office, tmp_path)
    if office.vault is not None:
        office.vault.close()
    office.store.close()


def test_no_canary_of_a_person_in_a_few_answers_and_files(planted: Planted) -> None:
    plant(planted, 2, 3)
    assert leaks(answers(planted, ("operator",), briefly=True)) == []
    assert leaks(files(planted)) == []
    kept = [story.fact.purpose for story in identities(planted.office).values()]
    assert sorted(set(kept)) == ["field_form", "picture_original", "reporter_contact"]
    assert (len(kept), kept.count("picture_original")) == (6, planted.photos)


def test_the_search_sees_them_where_there_is_no_vault(planted: Planted) -> None:
    """The control: without a vault the ledger keeps forms as they came, and their sender reads."""
    assert planted.office.vault is not None
    planted.office.vault.close()
    planted.office.vault.path.unlink()
    planted.office.vault = None
    plant(planted, 1, 2)
    planted.log.append("a line with a qanary in it")
    seen = set(leaks(answers(planted, ("operator",), briefly=True)))
    assert {"operator /api/submissions/?format=csv", "operator /api/reviews/uuid:form-0"} <= seen
    made = set(leaks(files(planted)))
    assert {"submissions.csv", "submissions.geojson", "submissions.zip"} <= made
    assert any(name.startswith("small.rafiqa") for name in made)
    pictures = [path.read_bytes() for path in planted.folder.glob("small.rafiqa*")]
    assert any(b"qanary-iptc" in each for each in pictures), "as phones write them"
    assert "log" in made


@pytest.mark.slow
def test_no_canary_of_two_thousand_in_anything(planted: Planted) -> None:
    plant(planted, 30, 9)
    assert len(planted.canaries) >= 2_000
    everybody = (None, *LOGINS)
    assert leaks(answers(planted, everybody, briefly=False)) == []
    assert leaks(files(planted)) == []
    sealed = planted.folder.joinpath("small.rafiqa.vault").stat().st_size
    assert sealed > 100_000, "they do lie in the vault"
