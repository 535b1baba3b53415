"""One table over every command: one document with ``--json``, exit status, no colours piped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rafiqa.cli import COMMANDS, main, parser
from rafiqa.cli.commandtree import command_tree
from rafiqa.cli.example import EXAMPLES
from rafiqa.cli.machine import now_us
from rafiqa.service import open_office
from rafiqa.service.gateall import n_everything
from tests.unit.cli.conftest import EXAMPLE, ORIGIN

ROOT = Path(__file__).resolve().parents[3]
AT = ("--lon", "39.0103", "--lat", "35.9504")
SAMPLE = "--area-m2 10000 --density 0.0005 --detection 0.9 --confidence 0.95".split()  # noqa: SIM905
ANSWERED = {
    "new": ("new", "none", "--name", "Old Town", *ORIGIN),
    "import": ("import", "city", "h9.geojson", "--as", "hazard-areas"),
    "imports": ("imports", "city"),
    "duplicates": ("duplicates", "city"),
    "review": ("review", "city"),
    "mappings": ("mappings", "city"),
    "export": ("export", "city", "hazards", "out.geojson"),
    "publish": ("publish", "city", "public"),
    "mirror": ("mirror", "city", "city.gpkg"),
    "quarantine": ("quarantine", "city"),
    "account": ("account", "city", "--details", "--indicators", "--by", "area"),
    "at": ("at", "city", *AT),
    "asset": ("asset", "city", "b0"),
    "layers": ("layers", "city"),
    "match": ("match", "city", "small-buildings", "small-buildings", "--dry-run"),
    "gate": ("gate", "city", "--all"),
    "bulk": (
        "bulk",
        "gate",
        "city",
        "gates",
        "--valid-at",
        "2026-10-31",
        "--known-at",
        "2026-10-31",
    ),
    "permit": ("permit", "city", "list"),
    "notices": ("notices", "city"),
    "record": ("record", "city", "chance_find", "find.json"),
    "papers": ("papers", "city", "J-open"),
    "lot": ("lot", "city", "L1", "--state", "stopped"),
    "access": ("access", "city"),
    "plan": ("plan", "city", "--teams", ROOT / "examples" / "teams.json", "--days", "7"),
    "followup": ("followup", "city"),
    "report": ("report", "city", "article7"),
    "places": ("places", ROOT / "examples/places.csv", "--out", "a.gazetteer"),
    "tiles": ("tiles", "city", "--out", "base.pmtiles"),
    "forms": ("forms", "--out", "forms"),
    "risk": ("risk", "city", "--cell-m", "50"),
    "sample": ("sample", *SAMPLE, "--tolerance", "4"),
    "residual": ("residual", "city", "H1"),
    "people": ("people", "list", "city"),
    "worth": ("worth", "city", *["--clear", "20", "--survey", "1.5", "--leave", "400"]),
    "desk-study": (*("desk-study", ROOT / "examples" / "desk" / "report.txt", "--store", "city"),),
    "verify": ("verify", "words that are no code"),
    "keys": ("keys", "city"),
    "certificate": ("certificate", "city", "H1"),
    "certificates": ("certificates", "city"),
    "log": ("log", "new", "city", "--origin", "office.example/evidence/2026"),
    "witness": ("witness", "new", "folder", "--name", "un.example/witness"),
    "check": ("check", "city"),
    "publish-form": (
        *("publish-form", "city", ROOT / "examples/field/sighting.xml", "--record", "evidence"),
    ),
    "device": ("device", "list", "city"),
    "bundle": ("bundle", "city", ROOT / "examples/field/instances"),
    "submissions": ("submissions", "city"),
    "reports": ("reports", "city"),
    "attach": ("attach", "city", "H1", EXAMPLE),
    "erase": (
        "erase",
        "city",
        "import:hazard-areas:h9",
        "--cause",
        "a name",
        "--person",
        "data-protection",
    ),
    "federation": ("federation", "list", "city"),
    "picture": ("picture", ROOT / "examples/pictures/house.png", "--out", "shared.jpg"),
    "vault": ("vault", "new", "city"),
    "backup-key": ("backup-key", "backup.key"),
    "backup": ("backup", "city", "a.backup", "--plain"),
    "restore": ("restore", "kept.backup", "restored"),
    "move": ("move", "left", "moved"),
    "completion": ("completion", "bash"),
}
"""One asking of each."""
BEFORE = {
    "certificate": ("keys", "city"),
    "erase": ANSWERED["import"],
    "restore": ("backup", "city", "kept.backup", "--plain"),
    "move": ("new", "left", "--name", "Left", "--lon", "39", "--lat", "36"),
}
"""What has to be done first."""
ASKED_ONCE = {"forms", "import"}
"""Takes its time: not asked again without ``--json``."""
NOT_DONE = {"verify"}
"""Whose answer is a refusal."""
ELSEWHERE = {"demo": "test_contract.py", "serve": "test_serve.py"}
"""Takes its time, or does not end."""
STORELESS = {
    "bulk",
    "picture",
    "new",
    "forms",
    "places",
    "sample",
    "verify",
    "witness",
    "backup-key",
    "restore",
    "completion",
}
RING = [[39.02, 35.95], [39.021, 35.95], [39.021, 35.951], [39.02, 35.95]]
AREA = {
    "type": "Feature",
    "properties": {"id": "h9", "class": "sha", "name": "Orchard", "observed_on": "2026-01-01"},
    "geometry": {"type": "Polygon", "coordinates": [RING]},
}
FIND = '{"works_id": "J-open", "find_id": "f1", "lay_in": "rubble"}'


@pytest.fixture
def here(worked, tmp_path, monkeypatch):
    """A folder with a store of its own, called ``city``."""
    shutil.copy(worked, tmp_path / "city")
    (tmp_path / "find.json").write_text(FIND)
    collection = {"type": "FeatureCollection", "features": [AREA]}
    (tmp_path / "h9.geojson").write_text(json.dumps(collection))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path


def one_document(ran):
    assert "\x1b" not in ran.out + ran.err
    answer = json.loads(ran.out)
    assert isinstance(answer, dict)
    return answer


def test_the_table_is_whole():
    assert set(ANSWERED) | set(ELSEWHERE) == set(COMMANDS)
    assert set(EXAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.usefixtures("here")
def test_an_answer_is_one_document(run, name):
    if name in BEFORE:
        assert run(*BEFORE[name]).status == 0
    ran = run(*ANSWERED[name], "--json")
    answer = one_document(ran)
    assert ran.status == (1 if name in NOT_DONE else 0), answer
    assert "error" not in answer or ran.status == 1
    if name not in ASKED_ONCE:
        plain = run(*ANSWERED[name])
        assert "\x1b" not in plain.out + plain.err
        assert plain.out or plain.err


@pytest.mark.parametrize("name", sorted(set(ANSWERED) - STORELESS))
def test_without_a_store_it_is_refused_in_one_document(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "find.json").write_text(FIND)
    asked = [tmp_path / "none" if word == "city" else word for word in ANSWERED[name]]
    ran = run(*asked, "--json")
    answer = one_document(ran)
    assert (ran.status, ran.err) == (1, "")
    assert answer["error"] == "service.store.none"
    for fault in answer["refused"]:
        assert {"row", "code", "field", "detail", "next"} <= set(fault)


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_usage_is_one_document_and_2(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for asked in ((name, "--nonsense", "--lang", "ar"), (name, "--lang", "xx")):
        ran = run(*asked, "--json")
        answer = one_document(ran)
        assert (ran.status, ran.err) == (2, "")
        assert answer["error"].startswith("cli.usage.")
        assert answer["refused"][0]["next"]
    assert list(tmp_path.iterdir()) == []


def test_the_bar_of_all_gates_knows_its_end(run, worked):
    office = open_office(str(worked), now_us=now_us, entropy=os.urandom)
    try:
        assert n_everything(office) == run("gate", worked, "--all", "--json").answer["n"]
    finally:
        office.store.close()


def every_command():
    return [command for command in command_tree(parser()) if command.words and not command.acts]


@pytest.mark.parametrize("command", every_command(), ids=lambda command: command.key)
def test_every_command_takes_json_and_lang_and_shows_an_example(run, command):
    options = {name for option in command.options for name in option.names}
    assert {"--json", "--lang", "--help"} <= options
    ran = run(*command.words, "--help")
    assert ran.status == 0
    shown = ran.out.partition("example")[2]
    assert f"rafiqa {command.words[0]}" in shown


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("acount", "x"), "cli.usage.command-near", "account"),
        (("zzzzzz",), "cli.usage.command", "account"),
        (("log", "publsh", "x"), "cli.usage.command-near", "publish"),
        (("account", "x", "--boundry", "y"), "cli.usage.option-near", "--boundary"),
        (("log", "publish", "x", "--witnes=u"), "cli.usage.ambiguous", "--witness"),
        ((), "cli.usage.required", "COMMAND"),
        (("at", "x", "--lon", "1"), "cli.usage.required", "--lat"),
        (("at", "x", "--lon", "east", "--lat", "1"), "cli.usage.value", "east"),
        (("at", "x", "--lon"), "cli.usage.value-missing", "--lon"),
        (("account", "x", "--by", "nobody"), "cli.usage.choice", "donor"),
        (("backup", "x", "y", "--plain", "--recipient", "z"), "cli.usage.conflict", "--plain"),
        (("account", "x", "y"), "cli.usage.unrecognised", "y"),
    ],
)
def test_wrong_usage_says_what_to_do(run, asked, code, says):
    ran = run(*asked, "--json")
    if code == "cli.usage.ambiguous" and ran.status == 1:
        return  # an option may be shortened where it is clear which is meant
    assert (ran.status, ran.codes) == (2, [code])
    fault = ran.answer["refused"][0]
    assert says in fault["detail"] + fault["next"]
    plain = run(*asked)
    assert (plain.status, plain.out) == (2, "")
    assert plain.err.startswith("usage: rafiqa")
    assert says in plain.err


def test_what_argparse_says_and_nobody_knows_is_told_as_it_is():
    from rafiqa.cli.usage import fault_of

    assert fault_of("something new").params == {"detail": "something new"}


def test_the_version(run):
    import rafiqa

    assert run("--version").out == f"rafiqa {rafiqa.__version__}\n"


def test_what_the_machine_will_not_do_is_told(run, here):
    ran = run("witness", "sign", "folder", "find.json", "--out", "no/such/folder/x", "--json")
    assert ran.status == 1
    (here / "find.json").chmod(0)
    folder = here / "as-file"
    folder.mkdir()
    ran = run("completion", "bash", "--out", folder, "--json")
    assert (ran.status, ran.codes) == (1, ["cli.export.not-written"])


@pytest.mark.parametrize(
    ("given", "lang"),
    [
        ({"LANG": "ar_SY.UTF-8"}, "ar"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_ALL": "ar_SY.UTF-8"}, "ar"),
        ({"LC_ALL": "ar", "RAFIQA_LANG": "en"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_machine(monkeypatch, capsys, given, lang):
    for name in ("RAFIQA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["acount"]) == 2
    assert any("\u0600" <= letter <= "\u06ff" for letter in capsys.readouterr().err) == (
        lang == "ar"
    )


def begun(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "rafiqa", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(("account", "--details", "--by", "area", "--json"), marks=pytest.mark.slow),
        ("--help",),
    ],
)
def test_a_reader_who_leaves_is_not_shouted_at(worked, asked):
    """What is printed is read by nobody."""
    words = [asked[0], str(worked), *asked[1:]] if asked[1:] else asked
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "rafiqa", *words],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.slow
def test_ctrl_c_is_quiet_and_says_that_nothing_acknowledged_is_lost(run, tmp_path):
    """Sent to all processes of the terminal, while rows are being taken in."""
    rows = tmp_path / "places.csv"
    rows.write_text(
        "id,class,observed_on,wkt\n"
        + "".join(
            f'h{n},sha,2025-01-01,"POLYGON(({x} 34.9,{x + 1e-4} 34.9,{x} 34.9001,{x} 34.9))"\n'
            for n, x in enumerate(38.4 + at * 2e-4 for at in range(3_000))
        )
    )
    mapping = tmp_path / "map.toml"
    mapping.write_text('crs = "OGC:CRS84"\n')
    store = tmp_path / "city"
    assert run("new", store, "--name", "Town", *ORIGIN).status == 0
    job = begun("import", store, rows, "--as", "hazard-areas", "--map", mapping)
    first = job.stderr.readline()
    assert first.startswith("accepted ")
    os.killpg(job.pid, signal.SIGINT)
    _, said = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line]
    assert lines[-1].startswith("Stopped. Nothing that was acknowledged is lost")
    accepted = [line for line in (first.strip(), *lines) if line.startswith("accepted ")]
    n_kept = int(accepted[-1].split()[1])
    answer = run("check", store, "--json").answer
    assert answer["intact"]
    assert answer["entries"] >= n_kept


def test_ctrl_c_before_a_command_has_begun_is_as_quiet(run, monkeypatch):
    """While it is being loaded, which takes longest of all that short commands do."""

    def stopped(_asked):
        raise KeyboardInterrupt

    monkeypatch.setattr("rafiqa.cli.parser", stopped)
    ran = run("check", "anything", "--lang", "en")
    assert (ran.status, ran.out) == (130, "")
    assert ran.err.strip().startswith("Stopped. Nothing that was acknowledged is lost")
