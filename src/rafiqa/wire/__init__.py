"""Wire: formats in and out, and nothing believed of them before it was looked at.

Reads foreign files in a worker process, says of every row what it holds or what is wrong
with it, and where on earth it lies. May not know the store, nor what a rule of the field is:
what a field may hold is the dictionary's business, what follows from it the land's.
"""

from rafiqa.wire.kind import KINDS
from rafiqa.wire.limit import LIMITS, Limits
from rafiqa.wire.mapping import Mapping, load_mapping, parse_mapping, shipped_mappings
from rafiqa.wire.reading import BadRow, Columns, Reading, Row, read_columns, read_file
from rafiqa.wire.sanity import Reach

__all__ = [
    "KINDS",
    "LIMITS",
    "BadRow",
    "Columns",
    "Limits",
    "Mapping",
    "Reach",
    "Reading",
    "Row",
    "load_mapping",
    "parse_mapping",
    "read_columns",
    "read_file",
    "shipped_mappings",
]
