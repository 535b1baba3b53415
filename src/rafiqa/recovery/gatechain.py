"""Which gates works are asked: the chain as data, one row for each gate of papers.

The ground is asked about for all works, always (G0, G3, G9, G10): what it answers rests on land.
The gates of papers (G1, G2, G4 to G8, G11) are asked of works that have a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.sitefact import WorksClosed
from rafiqa.recovery.sitefolder import SiteFolder

CHAIN = ("G0", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G10", "G11")
"""The gates in their order; G1 and G2 may be worked on side by side."""
STRUCTURE_WORKS = frozenset({"repair", "demolition"})
RUBBLE_WORKS = frozenset({"rubble_removal", "demolition"})
"""Works that take down or carry away what stands or lies: closed at memorials and heritage."""
_BUILT = frozenset({*STRUCTURE_WORKS, *RUBBLE_WORKS, "school", "health", "bridge", "other"})


@dataclass(frozen=True, slots=True)
class PaperGate:
    """One gate of papers: of which kinds of works it is asked.

    Attributes:
        gate: its number.
        kinds: kinds of works; every kind where None.
        on_assets: also asked of any works that name buildings they work on.
        when_filed: asked only once the paper itself is on record.
    """

    gate: str
    kinds: frozenset[str] | None = None
    on_assets: bool = False
    when_filed: bool = False


PAPER_GATES: tuple[PaperGate, ...] = (
    PaperGate("G1"),
    PaperGate("G2"),
    PaperGate("G4"),
    PaperGate("G5", STRUCTURE_WORKS, on_assets=True),
    PaperGate("G6", _BUILT, on_assets=True),
    PaperGate("G7"),
    PaperGate("G8", RUBBLE_WORKS),
    PaperGate("G11", when_filed=True),
)


def has_sheet(works: ProjectRegistered, folder: SiteFolder) -> bool:
    """Returns whether works have a sheet: they state method or workers, or have any paper."""
    return works.method is not None or works.n_workers is not None or bool(folder.papers)


def asked(works: ProjectRegistered, folder: SiteFolder) -> frozenset[str]:
    """Returns the gates of papers that works are asked."""
    return frozenset(CHAIN) - {gate for gate, _ in not_asked(works, folder)}


def not_asked(works: ProjectRegistered, folder: SiteFolder) -> Iterator[tuple[str, str]]:
    """Yields each gate that works are not asked, and the code that says why."""
    sheet = has_sheet(works, folder)
    for row in PAPER_GATES:
        fits = row.kinds is None or works.kind in row.kinds
        if not fits and not (row.on_assets and works.asset_ids):
            yield row.gate, "gate.not-asked.kind"
        elif row.when_filed and not folder.papers.get(WorksClosed):
            yield row.gate, "gate.not-asked.not-filed"
        elif not sheet:
            yield row.gate, "gate.not-asked.no-sheet"
