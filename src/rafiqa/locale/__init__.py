"""Words in every language: catalogues keyed by code, and the words that are never used.

Holds the PO catalogues, the choice of a text by code, language and number, and the check
that the languages agree. It may not know any record, land or door: a code is a key here.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
