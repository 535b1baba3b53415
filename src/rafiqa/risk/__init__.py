"""Judgement: how likely contamination is, with which width, and what would change it.

Pure, like ``land``: no clock, file, store or randomness that is not passed in. It may not know
works, permits and gates (``recovery``), nor stores, formats and screens, and nothing here may be
asked by what lowers land: a probability orders survey and work, and never cancels, reduces or
releases ground.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
