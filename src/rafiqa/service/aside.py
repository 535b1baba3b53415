"""Aside: facts that say nothing of land, rebuilding or papers: no answer of those hangs on them.

A phone's form, its pictures and a name in the vault lie beside the land book until a person has
reviewed them, or come together with a fact of its own that raises. In a storm of them everything
else stays as it was judged and as it was worked out. What is not named here concerns all.
"""

from __future__ import annotations

from typing import Final

from rafiqa.ledger import AttachmentNamed, IdentityKept, SubmissionReceived
from rafiqa.wire.factcode import KINDS

ASIDE: Final = (SubmissionReceived, AttachmentNamed, IdentityKept)
ASIDE_KINDS: Final = frozenset(kind for kind, type_ in KINDS.items() if type_ in ASIDE)


def is_aside(fact: object) -> bool:
    """Returns whether an answer about land, works or papers is the same with a fact and without."""
    return type(fact) in ASIDE
