"""What a notebook is answered: tidy frames of two times, and nothing released that is not."""

from __future__ import annotations

import datetime as dt
import doctest
import inspect
import subprocess
import sys
from typing import Any

import geopandas
import pandas as pd
import pytest

import rafiqa
from rafiqa.cli import main
from rafiqa.dictionary import dictionary
from rafiqa.errors import InvalidInput, NotFound
from tests.unit.notebook.conftest import DAY

TEAMS = [{"id": "t1", "skills": ["manual"], "m2_per_day": 2000}]
MAPS: dict[str, tuple[Any, ...]] = {
    "areas": (),
    "ground": (),
    "parts": (),
    "evidence": (),
    "accidents": (),
    "tasks": (),
    "assets": ("buildings",),
    "projects": (),
    "at": (39.0103, 35.9504),
    "risk": (),
    "plan": (TEAMS, 30),
}
TABLES: dict[str, tuple[Any, ...]] = {
    "gate": ("J-school",),
    "gate_all": (),
    "what_ifs": (TEAMS, 30, {"more": {"teams": [{**TEAMS[0], "m2_per_day": 4000}]}}),
}
ORIGIN = {"source", "valid_at", "known_at", "method", "ledger_entries", "ledger_root"}


def asked(site, name, **times):
    coarse = {"cell_m": 50} if name == "risk" else {}
    return getattr(site, name)(*(MAPS | TABLES)[name], **coarse, **times)


def test_what_is_given_out_is_little_and_told():
    assert rafiqa.__all__ == ["Site", "__version__", "open"]
    assert dir(rafiqa) == rafiqa.__all__
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        rafiqa.nothing_of_that_name  # noqa: B018


def loaded_with(name, heavy):
    program = f"import sys, {name}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_importing_loads_next_to_nothing():
    """The commands import it each time."""
    heavy = (
        "{'numpy', 'shapely', 'pandas', 'geopandas', 'matplotlib', 'pyarrow', 'rafiqa.notebook'}"
    )
    assert loaded_with("rafiqa", heavy) == "[]"


@pytest.mark.slow
def test_commands_do_not_load_what_only_notebooks_need():
    heavy = "{'pandas', 'geopandas', 'matplotlib', 'rafiqa.notebook'}"
    assert loaded_with("rafiqa.cli.at", heavy) == "[]"


def test_without_the_extra_it_says_what_to_install(folder, monkeypatch):
    with rafiqa.open(folder / "city.rafiqa") as site:
        monkeypatch.setitem(sys.modules, "pandas", None)
        monkeypatch.setitem(sys.modules, "geopandas", None)
        with pytest.raises(ImportError, match=r"pip install 'rafiqa\[notebook\]'"):
            site.areas()


def public_functions():
    names = (name for name in vars(rafiqa.Site) if not name.startswith("_"))
    return ["open", "Site", *(f"Site.{name}" for name in names if name not in {"close", "name"})]


@pytest.mark.parametrize("name", public_functions())
def test_every_public_function_has_an_example_that_runs(name, site, folder, monkeypatch):
    monkeypatch.chdir(folder)
    told = rafiqa
    for part in name.split("."):
        told = getattr(told, part)
    doc = inspect.getdoc(told) or ""
    examples = doctest.DocTestParser().get_doctest(
        doc, {"rafiqa": rafiqa, "site": site}, name, None, 0
    )
    assert examples.examples, name
    said: list[str] = []
    doctest.DocTestRunner().run(examples, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("name", MAPS | TABLES)
def test_every_frame_says_where_it_comes_from_and_is_answered_alike_again(site, name):
    first = asked(site, name)
    assert set(first.attrs) >= ORIGIN
    times = {time: first.attrs[time] for time in ("valid_at", "known_at")}
    again = asked(site, name, **times)
    assert again.attrs == first.attrs
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(first))


@pytest.mark.parametrize("name", MAPS)
def test_maps_are_in_degrees_and_say_so(site, name):
    frame = asked(site, name)
    assert isinstance(frame, geopandas.GeoDataFrame)
    assert frame.crs == "OGC:CRS84"
    west, south, east, north = frame.total_bounds
    assert 38.9 < west <= east < 39.1
    assert 35.9 < south <= north < 36.0


@pytest.mark.parametrize("name", MAPS | TABLES)
def test_units_stand_in_names_and_nothing_is_of_no_type(site, name):
    frame = asked(site, name)
    units = ("_m2", "_cm", "_m", "_deg", "_m3", "_low", "_mid", "_high", "_contaminated", "_share")
    for column in frame.select_dtypes("Float64").columns:
        assert column.endswith(units) or column == "cost", column
    for column in frame.columns:
        if frame[column].dtype == object:
            assert all(isinstance(value, tuple) for value in frame[column]), column


