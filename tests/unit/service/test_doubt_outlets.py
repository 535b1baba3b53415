"""Every outlet of what land is, asked of ground that was released and is spoken against since.

Each outlet of the program has a row: a command, an endpoint, a frame, a collection, a layer of
tiles, an export, a report, a public file. An outlet without a row is a failure, so that none can
be added that shows such ground as released without its doubt.
"""

from __future__ import annotations

import inspect
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

import rafiqa
from rafiqa.api import ENDPOINTS
from rafiqa.api.maplayer import LAYERS
from rafiqa.api.ogc.collection import COLLECTIONS
from rafiqa.api.tilelayer import TILE_LAYERS
from rafiqa.cli import COMMANDS
from rafiqa.land.reporttable import Report
from rafiqa.ledger import DeviceEnrolled
from rafiqa.ledger.statuslist import status_list_of
from rafiqa.risk import Asking
from rafiqa.service import AssetShelf, Office, ask_point, issue_certificate
from rafiqa.service.certifying import status_list
from rafiqa.service.doubt import Doubts
from rafiqa.service.entity import hazard_list
from rafiqa.service.exporting import EXPORT_KINDS, exported
from rafiqa.service.permitpaper import ground_around
from rafiqa.service.public import public_state
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import REPORTS, ask_report
from rafiqa.service.risk import ask_risk
from rafiqa.service.sharing import shared_items
from rafiqa.wire.reportjson import report_json
from rafiqa.wire.reportpdf import report_sheet
from rafiqa.wire.reportxlsx import report_xlsx
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.city import FIRST, spot
from tests.unit.cli.test_manners import ANSWERED
from tests.unit.service.doubtoutlets import (
    CAUSES,
    KEYS,
    ON_P1_M,
    Store,
    after_of,
    before_in,
    doubts_in,
)

Check = Callable[[str, str], None]
LONLAT = (39.0103, 35.9505)
TILE = "14/9967/6436"


def told(before: str, after: str) -> None:
    """It shows that ground, and with it the doubt."""
    assert not doubts_in(before)
    assert doubts_in(after)


def left_out(name: str) -> Check:
    """It shows released ground, and of this it says nothing any more."""

    def check(before: str, after: str) -> None:
        assert name in before
        assert name not in after or doubts_in(after)

    return check


def silent(_: str, after: str) -> None:
    """It names neither the part nor any ground as released."""
    assert not any(word in after for word in ('"P1', '"cleared"', "certificate in force"))


def held(before: str, after: str) -> None:
    """It is the answer of a gate: what called the ground released calls it in doubt."""
    assert "gate.area.released" in before
    assert "gate.area.released" not in after
    assert doubts_in(after)


def conditional(before: str, after: str) -> None:
    """Of what stands on it, the gate was open, and opens now only with a condition."""
    opened = re.compile(r"\bopen\b")
    was, now = (len(opened.findall(each)) for each in (before, after))
    assert was > now
    assert after.count("conditions") >= before.count("conditions") + (was - now)


def less(before: str, after: str) -> None:
    """Sums of released ground, without this."""
    was, now = (
        sum(row["area_m2"] for row in json.loads(each) if row.get("outcome") == "cleared")
        for each in (before, after)
    )
    assert was - now == 5_000


DECIDED = "sums of what was decided in a period, not of what ground is"
NONE = "no answer about land"
"""Of an outlet that writes, signs in, hands out what was brought, or is the same for every land."""

