"""The ledger: canonical bytes, entries chained by their hashes, the check of the chain, tiles.

It knows bytes, ids and times. It may not know land, mines, persons, databases or clocks:
time and randomness are passed in.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
