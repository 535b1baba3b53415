"""Filled forms whose names lie in the vault: cut, known again, erased, and never back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.errors import NotFound, StoreError
from rafiqa.service import Office, Sent, Stamp, receive
from rafiqa.service.erasing import erase_with_identities
from rafiqa.service.identitybook import identities
from rafiqa.service.submissionsealing import JSON, entry_of, sealed_answers
from rafiqa.service.submissionview import export
from rafiqa.service.vaultdoor import drop_orphans, settle
from rafiqa.service.vaulting import (
    erase_identity,
    identity_content,
    keep_identity,
    look_at_identity,
)
from tests.unit.service.ground import (
    FIRST,
    OPERATOR,
    SECOND,
    Clock,
)
from tests.unit.service.safes import FORM, PLACED, Safe, safe_at


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


def test_a_form_goes_into_the_ledger_without_who_it_names(safe: Safe) -> None:
    sent = receive(safe.office, OPERATOR, Sent(FORM))
    assert sent.acted.done
    assert b"Canary" not in safe.ledger()
    story = safe.office.fieldbook().stories["uuid:canary-form"]
    assert "<victim_outcome>injured</victim_outcome>" in story.fact.text
    for kind in ("csv", "geojson", "zip"):
        assert b"Canary" not in export(safe.office, [story], kind, "en", "clearance-co")
    # Sent again it is the same; the form as it came lies in the vault and can be proven.
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.already
    ((name, kept),) = identities(safe.office).items()
    assert (kept.fact.record_id, kept.fact.purpose) == ("uuid:canary-form", "field_form")
    looked = look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret)
    assert looked.content is not None
    assert looked.content["text"] == FORM.decode()
    assert set(sealed_answers(looked.content).values()) == {"Canary Victim", "Canary Informant"}
    assert erase_identity(safe.office, FIRST, name, "consent_withdrawn").done
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.already
    assert safe.office.fieldbook().stories["uuid:canary-form"].state == "waiting"


def test_the_same_id_with_other_names_is_kept_apart_and_its_names_too(safe: Safe) -> None:
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.done
    other = FORM.replace(b"Canary Victim", b"Canary Stranger")
    sent = receive(safe.office, OPERATOR, Sent(other))
    assert not sent.acted.done
    apart = b"".join(item.original for item in safe.office.store.quarantined())
    assert b"Canary" not in apart
    assert b"injured" in apart
    records = {story.fact.record_id for story in identities(safe.office).values()}
    assert records == {"uuid:canary-form", sent.apart_id}


def test_what_came_before_there_was_a_vault_is_known_again(safe: Safe) -> None:
    vault, safe.office.vault = safe.office.vault, None
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.done
    safe.office.vault = vault
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.already
    assert list(safe.office.store.quarantined()) == []


def test_json_is_cut_too(safe: Safe) -> None:
    body = {
        "form_id": "rafiqa_accident",
        "values": {
            "kind": "mine",
            "phone": "0770 canary",
            "victim_part": [{"victim_sex": "female", "victim_identity_full_name": "Canary J"}],
        },
    }
    sent = Sent(json.dumps(body).encode(), JSON, "0190-json-instance")
    assert receive(safe.office, OPERATOR, sent).acted.done
    assert b"anary" not in safe.ledger()
    assert b"female" in safe.ledger()


def test_other_words_under_the_id_of_an_erased_form_are_kept_apart_and_name_nobody(
    safe: Safe,
) -> None:
    placeless = PLACED.replace(b"34.9 38.55 0 5", b"")
    assert receive(safe.office, OPERATOR, Sent(placeless)).acted.done
    entry_id = entry_of("uuid:canary-form")
    assert erase_with_identities(safe.office, SECOND, entry_id, "asked")[0].done
    other = placeless.replace(b"injured", b"killed").replace(b"Canary Victim", b"Canary Stranger")
    assert other != placeless
    for _ in range(2):
        told = receive(safe.office, OPERATOR, Sent(other))
        assert not told.acted.done
        assert told.apart_id is not None
    (item,) = safe.office.store.quarantined()
    assert b"killed" in item.original
    assert b"Stranger" not in item.original
    assert b"Stranger" not in safe.ledger()
    assert len(identities(safe.office)) == 1


def test_erased_words_of_a_form_without_a_place_do_not_come_back(safe: Safe) -> None:
    """Sent again it is the same, though no sign stands for it: nothing of it is kept apart."""
    words = b"<accident_note>by the canary well</accident_note><accident_kind>"
    placeless = FORM.replace(b"<accident_kind>", words)
    assert receive(safe.office, OPERATOR, Sent(placeless)).acted.done
    entry_id = entry_of("uuid:canary-form")
    assert erase_with_identities(safe.office, SECOND, entry_id, "asked")[0].done
    for _ in range(2):
        assert receive(safe.office, OPERATOR, Sent(placeless)).acted.already
    assert list(safe.office.store.quarantined()) == []
    assert b"canary well" not in safe.ledger()
    assert len(identities(safe.office)) == 1
    # Other words are another danger, and are kept.
    other = receive(safe.office, OPERATOR, Sent(placeless.replace(b"well", b"mill")))
    assert other.apart_id is not None
    (item,) = safe.office.store.quarantined()
    assert b"canary mill" in item.original


def test_a_form_that_the_ledger_did_not_reach_is_whole_when_it_comes_again(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropped as an orphan or not: what is acknowledged lies in the vault."""

    def failing(*_: object, **__: object) -> None:
        raise StoreError([])

    with monkeypatch.context() as broken:
        broken.setattr(Office, "say", failing)
        with pytest.raises(StoreError):
            receive(safe.office, OPERATOR, Sent(FORM))
    assert isinstance(safe.office.now_us, Clock)
    safe.office.now_us.wait(2)
    assert len(drop_orphans(safe.office, FIRST)) == 1
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.done
    ((name, _),) = identities(safe.office).items()
    looked = look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret)
    assert looked.content is not None
    assert settle(safe.office).lost == ()


