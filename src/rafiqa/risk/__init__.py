"""Judgement: how likely contamination is, with which width, and what would change it.

Pure, like ``land``: no clock, file, store or randomness that is not passed in. It may not know
works, permits and gates (``recovery``), nor stores, formats and screens, and nothing here may be
asked by what lowers land: a probability orders survey and work, and never cancels, reduces or
releases ground.
"""

from rafiqa.risk.blockcount import Block, Width, counts, interval, width_of
from rafiqa.risk.choice import Chosen, averaged, choose, foretold, log_evidence, mean_p
from rafiqa.risk.field import Field, Prior, covered, fit, moved
from rafiqa.risk.matern import Matern, MaternGrid
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import VERIFIED, Readings, Structures, expit, logit

__all__ = [
    "VERIFIED",
    "Block",
    "Chosen",
    "Field",
    "Matern",
    "MaternGrid",
    "Noise",
    "Prior",
    "Readings",
    "Structures",
    "Width",
    "averaged",
    "choose",
    "counts",
    "covered",
    "expit",
    "fit",
    "foretold",
    "interval",
    "log_evidence",
    "logit",
    "mean_p",
    "moved",
    "width_of",
]
