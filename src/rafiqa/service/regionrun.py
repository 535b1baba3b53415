"""A run over a region: step after step, each part once, by whatever engine carries them.

What is there already, whole and of the same inputs, is kept: a run that was killed goes on. What
could not be made is named, in the answer and in the manifest, and what hangs on it with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from rafiqa.bulk import Engine, tile_name
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.service.region import Plan
from rafiqa.service.regioncity import of_city
from rafiqa.service.regiongate import gate_tile
from rafiqa.service.regionground import lay_ground
from rafiqa.service.regionlayer import lay, survey
from rafiqa.service.regionpart import Cost, Make, Noted, Part, Run, kept_or_made
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.tilefile import Kept, is_whole, sweep, write_bytes

PLAN, MANIFEST = "plan.json", "manifest.json"
STEPS: Final[Mapping[str, Make]] = {
    "survey": survey,
    "layer": lay,
    "ground": lay_ground,
    "gate": gate_tile,
    "account": of_city("account"),
    "risk": of_city("risk"),
    "tiles": of_city("tiles"),
}
_COUNTED = ("gate", "ground")
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What a run came to.

    Attributes:
        notes: of every part that is there, by step, city and name.
        failed: of every part that is not, and why.
        costs: what each part took that was made or found whole now.
        n_kept: how many were there before.
    """

    notes: dict[tuple[str, str, str], Noted] = field(default_factory=dict)
    failed: dict[tuple[str, str, str], tuple[Fault, ...]] = field(default_factory=dict)
    costs: list[Cost] = field(default_factory=list)
    n_kept: int = 0

    def counts(self) -> tuple[int, int, int, int]:
        """Returns how many assets and projects there are, and are open, with conditions, closed."""
        told = [note.told for (step, _, _), note in self.notes.items() if step in _COUNTED]
        sums = [sum(each["counts"][at] for each in told) for at in range(3)]
        return sum(sums), sums[0], sums[1], sums[2]

    def n_of(self, step: str) -> int:
        """Returns how many things the parts of a step tell of."""
        return sum(int(note.told["n"]) for (each, _, _), note in self.notes.items() if each == step)

    def account(self) -> dict[str, dict[str, float]]:
        """Returns the accounts of all cities added up: by class, square metres of each figure."""
        total: dict[str, dict[str, float]] = {}
        for (step, _, _), note in sorted(self.notes.items()):
            for name, figures in note.told["classes"].items() if step == "account" else ():
                sums = total.setdefault(name, {})
                for figure, size_m2 in figures.items():
                    sums[figure] = sums.get(figure, 0.0) + size_m2
        return total


def work(run: Run, part: Part) -> Noted:
    """Returns a part, made or kept: what every worker is given to do."""
    # What a city holds is looked up each time: it may not be what it was.
    return kept_or_made(run, part, STEPS[part.step], anew=part.step == "survey")


def begin(run: Run) -> Run:
    """Returns the run that a folder holds or begins: an interrupted one goes on as it was asked.

    Raises:
        InvalidInput: the folder holds a run that asks something else, or things that are no run's.
    """
    path, params = run.root / PLAN, {"folder": run.out}
    if path.exists():
        if strict_json(path.read_bytes(), most_bytes=TABLE_BYTES) != _json(run.plan):
            raise InvalidInput(Fault("bulk.out.other-run", "OUT", params=dict(params)))
        return run
    run.root.mkdir(parents=True, exist_ok=True)
    if any(run.root.iterdir()):
        raise InvalidInput(Fault("bulk.out.not-empty", "OUT", params=dict(params)))
    write_bytes(run.root, PLAN, json.dumps(_json(run.plan), sort_keys=True, indent=1).encode())
    return run


def times_of(out: Path) -> tuple[int, int] | None:
    """Returns the times that a run in a folder asks about; None where none was begun there."""
    try:
        found = strict_json((out / PLAN).read_bytes(), most_bytes=TABLE_BYTES)
    except OSError:
        return None
    if not isinstance(found, dict):
        return None
    return int(found["valid_at_us"]), int(found["known_at_us"])


def _json(plan: Plan) -> Any:
    return json.loads(json.dumps(plan.json()))


def carry_out(run: Run, engine: Engine, tell: Tell = lambda *_: None) -> Summary:
    """Returns what a run came to, with its manifest written.

    Args:
        run: begun by ``begin``.
        engine: carries the parts.
        tell: is told after each part how many are done, of how many known by then.
    """
    summary = Summary()
    (run.root / MANIFEST).unlink(missing_ok=True)
    if run.plan.what == "gate":
        _gate(run, engine, summary, tell)
    else:
        cities = range(len(run.plan.cities))
        found = _step(run, engine, summary, [Part("survey", at) for at in cities], tell)
        parts = [Part(run.plan.what, each.city, "", note.told) for each, note in found]
        _step(run, engine, summary, parts, tell)
    sweep(run.root)
    _write_manifest(run, summary)
    return summary


