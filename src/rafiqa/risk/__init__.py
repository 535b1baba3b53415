"""Judgement: how likely contamination is, with which width, and what would change it.

Pure, like ``land``: no clock, file, store or randomness that is not passed in. It may not know
works, permits and gates (``recovery``), nor stores, formats and screens, and nothing here may be
asked by what lowers land: a probability orders survey and work, and never cancels, reduces or
releases ground.
"""

from rafiqa.risk.arearisk import AreaRisk, area_risks
from rafiqa.risk.blockcount import Block, Width, counts, interval, width_of
from rafiqa.risk.building import BuildingRisks, Footprints
from rafiqa.risk.choice import Chosen, averaged, best_of, choose, foretold, log_evidence, mean_p
from rafiqa.risk.field import Field, Prior, centred, covered, fit, moved, spread_of
from rafiqa.risk.level import LevelCheck, PartCheck, level_check, relevelled
from rafiqa.risk.matern import Matern, MaternGrid
from rafiqa.risk.minerow import Expected, MineRow, MineRows, mine_rows
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import VERIFIED, Readings, Structures, expit, logit
from rafiqa.risk.reckoning import Reckoning, Term, reckon
from rafiqa.risk.riskmap import SEED, Asking, RiskMap, risk_map
from rafiqa.risk.rowoutlook import Outlook, outlook
from rafiqa.risk.source import TRUST, Counted, Said, Trust, count_once
from rafiqa.risk.strike import Strike
from rafiqa.risk.testimony import find_id
from rafiqa.risk.tile import Tile, TileField, fit_tile, tiles
from rafiqa.risk.turn import Turn, turns

__all__ = [
    "SEED",
    "TRUST",
    "VERIFIED",
    "AreaRisk",
    "Asking",
    "Block",
    "BuildingRisks",
    "Chosen",
    "Counted",
    "Expected",
    "Field",
    "Footprints",
    "LevelCheck",
    "Matern",
    "MaternGrid",
    "MineRow",
    "MineRows",
    "Noise",
    "Outlook",
    "PartCheck",
    "Prior",
    "Readings",
    "Reckoning",
    "RiskMap",
    "Said",
    "Strike",
    "Structures",
    "Term",
    "Tile",
    "TileField",
    "Trust",
    "Turn",
    "Width",
    "area_risks",
    "averaged",
    "best_of",
    "centred",
    "choose",
    "count_once",
    "counts",
    "covered",
    "expit",
    "find_id",
    "fit",
    "fit_tile",
    "foretold",
    "interval",
    "level_check",
    "log_evidence",
    "logit",
    "mean_p",
    "mine_rows",
    "moved",
    "outlook",
    "reckon",
    "relevelled",
    "risk_map",
    "spread_of",
    "tiles",
    "turns",
    "width_of",
]
