"""The store: keeps entries in order and bytes under keys, and gives them back unchanged.

It may know the ledger and the errors. It may not know land, mines, forms or file formats.
What every store promises stands in ``Store``; ``MemoryStore`` and the embedded store of
``open_store`` hold it, and a later store must pass the same tests in ``tests/contract``.
It also keeps what signs: keys in files of their own (``keyfile``) or in hardware modules
(``hardwarekey``); ``keyplace`` finds either.
"""

from rafiqa.store.backup import Machine, Manifest, Restored, restore_backup, write_backup
from rafiqa.store.ballast import BALLAST_BYTES
from rafiqa.store.cloakroom import Cloakroom, Left, OwnCloakroom
from rafiqa.store.embedded import EmbeddedStore
from rafiqa.store.memory import MemoryStore
from rafiqa.store.mirror import Mirror, Turn
from rafiqa.store.opening import open_store
from rafiqa.store.port import Progress, Quarantined, Receipt, Store
from rafiqa.store.sealed import new_identity
from rafiqa.store.tables import TableStore

__all__ = [
    "BALLAST_BYTES",
    "Cloakroom",
    "EmbeddedStore",
    "Left",
    "Machine",
    "Manifest",
    "MemoryStore",
    "Mirror",
    "OwnCloakroom",
    "Progress",
    "Quarantined",
    "Receipt",
    "Restored",
    "Store",
    "TableStore",
    "Turn",
    "new_identity",
    "open_store",
    "restore_backup",
    "write_backup",
]
