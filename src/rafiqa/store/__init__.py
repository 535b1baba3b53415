"""The store: keeps entries in order and bytes under keys, and gives them back unchanged.

It may know the ledger and the errors. It may not know land, mines, forms or file formats.
What every store promises stands in ``Store``; ``MemoryStore`` and the embedded store of
``open_store`` hold it, and a later store must pass the same tests in ``tests/contract``.
"""

from rafiqa.store.ballast import BALLAST_BYTES
from rafiqa.store.embedded import EmbeddedStore
from rafiqa.store.memory import MemoryStore
from rafiqa.store.opening import open_store
from rafiqa.store.port import Progress, Quarantined, Receipt, Store

__all__ = [
    "BALLAST_BYTES",
    "EmbeddedStore",
    "MemoryStore",
    "Progress",
    "Quarantined",
    "Receipt",
    "Store",
    "open_store",
]
