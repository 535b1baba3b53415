"""Four threads ask one land book at once, for a while; a crash of GEOS would end the process.

Prepared geometries that threads share crash the interpreter (libgeos issue 825): nothing the
book gives out may be prepared.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import Actor, AreaRecorded, LandBook, Recorded, account, fold, point
from tests.overlaydata import KINDS, registered

ANA = Actor("ana", "authority", "authority")
N_THREADS, N_ROUNDS = 4, 60


def facts() -> list[Recorded]:
    shapes = [shape for seed in range(20) for shape in registered(KINDS[seed % 3], seed, 3)]
    return [
        Recorded(n, f"e{n}", n, n, ANA, AreaRecorded(f"H{n}", "sha", shape, source="list"))
        for n, shape in enumerate(shapes, 1)
    ]


def ask(book: LandBook, places: list[tuple[int, int]], seed: int) -> int:
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(N_ROUNDS):
        x_mm, y_mm = places[int(rng.integers(len(places)))]
        found += point(book, x_mm, y_mm, 1_000).state == "sha"
        around = GridShape.box(x_mm - 90_000, y_mm - 90_000, x_mm + 90_000, y_mm + 90_000)
        found += len(book.near(around)) > 0
        account(book, from_us=0, until_us=1_000, boundary=around)
    return found


def main() -> None:
    said = facts()
    book = fold(said)
    places = [
        (int(x), int(y))
        for face in book.faces
        for x, y in [shapely.point_on_surface(face.shape.geometry).coords[0]]
    ]
    with ThreadPoolExecutor(N_THREADS) as pool:
        asked = [pool.submit(ask, book, places, seed) for seed in range(N_THREADS)]
        folds = [pool.submit(fold, said) for _ in range(2)]
        found = [one.result() for one in asked]
        faces = [len(one.result().faces) for one in folds]
    prepared = [face for face in book.faces if shapely.is_prepared(face.shape.geometry)]
    assert faces == [len(book.faces)] * 2
    assert not prepared
    assert found == [2 * N_ROUNDS] * N_THREADS, found
    sys.stdout.write("as one\n")


if __name__ == "__main__":
    main()
