"""The heart: evidence, classes, states, parts, depth, accounting, and the rulings on them.

Pure: no framework, database, codec, clock or randomness. This room may not know how facts
are stored, sent or drawn, nor what is built on the land.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
