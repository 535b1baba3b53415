"""How likely contamination is, over HTTP: for staff, with its width, why, and what turns it."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from rafiqa.locale import languages
from rafiqa.risk import TRUST, Counted, Said, Term, turns
from rafiqa.risk.source import FIND
from rafiqa.service import Office, ask_risk
from rafiqa.wire.riskjson import term_json
from rafiqa.wire.riskpicture import COLOURS, picture
from tests.unit.api.client import Client


@pytest.fixture(scope="module")
def staff(app: Starlette) -> Client:
    client = Client(app)
    assert client.sign_in("planner").status_code == 200
    return client


def test_nobody_outside_the_staff_is_told(anybody: Client) -> None:
    assert anybody.get("/api/risk").status_code == 401
    assert anybody.get("/api/risk/picture").status_code == 401
    assert anybody.get("/api/risk/rows").status_code == 401


def test_rows_are_told_with_what_they_do_not_say(staff: Client) -> None:
    for lang in languages():
        answer = staff.get(f"/api/risk/rows?lang={lang}").json()
        assert answer["limits"]
        assert answer["summary"]
        assert all(0 <= each["p_in_row"] <= 1 for each in answer["finds"])


def test_the_map_tells_its_classes_and_a_place_its_sum_and_turns(
    staff: Client, city: Office
) -> None:
    found = ask_risk(city)
    likely = found.cells[[int(found.p.argmax())]]
    ((lon, lat),) = city.frame.places_deg(found.grid.centres(likely)).tolist()
    answer = staff.get(f"/api/risk?lon={lon}&lat={lat}&lang=ar").json()
    for shown in ("p", "width"):
        assert sum(each["cells"] for each in answer["classes"][shown]) == answer["cells"]
    assert len(answer["corners"]) == 4
    place = answer["place"]
    assert 0 < place["low"] < place["p"] < place["high"] < 1
    assert sum(each["log_odds"] for each in place["terms"]) == pytest.approx(
        np.log(place["p"] / (1 - place["p"])), abs=1e-3
    )
    # Kinds are told in words, and kept as codes beside them.
    for term in (each for each in place["terms"] if "kind" in each):
        assert f"({term['kind']}" not in term["text"]
    for turn in place["turns"]:
        assert (turn["p_contaminated"] > place["p"]) is (turn["speaks"] == "for")
        assert turn["text"]
    assert staff.get("/api/risk?lon=39.0").status_code == 400
    assert staff.get("/api/risk?lon=120&lat=10").json()["place"]["p"] is None


def test_the_picture_has_a_colour_for_every_cell_and_crosses_out_what_is_not_known(
    staff: Client, city: Office
) -> None:
    answer = staff.get("/api/risk/picture")
    assert answer.headers["content-type"] == "image/png"
    found = ask_risk(city)
    pixels = np.asarray(Image.open(BytesIO(picture(found, "p"))))
    assert (np.asarray(Image.open(BytesIO(answer.content))) == pixels).all()
    rows, columns = found.grid.shape
    side = pixels.shape[0] // rows
    middle = pixels[side // 2 :: side, side // 2 :: side][::-1].reshape(-1, 4)
    drawn = np.flatnonzero(middle[:, 3] > 0)
    # No cell that is not released is left see-through, and none that is has a colour.
    assert drawn.tolist() == found.cells.tolist()
    dark = (pixels == (60, 60, 60, 190)).all(axis=2)
    blocks = dark.reshape(rows, side, columns, side).any(axis=(1, 3))[::-1].ravel()
    assert np.flatnonzero(blocks).tolist() == found.cells[found.prior_only].tolist()
    assert staff.get("/api/risk/picture?shown=hope").status_code == 400
    assert len(set(COLOURS["p"])) == 5


@pytest.mark.parametrize("lang", languages())
def test_every_kind_of_saying_has_a_word(lang: str) -> None:
    for kind in (*TRUST, FIND):
        said = Said("S", "v", "office", 0, kind, "for", frozenset({"o"}), 0)
        told = term_json(Term("here", 1.0, Counted(said, 1.0, 0)), lang)
        assert (told["kind"], told["source_id"]) == (kind, "S")
        assert f"({kind}" not in told["text"]
        assert not re.search(r"risk\.|_|\{", told["text"])


@pytest.mark.parametrize("p", [1e-9, 0.01, 0.5, 0.99])
def test_words_turn_a_probability_by_bayes_and_never_to_none(p: float) -> None:
    for turn in turns(p):
        assert 0 < turn.p_contaminated < 1
        assert (turn.p_contaminated >= p) is (turn.speaks == "for")