def _gate(run: Run, engine: Engine, summary: Summary, tell: Tell) -> None:
    cities = range(len(run.plan.cities))
    surveyed = _step(run, engine, summary, [Part("survey", at) for at in cities], tell)
    layers = [
        Part("layer", each.city, layer["name"], layer)
        for each, note in surveyed
        for layer in note.told["layers"]
    ]
    laid = _step(run, engine, summary, layers, tell)
    grounds, tiles = [], {}
    for city, note in surveyed:
        own = [(part, found) for part, found in laid if part.city == city.city]
        tiles[city.city] = _tiles(own)
        known = {"head": note.told["head"], "tiles": [t["reach"] for t in tiles[city.city]]}
        grounds.append(Part("ground", city.city, "", known))
    origins = {each.city: note.told["origin"] for each, note in surveyed}
    parts = []
    for city, note in _step(run, engine, summary, grounds, tell):
        for tile, ground in zip(tiles[city.city], note.files, strict=False):
            inputs = {
                "tile": tile["reach"]["tile"],
                "origin": origins[city.city],
                "ground": ground.json(),
                "layers": tile["layers"],
            }
            name = f"tile={tile_name(inputs['tile'], run.plan.zoom)}"
            parts.append(Part("gate", city.city, name, inputs))
    _step(run, engine, summary, parts, tell)


def _tiles(laid: Sequence[tuple[Part, Noted]]) -> list[dict[str, Any]]:
    """Returns of each tile of a city how far what stands in it reaches, and its files."""
    found: dict[int, dict[str, Any]] = {}
    for part, note in sorted(laid, key=lambda each: each[0].name):
        for tile, file in zip(note.told["tiles"], note.files, strict=True):
            reach = {name: tile[name] for name in ("tile", "box", "width_m")}
            one = found.setdefault(tile["tile"], {"reach": reach, "layers": []})
            one["reach"] = _wider(one["reach"], reach)
            layer = {"name": part.name, "kind": part.inputs["kind"], "file": file.json()}
            one["layers"].append(layer)
    return [found[tile] for tile in sorted(found)]


def _wider(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    a, b = one["box"], other["box"]
    both = a is not None and b is not None
    box = [min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])] if both else None
    width_m = max(one["width_m"], other["width_m"])
    return {"tile": one["tile"], "box": box, "width_m": width_m}


def _step(
    run: Run, engine: Engine, summary: Summary, parts: Sequence[Part], tell: Tell
) -> list[tuple[Part, Noted]]:
    """Returns the parts that are there, in the order asked; the others are among the failed."""
    found: dict[int, Noted] = {}
    place = {id(part): at for at, part in enumerate(parts)}
    n_before = len(summary.notes) + len(summary.failed)
    for ended in engine.run(partial(work, run), parts):
        part, noted = ended.task, ended.made
        key = (part.step, run.city(part).name, part.name)
        if noted is None:
            params: dict[str, str | int] = {"why": ended.lost or ""}
            summary.failed[key] = (Fault("bulk.part.lost", params=params),)
        elif noted.failed:
            summary.failed[key] = noted.failed
        else:
            summary.notes[key] = found[place[id(part)]] = noted
            summary.n_kept += noted.kept
        if noted is not None:
            summary.costs.append(noted.cost)
        n_done = len(summary.notes) + len(summary.failed)
        tell(n_done, n_before + len(parts))
    return [(parts[at], found[at]) for at in sorted(found)]


def _write_manifest(run: Run, summary: Summary) -> None:
    """Writes which files the run holds; who reads them must hold its absent ones for unknown."""
    files = {file.path: file.json() for note in summary.notes.values() for file in note.files}
    manifest = {
        "plan": run.plan.digest,
        "complete": not summary.failed,
        "files": [files[path] for path in sorted(files)],
        "failed": [
            {"step": step, "city": city, "part": name, "codes": [f.code for f in faults]}
            for (step, city, name), faults in sorted(summary.failed.items())
        ],
    }
    content = json.dumps(manifest, sort_keys=True, indent=1).encode()
    write_bytes(run.root, MANIFEST, content)


def check_run(out: Path) -> tuple[int, list[Fault]]:
    """Returns how many files a run's folder names, and everything that is not as it names it.

    Raises:
        NotFound: no run was finished there.
    """
    params: dict[str, str | int] = {"folder": str(out)}
    try:
        manifest: Any = strict_json((out / MANIFEST).read_bytes(), most_bytes=TABLE_BYTES)
        files = [Kept.of_json(item) for item in manifest["files"]]
        failed = manifest["failed"]
        complete = manifest["complete"]
    except (OSError, KeyError, TypeError) as error:
        raise NotFound(Fault("bulk.out.none", "OUT", params=params)) from error
    faults = [
        Fault("bulk.part.changed", kept.path, params={"file": kept.path})
        for kept in files
        if not is_whole(out, kept)
    ]
    for item in failed:
        about = "/".join(str(item[name]) for name in ("step", "city", "part") if item[name])
        faults.append(Fault("bulk.part.absent", about, params={"part": about}))
    if not complete and not failed:
        faults.append(Fault("bulk.part.absent", "", params={"part": str(out)}))
    return len(files), faults
