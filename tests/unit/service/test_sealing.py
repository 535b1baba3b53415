"""Forms that name somebody, whatever is in them: cut, kept, and never refused for ever."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.service import Acted, AssetShelf, Sent, Stamp, receive, write_archive
from rafiqa.service.bundle import take_bundle
from rafiqa.service.identitybook import identities
from rafiqa.service.submission import filled_of
from rafiqa.service.submissionfile import put_file
from rafiqa.service.submissionsealing import JSON
from rafiqa.service.submissionview import export
from rafiqa.service.vaultdoor import settle
from rafiqa.service.vaulting import erase_identity, look_at_identity
from rafiqa.store.vault import make_vault
from rafiqa.wire.cutting import cut_by_name, cut_json, cut_xml
from tests.unit.service.acts import MEMORY
from tests.unit.service.ground import AUTHORITY, FIRST, INFORMATION, OPERATOR, SECOND
from tests.unit.service.safes import FORM, NAMELESS, PLACED, Safe, safe_at

HEAD = b'{"form_id":"rafiqa_accident","values":{"kind":"mine","geometry":"34.9 38.55 0 5",'
HEIC = b"\0\0\0\x18ftypheic" + bytes(40)
NAMED = b'"phone":"canary 077"'


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (b'"words":"a\\ud800b"', ("words", "a?b")),
        (b'"wo\\udfffrds":"a"', ("wo?rds", "a")),
        (b'"a\\ud800":1,"a\\udfff":2', ("a?", "2")),
        (b'"coordinates":"by the well"', ("coordinates", "by the well")),
        (b'"geometries":[{"at":"the well"}]', ("geometries/at", "the well")),
        (b'"g":{"coordinates":{"x\\ud800":1,"x\\udfff":2},"whose":"canary"},"w":"a"', ("w", "a")),
        (b'"g":{"type":"Point","coordinates":[1e999,34],"whose":"canary"},"w":"a"', ("w", "a")),
        (b'"n":1e999', ("n", "Infinity")),
        (b'"n":123456789012345678901234567890', ("n", "123456789012345678901234567890")),
        (b'"n":1.10', ("n", "1.1")),
    ],
)
def test_an_odd_letter_or_number_beside_a_name_is_kept_and_read_again(
    safe: Safe, odd: bytes, said: tuple[str, str]
) -> None:
    sent = Sent(HEAD + odd + b"," + NAMED + b"}}", JSON, "odd")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"canary" not in safe.ledger()
    fact = safe.office.fieldbook().stories["odd"].fact
    assert said in filled_of(fact).leaves
    assert len(safe.office.register().reports) == 1
    assert receive(safe.office, OPERATOR, sent).acted.already


def test_numbers_and_line_ends_stand_as_they_were_written() -> None:
    cut = cut_by_name({"phone"})
    written, n_cut = cut_json(b'{"values":{"a":1.10,"b":1e999,"phone":"x"}}', cut)
    assert (written, n_cut) == ('{"values":{"a":1.10,"b":1e999,"phone":null}}', 1)
    told, _ = cut_xml(b"<d><a>x&#13;y</a><phone>z</phone></d>", cut)
    assert told == "<d><a>x&#13;y</a><phone></phone></d>"


@pytest.mark.parametrize(
    "values",
    [
        {"victims": [[{"full_name": "canary"}]]},
        {"victim_identity": {"a": {"b": {"first": "canary"}}}},
        {"Full_Name": "canary"},
        {"phone": "0", "meta": {"instanceName": "canary 2026"}},
        {"phone": "0", "g": {"type": "Point", "coordinates": [38, 34], "whose": "canary"}},
        {"victim_identity": [{"type": "Point", "coordinates": [38, 34], "whose": "canary"}]},
        {"g": {"type": "Point", "coordinates": [38, 34], "full_name": "canary"}},
        {"parts": [{"full_name": "canary"}, "words"]},
        {"home/full_name": "canary"},
        {"victim_identity": {"end": "canary"}},
        {"g": {"type": "Point", "coordinates": [38, 34], "by": {"phone": "canary"}}},
    ],
)
def test_json_names_nobody_however_deep_it_says_it(safe: Safe, values: dict[str, object]) -> None:
    body = {"form_id": "f", "values": {"kind": "mine", **values}}
    sent = Sent(json.dumps(body).encode(), JSON, "deep")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"canary" not in safe.ledger()


def test_keys_beside_the_answers_stay_behind(safe: Safe) -> None:
    body = {"form_id": "f", "values": {"phone": "0"}, "reporter": "canary", "told_at": "now"}
    assert receive(safe.office, OPERATOR, Sent(json.dumps(body).encode(), JSON, "top")).acted.done
    assert b"canary" not in safe.ledger()
    assert safe.office.fieldbook().stories["top"].fact.told_at == "now"


@pytest.mark.parametrize("head", ["form_id", "told_at", "replaces"])
def test_an_object_where_a_word_belongs_is_no_word(safe: Safe, head: str) -> None:
    body = {"form_id": "f", "values": {"kind": "mine"}, head: {"full_name": "canary"}}
    sent = Sent(json.dumps(body).encode(), JSON, "head")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"canary" not in safe.ledger()
    assert receive(safe.office, OPERATOR, sent).acted.already


def test_half_of_a_letter_in_one_form_keeps_nobody_from_the_others(safe: Safe) -> None:
    """Forms with and without somebody in them: a question's name may be anything."""
    for number, more in enumerate((b"", b',"phone":"0"')):
        body = b'{"form_id":"f","values":{"a\\ud800":1,"b":"\\udfff"%s}}' % more
        assert receive(safe.office, OPERATOR, Sent(body, JSON, f"half-{number}")).acted.done
    stories = list(safe.office.fieldbook().stories.values())
    for kind in ("csv", "geojson", "zip"):
        assert export(safe.office, stories, kind, "en", OPERATOR.organisation_id)


