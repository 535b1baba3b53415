"""Shape and measure: positions, frames, land on the 1 mm grid, faces and rounding.

May not know what a mine, a hazard or a record is, nor how shapes are stored or sent.
Degrees (`LonLat`, `Spot`), metres (`Planar`) and grid millimetres (`GridShape`) are types of
their own; `SiteFrame` is the only bridge. Faults of shapes are values, never repairs.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