COMMAND_ROWS: dict[str, Check | str] = {
    "at": told,
    "account": told,
    "publish": told,
    "residual": told,
    "certificates": told,
    "gate": held,
    "asset": conditional,
    "followup": DECIDED,
    "export": "rows of its own: EXPORT_KINDS",
    "bulk": "test_region.py, test_doubt_is_told_of_a_region_as_of_a_city",
    "mirror": "tests/unit/service/test_mapmirror.py, each of its tables",
    "report": "rows of its own: REPORTS",
    "certificate": "test_no_certificate_is_issued_on_it, test_a_certificate_of_it_is_suspended",
    "risk": "test_risk_is_judged_of_it_again",
    **dict.fromkeys(
        (
            *("access", "worth", "plan", "permit", "notices", "papers", "layers"),
            *("reports", "submissions", "quarantine", "imports", "duplicates", "review"),
            *("mappings", "match", "people", "check"),
        ),
        silent,
    ),
    **dict.fromkeys(
        (
            *("new", "import", "demo", "record", "lot", "places", "tiles", "forms", "sample"),
            *("desk-study", "verify", "keys", "log", "witness", "publish-form", "device"),
            *("bundle", "attach", "erase", "backup-key", "backup", "restore", "move"),
            *("serve", "completion", "picture", "vault", "federation"),
        ),
        NONE,
    ),
}
NATIONAL = Path(__file__).resolve().parents[3] / "examples" / "sharing" / "national.json"
_AT = ("--lon", LONLAT[0], "--lat", LONLAT[1])
ASKED = {
    **ANSWERED,
    "at": ("at", "city", *_AT),
    "publish": ("publish", "city", "public", "--no-sheets"),
    "gate": ("gate", "city", "J-open"),
    "asset": ("asset", "city", "b22"),
    "permit": ("permit", "city", "list"),
    "notices": ("notices", "city"),
}

ENDPOINT_ROWS: dict[str, tuple[str, Check] | str] = {
    "/api/at": (f"/api/at?lon={LONLAT[0]}&lat={LONLAT[1]}", told),
    "/api/areas": ("/api/areas", told),
    "/api/areas/{area_id}": ("/api/areas/H1", told),
    "/api/areas/{area_id}/residual": ("/api/areas/H1/residual", told),
    "/api/account": ("/api/account", told),
    "/api/projects/{project_id}": ("/api/projects/J-open", held),
    "/api/assets/{asset_id}": ("/api/assets/b22", held),
    "/api/map/{layer}": "rows of its own: LAYERS",
    "/tiles/buildings/{z}/{x}/{y}.mvt": "rows of its own: TILE_LAYERS",
    "/tiles/{layer}/{z}/{x}/{y}.mvt": "rows of its own: TILE_LAYERS",
    "/tiles/{layer}.json": "what a layer is, not what is in it",
    "/api/course": ("/api/course", told),
    "/api/federation": "what others say of theirs; it lowers nothing here until two take it over",
    "/api/people": "tells of people, of no ground but by the areas of accidents",
    "/api/vault": "tells how many are kept and who looked, of no ground",
    "/api/risk/rows": "tells of finds and where to look next; of no ground as released",
    "/public/{path}": "rows of its own: the public files",
    "/public": "rows of its own: the public files",
    "/api/certificates/{number}/paper": "test_a_certificate_of_it_is_suspended",
    "/api/risk": "test_risk_is_judged_of_it_again",
    "/api/risk/picture": "test_risk_is_judged_of_it_again",
    "/api/papers/{kind}": ("/api/papers/dossier?area=H1", told),
    "/api/papers/{kind}/pdf": "rows of its own: REPORTS",
    "/api/papers/{kind}/xlsx": "rows of its own: REPORTS",
    **{
        path: (path, silent)
        for path in (
            *("/api/site", "/api/projects", "/api/layers", "/api/access"),
            *("/api/finds", "/api/permits", "/api/notices", "/api/papers", "/api/reports"),
            *("/api/area-notices", "/api/reviews", "/api/imports", "/api/duplicates"),
            *("/api/quarantine", "/api/queue", "/api/news", "/api/tasks"),
            *("/api/quality", "/api/waits", "/api/report-places"),
        )
    },
    "/api/followup": DECIDED,
    "/api/progress": DECIDED,
    "/api/equity": ("/api/equity", told),
    "/api/releases/{release_id}": ("/api/releases/R1", told),
    "/api/tasks/{task_id}": ("/api/tasks/T-1", told),
    "/api/search": ("/api/search?q=Mill", silent),
    "/api/worth": ("/api/worth?clear=20&survey=1.5&leave=400", silent),
    "/api/permits/{permit_id}": "a permit is stopped by its gates: test_stopwork",
    "/api/permits/{permit_id}/paper": "test_the_map_of_a_permit_draws_it_as_hazard",
    **dict.fromkeys(
        (
            *("/health", "/api/session", "/api/session/vouched", "/api/session/vouched/return"),
            *("/api/own-account", "/api/delegations"),
            "/api/areas/{area_id}/documents/{digest}",
            *("/api/areas/{area_id}/documents", "/api/matches", "/api/catalogue/{lang}.json"),
            *("/api/reports/{report_id}/pictures/{digest}", "/report", "/report-worker.js"),
            *("/api/public-items", "/api/public-items/{item_id}/picture"),
            *("/api/reviews/{submission_id}/files/{name}", "/api/reviews/{submission_id}"),
            *("/api/quarantine/{quarantine_id}/original", "/api/study"),
            *("/api/study/{document_id}/pages/{page}", "/api/study/{document_id}"),
            *("/api/study/{document_id}/original", "/api/openapi.json", "/"),
            *("/desk-worker.js", "/verify", "/static/{path}"),
        ),
        NONE,
    ),
}

