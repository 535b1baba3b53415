"""A run over a region: step after step, each part once, by whatever engine carries them.

What is there already, whole and of the same inputs, is kept: a run that was killed goes on. What
could not be made is named, in the answer and in the manifest, and what hangs on it with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from rafiqa.bulk import Engine, tile_name
from rafiqa.errors import Fault, InvalidInput, RafiqaError
from rafiqa.service.region import Plan
from rafiqa.service.regioncity import of_city
from rafiqa.service.regiongate import gate_tile
from rafiqa.service.regionground import lay_ground
from rafiqa.service.regionlayer import lay, seen_of, survey
from rafiqa.service.regionlock import LOCK, held, refuse_elsewhere
from rafiqa.service.regionmanifest import (
    MANIFEST,
    PLAN,
    clear_strangers,
    keep_inputs,
    write_manifest,
)
from rafiqa.service.regionpart import Cost, Make, Noted, Part, Run, kept_or_made
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.tilefile import Kept, sweep, write_bytes

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
        parts: each of these parts.
        failed: of every part that is not, and why.
        costs: what each part took that was made or found whole now.
        n_kept: how many were there before.
    """

    notes: dict[tuple[str, str, str], Noted] = field(default_factory=dict)
    parts: dict[tuple[str, str, str], Part] = field(default_factory=dict)
    failed: dict[tuple[str, str, str], tuple[Fault, ...]] = field(default_factory=dict)
    costs: list[Cost] = field(default_factory=list)
    n_kept: int = 0

    def made(self) -> list[tuple[Part, Noted]]:
        """Returns every part that is there, and what it came to."""
        return [(self.parts[key], note) for key, note in self.notes.items()]

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
    try:
        refuse_elsewhere(run)
    except RafiqaError as error:
        return Noted(failed=error.faults)
    # What a city holds is looked up each time: it may not be what it was.
    return kept_or_made(run, part, _here(STEPS[part.step]), anew=part.step == "survey")


def _here(make: Make) -> Make:
    """Returns what makes a part and leaves no note of it for a start that is over meanwhile."""

    def made(run: Run, part: Part) -> tuple[Sequence[Kept], Mapping[str, Any]]:
        found = make(run, part)
        refuse_elsewhere(run)
        return found

    return made


def begin(run: Run) -> Run:
    """Returns the run that a folder holds or begins: an interrupted one goes on as it was asked.

    Raises:
        InvalidInput: the folder holds a run that asks something else, or things that are no run's.
    """
    if not _is_begun(run):
        with held(run):
            # Between the two another run may have begun here.
            if not _is_begun(run):
                content = json.dumps(_json(run.plan), sort_keys=True, indent=1).encode()
                write_bytes(run.root, PLAN, content)
    return run


def _is_begun(run: Run) -> bool:
    path, params = run.root / PLAN, {"folder": run.out}
    if path.exists():
        if strict_json(path.read_bytes(), most_bytes=TABLE_BYTES) != _json(run.plan):
            raise InvalidInput(Fault("bulk.out.other-run", "OUT", params=dict(params)))
        return True
    if run.root.exists() and any(each.name != LOCK for each in run.root.iterdir()):
        raise InvalidInput(Fault("bulk.out.not-empty", "OUT", params=dict(params)))
    return False


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

    Raises:
        Conflict: another run fills the folder.
        InvalidInput: meanwhile the folder is another run's.
    """
    with held(run) as own:
        if not _is_begun(run):
            raise InvalidInput(Fault("bulk.out.none", "OUT", params={"folder": run.out}))
        return _carried_out(own, engine, tell)


def _carried_out(run: Run, engine: Engine, tell: Tell) -> Summary:
    summary = Summary()
    (run.root / MANIFEST).unlink(missing_ok=True)
    surveys = list(_surveys(run, summary, elsewhere=engine.elsewhere))
    surveyed = _step(run, engine, summary, surveys, tell)
    keep_inputs(run, surveyed)
    if run.plan.what == "gate":
        _gate(run, engine, summary, (surveyed, tell))
    else:
        parts = [Part(run.plan.what, each.city, "", note.told) for each, note in surveyed]
        _step(run, engine, summary, parts, tell)
    sweep(run.root)
    clear_strangers(run, summary.made())
    write_manifest(run, summary.made(), summary.failed)
    return summary


def _surveys(run: Run, summary: Summary, *, elsewhere: bool) -> Iterator[Part]:
    """Yields a survey of each city; workers elsewhere are told what is seen from here.

    Under the same path another machine may have an older copy, whose answers would be believed.
    """
    for at, city in enumerate(run.plan.cities):
        part = Part("survey", at)
        try:
            yield Part("survey", at, "", seen_of(run, city)) if elsewhere else part
        except RafiqaError as error:
            summary.failed["survey", city.name, ""] = error.faults


def _gate(
    run: Run, engine: Engine, summary: Summary, about: tuple[Sequence[tuple[Part, Noted]], Tell]
) -> None:
    surveyed, tell = about
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
            summary.parts[key] = part
            summary.n_kept += noted.kept
        if noted is not None:
            summary.costs.append(noted.cost)
        n_done = len(summary.notes) + len(summary.failed)
        tell(n_done, n_before + len(parts))
    return [(parts[at], found[at]) for at in sorted(found)]
