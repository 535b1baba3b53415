"""Two operators in one store: each asks for everything, and sees no byte of the other's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.cli import main
from rafiqa.geo import Spot
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    OrdnanceFound,
    Role,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkReported,
)
from rafiqa.ledger import AttachmentNamed, ClaimPlaced
from rafiqa.service import (
    Office,
    Sent,
    declare_area,
    grant_accreditation,
    move_task,
    order_work,
    receive,
    record_evidence,
    report_work,
)
from rafiqa.service.accounts import put_account
from rafiqa.service.attaching import attach
from rafiqa.service.claimreview import Review, review_claim
from rafiqa.service.deskstudy import Provenance
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.permit import Permit
from rafiqa.store.embedded import EmbeddedStore
from tests.city import FIRST, PASSWORD, Draws, box, small_city, spot
from tests.unit.api.client import Client
from tests.unit.api.test_scope import STAFF_PATHS
from tests.unit.api.test_table import ASKED
from tests.unit.service.study import DENIED, INTERVIEW, MINES, claim_in, studied

PARTIES = ("cedar", "river")
ROLES_THERE: tuple[Role, ...] = ("operator", "surveyor", "information", "planner", "engineer")
_PLACE = [39.0201, 35.9501]
WALLS = {
    "rafiqa.api.deskstudy.reads_document": lambda *_: True,
    "rafiqa.api.document.sees_everything": lambda *_: True,
    "rafiqa.api.importdesk.sees_everything": lambda *_: True,
    "rafiqa.api.pairdesk.refused_seen": lambda *_: lambda _item: True,
}
"""Each by the name under which its door asks it, and as it would be if it were taken out."""


def person(party: str, role: Role) -> Actor:
    return Actor(f"{party}-canary-{role}", party, role)


def document_of(party: str) -> str:
    return INTERVIEW.replace(MINES, f"{MINES} {party}-canary-words")


def rows_of(party: str) -> dict[str, Any]:
    """Two rows of a file: one that is refused and kept, one that is taken in."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": f"{party}-canary-{row}",
                "kind": kind,
                "evidence_source": "visual",
                "observed_on": "2026-01-01",
                "area_id": f"A-{party}",
            },
            "geometry": {"type": "Point", "coordinates": place},
        }
        for row, kind, place in (("bad", "no such kind", _PLACE), ("good", "eo_seen", _PLACE))
    ]
    return {"type": "FeatureCollection", "features": features}


def listed(answers: dict[str, bytes]) -> str:
    """What waits, and what was sent, as it is listed: ids alone."""
    asked = ("/api/queue", "/api/reviews", "/api/submissions/")
    return b"".join(answers[each] for each in asked).decode()


def names(party: str, told: str) -> bool:
    """Whether a list holds an id of what one party sent, or of its side of the pair."""
    return f"form-of-{party}" in told or f"P-{party}" in told


