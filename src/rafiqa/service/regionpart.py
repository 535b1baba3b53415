"""Parts of a run over a region: each made once, whole, and found again when the run goes on.

A part's note is written after its files, and names their hashes and what they were made from. A
part whose note is missing, whose files are not what it names, or that was made from something else,
is made again. What cannot be made is told: a missing part means unknown, and never that nothing is
there.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import CorruptLedger, Fault, RafiqaError
from rafiqa.service.office import Office
from rafiqa.service.opening import open_office
from rafiqa.service.question import AsOf
from rafiqa.service.region import City, Plan
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.tilefile import Kept, is_whole, write_bytes

NOTES: Final = "notes"
_STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a part took: processor seconds, seconds, and the most memory its process ever had."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part to be made: a step, of a city, and which of those that the step has there.

    Attributes:
        step: what is done.
        city: of which city; its number in the plan.
        name: which part; empty where the city has one.
        inputs: what it is made from, as JSON.
    """

    step: str
    city: int
    name: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a part came to: its files, and what its maker tells of it.

    ``failed`` are the faults for which there is none; ``kept`` says that it was there before.
    """

    files: Sequence[Kept] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    kept: bool = False
    failed: tuple[Fault, ...] = ()
    cost: Cost = Cost()


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as every worker has it: the plan, the folder it fills, this machine's clock.

    Attributes:
        plan: what is asked.
        out: the folder; the same for all workers.
        now_us: the clock.
        entropy: gives random bytes.
        token: of this start, which its folder bears; empty where no other is to be told from it.
        house: which program was begun with.
    """

    plan: Plan
    out: str
    now_us: Callable[[], int]
    entropy: Callable[[int], bytes]
    token: str = ""
    house: str = ""

    @property
    def root(self) -> Path:
        """The folder."""
        return Path(self.out)

    @property
    def as_of(self) -> AsOf:
        """The two times asked about."""
        return AsOf(self.plan.valid_at_us, self.plan.known_at_us)

    def city(self, part: Part) -> City:
        """Returns the city of a part."""
        return self.plan.cities[part.city]

    def office(self, city: City) -> Office:
        """Returns the open store of a city, which whoever asks has to close.

        Raises:
            RafiqaError: it cannot be opened, or the city has none.
        """
        if not city.store:
            raise RafiqaError(Fault("bulk.city.no-store", city.name, params={"city": city.name}))
        return open_office(city.store, now_us=self.now_us, entropy=self.entropy)

    @contextmanager
    def at_head(self, part: Part) -> Iterator[Office]:
        """Yields the open store of a part's city, which stands where it was surveyed.

        Raises:
            RafiqaError: it cannot be opened, or the city has none.
            CorruptLedger: it is not, or no more, what was surveyed: its answers would be of two.
        """
        office = self.office(self.city(part))
        try:
            self._refuse_other(part, office)
            yield office
            self._refuse_other(part, office)
        finally:
            office.store.close()

    def _refuse_other(self, part: Part, office: Office) -> None:
        if list(part.inputs["head"]) != head_of(office, self.as_of.known_at_us):
            name = self.city(part).name
            raise CorruptLedger(Fault("bulk.city.changed", name, params={"city": name}))


def head_of(office: Office, known_at_us: int | None) -> list[int | str]:
    """Returns how far a ledger goes that is known at a time, and the hash of all that is in it."""
    facts = office.facts(known_at_us)
    last = facts[-1]
    entry = next(iter(office.store.read(last.seq - 1, last.seq)))
    return [len(facts), last.seq, entry.entry_hash.hex(), last.recorded_at_us]


Make = Callable[[Run, Part], tuple[Sequence[Kept], Mapping[str, Any]]]


def kept_or_made(run: Run, part: Part, make: Make, *, anew: bool = False) -> Noted:
    """Returns a part: as it stands where it is whole and of the same inputs, else made now.

    Args:
        run: which it is of.
        part: which.
        make: makes it.
        anew: make it whatever stands there; such a part leaves no note.

    Never raises for what one part cannot have: the others are to go on, and this one is told.
    """
    start_cpu_s, start_s = time.process_time(), time.perf_counter()
    digest = _digest(run, part)
    try:
        if anew:
            noted = Noted(*make(run, part))
        else:
            noted = _kept(run, part, digest) or _made(run, part, digest, make)
    except RafiqaError as error:
        noted = Noted(failed=error.faults)
    except Exception as error:  # noqa: BLE001 - told as this part's, and the run ends with 1
        params: dict[str, str | int] = {"why": f"{type(error).__name__}: {error}"[:300]}
        noted = Noted(failed=(Fault("bulk.part.broke-off", params=params),))
    cost = Cost(time.process_time() - start_cpu_s, time.perf_counter() - start_s, peak_memory_mb())
    return Noted(noted.files, noted.told, noted.kept, noted.failed, cost)


def note_path(run: Run, part: Part) -> str:
    """Returns where a part's note lies under the run's folder."""
    name = f"city={run.city(part).name}" + (f"/{part.name}" if part.name else "")
    return f"{NOTES}/{part.step}/{name}.json"


def _digest(run: Run, part: Part) -> str:
    about = [run.plan.digest, part.step, run.city(part).name, part.name, dict(part.inputs)]
    return sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _kept(run: Run, part: Part, digest: str) -> Noted | None:
    try:
        content = (run.root / note_path(run, part)).read_bytes()
        note: Any = strict_json(content, most_bytes=TABLE_BYTES)
        files = tuple(Kept.of_json(item) for item in note["files"])
        if note["inputs"] != digest or note["sha256"] != _seal(note):
            return None
    except (OSError, RafiqaError, KeyError, TypeError):
        return None
    if not all(is_whole(run.root, file) for file in files):
        return None
    return Noted(files, note["told"], kept=True)


def _made(run: Run, part: Part, digest: str, make: Make) -> Noted:
    # Until it is whole nothing says that it is.
    path = note_path(run, part)
    (run.root / path).unlink(missing_ok=True)
    files, told = make(run, part)
    note: dict[str, Any] = {
        "inputs": digest,
        "files": [file.json() for file in files],
        "told": dict(told),
    }
    note["sha256"] = _seal(note)
    write_bytes(run.root, path, json.dumps(note, sort_keys=True).encode())
    return Noted(files, told)


def _seal(note: Mapping[str, Any]) -> str:
    """Returns the hash of a note's own words: one that a disk spoiled is no note."""
    words = {name: value for name, value in note.items() if name != "sha256"}
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def peak_memory_mb() -> float:
    """Returns the most memory that this process has had, MB."""
    try:
        status = _STATUS.read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    # What ``getrusage`` says is also the peak of whoever started this process.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1_024
