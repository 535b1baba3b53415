"""Desk: what one server keeps beside its office: sessions, reference layers, answers made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rafiqa.api.bulkread import BulkReads
from rafiqa.api.crew import Crew
from rafiqa.api.incoming import Incoming
from rafiqa.api.journal import Journal
from rafiqa.api.kept import Kept
from rafiqa.api.lane import Load
from rafiqa.api.moment import Moments
from rafiqa.api.placed import Placed
from rafiqa.api.reply import Reply
from rafiqa.api.signedin import Challenges, Sessions
from rafiqa.api.tally import Tally
from rafiqa.api.upload import Uploads
from rafiqa.service import AssetShelf, Office
from rafiqa.wire.featureset import FeatureSet
from rafiqa.wire.pmtiles import TileArchive

if TYPE_CHECKING:
    from rafiqa.api.route import Endpoint

REPLY_BYTES_KEPT = 128 * 1024 * 1024
"""Finished answers kept in memory, bodies and packed bodies together."""
_OWN_BYTES = 1_000
"""About what an answer takes beside its body."""
LAYERS_KEPT = 64
SHEETS_KEPT = 4_096
FEATURE_BYTES_KEPT = 256 * 1024 * 1024
"""Features written out, in degrees; in other systems they take as much again each."""
PUBLIC_KEPT = 2
"""Whole public sites kept: the newest, and the one before for whoever is still reading it."""
TILE_LAYERS_KEPT = 48


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """Everything that handlers share; safe to use from any thread.

    Attributes:
        office: the open store.
        shelf: reference layers, decoded once.
        moments: pins down the times of questions.
        sessions: who is signed in.
        attempts: how often somebody tried to sign in.
        challenges: what waits to be signed by a key.
        replies: finished answers, by what they were asked with.
        layers: what was worked out for whole layers, by content.
        features: collections of the OGC API, their features written out.
        tiles: whole layers made ready for tiles, by content.
        endpoints: what this server answers.
        incoming: pictures of residents that are on their way.
        uploads: files that are on their way to an import.
        public: what everybody is told, as made last.
        base: tiles made before, to be served beside the store's own; None where none were given.
        places: the gazetteer by which documents are read; the curated places where None.
        placed: land brought to degrees.
        sheets: what sheets of areas and works say to whoever asks, and the gates of works.
        entropy: gives that many random bytes.
        load: how much is being answered.
        crew: what the processes that serve together have in common.
        now_us: the machine's clock, microseconds since 1970 UTC.
        journal: takes what happens to the server itself.
        beside: the path beside which keys and log of the store lie; None where it is not known.
        reads: how much each account has read.
    """

    office: Office
    shelf: AssetShelf
    moments: Moments
    sessions: Sessions
    attempts: Tally
    challenges: Challenges
    replies: Kept[Reply]
    layers: Kept[Any]
    features: Kept[FeatureSet]
    tiles: Kept[Any]
    endpoints: Sequence[Endpoint]
    incoming: Incoming
    uploads: Uploads
    public: Kept[Any]
    reads: BulkReads
    entropy: Callable[[int], bytes]
    now_us: Callable[[], int]
    journal: Journal
    base: TileArchive | None = None
    places: Path | None = None
    beside: Path | None = None
    placed: Placed = field(default_factory=Placed)
    sheets: Kept[Any] = field(default_factory=lambda: Kept(SHEETS_KEPT))
    load: Load = field(default_factory=Load)
    crew: Crew = field(default_factory=lambda: Crew(bytes(32)))

    @property
    def may_follow(self) -> bool:
        """Whether the store may be a copy of another one: then each answer says its age."""
        return self.office.may_follow

    @classmethod
    def of(
        cls,
        office: Office,
        now_us: Callable[[], int],
        entropy: Callable[[int], bytes],
        endpoints: Sequence[Endpoint],
        base: TileArchive | None = None,
        places: Path | None = None,
        journal: Journal | None = None,
        beside: Path | None = None,
        crew: Crew | None = None,
    ) -> Self:
        """Returns a new desk of an office."""
        journal = journal or Journal(now_us, entropy(32))
        crew = crew or Crew(entropy(32))
        room = office.store.cloakroom
        tally = Tally(room, now_us, crew.key)
        return cls(
            office,
            AssetShelf(),
            Moments(office),
            Sessions(office, now_us, entropy),
            tally,
            Challenges(room, now_us, entropy),
            Kept(REPLY_BYTES_KEPT, _weight),
            Kept(LAYERS_KEPT),
            Kept(FEATURE_BYTES_KEPT, lambda features: features.n_bytes),
            Kept(TILE_LAYERS_KEPT),
            endpoints,
            Incoming(room, now_us, entropy, crew.key),
            Uploads(crew.folder),
            Kept(PUBLIC_KEPT),
            BulkReads(tally, now_us, journal.tell),
            entropy,
            now_us,
            journal,
            base,
            places,
            beside,
            load=Load(crew.n_workers),
            crew=crew,
        )


def _weight(reply: Reply) -> int:
    return _OWN_BYTES + len(reply.body) + len(reply.packed or b"")
