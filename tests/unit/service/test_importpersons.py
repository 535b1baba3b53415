"""Whom rows of an import name goes into the vault, and nowhere else; the rows come in as ever."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import Fault, NotFound, StoreError
from rafiqa.service import Office
from rafiqa.service.identitybook import identities
from rafiqa.service.importing import import_file
from rafiqa.service.importpersons import PERSONS_APART
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.intakekept import kept_items, told_original
from rafiqa.service.vaulting import due, erase_identity, look_at_identity
from rafiqa.store.vault import Vault
from rafiqa.wire.personname import names_persons
from tests.unit.service.ground import FIRST, SECOND
from tests.unit.service.safes import Safe, safe_at

HEADER = (
    *("id", "kind", "date", "lon", "lat", "informant", "Contact_Phone", "victim_name"),
    *("victims", "phone", "marking"),
)


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


def table(folder: Path, n_rows: int = 3) -> Path:
    """A table as an older system gives it out: three columns beside the record name persons."""
    path = folder / "old.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number in range(n_rows):
            said = [f"qanary-{name}-{number}" for name in ("informant", "contact", "victim")]
            place = [38.55 + number * 1e-4, 34.9]
            row = [
                f"R{number}",
                "ordnance",
                "2026-02-01",
                *place,
                *said,
                "2",
                f"qanary-phone-{number}",
            ]
            writer.writerow([*row, "red stones"])
    return path


def taken(office: Office, path: Path, *, dry_run: bool = False) -> IntakeReport:
    report = import_file(office, FIRST, IntakeOrder(path, "accidents", dry_run=dry_run))
    assert report.refused == []
    return report


def disk(safe: Safe) -> bytes:
    """Everything beside the file that was imported."""
    found = [path for path in safe.path.parent.iterdir() if path.name != "old.csv"]
    return b"".join(path.read_bytes() for path in found if path.is_file())


def without(safe: Safe) -> Path:
    """Takes the vault away, to a place from which it can be put back."""
    assert safe.office.vault is not None
    safe.office.vault.close()
    safe.office.vault = None
    return safe.path.rename(safe.path.with_suffix(".away"))


def codes(report: IntakeReport) -> set[str]:
    return {fault.code for fault in report.warnings}


def test_persons_of_a_table_go_into_the_vault_and_the_report_says_how_many(
    safe: Safe, tmp_path: Path
) -> None:
    office, path = safe.office, table(tmp_path)
    tried = taken(office, path, dry_run=True)
    assert (tried.persons, identities(office)) == (3, {})
    assert tried.preview is not None
    assert "qanary" not in repr(tried.preview.rows)
    cut = ("informant", "Contact_Phone", "victim_name")
    assert [tried.preview.columns[name] for name in cut] == [
        ("informant", "vault"),
        ("vault",),
        ("vault",),
    ]
    assert tried.preview.columns["marking"] == ("beside",)
    report = taken(office, path)
    assert (report.accepted, report.persons) == (3, 3)
    assert "service.import.sealed-field" not in codes(report)
    for told in (tried, report):
        (named,) = (each for each in told.warnings if each.code == "service.import.columns-cut")
        assert set(str(named.params["columns"]).split(", ")) >= set(cut)
        assert "marking" not in str(named.params["columns"])
    assert b"qanary" not in disk(safe)
    # What is no person stays beside the record: a count, and what marks the ground.
    assert b"red stones" in safe.ledger()
    stories = identities(office)
    assert {(each.fact.record_id, each.fact.purpose) for each in stories.values()} == {
        (f"R{number}", "accident_inquiry") for number in range(3)
    }
    name = next(key for key, each in stories.items() if each.fact.record_id == "R1")
    looked = look_at_identity(office, FIRST, name, "inquiry", safe.secret)
    assert looked.content is not None
    assert set(looked.content["fields"].values()) == {
        f"qanary-{each}-1" for each in ("informant", "contact", "victim", "phone")
    }
    assert due(office) == []
    # The same file again is known, and nobody is kept twice; erased they stay erased.
    assert erase_identity(office, SECOND, name, "asked_by_person").done
    again = taken(office, path)
    assert (again.already, len(identities(office))) == (3, 3)
    assert safe.office.vault is not None
    assert [item.erased for item in safe.office.vault.items()].count(True) == 1


def test_rows_from_before_there_was_a_vault_are_known_and_their_persons_kept(
    safe: Safe, tmp_path: Path
) -> None:
    path = table(tmp_path)
    away = without(safe)
    before = taken(safe.office, path)
    assert (before.accepted, before.persons) == (3, 0)
    assert b"qanary-victim" in safe.ledger(), "the control: there never was a vault"
    assert "service.import.sealed-field" in codes(before)
    away.rename(safe.path)
    after = taken(safe.office, path)
    assert (after.already, after.quarantined, after.persons) == (3, 0, 3)
    assert len(identities(safe.office)) == 3


def apart(safe: Safe) -> dict[int | None, set[str]]:
    """What was cut of rows and lies in the quarantine, by row."""
    return {
        item.row: set(json.loads(item.original)["fields"].values())
        for item in safe.office.store.quarantined()
        if item.quarantine_id.startswith(PERSONS_APART)
    }


def said(number: int) -> set[str]:
    return {f"qanary-{each}-{number}" for each in ("informant", "contact", "victim", "phone")}


def test_without_its_vault_the_rows_come_in_and_what_was_cut_lies_in_the_quarantine(
    safe: Safe, tmp_path: Path
) -> None:
    path, away = table(tmp_path), without(safe)
    safe.office.expects_vault = True
    report = taken(safe.office, path)
    assert (report.accepted, report.quarantined, report.persons) == (3, 0, 0)
    told = {"service.import.vault-away", "service.import.persons-apart"}
    assert told | {"service.import.sealed-field"} <= codes(report)
    assert b"qanary" not in safe.ledger()
    assert sorted(apart(safe).values(), key=sorted) == [said(number) for number in range(3)]
    away.rename(safe.path)
    later = taken(safe.office, path)
    assert (later.already, later.quarantined, len(identities(safe.office))) == (3, 0, 3)
    assert len(apart(safe)) == 3


def test_what_was_cut_and_lies_apart_is_told_to_its_own_organisation_alone(
    safe: Safe, tmp_path: Path
) -> None:
    without(safe)
    safe.office.expects_vault = True
    taken(safe.office, table(tmp_path, 1))
    (kept,) = kept_items(safe.office)
    _, own = told_original(safe.office, kept, FIRST.organisation_id)
    _, others = told_original(safe.office, kept, "somebody else")
    assert b"qanary" in own
    assert b"qanary" not in others
    assert b"victim_name" in others


@pytest.mark.parametrize("error", [StoreError(Fault("store.full")), OSError(28, "no room")])
def test_a_vault_that_fails_on_the_way_loses_neither_rows_nor_words(
    safe: Safe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    keep, kept = Vault.keep, list[str]()

    def fails_second(vault: Vault, content: bytes, request: str, **more: Any) -> str:
        if kept:
            raise error
        kept.append(request)
        return keep(vault, content, request, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "keep", fails_second)
        report = taken(safe.office, table(tmp_path, 4))
    assert (report.accepted, report.quarantined, report.persons) == (4, 0, 1)
    assert {"service.import.vault-away", "service.import.persons-apart"} <= codes(report)
    assert len(identities(safe.office)) == 1
    assert b"qanary" not in safe.ledger()
    assert sorted(apart(safe).values(), key=sorted) == [said(number) for number in (1, 2, 3)]
    again = taken(safe.office, table(tmp_path, 4))
    assert (again.already, again.persons, len(identities(safe.office))) == (4, 4, 4)


STAYING = (
    *("hostname", "village_name", "name_of_area", "victim_assistance", "contact_line_distance"),
    *("phone_coverage", "contaminated_by", "witness_mark", "casualty_type", "name", "marking"),
)


@pytest.mark.parametrize("name", STAYING)
def test_a_column_that_only_sounds_like_a_person_stays(name: str) -> None:
    assert not names_persons(name, "words")


@pytest.mark.parametrize(
    "name",
    [
        *("informant", "Contact_Phone", "VictimName", "victim_2_name", "reported_by"),
        *("ReportedByName", "contactperson", "phonenumber", "Informant: full name"),
        *("witness address", "victims"),
    ],
)
def test_a_column_whose_every_word_is_of_a_person_is_cut(name: str) -> None:
    assert names_persons(name, "words")
    assert not names_persons(name, "12"), "a count"


def test_evidence_in_a_column_that_sounds_like_a_person_stays_in_the_ledger(
    safe: Safe, tmp_path: Path
) -> None:
    path = tmp_path / "old.csv"
    head = ("id", "kind", "date", "lon", "lat", *STAYING)
    words = [f"evidence-{name}" for name in STAYING]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([head, ["R1", "ordnance", "2026-02-01", 38.55, 34.9, *words]])
    report = taken(safe.office, path)
    assert (report.accepted, report.persons) == (1, 0)
    assert "service.import.columns-cut" not in codes(report)
    for word in words:
        assert word.encode() in safe.ledger()


def test_cut_between_vault_and_ledger_the_same_file_goes_on(
    safe: Safe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise NotFound([])

    with monkeypatch.context() as patched:
        patched.setattr(Office, "say", cut)
        with pytest.raises(NotFound):
            taken(safe.office, table(tmp_path))
    vault = safe.office.vault
    assert vault is not None
    orphans = {item.pseudonym for item in vault.items()}
    assert (len(orphans), identities(safe.office)) == (3, {})
    assert taken(safe.office, table(tmp_path)).accepted == 3
    assert set(identities(safe.office)) == orphans
