"""The draft of a city: ground, streets and footprints, before trimming and naming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString

from rafiqa.demo.civic import PEOPLE_PER_BUILDING, Site, build_site, choose_sites
from rafiqa.demo.footprint import Footprints, joined
from rafiqa.demo.front import FrontLine, make_front
from rafiqa.demo.grid import GridTract, build_grid, cut_lines, lay_grid
from rafiqa.demo.name import Name, word_names
from rafiqa.demo.oldtown import OrganicTract, build_old, lay_lanes
from rafiqa.demo.pattern import PATTERNS
from rafiqa.demo.quarter import ORGANIC, QuarterPlan, pattern_of, plan_quarters
from rafiqa.demo.river import Bridge, River, crossings, make_river
from rafiqa.demo.street import ROAD_WIDTH_M, Net, Street, make_net

Tract = GridTract | OrganicTract


@dataclass(frozen=True, slots=True)
class Draft:
    """A city on the drawing board.

    Attributes:
        net: rings and arterials.
        river: with its water.
        front: the former front line.
        quarters: outlines and kinds.
        tracts: quarters' pieces, laid out in blocks.
        sites: public buildings by (tract, block).
        footprints: all buildings; ``block`` counts through the tracts in order.
        first_block: index of each tract's first block in that count.
    """

    net: Net
    river: River
    front: FrontLine
    quarters: tuple[QuarterPlan, ...]
    tracts: tuple[Tract, ...]
    sites: tuple[Site, ...]
    footprints: Footprints
    first_block: NDArray[np.int64]

    def block_shapes(self) -> NDArray[np.object_]:
        """Returns the outlines of all blocks in their count."""
        return np.concatenate([tract.shapes for tract in self.tracts])

    def block_quarters(self) -> NDArray[np.int64]:
        """Returns the index of the quarter of each block."""
        sizes = [len(tract.shapes) for tract in self.tracts]
        return np.repeat([tract.quarter for tract in self.tracts], sizes)

    def block_uses(self) -> dict[int, str]:
        """Returns the public use of the blocks that have one, by block count."""
        grids = [place for place, tract in enumerate(self.tracts) if isinstance(tract, GridTract)]
        return {
            int(self.first_block[grids[site.tract]]) + site.block: site.kind for site in self.sites
        }


def make_draft(rng: Generator, radius_m: float, n_buildings: int) -> Draft:
    """Returns a city of about a radius, laid out and built, with no names yet."""
    net = make_net(rng, radius_m)
    river = make_river(rng, radius_m, Name("Nahr al-Marjan", "نهر المرجان"))
    front = make_front(rng, radius_m, river)
    quarters = tuple(plan_quarters(rng, net, river, front))
    tracts = tuple(_tracts(rng, quarters))
    grids = [tract for tract in tracts if isinstance(tract, GridTract)]
    sites = tuple(choose_sites(rng, grids, n_buildings * PEOPLE_PER_BUILDING))
    sizes = np.array([len(tract.shapes) for tract in tracts], dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    footprints = joined(list(_built(rng, tracts, sites, first)))
    return Draft(net, river, front, quarters, tracts, sites, footprints, first)


def _tracts(rng: Generator, quarters: tuple[QuarterPlan, ...]) -> Iterator[Tract]:
    """Returns every piece of every quarter laid out in blocks."""
    for index, plan in enumerate(quarters):
        for ground in plan.grounds:
            if plan.kind in ORGANIC:
                yield lay_lanes(rng, index, ground, plan.angle)
            else:
                pattern = PATTERNS[pattern_of(plan.kind)]
                yield lay_grid(rng, index, ground, pattern, plan.angle)


def _built(
    rng: Generator, tracts: tuple[Tract, ...], sites: tuple[Site, ...], first: NDArray[np.int64]
) -> Iterator[Footprints]:
    """Returns the buildings of every tract, public ones after the ordinary ones."""
    grid_place = -1
    for place, tract in enumerate(tracts):
        start = int(first[place])
        if isinstance(tract, OrganicTract):
            if tract.rings:
                yield build_old(rng, tract).in_blocks(start)
            continue
        grid_place += 1
        here = [site for site in sites if site.tract == grid_place]
        free = np.ones(len(tract.boxes), dtype=np.bool_)
        free[[site.block for site in here]] = False
        yield build_grid(rng, tract, free).in_blocks(start)
        for site in here:
            yield build_site(tract, site).in_blocks(start)


def lay_streets(rng: Generator, draft: Draft) -> tuple[tuple[Street, ...], tuple[Bridge, ...]]:
    """Returns all streets, cut at the river, and the bridges that carry the main ones over."""
    streets: list[Street] = []
    bridges: list[Bridge] = []
    words = word_names(rng)
    for kind, lines in (("ring", draft.net.ring_lines()), ("arterial", draft.net.radial_lines())):
        for line in lines:
            name = next(words)
            pieces, decks = crossings(draft.river, line)
            for piece in pieces:
                streets.append(_street(len(streets), name, kind, piece))
            for deck in decks:
                bridges.append(_bridge(len(bridges), next(words), streets[-1], deck))
    for kind, line, name in _side_streets(rng, draft):
        streets.append(_street(len(streets), name, kind, line))
    return tuple(streets), tuple(bridges)


def _street(index: int, name: Name, kind: str, line: LineString) -> Street:
    words = {
        "ring": ("{} Ring Road", "طريق {} الدائري"),
        "arterial": ("{} Avenue", "جادة {}"),
        "street": ("{} Street", "شارع {}"),
        "lane": ("{} Lane", "زقاق {}"),
    }
    return Street(f"s{index + 1:05d}", name.within(*words[kind]), kind, line, ROAD_WIDTH_M[kind])


def _bridge(index: int, name: Name, street: Street, deck: LineString) -> Bridge:
    shape = deck.buffer(street.width_m / 2.0 + 2.0, cap_style="flat")
    title = name.within("{} Bridge", "جسر {}")
    return Bridge(f"g{index + 1:03d}", title, street.street_id, deck, shape)


def _side_streets(rng: Generator, draft: Draft) -> Iterator[tuple[str, LineString, Name]]:
    """Returns the streets and lanes inside the quarters, cut to their own quarter's land."""
    words = word_names(rng)
    for tract in draft.tracts:
        if isinstance(tract, OrganicTract):
            for lane in tract.lanes:
                yield "lane", lane, next(words)
            continue
        land = tract.ground.buffer(ROAD_WIDTH_M["street"], join_style="mitre")
        for line in cut_lines(tract.lines, land):
            yield "street", line, next(words)
