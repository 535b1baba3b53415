"""What ``check`` looks at: keeping, chain, bodies, land and layers; each fault planted once."""

from __future__ import annotations

from hashlib import sha256

import apsw
import pytest

from rafiqa.errors import CorruptLedger, Fault
from rafiqa.geo import GridShape
from rafiqa.land import Account, account
from rafiqa.ledger import Draft
from rafiqa.recovery import LayerRegistered
from rafiqa.service import AssetShelf, Office, Stamp, check_site, gate_layers, inspection
from rafiqa.store import EmbeddedStore
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import Clock, state_at


def codes(office: Office) -> list[str]:
    report = check_site(office)
    assert report.intact == (not report.faults)
    return [fault.code for fault in report.faults]


def with_layer(office: Office) -> LayerRegistered:
    act = ACTS["register_layer"]
    assert act.verb(office, act.actor, act.fact, Stamp()).done
    fact = office.facts()[-1].fact
    assert isinstance(fact, LayerRegistered)
    return fact


def test_a_sound_store_has_no_faults(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    with_layer(office)
    assert codes(office) == []
    report = check_site(office)
    assert (report.n_entries, report.root) == (10, office.store.head().entry_hash)


def test_a_store_without_any_land_is_sound(at_stage: OfficeAt) -> None:
    assert codes(at_stage("site")) == []


def test_land_that_overlaps_itself_is_told(
    at_stage: OfficeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = at_stage("area")

    def overlap(shapes: list[GridShape]) -> Fault:
        assert len(shapes) == 1
        return Fault("geo.coverage.overlap")

    monkeypatch.setattr(inspection, "coverage_fault", overlap)
    assert codes(office) == ["geo.coverage.overlap"]


def test_an_account_that_does_not_add_up_is_told(
    at_stage: OfficeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = at_stage("area")

    def short_by_one(*args: object, **kwargs: object) -> Account:
        found: Account = account(*args, **kwargs)  # type: ignore[arg-type]
        found.classes["cha"].closing -= 1
        return found

    monkeypatch.setattr(inspection, "account", short_by_one)
    report = check_site(office)
    assert [fault.code for fault in report.faults] == ["land.account.unbalanced"]
    assert report.faults[0].params == {"error_half_mm2": 1}


def behind_its_back(office: Office, sql: str) -> None:
    """Change the file past the store, as whoever has the disk can."""
    store = office.store
    assert isinstance(store, EmbeddedStore)
    database = apsw.Connection(str(store._path))
    for (name,) in list(database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        database.execute(f"DROP TRIGGER {name}")
    database.execute("PRAGMA foreign_keys = 0")
    database.execute(sql)
    database.close()


def test_a_layer_whose_bytes_are_gone_is_told_and_answers_nothing(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    with_layer(office)
    assert len(gate_layers(office, AssetShelf())) == 1
    behind_its_back(office, "DELETE FROM blobs")
    assert codes(office) == ["service.layer.missing"]
    with pytest.raises(CorruptLedger, match=r"service\.layer\.missing"):
        gate_layers(office, AssetShelf())


def test_a_layer_whose_bytes_were_changed_is_told(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    with_layer(office)
    behind_its_back(office, "UPDATE blobs SET content = zeroblob(length(content))")
    assert "store.blob" in codes(office)


def test_land_is_not_folded_from_a_broken_chain(
    at_stage: OfficeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = at_stage("released")
    monkeypatch.setattr(inspection, "_land_faults", lambda _: pytest.fail("it was"))
    behind_its_back(office, "UPDATE entries SET valid_at_us = valid_at_us - 1 WHERE seq = 3")
    assert any(code.startswith("ledger.chain") for code in codes(office))


def test_a_body_that_is_no_fact_is_a_finding_and_no_crash(at_stage: OfficeAt) -> None:
    """A later version's entry, sealed in its place: the chain is sound, the fact unreadable."""
    office = at_stage("area")
    body = b"from a later version"
    draft = Draft("later", "not_yet_known", 9, "A1", 1, "p", "o", "r", body, sha256(body).digest())
    office.store.append([draft])
    found = codes(office)
    assert len(found) == 1
    assert not found[0].startswith("store.")


def test_a_ledger_with_a_hole_is_never_folded(
    at_stage: OfficeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = at_stage("released")
    other = Office(office.store, Clock(), lambda: "id")
    read = type(office.store).read

    def without_the_third(store: EmbeddedStore, after_seq: int = 0, until_seq: int | None = None):
        return (entry for entry in read(store, after_seq, until_seq) if entry.seq != 3)

    monkeypatch.setattr(type(office.store), "read", without_the_third)
    with pytest.raises(CorruptLedger, match=r"ledger\.chain\.gap"):
        other.book()


def test_many_books_are_asked_for_and_few_are_kept(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    moments = [record.recorded_at_us for record in office.facts()]
    first = [len(list(office.book(known_us).faces)) for known_us in moments]
    for known_us in reversed(moments):
        office.book(known_us - 1)
    assert [len(list(office.book(known_us).faces)) for known_us in moments] == first
    assert len(office._books) <= 8
    assert state_at(office, 50, 50) == "cleared"