def test_a_second_message_under_a_taken_id_erases_nobody(safe: Safe) -> None:
    name = safe.keep("k1")
    other = identity_content("reporter_identity", {"full_name": "Another"})
    acted, _ = keep_identity(
        safe.office, OPERATOR, "A1", "reporter_contact", other, stamp=Stamp(entry_id="k1")
    )
    assert [reason.code for reason in acted.reasons] == ["ledger.id-conflict"]
    looked = look_at_identity(safe.office, FIRST, name, "call_back", safe.secret)
    assert looked.content is not None
    assert looked.content["fields"]["full_name"] == "Canary Personage"


def test_a_form_whose_words_are_erased_is_erased_in_the_vault_also_where_that_was_cut_short(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    entry_id = entry_of("uuid:canary-form")
    ((name, _),) = identities(safe.office).items()
    for actor, cause in ((OPERATOR, "asked"), (SECOND, " ")):
        refused, whom = erase_with_identities(safe.office, actor, entry_id, cause)
        assert (refused.done, whom) == (False, ()), "refused it takes nothing from the vault either"
    assert safe.office.vault is not None
    assert safe.office.vault.opened(name, safe.secret)

    def failing(*_: object) -> None:
        raise StoreError([])

    with monkeypatch.context() as broken:
        broken.setattr("rafiqa.service.erasing.erase_identity", failing)
        with pytest.raises(StoreError):
            erase_with_identities(safe.office, SECOND, entry_id, "asked")
    again, whom = erase_with_identities(safe.office, SECOND, entry_id, "asked")
    assert (again.done, whom) == (True, (name,))
    with pytest.raises(NotFound):
        safe.office.vault.opened(name, safe.secret)
    # The phone that comes again hears that it was taken, and brings nobody back.
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.already
    assert len(identities(safe.office)) == 1
    assert len(safe.office.register().reports) == 1
