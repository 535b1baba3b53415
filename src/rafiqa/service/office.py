"""The office: one open store, the facts known from it, and the answers folded from them."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, NoReturn, TypeVar

from rafiqa.errors import CorruptLedger, Fault, NotFound, StoreError
from rafiqa.geo import GridShape, SiteFrame
from rafiqa.land import (
    Account,
    Actor,
    LandBook,
    LandHistory,
    Recorded,
    Records,
    SiteOpened,
    StandingAccount,
    actor_told,
    role_text,
)
from rafiqa.ledger import (
    GENESIS,
    Draft,
    Entry,
    Erasure,
    Head,
    IdentityErased,
    IdentityKept,
    erasure_in,
    is_erased,
)
from rafiqa.recovery import Asking, RecoveryRegister, Stop, StopWork, following, is_of_rebuilding
from rafiqa.recovery import register as recovery_register
from rafiqa.service.aside import ASIDE_KINDS
from rafiqa.service.deskbook import DeskBook
from rafiqa.service.fieldbook import FieldBook
from rafiqa.service.following import Following
from rafiqa.service.importbook import ImportBook
from rafiqa.service.stillbook import StillBook
from rafiqa.store import Receipt, Store
from rafiqa.store.vault import Vault
from rafiqa.wire.factcode import FACT_VERSION, fact_bytes, fact_from, kind_of

T = TypeVar("T")

BOOKS_KEPT = 8
"""Folded books kept in memory; each is one "known at" that somebody looks at."""
REGISTERS_KEPT = 8
"""Folded registers of rebuilding kept; each is one pair of times that somebody looks at."""
MADE_KEPT = 8
"""Other answers kept, each under what it hangs on."""
JUDGED_KEPT = 4
"""Judgements of the whole ground kept, such as the map of how likely contamination is."""
STANDING_KEPT = 8
"""Accounts kept up with each new fact; each is one start and boundary that somebody looks at."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A fact as its author sends it: a client-made id, when it was true, and the fact.

    ``request_digest`` names what the client sent, so that the same message twice is stored
    once even where the fact took its date from the clock; the fact's own bytes where None.
    """

    entry_id: str
    subject: str
    valid_at_us: int
    fact: object
    request_digest: bytes | None = None


@dataclass(slots=True, eq=False)
class Office:
    """Everything a verb needs: the store, the clock, ids, and what is known so far.

    Args:
        store: where the ledger is kept.
        now_us: the clock, microseconds since 1970 UTC.
        new_id: gives a fresh id at each call.
        vault: where identities lie; None where none was made, or it cannot be opened: ask
            ``vaultdoor`` which.
        vault_at: opens the vault that belongs beside the store; None where nothing is there.
        expects_vault: whether there should be one: one was open, or the ledger, as far as it was
            read, names an identity.
        n_identities_erased: how many identities the ledger, as far as it was read, says are erased.
        acknowledged: the newest entry of which this process told anybody that it is kept.
        vault_turn: held while the vault is looked for, opened and let go.
    """

    store: Store
    now_us: Callable[[], int]
    new_id: Callable[[], str]
    vault: Vault | None = None
    vault_at: Callable[[], Vault | None] = lambda: None
    expects_vault: bool = False
    n_identities_erased: int = 0
    acknowledged: Head | None = None
    _follower: Following | None = None
    vault_turn: threading.RLock = field(default_factory=threading.RLock)
    _facts: list[Recorded] = field(default_factory=list)
    _known_hash: bytes = GENESIS.entry_hash
    _vanished: Fault | None = None
    _rebuilding: list[int] = field(default_factory=list)
    _latest_us: list[int] = field(default_factory=list)
    _registers: dict[tuple[int, int], RecoveryRegister] = field(default_factory=dict)
    _books: dict[int, LandBook] = field(default_factory=dict)
    _history: LandHistory = field(default_factory=LandHistory)
    _standing: dict[tuple[int, GridShape | None], StandingAccount] = field(default_factory=dict)
    _field: FieldBook = field(default_factory=FieldBook)
    _imports: ImportBook = field(default_factory=ImportBook)
    _desk: DeskBook = field(default_factory=DeskBook)
    _still: StillBook = field(default_factory=StillBook)
    _made: dict[Hashable, Any] = field(default_factory=dict)
    _era: int = 0
    _judged: dict[Hashable, Any] = field(default_factory=dict)
    _stop_work: StopWork | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _judging: threading.Lock = field(default_factory=threading.Lock)
    _block: threading.local = field(default_factory=threading.local)

    @property
    def site(self) -> SiteOpened:
        """The site this store is about.

        Raises:
            NotFound: the store has not been opened for a site yet.
        """
        with self._lock:
            # The first fact never changes: an import that asks with every row reads no more. Nor
            # does who only wants a name read a whole ledger.
            known = self._facts[:1] or [self._recorded(each) for each in self.store.read(0, 1)]
            first = known[0].fact if known else None
        if not isinstance(first, SiteOpened):
            raise NotFound(Fault("service.site.none"))
        return first

    @property
    def n_known(self) -> int:
        """How many entries of the ledger are taken in so far; the store is not asked."""
        return len(self._facts)

    @property
    def following(self) -> Following | None:
        """How old the store is, where it is a copy that follows another one now; else None."""
        follower = self._follower
        return follower if follower is not None and follower.applies() else None

    @following.setter
    def following(self, follower: Following | None) -> None:
        """Takes what knows how old the store is, and whether it is a copy at all."""
        self._follower = follower

    @property
    def may_follow(self) -> bool:
        """Whether the store was a copy when it was last reached; nothing is asked."""
        return self._follower is not None and getattr(self.store, "follows", True)

    @property
    def vanished(self) -> Fault | None:
        """Why nothing is answered any more: the store was put back to another history; or None."""
        return self._vanished

    @property
    def frame(self) -> SiteFrame:
        """The plane in which the site measures."""
        origin = self.site.origin
        return SiteFrame(origin.lon_deg, origin.lat_deg)

    def facts(self, known_at_us: int | None = None) -> Sequence[Recorded]:
        """Returns the facts known by a time, in the order of the ledger; all where None."""
        with self._lock:
            self._refresh()
            return self._facts[: self._n_known(known_at_us)]

    def book(self, known_at_us: int | None = None) -> LandBook:
        """Returns the land book as known at a time; now where None."""
        with self._lock:
            self._refresh()
            n_known = self._n_known(known_at_us)
            book = self._books.pop(n_known, None)
            if book is None:
                book = LandBook(self._history, n_known)
            self._books[n_known] = book
            while len(self._books) > BOOKS_KEPT:
                self._books.pop(next(iter(self._books)))
            return book

    def n_grounds(self) -> int:
        """Returns another number whenever any ground was made anew since; never a lower one."""
        with self._lock:
            self._refresh()
            return len(self._history.log)

    @property
    def still(self) -> StillBook:
        """How many facts may change land, of those taken in so far."""
        return self._still

    def account(self, from_us: int, until_us: int, boundary: GridShape | None) -> Account:
        """Returns the account of a period as known now, kept up with each new fact."""
        with self._lock:
            self._refresh()
            standing = self._standing.pop((from_us, boundary), None)
            if standing is None:
                standing = StandingAccount(self._history, from_us, boundary)
            self._standing[from_us, boundary] = standing
            while len(self._standing) > STANDING_KEPT:
                self._standing.pop(next(iter(self._standing)))
            return standing.at(until_us)

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns what was made under a key, made now where it is not kept.

        The key must name everything that the answer hangs on. Nobody else waits while it is made:
        two who ask at once may make it twice, and both have the same.
        """
        with self._lock:
            if key in self._made:
                known: T = self._made.pop(key)
                self._made[key] = known
                return known
            era = self._era
        found = make()
        with self._lock:
            # What was made of words that were erased meanwhile is given to who asked, not kept.
            if self._era == era:
                self._made[key] = found
                while len(self._made) > MADE_KEPT:
                    self._made.pop(next(iter(self._made)))
        return found

    def judged(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns a judgement that takes seconds, kept under a key; nobody else waits for it.

        Only who asks for a judgement waits; the map and the queue go on. What is kept is not
        pushed out by the small answers of ``made``. Nothing that ``made`` or the watch over
        stops calls may ask for one: they hold what a judgement needs.
        """
        with self._judging:
            found: T = self._judged.pop(key) if key in self._judged else make()
            self._judged[key] = found
            while len(self._judged) > JUDGED_KEPT:
                self._judged.pop(next(iter(self._judged)))
            return found

    def register(self) -> Records:
        """Returns everything known now by id, for rules that are about to be asked."""
        return self.book().register

    def recovery(
        self, valid_at_us: int | None = None, known_at_us: int | None = None
    ) -> RecoveryRegister:
        """Returns projects, layers and lots as true at one time and known at another."""
        valid_us = self.now_us() if valid_at_us is None else valid_at_us
        with self._lock:
            self._refresh()
            # Of many thousands of facts few are of rebuilding: only these are folded, and again
            # only where others of them are known or true.
            until = bisect_left(self._rebuilding, self._n_known(known_at_us))
            n_valid = until
            if until and self._latest_us[until - 1] > valid_us:
                facts = (self._facts[index] for index in self._rebuilding[:until])
                n_valid = sum(fact.valid_at_us <= valid_us for fact in facts)
            register = self._registers.pop((until, n_valid), None)
            if register is None:
                register = self._register(until, n_valid, valid_us)
            self._registers[until, n_valid] = register
            while len(self._registers) > REGISTERS_KEPT:
                self._registers.pop(next(iter(self._registers)))
            return register

    def _register(self, until: int, n_valid: int, valid_us: int) -> RecoveryRegister:
        """The register of so many facts of rebuilding; made of the one before, where it can be."""
        before = self._registers.get((until - 1, n_valid - 1))
        if before is not None and n_valid == until and until > 1:
            newest = self._facts[self._rebuilding[until - 1]]
            if newest.valid_at_us >= self._latest_us[until - 2]:
                return following(before, newest)
        facts = [self._facts[index] for index in self._rebuilding[:until]]
        return recovery_register(facts, valid_us)

    def stops(self, asking: Asking, known_at_us: int) -> list[Stop]:
        """Returns every stop of every permit as known at a time; kept up with each new fact.

        Args:
            asking: whom the watch asks of works, roads and assets; the first given is kept.
            known_at_us: the time.
        """
        with self._lock:
            self._refresh()
            if self._stop_work is None:
                self._stop_work = StopWork(self._history, asking)
            self._stop_work.take(self._facts[self._stop_work.seq :])
            return self._stop_work.stops(known_at_us)

    def fieldbook(self) -> FieldBook:
        """Returns forms, devices and submissions as known now, kept up with each new fact."""
        with self._lock:
            self._refresh()
            self._field.take(self._facts[self._field.seq :])
            return self._field

    def importbook(self) -> ImportBook:
        """Returns what each import brought, and what was decided of it, as known now."""
        with self._lock:
            self._refresh()
            self._imports.take(self._facts[self._imports.seq :])
            return self._imports

    def deskbook(self) -> DeskBook:
        """Returns documents, candidates and what was said of them, as known now."""
        with self._lock:
            self._refresh()
            self._desk.take(self._facts[self._desk.seq :])
            return self._desk

    def say(
        self, actor: Actor, sayings: Sequence[Saying], expected_head: Head | None = None
    ) -> Receipt:
        """Returns the receipt once the facts are on the disk; raises where they are not.

        Args:
            actor: who says it.
            sayings: the facts.
            expected_head: where the ledger ended when they were judged; that of ``judged_by``
                where None, else anywhere.

        Raises:
            Conflict: something came meanwhile on which the judgement may hang.
        """
        drafts = [self._draft(actor, saying) for saying in sayings]
        if expected_head is None:
            expected_head = getattr(self._block, "judged_by", None)
        receipt = self.store.append(drafts, expected_head=expected_head, aside=ASIDE_KINDS)
        with self._lock:
            for entry in receipt.stored[-1:]:
                if self.acknowledged is None or entry.seq > self.acknowledged.seq:
                    self.acknowledged = Head(entry.seq, entry.entry_hash, entry.recorded_at_us)
            self._take_in()  # also within a block that asks once
        return receipt

    def _draft(self, actor: Actor, saying: Saying) -> Draft:
        body = fact_bytes(saying.fact)
        return Draft(
            entry_id=saying.entry_id,
            kind=kind_of(saying.fact),
            version=FACT_VERSION,
            subject=saying.subject,
            valid_at_us=saying.valid_at_us,
            actor=actor.person_id,
            organisation=actor.organisation_id,
            role=role_text(actor),
            body=body,
            request_digest=saying.request_digest or sha256(body).digest(),
        )

    def fact_of(self, entry: Entry) -> object:
        """Returns the fact that an entry carries, or what is left of it where it was erased.

        Raises:
            CorruptLedger: its body is missing or cannot be read.
        """
        if not is_erased(entry):
            return fact_from(entry.kind, entry.version, entry.body)
        by = self.store.erasure_of(entry.seq)
        erasure = None if by is None else erasure_in(by)
        if erasure is None:
            params: dict[str, str | int] = {"seq": entry.seq, "entry_id": entry.entry_id}
            raise CorruptLedger(Fault("ledger.chain.body", "body", params=params))
        return fact_from(entry.kind, entry.version, erasure.remainder)

    @property
    def is_judged(self) -> bool:
        """Whether this thread is within a block of ``judged_by``."""
        return getattr(self._block, "judged_by", None) is not None

    @contextmanager
    def judged_by(self, head: Head) -> Iterator[None]:
        """A block in which what this thread says was judged by a ledger that ends at a head."""
        self._block.judged_by = head
        try:
            yield
        finally:
            self._block.judged_by = None

    @contextmanager
    def following_once(self) -> Iterator[None]:
        """A block in which this thread asks the store once for what was appended since.

        For a question, which asks for the land book and its registers dozens of times: it is
        answered as of one moment after it was asked. Not for acts, which are judged by the newest.
        """
        if hasattr(self._block, "taken_in"):
            yield  # within another one
            return
        self._block.taken_in = False
        try:
            yield
        finally:
            del self._block.taken_in

    def _refresh(self) -> None:
        """Takes in what was appended since, by this process or another."""
        if getattr(self._block, "taken_in", False):
            return
        self._take_in()
        if hasattr(self._block, "taken_in"):
            self._block.taken_in = True

    def _take_in(self) -> None:
        n_known = len(self._facts)
        if self._refuse_vanished(n_known) and self._still.seq == n_known:
            return
        for entry in self.store.read(after_seq=n_known):
            if entry.seq != len(self._facts) + 1:
                raise CorruptLedger(Fault("ledger.chain.gap", params={"seq": entry.seq}))
            if n_known and entry.prev_hash != self._known_hash:
                self._vanish()
            self._facts.append(self._recorded(entry))
            self._known_hash = entry.entry_hash
            self.expects_vault |= isinstance(self._facts[-1].fact, IdentityKept)
            self.n_identities_erased += isinstance(self._facts[-1].fact, IdentityErased)
            if is_of_rebuilding(self._facts[-1].fact):
                self._rebuilding.append(len(self._facts) - 1)
                latest_us = self._latest_us[-1] if self._latest_us else entry.valid_at_us
                self._latest_us.append(max(latest_us, entry.valid_at_us))
        erased = [item.fact for item in self._facts[n_known:] if isinstance(item.fact, Erasure)]
        for erasure in erased:
            self._forget(erasure)
        if len(self._facts) > self._history.seq:
            self._history.take(self._facts[self._history.seq :])
            self._still.take(self._facts[self._still.seq :])

    def _refuse_vanished(self, n_known: int) -> bool:
        """Returns whether the store ends with what was taken in; raises where that is no beginning.

        A database that was put back to a moment may have grown again since, past where we stood:
        land reopened in it would stand released in ours. What was made of the other history is in
        many hands, so nothing is mended here: whoever opens the store again reads it anew.
        """
        head = GENESIS
        if self._vanished is None and n_known:
            head = self.store.head()
            if head.seq < n_known or (head.seq == n_known and head.entry_hash != self._known_hash):
                self._vanish()
        if self._vanished is not None:
            raise StoreError(self._vanished)
        return bool(n_known) and head.seq == n_known

    def _vanish(self) -> NoReturn:
        params: dict[str, str | int] = {"entries": len(self._facts)}
        self._vanished = Fault("store.other-history", params=params)
        raise StoreError(self._vanished)

    def _recorded(self, entry: Entry) -> Recorded:
        return Recorded(
            entry.seq,
            entry.entry_id,
            entry.valid_at_us,
            entry.recorded_at_us,
            actor_told(entry.actor, entry.organisation, entry.role),
            self.fact_of(entry),
        )

    def _forget(self, erasure: Erasure) -> None:
        """Puts what is left of a fact in its place, and lets go of all that was made of it."""
        known = self._facts[erasure.seq - 1]
        left = fact_from(kind_of(known.fact), FACT_VERSION, erasure.remainder)
        if left == known.fact:
            return
        self._facts[erasure.seq - 1] = replace(known, fact=left)
        self._history = LandHistory()
        self._field = FieldBook()
        self._imports = ImportBook()
        self._desk = DeskBook()
        self._still = StillBook(self._era + 1)
        self._books.clear()
        self._registers.clear()
        self._made.clear()
        self._era += 1
        self._judged = {}
        self._standing.clear()
        self._stop_work = None

    def _n_known(self, known_at_us: int | None) -> int:
        if known_at_us is None:
            return len(self._facts)
        # Recorded time strictly rises along the ledger, so this is a search.
        return bisect_right(self._facts, known_at_us, key=lambda item: item.recorded_at_us)
