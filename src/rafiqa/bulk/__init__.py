"""The same answers over columns: the gate of millions of footprints at once, and of one change.

Pure, like ``recovery``, whose plain way is what every answer here must equal. May not know
stores, files, wire formats or screens.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
