"""Wire: formats in and out, and nothing believed of them before it was looked at.

Reads foreign files in a worker process, says of every row what it holds or what is wrong
with it, and where on earth it lies. May not know the store, nor what a rule of the field is:
what a field may hold is the dictionary's business, what follows from it the land's.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
