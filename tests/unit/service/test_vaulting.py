"""Identities: pseudonyms in the ledger alone, looks on record, erased for good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest

from rafiqa.api import make_app
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound, StoreError
from rafiqa.land import ROLES, Actor
from rafiqa.ledger import IdentityErased
from rafiqa.service import Office, Sent, Stamp, receive
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Saying
from rafiqa.service.permit import allow
from rafiqa.service.vaultdoor import drop_orphans, settle, vault_now
from rafiqa.service.vaulting import (
    LOOKS_AN_HOUR,
    due,
    erase_due,
    erase_identity,
    identity_content,
    keep_identity,
    keep_until,
    look_at_identity,
)
from rafiqa.store.vault import make_vault, open_vault
from tests.unit.service.ground import (
    FIRST,
    INFORMATION,
    OPERATOR,
    SECOND,
    Clock,
    kept_office,
)
from tests.unit.service.safes import FORM, NAMELESS, PERSON, PLACED, Safe, safe_at


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


def test_the_ledger_holds_a_pseudonym_and_no_name(safe: Safe) -> None:
    name = safe.keep()
    assert safe.keep() == name, "sent again it is the same"
    assert b"Canary" not in safe.ledger()
    assert b"0770" not in safe.ledger()
    story = identities(safe.office)[name]
    assert (story.fact.record_id, story.fact.purpose) == ("A1", "reporter_contact")
    assert story.fact.keep_until_on == "2026-08-28"


def test_a_look_is_on_record_before_anything_is_shown(safe: Safe) -> None:
    name = safe.keep()
    looked = look_at_identity(safe.office, FIRST, name, "call_back", safe.secret)
    assert looked.content is not None
    assert looked.content["fields"]["full_name"] == "Canary Personage"
    (look,) = identities(safe.office)[name].looks
    assert look.actor == FIRST
    # Without a reason that the list knows, and in a role that may not, nothing is shown.
    for actor, reason in ((FIRST, "curiosity"), (OPERATOR, "call_back")):
        refused = look_at_identity(safe.office, actor, name, reason, safe.secret)
        assert not refused.acted.done
        assert refused.content is None
    with pytest.raises(StoreError, match=r"store\.vault\.key"):
        look_at_identity(safe.office, FIRST, name, "call_back", pyrage.x25519.Identity.generate())
    assert len(identities(safe.office)[name].looks) == 1, "nobody looked"


def test_who_looks_at_many_within_an_hour_is_held_up(safe: Safe) -> None:
    name = safe.keep()
    for _ in range(LOOKS_AN_HOUR):
        assert look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret).acted.done
    held = look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret)
    assert [reason.code for reason in held.acted.reasons] == ["service.vault.many"]
    assert look_at_identity(safe.office, SECOND, name, "inquiry", safe.secret).acted.done
    assert isinstance(safe.office.now_us, Clock)
    safe.office.now_us.wait(1)
    assert look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret).acted.done


@pytest.mark.parametrize("role", ROLES)
def test_who_may_keep_look_and_erase(safe: Safe, role: str) -> None:
    actor = Actor("somebody", FIRST.organisation_id, role)  # type: ignore[arg-type]
    may = {
        "keep_identity": {"surveyor", "operator", "authority", "information"},
        "look_at_identity": {"authority"},
        "erase_identity": {"authority", "information"},
    }
    for act, roles in may.items():
        assert allow(actor, act).allowed == (role in roles), act
    name = safe.keep()
    kept, _ = keep_identity(safe.office, actor, "A1", "reporter_contact", PERSON)
    assert kept.done == (role in may["keep_identity"])
    looked = look_at_identity(safe.office, actor, name, "referral", safe.secret)
    assert (looked.content is not None) == (role in may["look_at_identity"])
    erased = erase_identity(safe.office, actor, name, "asked_by_person")
    assert erased.done == (role in may["erase_identity"])


def test_erased_is_erased_whatever_vault_is_put_back(safe: Safe, tmp_path: Path) -> None:
    name = safe.keep()
    assert safe.office.vault is not None
    safe.office.vault.copied(tmp_path / "old")
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    safe.office.vault.close()
    shutil.copy(tmp_path / "old", safe.path)
    safe.office.vault = open_vault(safe.path, os.urandom, safe.office.now_us)
    # The control: the old vault does hold it.
    assert safe.office.vault.opened(name, safe.secret) == PERSON
    looked = look_at_identity(safe.office, FIRST, name, "call_back", safe.secret)
    assert [reason.code for reason in looked.acted.reasons] == ["service.vault.erased"]
    # Whoever opened it erased it there too.
    with pytest.raises(NotFound):
        safe.office.vault.opened(name, safe.secret)
    twice = erase_identity(safe.office, FIRST, name, "asked_by_person")
    assert [reason.code for reason in twice.reasons] == ["service.vault.erased"]


def test_cut_between_vault_and_ledger_nothing_is_left_half(safe: Safe) -> None:
    office, vault = safe.office, safe.office.vault
    assert vault is not None
    # In the vault, and the ledger was not reached: tried again it is the same identity.
    orphan = vault.keep(PERSON, "k9")
    assert settle(office).orphans == ()
    assert safe.keep("k9") == orphan
    # Never tried again: nobody was told that it is kept, and after a day somebody may drop it.
    lonely = vault.keep(PERSON, "k10")
    assert isinstance(office.now_us, Clock)
    office.now_us.wait(2)
    assert [item.pseudonym for item in settle(office).orphans] == [lonely]
    assert vault.opened(lonely, safe.secret) == PERSON, "by nothing but a person's word"
    with pytest.raises(Forbidden):
        drop_orphans(office, OPERATOR)
    assert drop_orphans(office, FIRST) == (lonely,)
    assert settle(office) == settle(office)
    assert [item.pseudonym for item in vault.items()] == [orphan]
    # Erased in the ledger, and the vault was not reached.
    fact = IdentityErased(orphan, "time_over")
    office.say(FIRST, [Saying("x1", orphan, office.now_us(), fact)])
    assert settle(office).lost == ()
    assert [item.pseudonym for item in vault.items() if item.erased] == [orphan]
    with pytest.raises(NotFound):
        vault.opened(orphan, safe.secret)


def test_a_lost_vault_is_told_and_keeps_nobody_from_the_ledger(safe: Safe) -> None:
    name, other = safe.keep("k1"), safe.keep("k2")
    assert safe.office.vault is not None
    safe.office.vault.close()
    safe.path.unlink()
    safe.office.vault = make_vault(
        safe.path, str(safe.secret.to_public()), os.urandom, safe.office.now_us
    )
    assert settle(safe.office).lost == (name, other)
    assert erase_identity(safe.office, FIRST, name, "kept_by_mistake").done
    safe.office.vault.close()
    safe.office.vault = None
    safe.path.unlink()
    assert erase_identity(safe.office, FIRST, other, "kept_by_mistake").done
    with pytest.raises(NotFound):
        keep_identity(safe.office, FIRST, "A1", "reporter_contact", PERSON)


def test_what_was_kept_long_enough_is_due_and_goes_on_record(safe: Safe) -> None:
    name = safe.keep()
    acted, mine = keep_identity(
        safe.office, FIRST, "A1", "ownership", PERSON, until_on="2026-04-01"
    )
    assert acted.done
    assert keep_until("ownership", safe.office.now_us(), "2020-01-01") == "2026-03-01"
    assert due(safe.office) == []
    assert due(safe.office, date(2026, 4, 2)) == [mine]
    assert due(safe.office, date(2026, 8, 28)) == [mine]
    assert due(safe.office, date(2026, 8, 29)) == [mine, name]
    with pytest.raises(InvalidInput, match=r"service\.vault\.future"):
        erase_due(safe.office, INFORMATION, date(2026, 8, 29))
    assert all(story.erased is None for story in identities(safe.office).values())
    assert isinstance(safe.office.now_us, Clock)
    safe.office.now_us.wait(200)
    acts = erase_due(safe.office, INFORMATION, date(2026, 8, 29))
    assert [each.done for each in acts] == [True, True]
    assert due(safe.office, date(2036, 1, 1)) == []
    assert all(story.erased is not None for story in identities(safe.office).values())


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"full_name": "N", "shoe_size": "44"}, "service.vault.field"),
        ({"consent": True}, "service.vault.nobody"),
        ({"full_name": "N" * 400}, "dictionary.text.too-long"),
    ],
)
def test_what_is_no_identity_is_refused(told: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        identity_content("reporter_identity", told)
    assert code in {fault.code for fault in refused.value.faults}


def damaged(safe: Safe, how: str) -> None:
    """Damages the vault of a running server as disks and people do."""
    vault = safe.office.vault
    assert vault is not None
    if how == "unlinked":
        safe.path.unlink()
    elif how == "overwritten":
        vault.close()
        safe.office.vault = None
        safe.path.write_bytes(b"garbage" * 1_000)
    elif how == "public":
        vault._connection.execute("UPDATE meta SET value = x'61676531' WHERE name = 'public'")
    elif how == "other site":
        vault._connection.execute("INSERT OR REPLACE INTO meta VALUES ('site', x'00')")
        vault.settled_with = None
    else:
        for number in range(30):
            vault.keep(bytes(5_000), f"r{number}")
        roots = dict(vault._connection.execute("SELECT name, rootpage FROM sqlite_schema"))
        vault.close()
        with safe.path.open("r+b") as file:
            for name, root in roots.items():
                if "item" in name:
                    file.seek((root - 1) * 4_096)
                    file.write(b"\xff" * 4_096)
        safe.office.vault = open_vault(safe.path, os.urandom, safe.office.now_us)


@pytest.mark.parametrize("how", ["unlinked", "overwritten", "public", "other site", "rotted"])
def test_a_vault_that_fails_loses_no_warning_and_acknowledges_nothing(
    safe: Safe, tmp_path: Path, how: str
) -> None:
    safe.keep()
    assert safe.office.vault is not None
    safe.office.vault.copied(tmp_path / "good")
    damaged(safe, how)
    for _ in range(2):
        with pytest.raises(StoreError) as failed:
            receive(safe.office, OPERATOR, Sent(PLACED))
        assert failed.value.status == 503
    assert "uuid:canary-form" not in safe.office.fieldbook().stories
    (sign,) = safe.office.register().reports
    assert b"Canary" not in safe.ledger()
    assert sha256(PLACED).digest() not in {e.request_digest for e in safe.office.store.read()}
    # What names nobody is taken meanwhile.
    assert receive(safe.office, OPERATOR, Sent(NAMELESS)).acted.done
    # Put back beside the running server it counts from the next form on, and warns once.
    shutil.move(tmp_path / "good", safe.path)
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    assert list(safe.office.register().reports) == [sign]
    assert any(
        story.fact.record_id == "uuid:canary-form" for story in identities(safe.office).values()
    )


def test_an_empty_vault_that_is_moved_away_while_running_is_missed(
    safe: Safe, tmp_path: Path
) -> None:
    """Nothing on record says yet that there was one."""
    assert receive(safe.office, OPERATOR, Sent(NAMELESS)).acted.done
    assert not identities(safe.office)
    shutil.move(safe.path, tmp_path / "away")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"store\.vault\.missing"):
            receive(safe.office, OPERATOR, Sent(PLACED))
    assert b"Canary" not in safe.ledger()
    shutil.move(tmp_path / "away", safe.path)
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done


def test_a_vault_made_beside_a_running_server_counts_from_the_next_form_on(
    safe: Safe,
) -> None:
    assert safe.office.vault is not None
    safe.office.vault.close()
    safe.office.vault = None
    safe.path.unlink()
    assert receive(safe.office, OPERATOR, Sent(FORM)).acted.done
    assert b"Canary" in safe.ledger(), "the control: there never was one"
    make_vault(safe.path, str(safe.secret.to_public()), os.urandom, safe.office.now_us).close()
    other = FORM.replace(b"uuid:canary-form", b"uuid:two").replace(b"Canary", b"Stranger")
    assert receive(safe.office, OPERATOR, Sent(other)).acted.done
    assert b"Stranger" not in safe.ledger()


def test_an_erasure_that_a_commands_vault_did_not_take_reaches_a_running_server(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receive(safe.office, OPERATOR, Sent(PLACED)).acted.done
    (name,) = identities(safe.office)
    server = safe.office
    command = Office(server.store, server.now_us, server.new_id)
    command.vault_at = lambda: open_vault(safe.path, os.urandom, server.now_us)

    def full(*_: object) -> None:
        raise StoreError(Fault("store.io"))

    with monkeypatch.context() as broken:
        broken.setattr("rafiqa.store.vault.Vault.erase", full)
        with pytest.raises(StoreError):
            erase_identity(command, SECOND, name, "asked_by_person")
    assert command.vault is not None
    command.vault.close()
    assert server.vault is not None
    assert vault_now(server) is server.vault
    assert [item.pseudonym for item in server.vault.items() if item.erased] == [name]


def test_an_older_ledger_erases_nothing_of_a_newer_one(safe: Safe, tmp_path: Path) -> None:
    """Put back from a backup, the ledger does not know whom the vault has taken in since."""
    older = kept_office(tmp_path / "older.rafiqa")
    starts = [next(each.store.read(until_seq=1)).entry_hash for each in (older, safe.office)]
    assert starts[0] == starts[1]
    name, vault = safe.keep(), safe.office.vault
    assert vault is not None
    assert isinstance(older.now_us, Clock)
    older.now_us.wait(3)
    older.vault, vault.settled_with = vault, None
    assert [item.pseudonym for item in settle(older).orphans] == [name]
    older.store.close()
    looked = look_at_identity(safe.office, FIRST, name, "call_back", safe.secret)
    assert looked.content is not None


def test_what_the_ledger_says_is_erased_goes_when_a_server_opens_it(
    safe: Safe,
) -> None:
    name = safe.keep()
    assert safe.office.vault is not None
    fact = IdentityErased(name, "time_over")
    safe.office.say(FIRST, [Saying("x1", name, safe.office.now_us(), fact)])
    safe.office.vault.close()
    safe.office.vault = open_vault(safe.path, os.urandom, safe.office.now_us)
    make_app(safe.office, now_us=safe.office.now_us, entropy=os.urandom)
    assert [item.pseudonym for item in safe.office.vault.items() if item.erased] == [name]


def test_an_erasure_that_the_vault_did_not_reach_is_made_good_when_it_is_asked_for_next(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = safe.keep()

    def failing(*_: object) -> None:
        raise StoreError([])

    with monkeypatch.context() as broken:
        broken.setattr("rafiqa.store.vault.Vault.erase", failing)
        with pytest.raises(StoreError):
            erase_identity(safe.office, SECOND, name, "asked_by_person")
    assert receive(safe.office, OPERATOR, Sent(NAMELESS)).acted.done
    assert safe.office.vault is not None
    with pytest.raises(NotFound):
        safe.office.vault.opened(name, safe.secret)


def test_a_look_on_record_is_not_looked_again(safe: Safe) -> None:
    name, stamp = safe.keep(), Stamp(entry_id="look-1")
    assert look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret, stamp).content
    for actor in (FIRST, SECOND):
        again = look_at_identity(safe.office, actor, name, "inquiry", safe.secret, stamp)
        assert [reason.code for reason in again.acted.reasons] == ["service.vault.look-twice"]
        assert again.content is None
    assert len(identities(safe.office)[name].looks) == 1


def test_an_erased_identity_that_is_kept_again_stays_erased(safe: Safe) -> None:
    name = safe.keep("k1")
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    acted, again = keep_identity(
        safe.office, FIRST, "A1", "reporter_contact", PERSON, stamp=Stamp(entry_id="k1")
    )
    assert (acted.already, again) == (True, name)
    assert safe.office.vault is not None
    assert all(item.erased for item in safe.office.vault.items())