@pytest.mark.parametrize(
    "inner",
    [
        "<full_name of='canary'>x</full_name>",
        "<full_name of='canary'/>",
        "<full_name>canary</full_name><meta><instanceName>canary 2026</instanceName></meta>",
        "<victim_identity><name><first>canary</first></name></victim_identity>",
        "<Full_Name>canary</Full_Name>",
        "<full_name>canary.jpg</full_name>",
        "<victim_identity><end>canary</end><device_number>7</device_number></victim_identity>",
        "<other of='canary'>x</other><full_name>x</full_name>",
    ],
)
def test_xml_names_nobody_however_it_says_it(safe: Safe, inner: str) -> None:
    form = f'<data id="f" version="1"><kind>mine</kind>{inner}</data>'
    assert receive(safe.office, OPERATOR, Sent(form.encode())).acted.done
    assert b"canary" not in safe.ledger()


def test_what_cannot_be_cut_as_it_is_meant_warns_and_stays_on_the_phone(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(content: bytes, cut: object) -> tuple[str, int]:
        text, n_cut = cut_xml(content, cut)  # type: ignore[arg-type]
        return text.replace("injured", "unhurt"), n_cut

    monkeypatch.setattr("rafiqa.service.submissionsealing.cut_xml", losing)
    with pytest.raises(StoreError, match=r"service\.vault\.cut"):
        receive(safe.office, OPERATOR, Sent(PLACED))
    assert not safe.office.fieldbook().stories
    assert len(safe.office.register().reports) == 1
    assert b"Canary" not in safe.ledger()


def test_what_can_be_read_and_not_written_down_warns_and_is_kept_aside(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> object:
        raise InvalidInput(Fault("wire.json.half-letter"))

    monkeypatch.setattr("rafiqa.service.submission.sealed_submission", refusing)
    for _ in range(2):
        with pytest.raises(InvalidInput):
            receive(safe.office, OPERATOR, Sent(PLACED))
    (kept,) = safe.office.store.quarantined()
    assert kept.original == PLACED
    assert len(safe.office.register().reports) == 1


def test_given_out_under_its_own_id_and_taken_again_it_is_the_same_form(
    safe: Safe, tmp_path: Path
) -> None:
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    story = safe.office.fieldbook().stories["uuid:canary-form"]
    archive = tmp_path / "out.zip"
    archive.write_bytes(export(safe.office, [story], "zip", "en", OPERATOR.organisation_id))
    taken = take_bundle(safe.office, OPERATOR, archive)
    assert (taken.already, taken.accepted, taken.refused) == (1, 0, [])
    assert len(safe.office.register().reports) == 1
    assert list(safe.office.store.quarantined()) == []
    # Another server that took it without names gets them, once, when the phone itself comes.
    (tmp_path / "other").mkdir()
    with safe_at(tmp_path / "other") as other:
        assert take_bundle(other.office, OPERATOR, archive).accepted == 1
        for _ in range(2):
            assert receive(other.office, OPERATOR, Sent(PLACED)).acted.already
        ((name, kept),) = identities(other.office).items()
        assert kept.fact.record_id == "uuid:canary-form"
        looked = look_at_identity(other.office, FIRST, name, "inquiry", other.secret)
        assert looked.content is not None
        assert looked.content["text"] == PLACED.decode()
        assert len(other.office.register().reports) == 1
        assert b"Canary" not in other.ledger()


def test_of_what_is_carried_here_a_missing_vault_keeps_back_what_names_somebody_alone(
    safe: Safe, tmp_path: Path
) -> None:
    safe.keep()
    for name, form in (("1", PLACED), ("2", NAMELESS)):
        (tmp_path / "stick" / name).mkdir(parents=True)
        (tmp_path / "stick" / name / "submission.xml").write_bytes(form)
    (tmp_path / "stick" / "3").mkdir()
    for number, form in enumerate((FORM, NAMELESS.replace(b"uuid:nameless", b"uuid:other"))):
        (tmp_path / "stick" / "3" / f"{number}.xml").write_bytes(form)
    safe.path.rename(tmp_path / "away")
    taken = take_bundle(safe.office, OPERATOR, tmp_path / "stick")
    assert taken.accepted == 2
    assert [fault.code for fault in taken.refused].count("store.vault.missing") == 2
    assert b"Canary" not in safe.ledger()
    assert len(safe.office.register().reports) == 1, "what the first warns of stands"
    (tmp_path / "away").rename(safe.path)
    again = take_bundle(safe.office, OPERATOR, tmp_path / "stick" / "1")
    assert (again.accepted, again.refused) == (1, [])


def test_sent_again_after_the_vault_was_lost_its_names_are_kept_anew(safe: Safe) -> None:
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    assert safe.office.vault is not None
    safe.path.unlink()
    make_vault(safe.path, str(safe.secret.to_public()), os.urandom, safe.office.now_us).close()
    for _ in range(2):
        assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.already
    lost, found = identities(safe.office)
    assert settle(safe.office).lost == (lost,)
    assert look_at_identity(safe.office, FIRST, found, "inquiry", safe.secret).content is not None
    assert len(safe.office.register().reports) == 1
    assert list(safe.office.store.quarantined()) == []


def test_an_erased_form_that_comes_again_stays_erased(safe: Safe) -> None:
    stranger = PLACED.replace(b"Canary Victim", b"Canary Stranger")
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    apart = receive(safe.office, OPERATOR, Sent(stranger))
    assert not apart.acted.done
    for name in list(identities(safe.office)):
        assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.already
    # Of the one kept apart the words are the first one's too: it is that, and brings nobody back.
    receive(safe.office, OPERATOR, Sent(stranger))
    assert len(identities(safe.office)) == 2
    assert safe.office.vault is not None
    assert all(item.erased for item in safe.office.vault.items())
    assert len(list(safe.office.store.quarantined())) == 1


def test_of_one_kept_apart_that_is_erased_nothing_comes_back(safe: Safe) -> None:
    other = PLACED.replace(b"injured", b"killed").replace(b"Canary Victim", b"Canary Stranger")
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    apart = receive(safe.office, OPERATOR, Sent(other)).apart_id
    (name,) = (n for n, s in identities(safe.office).items() if s.fact.record_id == apart)
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert receive(safe.office, OPERATOR, Sent(other)).apart_id == apart
    assert len(identities(safe.office)) == 2
    assert len(list(safe.office.store.quarantined())) == 1


def test_no_guess_at_a_name_is_tested_once_it_is_erased(safe: Safe) -> None:
    """Neither with the ledger, the quarantine and the vault's file, nor with a new key of it."""
    nameless = PLACED.replace(
        b"<orx:meta><orx:instanceID>uuid:canary-form</orx:instanceID></orx:meta>", b""
    )
    for form in (PLACED, nameless):
        assert receive(safe.office, OPERATOR, Sent(form)).acted.done
        plain = sha256(form).hexdigest().encode()
        assert plain not in safe.ledger()
        assert receive(safe.office, OPERATOR, Sent(form)).acted.already
    for name in list(identities(safe.office)):
        assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert safe.office.vault is not None
    left = safe.office.vault._rows("SELECT salt, wrapped, sealed, digest_key, digest FROM item")
    assert left == [(None,) * 5] * 2
    assert {name for (name,) in safe.office.vault._rows("SELECT name FROM meta")} == {
        "public",
        "site",
    }


def test_the_days_that_a_form_asks_for_are_read_whole_or_not_at_all(safe: Safe) -> None:
    days = b"".join(
        b"<victim_identity_part><victim_identity_keep_until_on>%s</victim_identity_keep_until_on>"
        b"<victim_identity_full_name>N</victim_identity_full_name></victim_identity_part>" % day
        for day in (b"2026-1-5", b"2026-05-01", b"2026-04-01", b"at once")
    )
    form = b'<data id="f" version="1">%s<meta><instanceID>uuid:d</instanceID></meta></data>' % days
    assert receive(safe.office, OPERATOR, Sent(form)).acted.done
    (story,) = identities(safe.office).values()
    assert story.fact.keep_until_on == "2026-04-01"


def test_what_an_archive_leaves_out_it_names_and_what_comes_back_is_here(
    safe: Safe, tmp_path: Path
) -> None:
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    came = {"a.jpg": out.getvalue(), "b.jpg": b"\xff\xd8\xff no picture", "c.heic": HEIC}
    for name, content in came.items():
        assert put_file(safe.office, OPERATOR, "uuid:canary-form", name, content)
    story = safe.office.fieldbook().stories["uuid:canary-form"]
    archive = tmp_path / "out.zip"
    left_out: dict[str, set[str]] = {}
    for reader in (AUTHORITY, OPERATOR.organisation_id):
        archive.write_bytes(export(safe.office, [story], "zip", "en", reader))
        with zipfile.ZipFile(archive) as opened:
            names = {name.rpartition("/")[2] for name in opened.namelist()}
            assert all(
                opened.read(name) for name in opened.namelist() if name.endswith("given.txt")
            )
        left_out[reader] = {name for name in names if name.endswith(".not-given.txt")}
        assert "a.jpg" in names
    assert left_out == {
        AUTHORITY: {"b.jpg.not-given.txt", "c.heic.not-given.txt"},
        OPERATOR.organisation_id: {"b.jpg.not-given.txt"},
    }
    taken = take_bundle(safe.office, OPERATOR, archive)
    assert (taken.already, taken.files, taken.refused) == (1, 0, [])


def test_the_picture_of_the_archive_as_it_came_lies_in_the_vault_and_erased_it_stays_so(
    safe: Safe,
) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "canary"
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)

    def written() -> Acted:
        stamp, fact = Stamp(entry_id="memory-1"), replace(MEMORY, faces_hidden=True)
        return write_archive(safe.office, INFORMATION, fact, AssetShelf(), out.getvalue(), stamp)

    assert written().done
    assert written().already
    ((name, _),) = identities(safe.office).items()
    looked = look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret)
    assert looked.picture == out.getvalue()
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert written().already
    assert safe.office.vault is not None
    assert [item.erased for item in safe.office.vault.items()] == [True]
    assert len(identities(safe.office)) == 1


@pytest.mark.parametrize(
    ("change", "stamp"),
    [
        ({"purpose": "sale"}, Stamp(entry_id="memory-1")),
        ({}, Stamp(entry_id="memory-1", valid_at_us=9 * 10**15)),
        ({"faces_hidden": False}, Stamp(entry_id="memory-1")),
    ],
    ids=["no such purpose", "a day to come", "somebody may be known"],
)
def test_a_memory_that_is_refused_leaves_no_picture_in_the_vault(
    safe: Safe, change: dict[str, Any], stamp: Stamp
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    fact = replace(MEMORY, **{"faces_hidden": True, **change})
    assert not write_archive(
        safe.office, INFORMATION, fact, AssetShelf(), out.getvalue(), stamp
    ).done
    assert safe.office.vault is not None
    assert list(safe.office.vault.items()) == []
    store: Any = safe.office.store
    assert store._rows("SELECT count(*) FROM attachments") == [(0,)]
