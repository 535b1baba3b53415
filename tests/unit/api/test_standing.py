"""Where a record stands, why an area has its class, and what is told of both to whom."""

from __future__ import annotations

from rafiqa.land import AssessmentMoved, CompletionDeclared, LandHandedOver, RecordMoved
from rafiqa.service import Office, assess, declare_completion, hand_over, move_record
from tests.city import FIRST, INSPECTOR, SECOND, box
from tests.unit.api.client import Client
from tests.unit.api.test_land import at


def of(told: object, code: str) -> list[dict[str, object]]:
    assert isinstance(told, list)
    return [item for item in told if item["code"] == code]


def test_staff_are_told_what_each_item_of_evidence_counts_for(
    staff: Client, anybody: Client
) -> None:
    told = staff.get("/api/areas/H1").json()["reasons"]
    (supported,) = of(told, "land.point.class-supported")
    assert "Confirmed" in str(supported["text"])
    items = [item for item in told if str(item["code"]).startswith("land.evidence.")]
    assert items
    assert all(item["subject"] and "{" not in item["text"] for item in items)
    # Everybody is told the class that is supported, and of no single item.
    public = anybody.get("/api/areas/H1").json()["reasons"]
    assert [item["subject"] for item in of(public, "land.point.class-supported")] == [None]
    assert not [item for item in public if str(item["code"]).startswith("land.evidence.")]


def test_a_record_goes_its_way_and_the_land_stays_as_it_is(
    own_city: Office, own_app: object
) -> None:
    client = Client(own_app)  # type: ignore[arg-type]
    assert client.sign_in("first").status_code == 200
    before = client.get("/api/areas/H2").json()
    entry_id = own_city.register().areas["H2"].recorded.entry_id
    author = own_city.register().areas["H2"].recorded.actor
    rejected = RecordMoved("H2", entry_id, "rejected", ("outline",), "a corner is off")
    assert move_record(own_city, FIRST, rejected).done
    after = client.get("/api/areas/H2").json()
    assert after["validation"] == "rejected"
    assert after["figures"] == before["figures"]
    (told,) = [item for item in after["history"] if item["kind"] == "record.moved"]
    assert "a corner is off" in told["text"]
    assert move_record(own_city, author, RecordMoved("H2", entry_id, "submitted")).done
    assert client.get("/api/areas/H2").json()["validation"] == "submitted"
    public = Client(own_app, address="192.0.2.7").get("/api/areas/H2").json()  # type: ignore[arg-type]
    assert not [item for item in public["history"] if item["kind"] == "record.moved"]


def test_handover_and_completion_are_told_to_everybody_without_free_words(
    own_city: Office, own_app: object
) -> None:
    paper = LandHandedOver(
        "V1", "H1", "school board", "2026-02-01", "canary-risk", "dig to 30 cm", ("P2",)
    )
    handed = hand_over(own_city, FIRST, paper)
    assert handed.done, handed.reasons
    client = Client(own_app)  # type: ignore[arg-type]
    told = client.get("/api/areas/H1").json()
    (item,) = [each for each in told["history"] if each["kind"] == "land.handed-over"]
    assert "school board" in item["text"]
    assert "canary" not in item["text"]
    fact = CompletionDeclared("C1", box(600, 600, 700, 700), "canary-note", SECOND)
    assert declare_completion(own_city, FIRST, fact).done
    answer = at(client, own_city, 650, 650)
    (residual,) = of(answer["reasons"], "land.point.residual")
    assert "no promise" in str(residual["text"])
    assert "canary" not in str(answer)


def test_an_assessment_is_for_staff_alone(own_city: Office, own_app: object) -> None:
    refused = assess(own_city, INSPECTOR, AssessmentMoved("H2", "area", "assessing"))
    assert "service.permit.denied" in [reason.code for reason in refused.reasons]
    client = Client(own_app)  # type: ignore[arg-type]
    assert client.get("/api/areas/H2").status_code == 200
