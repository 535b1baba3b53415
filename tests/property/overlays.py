"""Strategies for hazards and what was cleared over them, by the three kinds of noise."""

from __future__ import annotations

import hypothesis.strategies as st

from rafiqa.geo import GridShape
from tests.overlaydata import KINDS, Kind, registered

SEEDS = st.integers(0, 2**32 - 1)
COUNTS = st.integers(1, 7)


def overlays(kind: Kind) -> st.SearchStrategy[list[GridShape]]:
    """A hazard area and one to seven clearance polygons of 10 to 200 vertices, on the grid."""
    return st.builds(registered, st.just(kind), SEEDS, COUNTS)


def any_overlays() -> st.SearchStrategy[list[GridShape]]:
    """The same of any kind."""
    return st.one_of(*(overlays(kind) for kind in KINDS))
