"""People at the desk: each role by the table, pseudonyms for few, names for nobody."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from rafiqa.api import make_app
from rafiqa.api.peopledesk import ACTS
from rafiqa.land import ROLES, AccidentRecorded, Actor
from rafiqa.service import PERMITS, Office, record_accident
from rafiqa.service.accounts import put_account
from rafiqa.service.peoplerecord import PEOPLE_RECORDS
from tests.city import PASSWORD, Draws
from tests.unit.api.client import Client
from tests.unit.service.ground import AUTHORITY, FIRST, office_at, spot_in

FIELDS: dict[str, dict[str, Any]] = {
    "accident": {
        "id": "hit-2",
        "kind": "ordnance",
        "happened_on": "2026-02-03",
        "killed": 0,
        "injured": 1,
    },
    "community_impact": {
        "id": "C-1",
        "surveyed_on": "2026-02-03",
        "community": "Mill quarter",
        "contaminated": "yes",
        "victims": 3,
        "blockages": ["housing", "access"],
    },
    "survey_withdrawal": {
        "survey_id": "",
        "cause": "not_held",
        "withdrawn_on": "2026-02-06",
    },
    "eore_session": {
        "id": "S-1",
        "reach": "direct",
        "activity": "",
        "sessions": 2,
        "held_on": "2026-02-03",
        "women_18_plus": 3,
        "neighbourhood": "Mill quarter",
    },
    "accident_inquiry": {
        "accident_id": "hit-1",
        "step": "detailed_report",
        "reported_on": "2026-02-04",
        "lessons": "canary-lesson",
    },
    "assistance": {
        "id": "H-1",
        "person_ref": "canary-77",
        "service": "",
        "state": "referred",
        "consent": "yes",
        "noted_on": "2026-02-05",
    },
}


@pytest.fixture(scope="module")
def here() -> Office:
    """A small site with one accident and an account of each role of the authority."""
    office = office_at("released")
    fact = AccidentRecorded("hit-1", "ordnance", spot_in(office, 50, 50), killed=1, injured=2)
    assert record_accident(office, FIRST, fact).done
    for role in ROLES:
        actor = Actor(f"person-{role}", AUTHORITY, role)
        put_account(office.store, role, PASSWORD, actor, "Office", Draws())
    return office


@pytest.fixture(scope="module")
def clients(here: Office) -> dict[str, Client]:
    app = make_app(here, now_us=here.now_us, entropy=Draws())
    found: dict[str, Client] = {}
    for number, role in enumerate(ROLES):
        found[role] = Client(app, address=f"198.51.100.{number}")
        assert found[role].sign_in(role).status_code == 200
    return found


def filled(client: Client, kind: str, **more: Any) -> dict[str, Any]:
    """The fields of a record, each code that is left open the first one of the form's own list."""
    forms = {each["kind"]: each for each in client.get("/api/people").json()["forms"]}
    by_name = {each["name"]: each for each in forms[kind]["fields"]}
    told = FIELDS[kind] | more
    return {
        name: next(iter(by_name[name]["choices"])) if value == "" else value
        for name, value in told.items()
    }


def codes(answer: httpx.Response) -> list[str]:
    return [each["code"] for each in answer.json()["faults"]]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_may_record_what_the_table_lists(
    here: Office, clients: dict[str, Client], role: str
) -> None:
    client, answer = clients[role], clients[role].get("/api/people")
    if role not in PERMITS["see_restricted"]:
        assert answer.status_code == 401
    else:
        told = answer.json()
        assert (told["help"] is None) == (role not in PERMITS["note_assistance"])
        may = {each["kind"] for each in told["forms"] if not each["why_not"]}
        assert may == {kind for kind in PEOPLE_RECORDS if role in PERMITS[ACTS[kind]]}
    for kind in PEOPLE_RECORDS:
        more = {"id": f"{role}-1"} if "id" in FIELDS[kind] else {}
        if kind == "survey_withdrawal":
            told = filled(clients["authority"], "community_impact", id=f"{role}-w")
            put = clients["authority"].post("/api/people/community_impact", {"fields": told})
            assert put.status_code == 201, put.text
            more = {"survey_id": f"{role}-w"}
        fields, head = filled(clients["authority"], kind, **more), here.store.head()
        put = client.post(f"/api/people/{kind}", {"fields": fields})
        may_put = role in PERMITS[ACTS[kind]]
        assert (put.status_code == 201) == may_put, put.text
        assert (here.store.head() != head) == may_put


def test_an_accident_stands_with_its_area_its_reopening_and_its_inquiry(
    clients: dict[str, Client],
) -> None:
    client = clients["authority"]
    fields = filled(client, "accident_inquiry", step="lessons_shared")
    assert client.post("/api/people/accident_inquiry", {"fields": fields}).status_code == 201
    accidents = client.get("/api/people?lang=en").json()["accidents"]
    (told,) = (each for each in accidents if each["accident_id"] == "hit-1")
    assert told["area_ids"] == ["A1"]
    assert told["reopening_id"]
    assert told["steps"][-1]["lessons"] == "canary-lesson"
    # One accident harms few: how many stands in tables that withhold small counts.
    assert not {"killed", "injured"} & set(told)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"person_ref": "Ahmad Mahmoud"}, "service.assistance.pseudonym"),
        ({"consent": "no"}, "service.assistance.consent"),
        ({"full_name": "Ahmad"}, "service.site.field-unknown"),
    ],
)
def test_no_name_and_no_referral_against_ones_will_goes_on_record(
    here: Office, clients: dict[str, Client], more: dict[str, Any], code: str
) -> None:
    client, head = clients["authority"], here.store.head()
    told = filled(client, "assistance", id="H-9") | more
    answer = client.post("/api/people/assistance", {"fields": told})
    assert code in codes(answer), answer.text
    assert here.store.head() == head


@pytest.mark.parametrize("kind", ["eore_session", "accident_inquiry"])
def test_nobody_writes_in_another_organisations_name(
    here: Office, clients: dict[str, Client], kind: str
) -> None:
    client, head = clients["authority"], here.store.head()
    more = {"id": "S-77"} if kind == "eore_session" else {}
    fields = filled(client, kind, **more)
    answer = client.post(
        f"/api/people/{kind}", {"fields": fields | {"organisation_id": "clearance-co"}}
    )
    assert (answer.status_code, codes(answer)) == (403, ["service.permit.other-name"])
    assert here.store.head() == head
    own = client.post(f"/api/people/{kind}", {"fields": fields | {"organisation_id": AUTHORITY}})
    assert own.status_code == 201, own.text