LAYER_ROWS: dict[str, Check | str] = {
    "parts": left_out("P1"),
    "doubt": told,
    "structures": silent,
    **dict.fromkeys(
        (
            *("hazards", "notcleared", "projects", "accidents", "rubble", "damage", "tasks"),
            *("evidence", "reports", "roads", "water", "bridges"),
        ),
        silent,
    ),
}
TILE_ROWS: dict[str, Check | str] = {
    "parts": left_out('"area_id": "H1"'),
    "doubt": told,
    "areas": silent,
    "buildings": conditional,
    "assets": conditional,
    **dict.fromkeys(
        (
            *("hazards", "notcleared", "projects", "accidents", "rubble", "tasks", "evidence"),
            *("reports", "roads", "water", "bridges"),
        ),
        silent,
    ),
}
FRAME_ROWS: dict[str, tuple[Callable[[rafiqa.Site], object], Check] | str] = {
    "at": (lambda site: site.at(*LONLAT), told),
    "ground": (lambda site: site.ground(), told),
    "parts": (lambda site: site.parts(), left_out("P1")),
    "areas": (lambda site: site.areas(), silent),
    "gate": (lambda site: site.gate("J-open"), held),
    "gate_all": (lambda site: site.gate_all(), conditional),
    "assets": (lambda site: site.assets("buildings"), silent),
    "projects": (lambda site: site.projects(), silent),
    "risk": "test_risk_is_judged_of_it_again",
    "account": (lambda site: site.account(), told),
    "changes": "what changed between two times of knowledge, in the account: nothing decided",
    **dict.fromkeys(("accidents", "evidence", "history", "tasks", "plan", "what_ifs"), NONE),
    **dict.fromkeys(("close", "name"), NONE),
}
EXPORT_ROWS: dict[str, Check] = {
    "land-parts": left_out("P1"),
    **dict.fromkeys(("hazard-areas", "hazards", "evidence", "accidents", "projects"), silent),
}
COLLECTION_ROWS: dict[str, Check] = {
    "parts": left_out("P1"),
    **dict.fromkeys(("areas", "evidence", "tasks", "assets", "projects"), silent),
}
PUBLIC_FILES = {
    "danger": told,
    "released": left_out('"depth_cm": 30'),
    "totals": less,
    **dict.fromkeys(("notices", "counts", "months", "archive", "ground", "places"), silent),
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = before_in(tmp_path_factory.mktemp("before"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def after(before: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = after_of(before, tmp_path_factory.mktemp("after"), "sign")
    yield store
    store.close()


@pytest.fixture(scope="module", params=CAUSES)
def spoken(
    before: Store, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    store = after_of(before, tmp_path_factory.mktemp(request.param), request.param)
    yield request.param, store
    store.close()


def test_every_command_has_a_row() -> None:
    assert set(COMMAND_ROWS) == set(COMMANDS)


@pytest.mark.parametrize("name", [each for each, row in COMMAND_ROWS.items() if callable(row)])
def test_no_command_tells_of_it_as_released(
    name: str, before: Store, after: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    texts = []
    for store in (before, after):
        monkeypatch.chdir(tmp_path)
        words = [store.path if word == "city" else word for word in ASKED[name]]
        texts.append(store.command(*words))
        if name == "publish":
            texts[-1] = "".join(each.read_text() for each in tmp_path.rglob("*danger*.json"))
    check = COMMAND_ROWS[name]
    assert callable(check)
    check(*texts)


def test_every_question_of_the_server_has_a_row() -> None:
    assert set(ENDPOINT_ROWS) == {row.open_path for row in ENDPOINTS if row.method == "GET"}
    assert set(LAYER_ROWS) == set(LAYERS)
    assert set(TILE_ROWS) == set(TILE_LAYERS)
    assert set(COLLECTION_ROWS) == set(COLLECTIONS)


def _asked() -> Iterator[tuple[str, Check]]:
    yield from (row for row in ENDPOINT_ROWS.values() if not isinstance(row, str))
    yield from ((f"/api/map/{name}", row) for name, row in LAYER_ROWS.items() if callable(row))
    for name, row in TILE_ROWS.items():
        if callable(row):
            yield f"/tiles/{name}/{TILE}.mvt", row
    for name, row in COLLECTION_ROWS.items():
        yield f"/ogc/collections/{name}/items?limit=500", row


@pytest.mark.parametrize(("path", "check"), list(_asked()), ids=[path for path, _ in _asked()])
def test_no_answer_of_the_server_tells_of_it_as_released(
    path: str, check: Check, before: Store, after: Store
) -> None:
    check(before.get(path), after.get(path))


def test_every_frame_of_a_notebook_has_a_row() -> None:
    names = {name for name, _ in inspect.getmembers(rafiqa.Site) if not name.startswith("_")}
    assert set(FRAME_ROWS) == names


@pytest.mark.parametrize(
    "name", [each for each, row in FRAME_ROWS.items() if not isinstance(row, str)]
)
def test_no_frame_tells_of_it_as_released(name: str, before: Store, after: Store) -> None:
    row = FRAME_ROWS[name]
    assert not isinstance(row, str)
    ask, check = row
    check(before.frame(ask), after.frame(ask))


def test_every_export_report_and_public_file_has_a_row(before: Store) -> None:
    assert set(EXPORT_ROWS) == set(EXPORT_KINDS)
    assert set(REPORT_ASKED) == set(REPORTS)
    assert set(PUBLIC_FILES) == set(public_state(before.office(), AssetShelf()).files)


def test_no_bundle_for_others_shares_it_as_released(before: Store, after: Store) -> None:
    """``rafiqa federation share``: what others take in."""
    policy = sharing_policy(NATIONAL.read_bytes())
    was, now = (b"\n".join(shared_items(each.office(), policy)) for each in (before, after))
    assert b"P1" in was
    assert b"P1" not in now


@pytest.mark.parametrize("kind", EXPORT_ROWS)
def test_no_export_tells_of_it_as_released(kind: str, before: Store, after: Store) -> None:
    texts = [
        json.dumps(exported(each.office(), kind).columns, default=str) for each in (before, after)
    ]
    EXPORT_ROWS[kind](*texts)


def test_no_public_file_tells_of_it_as_released(before: Store, after: Store) -> None:
    was, now = (public_state(each.office(), AssetShelf()).files for each in (before, after))
    for name, check in PUBLIC_FILES.items():
        check(json.dumps(was[name], default=str), json.dumps(now[name], default=str))


REPORT_ASKED: dict[str, str | None] = {
    **dict.fromkeys(("completion", "dossier"), "H1"),
    **dict.fromkeys(("article7", "5w", "monthly", "municipality", "handover", "donor", "people")),
}


@pytest.mark.parametrize("kind", REPORT_ASKED)
def test_no_report_tells_of_it_as_released(kind: str, before: Store, after: Store) -> None:
    """The page, the sheet of its PDF and its workbook: each says of the doubt by itself."""
    asked = ReportAsked(kind, area_id=REPORT_ASKED[kind])
    (was, now) = (ask_report(each.office(), AssetShelf(), asked) for each in (before, after))
    for texts in zip(_printed(was, before), _printed(now, after), strict=True):
        told(*texts)
    if kind in {"handover", "dossier"}:
        assert "P1" in repr(was.table("released_parts").rows)
        assert "P1" not in repr(now.table("released_parts").rows)
    if now.picture is not None:
        x_mm, y_mm = (1_000 * metres for metres in ON_P1_M)
        ground = [name for name, shape in now.picture.ground if shape.covers_mm(x_mm, y_mm)]
        assert ground == ["hazard"]


def _printed(report: Report, store: Store) -> list[str]:
    with zipfile.ZipFile(BytesIO(report_xlsx(report, "en"))) as book:
        cells = " ".join(book.read(name).decode() for name in book.namelist())
    sheet = report_sheet(report, store.office().frame, "en")
    return [json.dumps(report_json(report, "en")), json.dumps(sheet, default=str), cells]


def test_a_certificate_of_it_is_suspended(before: Store, after: Store) -> None:
    """On every list, signed ones too, until what was seen is answered."""
    was, now = (_listed(each.office()) for each in (before, after))
    assert was == []
    assert now == ["suspended"]


def test_no_certificate_is_issued_on_it(after: Store) -> None:
    made = issue_certificate(after.office(), KEYS, FIRST, "release", "H1")
    assert [each.code for each in made.acted.reasons] == ["land.certificate.area-in-doubt"]


def test_the_map_of_a_permit_draws_it_as_hazard(before: Store, after: Store) -> None:
    drawn = [_ground_of_paper(each.office()) for each in (before, after)]
    assert drawn == ["released", "hazard"]


def test_risk_is_judged_of_it_again(before: Store, after: Store) -> None:
    """Cells that stand released are left out; this ground is not left out any more."""
    asking = Asking(cell_m=50)
    counts = [len(ask_risk(each.office(), asking=asking).cells) for each in (before, after)]
    assert counts[1] == counts[0] + 2


@pytest.mark.usefixtures("before")
def test_whatever_speaks_against_it_no_outlet_hides_it(spoken: tuple[str, Store]) -> None:
    """A sign, a report, a find; an accident reopens it at once, so that it is hazard."""
    cause, store = spoken
    office = store.office()
    at = spot(office, *ON_P1_M)
    point = ask_point(office, at)
    assert point.in_doubt == (cause != "accident")
    assert (point.state == "cha") == (cause == "accident")
    assert "P1" not in json.dumps(exported(office, "land-parts").columns, default=str)
    report = ask_report(office, AssetShelf(), ReportAsked("completion", area_id="H1"))
    (p1,) = (row for row in report.table("parts").rows if "'P1'" in repr(row))
    assert ("in_doubt" if cause != "accident" else "cha") in repr(p1)
    listed = hazard_list(
        office, DeviceEnrolled("D1", "0" * 64, "p1", "deminers", "operator", task_ids=("T-1",))
    )
    rows = listed.csv.decode().splitlines()
    assert any("in_doubt" in row for row in rows) == (cause != "accident")
    assert _listed(office) == ["suspended" if cause != "accident" else "reopened"]


def test_one_face_is_asked_as_all_are(spoken: tuple[str, Store]) -> None:
    """Asked of a point alone, doubt is what it is when it is asked of the whole book."""
    office = spoken[1].office()
    doubts = Doubts.asked(office, office.now_us())
    states = list(doubts.book.states(doubts.valid_us))
    assert [doubts.on(*each) for each in states] == [doubts.of_few(*each) for each in states]
    assert any(doubts.on(*each) for each in states) == (spoken[0] != "accident")


def _listed(office: Office) -> list[str]:
    """Returns how each certificate stands that the signed list names."""
    made, _ = status_list_of(status_list(office, KEYS))
    return list(dict(made.states).values())


def _ground_of_paper(office: Office) -> str:
    works = office.recovery().works("J-open")
    assert works is not None
    assert works.shape is not None
    (kind,) = {
        kind
        for kind, shape in ground_around(office, works, office.now_us())
        if shape.contains(works.shape.geometry)
    }
    return kind
