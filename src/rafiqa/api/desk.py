"""Desk: what one server keeps beside its office: sessions, reference layers, answers made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from rafiqa.api.kept import Kept
from rafiqa.api.moment import Moments
from rafiqa.api.reply import Reply
from rafiqa.api.session import Attempts, Sessions
from rafiqa.service import AssetShelf, Office

REPLIES_KEPT = 512
LAYERS_KEPT = 64


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """Everything that handlers share; safe to use from any thread.

    Attributes:
        office: the open store.
        shelf: reference layers, decoded once.
        moments: pins down the times of questions.
        sessions: who is signed in.
        attempts: how often somebody tried to sign in.
        replies: finished answers, by what they were asked with.
        layers: what was worked out for whole layers, by content.
    """

    office: Office
    shelf: AssetShelf
    moments: Moments
    sessions: Sessions
    attempts: Attempts
    replies: Kept[Reply]
    layers: Kept[Any]

    @classmethod
    def of(
        cls, office: Office, now_us: Callable[[], int], entropy: Callable[[int], bytes]
    ) -> Self:
        """Returns a new desk of an office."""
        return cls(
            office,
            AssetShelf(),
            Moments(office),
            Sessions(office, now_us, entropy),
            Attempts(now_us),
            Kept(REPLIES_KEPT),
            Kept(LAYERS_KEPT),
        )
