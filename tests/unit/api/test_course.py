"""What a page shows while time moves is what the server says at each of those moments."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.api import reply as reply_module
from rafiqa.land import EvidenceRecorded, ReportAnswered, ResidentReported
from rafiqa.service import Office, answer_report, record_evidence, report_hazard
from rafiqa.service import course as course_module
from rafiqa.wire.instant import iso
from tests.city import FIRST, RESIDENT, spot
from tests.unit.api.client import Client

WEB = Path(__file__).resolve().parents[3] / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"
DAY_US = 86_400_000_000


@pytest.fixture
def anybody(own_app: Starlette) -> Client:
    return Client(own_app)


def walked(told: dict[str, Any], moments: list[str | None], now_us: int) -> list[list[str]]:
    """Returns each face's look at each moment, as the page's own code walks through them."""
    node = shutil.which("node")
    if node is None or not ESBUILD.exists():
        pytest.skip("node and esbuild are not installed: make setup")
    source = WEB / "test" / "course.mjs"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error"]
    bundle = subprocess.run([ESBUILD, source, *options], check=True, capture_output=True).stdout
    asked = json.dumps({"told": told, "moments": moments, "now_ms": now_us // 1_000})
    run = [node, "--input-type=module", "--eval", bundle.decode()]
    answer = subprocess.run(run, input=asked, check=True, capture_output=True, text=True)
    looks: list[list[str]] = json.loads(answer.stdout)
    return looks


def faces_of(told: dict[str, Any]) -> list[shapely.Geometry]:
    """Returns the faces' ground in degrees; of the rings of one, each lies in the others or not."""
    corners = np.cumsum(np.reshape(told["xy"], (-1, 2)), axis=0) / 1e7
    rings = iter(np.split(corners, np.cumsum(told["points"])[:-1]))
    grounds = []
    for n_rings in told["rings"]:
        ground: shapely.Geometry = shapely.Polygon()
        for _ in range(n_rings):
            ground = shapely.symmetric_difference(ground, shapely.Polygon(next(rings)))
        grounds.append(ground)
    return grounds


def said(client: Client, at: str | None, points: list[shapely.Point]) -> list[str]:
    """Returns the look of each point as the server's layers have it at a moment."""
    query = f"?valid_at={at}" if at else ""
    looks = ["unrecorded"] * len(points)
    for layer in ("parts", "doubt", "hazards"):
        for feature in client.get(f"/api/map/{layer}{query}").json()["features"]:
            told = feature["properties"]
            name = {"doubt": "in_doubt"}.get(layer, told.get("outcome", told.get("class")))
            back = "+reopened" if layer == "hazards" and told["reopened"] else ""
            shape = shapely.geometry.shape(feature["geometry"])
            for number in np.flatnonzero(shapely.covers(shape, points)):
                assert looks[number] == "unrecorded", "one look for each face"
                looks[number] = name + back
    return looks


def moments_of(office: Office, n: int, draws: np.random.Generator) -> list[str | None]:
    """Returns moments to ask of, in a drawn order: on, just before and between what became true."""
    times_us = sorted({fact.valid_at_us for fact in office.facts()})
    drawn = draws.permutation(times_us)[:n].tolist()
    near = [at_us + int(draws.choice((-1_000_000, 0, 1_000_000, DAY_US // 2))) for at_us in drawn]
    moments = [iso(at_us) for at_us in (*drawn, *near) if at_us > 0]
    return [*(moments[at] for at in draws.permutation(len(moments)).tolist()), None]


def compare(client: Client, office: Office, n: int, seed: int) -> set[str]:
    """Asks page and server at many moments; returns every look that was seen."""
    told = client.get("/api/course").json()
    assert told["told"]
    moments = moments_of(office, n, np.random.default_rng(seed))
    points = [shapely.point_on_surface(ground) for ground in faces_of(told)]
    pages = walked(told, moments, office.now_us())
    for at, page in zip(moments, pages, strict=True):
        assert page == said(client, at, points), at
    return {look for page in pages for look in page}


def doubted(office: Office) -> None:
    """Something is seen on released ground, and something told of it and answered."""
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 20, 90))
    assert record_evidence(office, FIRST, seen).done


def test_the_page_shows_at_each_moment_what_the_server_says(
    anybody: Client, own_city: Office
) -> None:
    seen = compare(anybody, own_city, 20, 1)
    assert {"cha", "cleared", "unrecorded"} <= seen
    assert "in_doubt" not in seen
    doubted(own_city)
    assert "in_doubt" in compare(anybody, own_city, 20, 2)


def test_doubt_begins_and_ends_with_what_is_told_and_answered(
    anybody: Client, own_city: Office
) -> None:
    told = ResidentReported("S9", spot(own_city, 20, 90), "mine")
    assert report_hazard(own_city, RESIDENT, told).done
    assert anybody.get("/api/course").json()["looks"].count("in_doubt") == 1
    assert answer_report(own_city, FIRST, ReportAnswered("S9", "nothing_found")).done
    compare(anybody, own_city, 12, 3)


def test_as_known_before_the_doubt_there_is_none(anybody: Client, own_city: Office) -> None:
    known_at = iso(own_city.facts()[-1].recorded_at_us)
    doubted(own_city)
    assert "in_doubt" in anybody.get("/api/course").json()["looks"]
    before = anybody.get(f"/api/course?known_at={known_at}").json()
    assert before["told"]
    assert "in_doubt" not in before["looks"]


def test_where_there_is_too_much_doubt_nothing_is_told_instead_of_too_little(
    anybody: Client, own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubted(own_city)
    monkeypatch.setattr(course_module, "MOST_ASKED", 0)
    told = anybody.get("/api/course").json()
    assert (told["told"], told["rings"], told["looks"]) == (False, [], [])


def test_it_is_made_and_packed_once_for_each_state_of_the_ledger(
    own_app: Starlette, own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def counting(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            done.append(name)
            return plain(*given)

        return call

    monkeypatch.setattr(reply_module, "PACK_FROM_BYTES", 1)  # the small city's is small
    monkeypatch.setattr("rafiqa.api.course.course_of", counting("made", course_module.course))
    monkeypatch.setattr("rafiqa.api.course.pack", counting("packed", reply_module.pack))
    monkeypatch.setattr(reply_module, "pack", counting("packed again", reply_module.pack))
    answers = [Client(own_app).get("/api/course") for _ in range(3)]
    assert done == ["made", "packed"]
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    (tag,) = {answer.headers["etag"] for answer in answers}
    doubted(own_city)
    newer = Client(own_app).get("/api/course")
    assert done == ["made", "packed"] * 2
    assert newer.headers["etag"] != tag
    assert newer.json()["n_known"] == answers[0].json()["n_known"] + 1
