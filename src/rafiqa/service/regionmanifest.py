"""What a run's folder holds: its inputs while it runs, its manifest at the end, and nothing else.

A file that the manifest does not name is a stranger: of an earlier head of a store, or of a tile
that nothing stands in any more. Whoever gathers files by their names would read it beside the new
ones, so that an answer withdrawn long ago stood there as open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, NotFound, RafiqaError
from rafiqa.service.regionpart import NOTES, Noted, Part, Run, note_path
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.tilefile import Kept, hash_of, is_whole, write_bytes

PLAN, INPUTS, MANIFEST = "plan.json", "inputs.json", "manifest.json"
ANSWERS: Final = ("gate", "account", "risk", "tiles")
FOLDERS: Final = (*ANSWERS, "ground", "assets", NOTES)
"""What is a run's own under its folder: nobody else's file is to lie there."""
_REMADE: Final = (*ANSWERS, "ground")
"""What hangs on the head of a store; layers hang on their own bytes."""

Made = Sequence[tuple[Part, Noted]]
"""The parts that are there, and what each came to."""


def keep_inputs(run: Run, surveyed: Made) -> None:
    """Withdraws what a city said that is not what it was, or is not there; then notes what it is.

    It is done before anything is made anew: a run that is killed leaves no answers of two heads.
    """
    now = {run.city(part).name: _said(note.told) for part, note in surveyed}
    before = _inputs(run)
    for city in run.plan.cities:
        if city.name not in now or before.get(city.name) != now[city.name]:
            _withdraw(run.root, city.name)
    content = json.dumps({"cities": now}, sort_keys=True, indent=1).encode()
    write_bytes(run.root, INPUTS, content)


def _said(told: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps({name: told[name] for name in ("origin", "layers", "head")}))


def _inputs(run: Run) -> Mapping[str, Any]:
    """Returns what each city was when it was last asked; of none where nothing tells it."""
    try:
        found: Any = strict_json((run.root / INPUTS).read_bytes(), most_bytes=TABLE_BYTES)
        return dict(found["cities"])
    except (OSError, RafiqaError, KeyError, TypeError, ValueError):
        return {}


def _withdraw(root: Path, city: str) -> None:
    for step in _REMADE:
        # The note first: without it nothing says that the files are whole.
        for path in (root / NOTES / step).glob(f"city={city}.json"):
            path.unlink()
        for folder in (root / NOTES / step / f"city={city}", root / step / f"city={city}"):
            for path in _files(folder):
                path.unlink()


def clear_strangers(run: Run, made: Made) -> None:
    """Takes away all that lies among a run's files and is of none of its parts."""
    named = {file.path for _, note in made for file in note.files}
    named |= {note_path(run, part) for part, _ in made}
    for path in list(_under(run.root)):
        if str(path.relative_to(run.root)) not in named:
            path.unlink()
    for name in FOLDERS:
        for folder in sorted((run.root / name).rglob("*"), reverse=True):
            if folder.is_dir() and not folder.is_symlink():
                with suppress(OSError):  # something is in it
                    folder.rmdir()
        with suppress(OSError):
            (run.root / name).rmdir()


def write_manifest(
    run: Run, made: Made, failed: Mapping[tuple[str, str, str], Sequence[Fault]]
) -> None:
    """Writes which files the run holds; who reads them must hold its absent ones for unknown."""
    files = {file.path: file.json() for _, note in made for file in note.files}
    for part, _ in made:
        path = run.root / note_path(run, part)
        if path.exists():
            kept = Kept(note_path(run, part), 0, path.stat().st_size, hash_of(path))
            files[kept.path] = kept.json()
    kept = Kept(INPUTS, 0, (run.root / INPUTS).stat().st_size, hash_of(run.root / INPUTS))
    files[INPUTS] = kept.json()
    manifest: dict[str, Any] = {
        "plan": run.plan.digest,
        "complete": not failed,
        "files": [files[path] for path in sorted(files)],
        "failed": [
            {"step": step, "city": city, "part": name, "codes": [f.code for f in faults]}
            for (step, city, name), faults in sorted(failed.items())
        ],
    }
    manifest["sha256"] = _seal(manifest)
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
        if manifest["sha256"] != _seal(manifest):
            raise NotFound(Fault("bulk.out.none", "OUT", params=params))
    except (OSError, RafiqaError, KeyError, TypeError, ValueError) as error:
        raise NotFound(Fault("bulk.out.none", "OUT", params=params)) from error
    faults = list(_plan_faults(out, manifest["plan"]))
    faults += [
        Fault("bulk.part.changed", kept.path, params={"file": kept.path})
        for kept in files
        if not is_whole(out, kept)
    ]
    named = {kept.path for kept in files}
    there = sorted(str(each.relative_to(out)) for each in _under(out))
    faults += [
        Fault("bulk.part.stranger", path, params={"file": path})
        for path in there
        if path not in named
    ]
    for item in failed:
        about = "/".join(str(item[name]) for name in ("step", "city", "part") if item[name])
        faults.append(Fault("bulk.part.absent", about, params={"part": about}))
    if not complete and not failed:
        faults.append(Fault("bulk.part.absent", "", params={"part": str(out)}))
    return len(files), faults


def _plan_faults(out: Path, digest: str) -> Iterator[Fault]:
    """Yields a fault where the plan is not the one that was carried out: it tells the times."""
    try:
        plan = strict_json((out / PLAN).read_bytes(), most_bytes=TABLE_BYTES)
    except (OSError, RafiqaError):
        plan = None
    if sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest() != digest:
        yield Fault("bulk.part.changed", PLAN, params={"file": PLAN})


def _seal(manifest: Mapping[str, Any]) -> str:
    words = {name: value for name, value in manifest.items() if name != "sha256"}
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def _under(root: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from _files(root / name)


def _files(folder: Path) -> list[Path]:
    # A link is nobody's part, whatever it leads to.
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
