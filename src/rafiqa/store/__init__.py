"""The store: keeps entries in order and bytes under keys, and gives them back unchanged.

It may know the ledger and the errors. It may not know land, mines, forms or file formats.
What every store promises stands in ``Store``; ``MemoryStore`` and the embedded store of
``open_store`` hold it, and a later store must pass the same tests in ``tests/contract``.
It also keeps what signs: keys in files of their own, or in a hardware module.
"""

from rafiqa.store.embedded import EmbeddedStore
from rafiqa.store.hardwarekey import HardwareSigner, make_hardware_key
from rafiqa.store.keyfile import make_key, signer_of
from rafiqa.store.memory import MemoryStore
from rafiqa.store.opening import open_store
from rafiqa.store.port import Quarantined, Receipt, Store

__all__ = [
    "EmbeddedStore",
    "HardwareSigner",
    "MemoryStore",
    "Quarantined",
    "Receipt",
    "Store",
    "make_hardware_key",
    "make_key",
    "open_store",
    "signer_of",
]
