"""The stores that must keep the contract. A later store adds one line to ``MAKERS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rafiqa.store import MemoryStore, Store, open_store
from rafiqa.store.postgresopening import open_postgres
from tests import postgresserver
from tests.contract.drafts import Clock, Salts


@dataclass
class Bench:
    """A store under test, its clock, and the way to close it and open it again."""

    make: Callable[[Bench, bool], Store]
    folder: Path
    keeps: bool
    clock: Clock = field(default_factory=Clock)
    salts: Salts = field(default_factory=Salts)

    address: str = ""
    undo: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = self.make(self, True)

    def end(self) -> None:
        """Close it, and let go of what it lay in."""
        self.store.close()
        for each in self.undo:
            each()

    def reopen(self) -> None:
        """Close and open again; a store that keeps nothing just goes on."""
        if self.keeps:
            self.store.close()
            self.store = self.make(self, False)


def _memory(bench: Bench, _create: bool) -> Store:
    return MemoryStore(entropy=bench.salts, now_us=bench.clock)


def _embedded(bench: Bench, create: bool) -> Store:
    path = bench.folder / "site.rafiqa"
    return open_store(path, create=create, entropy=bench.salts, now_us=bench.clock, wait_ms=200)


def _postgres(bench: Bench, create: bool) -> Store:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    server = postgresserver.shared_server()
    if create:
        bench.address = server.new_database()
        bench.undo.append(lambda: server.drop(bench.address))
    return open_postgres(
        bench.address,
        place=bench.folder / "site",
        create=create,
        entropy=bench.salts,
        now_us=bench.clock,
        wait_ms=200,
    )


MAKERS: dict[str, tuple[Callable[[Bench, bool], Store], bool]] = {
    "memory": (_memory, False),
    "embedded": (_embedded, True),
    "postgres": (_postgres, True),
}


@pytest.fixture(params=MAKERS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    make, keeps = MAKERS[request.param]
    made = Bench(make, tmp_path, keeps)
    yield made
    made.end()


@pytest.fixture
def store(bench: Bench) -> Store:
    return bench.store