def _busy(office: Office, party: str, folder: Path) -> dict[str, str]:
    """Puts something of every kind on record for one party; the ids by which it is asked for."""
    west_m = 600.0 + 100 * PARTIES.index(party)
    area_id, task_id, work_id = f"A-{party}", f"T-{party}", f"W-{party}"
    ground = box(west_m, 0, west_m + 50, 50)
    operator, surveyor, officer = (
        person(party, "operator"),
        person(party, "surveyor"),
        person(party, "information"),
    )
    found = spot(office, west_m + 10.123, 20.457)
    evidence = EvidenceRecorded(
        f"{party}-canary-sign", "eo_seen", "visual", found, area_id=area_id, text=f"{party}-canary"
    )
    ordered = TaskOrdered(task_id, area_id, party, ("manual",), 30, note=f"{party}-canary-note")
    part = WorkedPart(f"P-{party}", "cleared", ground, "manual", 30)
    find = OrdnanceFound("ap_mine", found, 5, model=f"{party}-canary-model")
    granted = AccreditationGranted(f"C-{party}", party, ("manual",), office.now_us())
    work = WorkReported(
        work_id,
        area_id,
        party,
        (part,),
        task_id=task_id,
        finds=(find,),
        note=f"{party}-canary",
        team_id=f"{party}-canary-team",
    )
    moved = StageMoved(task_id, "in_progress", note=f"{party}-canary-stage")
    for acted in (
        grant_accreditation(office, FIRST, granted),
        record_evidence(office, surveyor, evidence),
        declare_area(
            office, FIRST, AreaRecorded(area_id, "cha", ground, "Field", (evidence.evidence_id,))
        ),
        order_work(office, FIRST, ordered),
        move_task(office, operator, moved),
        report_work(office, operator, work),
    ):
        assert acted.done, acted.reasons
    text = document_of(party)
    told = [
        claim_in(text, DENIED, polarity="denied"),
        claim_in(text, f"{MINES} {party}-canary-words"),
    ]
    document_id, claims = studied(
        office,
        text,
        Provenance(f"{party}-canary.txt", "2024-10-20", f"{party}-canary-radio", "c"),
        told,
        actor=officer,
    )
    refused = Review("cannot_tell", f"{party}-canary-why")
    assert review_claim(office, officer, document_id, claims[0], refused).done
    content = f"{party}-canary-picture".encode()
    named = AttachmentNamed(
        area_id, sha256(content).hexdigest(), len(content), "text/plain", f"{party}-canary-note"
    )
    assert attach(office, operator, named).done
    office.store.put_attachment(content)
    path = folder / f"{party}-canary.geojson"
    path.write_text(json.dumps(rows_of(party)))
    report = import_file(office, officer, IntakeOrder(path, "evidence"))
    assert (report.accepted, report.quarantined) == (1, 1), report
    return {
        "area": area_id,
        "task": task_id,
        "document": document_id,
        "claim": claims[1],
        "digest": named.sha256,
    }


SHARED = "Both of us wrote this down: mines in the orchard. Shells in the mill."


def _share(office: Office, party: str) -> str:
    """Brings what the other brings too, says what it is, and decides on what it tells; its id."""
    officer = person(party, "information")
    told = Provenance(f"{party}-canary-shared.txt", "2024-10-22", f"{party}-canary-informant", "b")
    # One is decided on, the other waits.
    both = [claim_in(SHARED, each) for each in ("mines in the orchard", "Shells in the mill")]
    document_id, claims = studied(office, SHARED, told, both, actor=officer)
    placed = ClaimPlaced(Spot.of(*_PLACE), Decimal(400), f"{party}-canary-house")
    why = Review("edited", f"{party}-canary-why", placed=placed)
    acted = review_claim(office, officer, document_id, claims[0], why)
    assert acted.done, acted.reasons
    return document_id


def _tell_too(office: Office, party: str) -> None:
    """Tells of the same field that the other tells of: the two are a pair."""
    ground, source = box(1_000, 0, 1_050, 50), f"{party}-canary-source"
    sign = EvidenceRecorded(
        f"{party}-canary-pair", "eo_seen", "visual", spot(office, 1_010, 20), area_id=f"P-{party}"
    )
    area = AreaRecorded(f"P-{party}", "cha", ground, "Twice", (sign.evidence_id,), source=source)
    for acted in (
        record_evidence(office, person(party, "surveyor"), sign),
        declare_area(office, FIRST, area),
    ):
        assert acted.done, acted.reasons


def _send(office: Office, party: str) -> str:
    """Sends a form from the field, with a name that only its own may open; its id."""
    id_ = f"uuid:form-of-{party}"
    content = f"""<data id="resident_visit" version="1"><meta><instanceID>{id_}</instanceID></meta>
<seen>{party}-canary-seen</seen><full_name>{party}-canary-name</full_name>
<geometry>35.95 39.01 0 4</geometry></data>""".encode()
    assert receive(office, person(party, "surveyor"), Sent(content)).acted.done
    return id_


