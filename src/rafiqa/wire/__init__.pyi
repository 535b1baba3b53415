from .kind import KINDS
from .limit import LIMITS, Limits
from .mapping import Mapping, load_mapping, parse_mapping, shipped_mappings
from .placefile import PlaceList, read_places
from .reading import BadRow, Columns, Reading, Row, read_columns, read_file
from .sanity import Reach

__all__ = [
    "KINDS",
    "LIMITS",
    "BadRow",
    "Columns",
    "Limits",
    "Mapping",
    "PlaceList",
    "Reach",
    "Reading",
    "Row",
    "load_mapping",
    "parse_mapping",
    "read_columns",
    "read_file",
    "read_places",
    "shipped_mappings",
]
