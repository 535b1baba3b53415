"""``rafiqa risk``: the contract, the files, the sum, and that it lowers no ground."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image, TiffImagePlugin

from tests.city import small_city
from tests.unit.cli.conftest import INSIDE, ORIGIN


def test_contract_files_and_the_sum_of_a_place(run, city, tmp_path):
    table, raster = tmp_path / "risk.parquet", tmp_path / "risk.tif"
    ran = run("risk", city, "--json", "--out", table, "--cell-m", 50, *INSIDE)
    assert (ran.status, ran.err) == (0, "")
    assert {"cells", "mean_p", "calibration"} <= set(ran.answer)
    place = ran.answer["place"]
    assert sum(term["log_odds"] for term in place["terms"]) == pytest.approx(
        np.log(place["p"] / (1 - place["p"])), abs=1e-3
    )
    named = [term for term in place["terms"] if "source_id" in term]
    assert named
    assert all({"version", "who", "when", "kind"} <= set(term) for term in named)
    rows = pq.read_table(table).to_pydict()
    p, low, high = (np.array(rows[name]) for name in ("p_contaminated", "p_low", "p_high"))
    assert len(p) == ran.answer["cells"]
    assert p.mean() == pytest.approx(ran.answer["mean_p"], abs=1e-5)
    assert ((low <= high) & (low >= 0) & (high <= 1) & (p >= 0) & (p <= 1)).all()
    assert run("risk", city, "--out", raster, "--cell-m", 50).status == 0
    with Image.open(raster) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        pixels = np.array(image)
        assert image.n_frames == 3
        west_m, north_m = image.tag_v2[33922][3:5]
        assert image.tag_v2[33550][:2] == (50.0, 50.0)
    assert np.isfinite(pixels).sum() == len(p)
    assert np.nanmean(pixels) == pytest.approx(p.mean(), abs=1e-6)
    # The pixel over a cell's centre is that cell's: rows run from the north.
    at = int(p.argmax())
    x_m = (rows["lon_deg"][at] - 38.55) * 111_320 * np.cos(np.radians(34.9))
    y_m = (rows["lat_deg"][at] - 34.9) * 110_940
    pixel = pixels[int((north_m - y_m) // 50), int((x_m - west_m) // 50)]
    assert pixel == pytest.approx(p[at], abs=1e-6)
    assert (
        run("risk", city, "--json", "--cell-m", 50).answer
        == run("risk", city, "--json", "--cell-m", 50).answer
    )


def test_a_store_without_evidence_answers_with_its_width(run, tmp_path):
    run("new", tmp_path / "a", "--name", "Old Town", *ORIGIN)
    ran = run("risk", tmp_path / "a", "--json", *ORIGIN)
    assert ran.status == 0
    assert ran.answer["prior_only_cells"] == ran.answer["cells"]
    assert ran.answer["place"]["prior_only"]
    assert ran.answer["place"]["high"] > 3 * ran.answer["place"]["low"]
    assert ran.answer["calibration"]["worked_cells"] == 0


def test_reports_raise_and_neither_reports_nor_contrary_words_lower_ground(run, tmp_path):
    store = tmp_path / "a"
    run("new", store, "--name", "Old Town", *ORIGIN)

    def evidence(name, kind, n, lon):
        features = [
            {
                "type": "Feature",
                "properties": {
                    "id": f"{name}{at}",
                    "kind": kind,
                    "source_kind": "verbal",
                    "source": f"{name}",
                    "observed_on": "2025-01-01",
                },
                "geometry": {"type": "Point", "coordinates": [lon, 34.9005]},
            }
            for at in range(n)
        ]
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        ran = run("import", store, path, "--as", "evidence", "--json")
        assert ran.answer["accepted"] == n, ran.answer

    def asked():
        answer = run(
            "risk", store, "--json", "--cell-m", 50, "--lon", "38.5505", "--lat", "34.9005"
        ).answer
        return answer["place"]["p"]

    evidence("first", "statement", 1, 38.5505)
    one = asked()
    evidence("second", "statement", 40, 38.5505)
    flood = asked()
    before = run("account", store, "--json").answer
    evidence("against", "contrary_use", 40, 38.5505)
    contrary = asked()
    assert one > 0.02
    # One office told all of them: a flood by one recorder counts once.
    assert flood == pytest.approx(one, abs=1e-6)
    assert contrary < flood
    assert run("account", store, "--json").answer["classes"] == before["classes"]


def test_what_cannot_be_is_refused_with_every_fault(run, city, tmp_path):
    ran = run("risk", city, "--json", "--out", tmp_path / "no" / "x.csv", "--lon", "38.55")
    assert ran.status == 1
    assert ran.codes == ["cli.risk.out-format", "cli.gate.out-no-folder", "cli.risk.half-a-place"]
    ran = run("risk", city, "--json", "--cell-m", 0, "--range-m", "nan")
    assert ran.codes == ["risk.map.cell-size", "risk.map.range"]


def test_buildings_of_the_layers_are_written_to_a_file_of_their_own(run, tmp_path):
    office = small_city(tmp_path)
    city, out = office.store.path, tmp_path / "buildings.parquet"  # type: ignore[attr-defined]
    office.store.close()
    ran = run("risk", city, "--json", "--buildings", out)
    assert ran.status == 0
    told = ran.answer["buildings"]
    rows = pq.read_table(out).to_pydict()
    assert len(rows["id"]) == told["n"] > 20
    assert np.mean(rows["p_contaminated"]) == pytest.approx(told["mean_p"], abs=1e-5)
    first = told["likeliest"][0]
    assert rows["p_contaminated"][rows["id"].index(first["id"])] == pytest.approx(
        first["p"], abs=1e-6
    )
    assert max(rows["p_contaminated"]) == pytest.approx(first["p"], abs=1e-6)
    for lang in ("en", "ar"):
        shown = run("risk", city, "--lang", lang).out
        assert str(told["n"]) in shown
        assert "{" not in shown
    assert run("risk", city, "--buildings", tmp_path / "x.csv").status == 1


def test_rows_are_told_of_the_mines_found_and_with_nothing_of_a_map(run, city):
    ran = run("risk", city, "--rows", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert {"finds", "rows", "summary", "limits"} <= set(ran.answer)
    assert all(0 <= each["p_in_row"] <= 1 for each in ran.answer["finds"])
    assert run("risk", city, "--rows", "--lon", "38.5", "--lat", "34.9").status == 1
