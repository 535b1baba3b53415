"""Whom a dump of IMSMA NG or a maXML document names goes into the vault, and on no record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rafiqa.service.identitybook import identities
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.vaulting import look_at_identity
from tests.unit.service.ground import FIRST
from tests.unit.service.safes import Safe, safe_at
from tests.unit.wire.ngtables import dump, hazard, square, zipped

NAMES = ("contact", "reporter", "custom", "activity", "version")


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        yield made


def ng_dump(folder: Path) -> Path:
    """A dump in which a hazard, its activity, an accident and its victims name persons."""
    tables = dump(
        [hazard(1, contactname="qanary-contact", Reporter="qanary-reporter", victims="2")],
        square("s1", lon=38.55, lat=34.9),
        hazard_infoversion=[
            {"hazard_guid": "guid-1", "dateofinfo": "2001-01-01", "Reporter": "qanary-version"}
        ],
        customdefinedfield=[{"cdf_id": "c1", "label": "الهاتف"}],
        cdfvalue=[{"cdfvalue_id": "v1", "cdf_id": "c1", "value": "qanary-custom"}],
        hazard_has_cdfvalue=[{"hazard_guid": "guid-1", "cdfvalue_id": "v1"}],
        hazreduc=[
            {
                "hazreduc_guid": "r1",
                "hazard_guid": "guid-1",
                "hazreductype": "Clearance",
                "team_leader": "qanary-activity",
            }
        ],
        accident=[
            {
                "accident_guid": "acc-1",
                "accident_localid": "AC-1",
                "dateofaccident": "2011-04-03",
                "informant": "qanary-informant",
                "numberkilled": "1",
            }
        ],
        victim=[{"victim_guid": "v1", "accident_guid": "acc-1", "name": "qanary-victim"}],
    )
    return zipped(tables, folder / "old.zip")


def maxml(folder: Path) -> Path:
    """A document with an accident that names persons inside, and one victim beside it."""
    path = folder / "old.xml"
    path.write_text(
        "<MineActionFieldReport><Accident><LocalID>AC-1</LocalID>"
        "<AccidentDate>2011-01-02</AccidentDate><NumberKilled>1</NumberKilled>"
        "<Witness><FirstName>qanary-witness</FirstName></Witness>"
        "<ReportedBy>qanary-reporter</ReportedBy></Accident>"
        "<Victim><AccidentLocalID>AC-1</AccidentLocalID><LastName>qanary-victim</LastName>"
        "</Victim></MineActionFieldReport>",
        encoding="utf-8",
    )
    return path


Made = Callable[[Path], Path]
BOTH = pytest.mark.parametrize(
    ("made", "kind", "named"),
    [
        (ng_dump, "imsma", {*NAMES, "informant", "victim"}),
        (maxml, "accidents", {"witness", "reporter", "victim"}),
    ],
)


def taken(safe: Safe, path: Path, kind: str, *, dry_run: bool = False) -> IntakeReport:
    report = import_file(safe.office, FIRST, IntakeOrder(path, kind, dry_run=dry_run))
    assert report.refused == []
    return report


def on_disk(safe: Safe) -> bytes:
    """Everything beside the file that was imported."""
    found = [path for path in safe.path.parent.iterdir() if path.stem != "old"]
    return b"".join(path.read_bytes() for path in found if path.is_file())


@BOTH
def test_persons_of_old_systems_go_into_the_vault_and_nowhere_else(
    safe: Safe, tmp_path: Path, made: Made, kind: str, named: set[str]
) -> None:
    path = made(tmp_path)
    tried = taken(safe, path, kind, dry_run=True)
    assert tried.persons > 0
    assert identities(safe.office) == {}
    assert tried.preview is not None
    assert "qanary" not in repr(tried.preview)
    report = taken(safe, path, kind)
    assert report.persons == tried.persons == len(identities(safe.office))
    assert b"qanary" not in on_disk(safe)
    told = ""
    for name in identities(safe.office):
        looked = look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret)
        assert looked.content is not None
        told += repr(looked.content)
    assert {each for each in named if f"qanary-{each}" in told} == named
    warned = {fault.code for fault in report.warnings}
    assert warned & {"wire.ng.naming-left", "wire.maxml.persons-left"}
    again = taken(safe, path, kind)
    assert again.already == report.accepted
    assert len(identities(safe.office)) == report.persons


@BOTH
def test_without_a_vault_no_record_names_anybody(
    safe: Safe, tmp_path: Path, made: Made, kind: str, named: set[str]
) -> None:
    assert safe.office.vault is not None
    safe.office.vault.close()
    safe.office.vault = None
    safe.path.rename(safe.path.with_suffix(".away"))
    report = taken(safe, made(tmp_path), kind)
    assert report.accepted > 0
    assert report.persons == 0
    assert b"qanary" not in on_disk(safe)
    assert named
    # What counts people is kept, and so is all that speaks of the ground.
    assert b"victims" in safe.ledger() or kind != "imsma"
