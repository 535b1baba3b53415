"""The shapes of exchange with other authorities: who they are, what they say, what was taken."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rafiqa.api.accessshape import Told
from rafiqa.api.problem import ProblemFault
from rafiqa.api.reportshape import Sha256
from rafiqa.api.shape import Credentials, Id, Note, Shape


class MayAct(Shape, frozen=True):
    """An act of exchange, and why who asks may not do it; no reason is that they may."""

    act: str
    why_not: list[Told]


class PeerKey(Shape, frozen=True):
    """A key of another authority: who pinned it when, and who took it back, when and why."""

    fingerprint: str
    enrolled_by: str
    enrolled_at: str
    stands: bool
    revoked_by: str | None = None
    revoked_at: str | None = None
    why: str | None = None
    n_taken: int = 0
    n_taken_over: int = 0


class PeerTold(Shape, frozen=True):
    """Another authority with all of its keys, the newest last."""

    peer: str
    authority: str
    stands: bool
    keys: list[PeerKey]


class ReleaseOffered(Shape, frozen=True):
    """Ground that another authority calls released; it opens nothing here until it is taken over.

    ``not_confirmed_by`` is the person of this authority who pinned the key that tells of it: they
    cannot be the second one.
    """

    item: str
    not_confirmed_by: str | None


class StreamTold(Shape, frozen=True):
    """What the newest bundle of a stream says, and in what it differs from what is on record."""

    peer: str
    stream: str
    number: int
    issued_at: str
    taken_at: str
    taken_by: str
    key_stands: bool
    n_of: dict[str, int]
    n_differences: int
    differences: list[Told]
    n_releases: int
    releases: list[ReleaseOffered]


class TakenOver(Shape, frozen=True):
    """A release of another authority that was taken over, by which two persons, and how it stands.

    ``number`` is of the bundle that it was taken over from, ``newest`` of the last one since.
    """

    peer: str
    stream: str
    item: str
    part: str
    number: int
    newest: int
    taken_at: str
    taken_by: str
    confirmed_by: str
    key_stands: bool
    withdrawn: bool


class StreamGiven(Shape, frozen=True):
    """A stream of this authority's own bundles, as far as it was given to others."""

    stream: str
    number: int
    given_at: str
    given_by: str
    n_items: int


class FederationTold(Shape, frozen=True):
    """Everything that is on record of exchange, and what who asks may do about it."""

    authority: str
    peers: list[PeerTold]
    streams: list[StreamTold]
    taken_over: list[TakenOver]
    given: list[StreamGiven]
    acts: list[MayAct]


class BundleSent(Shape, frozen=True):
    """A bundle that was uploaded, to be taken in."""

    sha256: Sha256
    file_name: Annotated[str, Meta(min_length=1, max_length=200)]


class BundleDone(Shape, frozen=True):
    """What became of a bundle, and what is to be looked at."""

    entry_id: str
    peer: str
    number: int
    n_items: int
    already: bool
    raised: list[str]
    reopened: list[str]
    warnings: list[ProblemFault]


class PeerAsked(Shape, frozen=True):
    """Whose key is to be pinned: their card, and its fingerprint as it was heard from them."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    card: Annotated[str, Meta(min_length=1, max_length=4_000)]
    fingerprint: Annotated[str, Meta(min_length=1, max_length=200)]


class RevocationAsked(Shape, frozen=True):
    """Why nothing more is to be taken by a key."""

    note: Annotated[Note, Meta(min_length=1)]


class TakeOverAsked(Shape, frozen=True):
    """Which release is to be taken over, and the second person who confirms it."""

    peer: Id
    stream: Id
    item: Id
    second: Credentials | None = None


class ExchangeActed(Shape, frozen=True):
    """An act of exchange is on record; ``warnings`` are what is to be looked at."""

    entry_id: str
    warnings: list[ProblemFault]
