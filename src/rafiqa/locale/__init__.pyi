from .agreement import disagreements
from .assurance import all_clear_words, assuring_words
from .catalogue import direction, languages, public_words, text, texts
from .fold import folded, match_rank
from .name import is_arabic, own_name
from .naming import naming_words

__all__ = [
    "all_clear_words",
    "assuring_words",
    "direction",
    "disagreements",
    "folded",
    "is_arabic",
    "languages",
    "match_rank",
    "naming_words",
    "own_name",
    "public_words",
    "text",
    "texts",
]
