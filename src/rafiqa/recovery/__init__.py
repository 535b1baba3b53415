"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
