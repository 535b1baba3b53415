"""Words in every language: catalogues keyed by code, and the words that are never used.

Holds the PO catalogues, the choice of a text by code, language and number, and the check
that the languages agree. It may not know any record, land or door: a code is a key here.
"""

from rafiqa.locale.agreement import disagreements
from rafiqa.locale.assurance import all_clear_words, assuring_words
from rafiqa.locale.catalogue import direction, joined, languages, public_words, text, texts
from rafiqa.locale.fold import folded, match_rank
from rafiqa.locale.name import is_arabic, own_name
from rafiqa.locale.naming import naming_words

__all__ = [
    "all_clear_words",
    "assuring_words",
    "direction",
    "disagreements",
    "folded",
    "is_arabic",
    "joined",
    "languages",
    "match_rank",
    "naming_words",
    "own_name",
    "public_words",
    "text",
    "texts",
]
