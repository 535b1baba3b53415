from .arearisk import AreaRisk, area_risks
from .blockcount import Block, Width, counts, interval, width_of
from .building import BuildingRisks, Footprints
from .choice import Chosen, averaged, best_of, choose, foretold, log_evidence, mean_p
from .field import Field, Prior, centred, covered, fit, moved, spread_of
from .level import LevelCheck, PartCheck, level_check, relevelled
from .matern import Matern, MaternGrid
from .minerow import Expected, MineRow, MineRows, RowsFound, mine_rows
from .noise import Noise
from .reading import VERIFIED, Readings, Structures, expit, logit
from .reckoning import Reckoning, Term, reckon
from .riskmap import SEED, Asking, RiskMap, risk_map
from .source import TRUST, Counted, Said, Trust, count_once
from .strike import Strike
from .testimony import find_id
from .tile import Tile, TileField, fit_tile, tiles
from .turn import Turn, turns

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
    "PartCheck",
    "Prior",
    "Readings",
    "Reckoning",
    "RiskMap",
    "RowsFound",
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
    "reckon",
    "relevelled",
    "risk_map",
    "spread_of",
    "tiles",
    "turns",
    "width_of",
]