def test_nothing_stands_released_that_the_land_book_does_not_release(site):
    """At any time: parts lie in ground that is not hazard, and hazard in none of them."""
    for valid_at in ("2026-01-05", "2026-02-01", "2026-02-20", "2026-03-01", DAY):
        ground = site.ground(valid_at=valid_at).to_crs("EPSG:32637")
        parts = site.parts(valid_at=valid_at).to_crs("EPSG:32637")
        hazard = ground[ground.is_hazard].union_all()
        assert parts.union_all().intersection(hazard).area < 0.01
        released = ground[~ground.is_hazard & ~ground.in_doubt]
        assert parts.union_all().symmetric_difference(released.union_all()).area < 0.01
        assert set(ground[ground.is_hazard].state) <= {"sha", "cha", "indication"}


def test_states_are_those_that_each_place_is_told(site):
    ground = site.ground(valid_at=DAY)
    inside = [shape.representative_point() for shape in ground.geometry]
    told = site.at([at.x for at in inside], [at.y for at in inside], valid_at=DAY)
    assert told.state.tolist() == ground.state.tolist()


def test_an_undug_depth_is_missing_and_not_nothing(site):
    ground = site.ground()
    assert ground[ground.is_hazard].depth_cm.isna().all()
    assert site.at(39.5, 35.9).depth_cm.isna().all()
    assert site.projects().set_index("id").depth_cm.isna()["J-lost"]
    assert site.projects().set_index("id").geometry["J-lost"] is None


def test_codes_are_the_dictionarys(site):
    lists = dictionary().lists
    assert set(site.ground().state) <= set(lists["class"].names) | set(lists["outcome"].names)
    assert set(site.evidence().kind) <= set(lists["evidence_kind"].names)
    assert set(site.tasks().stage) <= set(lists["stage"].names)
    assert set(site.projects().outcome) <= set(lists["gate_outcome"].names)


def test_figures_are_those_of_the_command(site, folder, capsys):
    import json

    capsys.readouterr()
    assert main(["account", str(folder / "city.rafiqa"), "--to", DAY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["classes"]
    account = site.account(to=DAY).set_index("class")
    assert account.T.to_dict() == told
    open_m2 = site.ground(valid_at=DAY).groupby("state").area_m2.sum()
    assert open_m2["cha"] == pytest.approx(told["cha"]["closing_m2"])


def test_changes_add_up(site):
    before = "2026-01-30"
    changes = site.changes(before)
    earlier = site.account(known_at=before).set_index("class")
    later = site.account().set_index("class")
    assert len(changes)
    for class_ in earlier.index:
        for column in earlier.columns:
            figure = column.removesuffix("_m2")
            rows = changes[(changes["class"] == class_) & (changes.figure == figure)]
            moved = later.loc[class_, column] - earlier.loc[class_, column]
            assert rows.change_m2.sum() == pytest.approx(moved)
    assert changes.entry_ids.map(len).min() >= 1


def test_a_day_is_its_last_instant_however_it_is_written(site):
    day = dt.date(2026, 2, 1)
    instant = dt.datetime(2026, 2, 1, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    told = [site.ground(valid_at=at).attrs["valid_at"] for at in ("2026-02-01", day, instant)]
    assert told == ["2026-02-01T23:59:59.999999Z"] * 3


def test_all_that_is_on_record_counts_whatever_this_machines_clock_says(site, folder, monkeypatch):
    """A clock that was set back must hide no hazard."""
    monkeypatch.setattr("rafiqa.notebook.site.time.time_ns", lambda: 1_000)
    with rafiqa.open(folder / "city.rafiqa") as slow:
        ground = slow.ground(valid_at=DAY)
    assert ground.attrs["ledger_entries"] == site.ground().attrs["ledger_entries"]
    assert len(ground) == len(site.ground(valid_at=DAY))


def test_asking_writes_nothing(site, folder):
    before = (folder / "city.rafiqa").read_bytes()
    for name in MAPS | TABLES:
        asked(site, name)
    assert (folder / "city.rafiqa").read_bytes() == before


def test_refusals_say_in_words_what_to_do(site, folder):
    with pytest.raises(NotFound) as refused:
        rafiqa.open(folder / "none.rafiqa")
    assert refused.value.code == "service.store.none"
    assert len(refused.value.__notes__[0]) > 40
    with pytest.raises(InvalidInput) as wrong:
        site.assets("castles")
    assert "buildings, roads" in wrong.value.__notes__[0]
    with pytest.raises(InvalidInput):
        site.ground(valid_at="yesterday")
    with pytest.raises(InvalidInput):
        site.changes(None)
    with pytest.raises(NotFound):
        site.gate("nothing")


def test_persons_are_in_no_frame(site):
    for name in MAPS | TABLES:
        assert "canary-person" not in asked(site, name).to_csv()
    assert "canary-person" not in site.history().to_csv()