Parties = tuple[Office, Starlette, dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    folder = tmp_path_factory.mktemp("parties")
    office = small_city(folder)
    ids = {party: _busy(office, party, folder) for party in PARTIES}
    for party in PARTIES:
        _tell_too(office, party)
        ids[party] |= {"shared": _share(office, party), "form": _send(office, party)}
    draws = Draws()
    for party in PARTIES:
        for role in ROLES_THERE:
            actor = person(party, role)
            put_account(office.store, f"{party}-{role}", PASSWORD, actor, party.title(), draws)
    for role in ROLES_THERE:
        actor = Actor(f"of-the-authority-{role}", "office", role)
        put_account(office.store, f"office-{role}", PASSWORD, actor, "Office", draws)
    yield office, make_app(office, now_us=office.now_us, entropy=Draws()), ids
    office.store.close()


def paths_of(office: Office, ids: dict[str, dict[str, str]]) -> list[str]:
    """Every question that a page, a map or a program asks, with the ids of both parties."""
    paths = [path for _, path in ASKED] + list(STAFF_PATHS)
    for of in ids.values():
        paths += [
            f"/api/tasks/{of['task']}",
            f"/api/areas/{of['area']}",
            f"/api/areas/{of['area']}/documents",
            f"/api/areas/{of['area']}/documents/{of['digest']}",
            f"/api/papers/dossier?area={of['area']}",
            f"/api/papers/dossier/pdf?area={of['area']}",
            f"/api/papers/dossier/xlsx?area={of['area']}",
            f"/api/study/{of['document']}",
            f"/api/study/{of['document']}/original",
            f"/api/study/{of['shared']}",
            f"/api/reviews/{of['form']}",
        ]
    items = [item.quarantine_id for item in office.store.quarantined()]
    paths += ["/api/study", "/api/imports", "/api/quarantine", "/api/submissions/"]
    paths += ["/api/reviews", "/api/queue", "/api/duplicates", "/api/duplicates?every=true"]
    paths += [f"/api/quarantine/{item}/original" for item in items]
    paths += [f"/api/search?q={party}-canary" for party in PARTIES]
    return list(dict.fromkeys(paths))


def guarded(office: Office, ids: dict[str, dict[str, str]]) -> list[str]:
    """The few questions behind the walls: enough to see each of them taken out."""
    behind = ("/api/study", "/api/imports", "/api/quarantine", "/documents")
    return [path for path in paths_of(office, ids) if any(each in path for each in behind)]


def seen(app: Starlette, login: str, paths: list[str]) -> dict[str, bytes]:
    client = Client(app, address=f"203.0.113.{sum(map(ord, login)) % 250}")
    assert client.sign_in(login).status_code == 200
    answers = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        answers[path] = answer.content
    return answers


def other_of(party: str) -> str:
    return PARTIES[1 - PARTIES.index(party)]


# What a path asks for may be told again in its own refusal; a search's words never are.
def leaks(answers: dict[str, bytes], canary: str) -> list[str]:
    return [path for path, content in answers.items() if canary.encode() in content]


def test_behind_the_walls_is_no_byte_of_the_other(parties: Parties) -> None:
    """The short part, of every run: who keeps the register of one asks for what is behind them."""
    office, app, ids = parties
    answers = seen(app, "cedar-information", guarded(office, ids))
    assert leaks(answers, "river-canary") == []
    assert len(leaks(answers, "cedar-canary")) >= 5


@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_taken_out_is_seen(
    parties: Parties, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    """The control that must fail: with one of the walls taken out, the scan finds bytes."""
    office, app, ids = parties
    monkeypatch.setattr(wall, WALLS[wall])
    answers = seen(app, "cedar-information", guarded(office, ids))
    assert leaks(answers, "river-canary")


@pytest.mark.slow
@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("role", ROLES_THERE)
def test_each_asks_for_everything_and_sees_no_byte_of_the_other(
    parties: Parties, party: str, role: Role
) -> None:
    office, app, ids = parties
    answers = seen(app, f"{party}-{role}", paths_of(office, ids))
    assert leaks(answers, f"{other_of(party)}-canary") == []
    assert not names(other_of(party), listed(answers))
    if role in {"operator", "information"}:
        # Not blind: what is their own is in many of the same answers.
        assert len(leaks(answers, f"{party}-canary")) >= 5


@pytest.mark.slow
def test_the_authority_sees_both(parties: Parties) -> None:
    """The control: the same questions by who may see all show canaries of every kind."""
    office, app, ids = parties
    answers = seen(app, "first", paths_of(office, ids))
    for party in PARTIES:
        shown = leaks(answers, f"{party}-canary")
        for path in (
            "/api/study",
            f"/api/study/{ids[party]['document']}/original",
            "/api/imports",
            "/api/quarantine",
            f"/api/areas/{ids[party]['area']}/documents",
            f"/api/areas/{ids[party]['area']}/documents/{ids[party]['digest']}",
            f"/api/tasks/{ids[party]['task']}",
            f"/api/papers/dossier?area={ids[party]['area']}",
            "/ogc/collections/evidence/items",
            f"/api/study/{ids[party]['shared']}",
            f"/api/reviews/{ids[party]['form']}",
            "/api/duplicates",
        ):
            assert path in shown, (party, path)
        assert f"form-of-{party}" in listed(answers)
        assert f"P-{party}" in listed(answers)
    staff = seen(app, "office-information", paths_of(office, ids))
    assert "/api/study" in leaks(staff, "river-canary")


def test_another_s_candidate_is_as_if_it_were_not_there(parties: Parties) -> None:
    office, app, ids = parties
    client = Client(app, address="203.0.113.251")
    assert client.sign_in("cedar-information").status_code == 200
    head = office.store.head()
    body = {"document_id": ids["river"]["document"], "decision": "accepted"}
    there = client.post(f"/api/claims/{ids['river']['claim']}/review", body)
    nowhere = client.post("/api/claims/none.1/review", {**body, "document_id": "none"})
    assert there.status_code == nowhere.status_code == 422
    codes = [[each["code"] for each in one.json()["faults"]] for one in (there, nowhere)]
    assert codes[0] == codes[1] == ["service.claim.unknown"]
    assert office.store.head() == head


@pytest.mark.slow
@pytest.mark.parametrize("party", PARTIES)
def test_commands_that_say_who_asks_show_no_more(
    parties: Parties, party: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    office, _, _ = parties
    store = str(tmp_path / "copy.rafiqa")
    assert isinstance(office.store, EmbeddedStore)
    office.store.copy_to(Path(store))
    who = ["--organisation", party, "--person", f"{party}-canary-information"]
    who += ["--role", "information", "--json"]
    assert main(["review", store, "--all", *who]) == 0
    told = capsys.readouterr().out
    assert f"{other_of(party)}-canary" not in told
    assert f"{party}-canary" in told
    assert main(["review", store, "--all", "--json"]) == 0
    whole = capsys.readouterr().out
    assert all(f"{each}-canary" in whole for each in PARTIES)


HOLES = {
    "rafiqa.api.deskstudy.reads_document": lambda *_: True,
    "rafiqa.api.deskstudy.sees_everything": lambda *_: True,
    "rafiqa.api.deskstudy.brought_of": lambda _office, _actor, story: story.kept,
    "rafiqa.api.deskstudy._is_told": lambda *_: True,
    "rafiqa.api.document.sees_everything": lambda *_: True,
    "rafiqa.api.importdesk.sees_everything": lambda *_: True,
    "rafiqa.api.pairdesk.refused_seen": lambda *_: lambda _item: True,
    "rafiqa.api.submissiondesk.reviews_all": lambda *_: True,
    "rafiqa.api.view.areas_seen": lambda *_: frozenset({"A-cedar", "A-river"}),
    "rafiqa.api.view.sees_everything": lambda *_: True,
    "rafiqa.service.queue.reads_document": lambda *_: True,
    "rafiqa.service.queue.brought_of": lambda _office, _actor, story: story.kept,
    "rafiqa.service.queue.refused_seen": lambda *_: lambda _item: True,
    "rafiqa.service.queue.reviews_all": lambda *_: True,
    "rafiqa.service.queue.sees_everything": lambda *_: True,
    "rafiqa.api.fieldjson.reviews_all": lambda *_: True,
    "rafiqa.service.submissionview.reviews": lambda *_: Permit(allowed=True),
}
"""Every outlet that asks a wall, and the wall taken out there."""


@pytest.mark.slow
@pytest.mark.parametrize("outlet", HOLES)
def test_a_hole_at_any_outlet_is_seen(
    parties: Parties, monkeypatch: pytest.MonkeyPatch, outlet: str
) -> None:
    """The control that must fail: with one of the walls taken out, the scan finds bytes."""
    office, app, ids = parties
    monkeypatch.setattr(outlet, HOLES[outlet])
    answers = seen(app, "cedar-information", paths_of(office, ids))
    assert leaks(answers, "river-canary") or names("river", listed(answers))
