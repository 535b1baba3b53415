from .backup import Machine, Manifest, Restored, restore_backup, write_backup
from .ballast import BALLAST_BYTES
from .cloakroom import Cloakroom, Left, OwnCloakroom
from .embedded import EmbeddedStore
from .memory import MemoryStore
from .mirror import Mirror, Turn
from .opening import open_store
from .port import Progress, Quarantined, Receipt, Store
from .sealed import new_identity
from .tables import TableStore

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
