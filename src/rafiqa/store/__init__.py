"""The store: keeps entries in order and bytes under keys, and gives them back unchanged.

It may know the ledger and the errors. It may not know land, mines, forms or file formats.
What every store promises stands in ``Store``; ``MemoryStore`` and the embedded store of
``open_store`` hold it, and a later store must pass the same tests in ``tests/contract``.
It also keeps what signs: keys in files of their own (``keyfile``) or in hardware modules
(``hardwarekey``); ``keyplace`` finds either.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
