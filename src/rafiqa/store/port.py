"""What every store promises: the one door through which entries are kept and found.

The promises are held by ``tests/contract``, which every store must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from rafiqa.errors import Fault
from rafiqa.ledger import Draft, Entry, Head
from rafiqa.store.cloakroom import Cloakroom


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch of drafts; holding one means that it is on the disk.

    Attributes:
        stored: the new entries, in the order of their drafts.
        already: ids that were there before with the same request digest.
        quarantined: ids that were there before with another digest; the drafts are kept
            in the quarantine for a person to look at.
        head: where the ledger ended when this was done.
    """

    stored: tuple[Entry, ...]
    already: tuple[str, ...]
    quarantined: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Input that was refused, kept as it came, with every fault found in it.

    Attributes:
        quarantine_id: name under which it can be asked for.
        file_name: where it came from, or empty.
        row: 1-based row or feature number in the file, or None.
        original: its bytes as they came.
        faults: why it was refused.
        at_us: when, microseconds since 1970 UTC.
        actor: pseudonymous id of who sent it.
    """

    quarantine_id: str
    file_name: str
    row: int | None
    original: bytes
    faults: tuple[Fault, ...]
    at_us: int
    actor: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an attachment has come.

    Attributes:
        sha256: SHA-256 of the whole, in hex.
        n_bytes: length of the whole.
        missing: numbers of the parts that are not here yet, from 0.
        whole: whether all of it is here and its hash was right.
        erased: whether its bytes were erased on purpose.
        shared: SHA-256 in hex of what stands in its place, where its own bytes lie elsewhere.
    """

    sha256: str
    n_bytes: int
    missing: tuple[int, ...]
    whole: bool = False
    erased: bool = False
    shared: str | None = None


class Store(Protocol):
    """Keeps bytes under keys and entries in order; knows nothing of land.

    All methods may be called from any thread. They raise ``StoreError`` when the disk or
    its driver fails; then nothing of that call was acknowledged.
    """

    @property
    def cloakroom(self) -> Cloakroom:
        """What is kept for a while by those who serve it; no part of the ledger."""

    @property
    def writable(self) -> bool:
        """Whether it still takes writes: False after an I/O error or damage was seen."""

    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes, every reason; empty where it does."""

    def head(self) -> Head:
        """Where the ledger ends; ``GENESIS`` if it is empty."""

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        """The receipt for a batch that is stored whole or not at all.

        An id sent again with the same digest stores nothing and is no error, whatever the
        expected head; with another digest its draft goes to the quarantine. An entry of the
        kind ``ledger.ERASURE_KIND`` takes the body and salt away that it names, in the same
        moment.

        Args:
            drafts: what to store.
            expected_head: where the ledger is to end; anywhere where None.
            aside: kinds of entries that may have come after the expected head all the same: what
                was judged by it hangs on none of them.

        Raises:
            InvalidInput: a draft breaks the limits of ``ledger.draft_faults``, or erases what
                is not there.
            Conflict: there is something new to store and the head is not the expected one.
            StoreError: nothing of the batch was stored.
            CorruptLedger: the ledger is damaged; nothing is written any more.
        """

    def read(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[Entry]:
        """The entries with after_seq < seq <= until_seq in order, bodies included.

        Without ``until_seq`` it goes to the head as it was at the first step; entries
        added meanwhile are not shown.
        """

    def find(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""

    def of_subject(self, subject: str) -> tuple[Entry, ...]:
        """All entries about one subject, in order."""

    def erased(self) -> dict[int, int]:
        """Places of the entries whose content was erased → places of those that erased it."""

    def erasure_of(self, seq: int) -> Entry | None:
        """The entry that erased the content of another one, or None where it is not erased."""

    def await_attachment(self, sha256: str, n_bytes: int) -> Progress:
        """How far an attachment has come; it is awaited from now on.

        Raises:
            InvalidInput: that is no hash, or the length is none or too great.
            Conflict: another length is known for that hash.
        """

    def put_part(self, sha256: str, number: int, content: bytes) -> Progress:
        """How far an attachment has come with this part; a part sent again changes nothing.

        Raises:
            NotFound: no such attachment is awaited.
            Conflict: it was erased.
            InvalidInput: no such part, or another length; or all parts were here and together
                are not what the hash names (then none is kept, and all are missing again).
        """

    def put_attachment(self, content: bytes) -> Progress:
        """How far an attachment is that came in one piece: whole, or erased before.

        Raises:
            InvalidInput: it is empty or too long.
            Conflict: another length is known for its hash.
        """

    def progress(self, sha256: str) -> Progress | None:
        """How far an attachment has come, or None where none of that hash is awaited."""

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        """The parts of a whole attachment in order, or None where it is not whole.

        Of a sealed one they are those of what stands in its place.
        """

    def seal_attachment(self, sha256: str, n_bytes: int, shared: bytes) -> Progress:
        """How far an attachment is whose own bytes lie elsewhere from now on: whole, and sealed.

        Something else is kept and stands in its place, and what is here of its own bytes goes in
        the same moment. One that was erased or sealed before, or stands in the place of another,
        stays as it is.

        Args:
            sha256: SHA-256 of what came, in hex.
            n_bytes: its length.
            shared: what stands in its place; kept under its own hash like any attachment.

        Raises:
            InvalidInput: that is no hash or length, or what would stand in its place is itself.
            Conflict: another length is known for that hash.
        """

    def put_blob(self, content: bytes) -> str:
        """The SHA-256 of the content in hex, under which it is now kept."""

    def blob(self, sha256: str) -> bytes | None:
        """The content of that SHA-256 (hex), or None."""

    def blob_parts(self, sha256: str) -> Iterator[bytes] | None:
        """The content of that SHA-256 in order and in parts, or None; never in memory whole."""

    def quarantine(self, items: Sequence[Quarantined]) -> int:
        """How many of the items were new; the same item sent again is kept once.

        Text that UTF-8 cannot carry (lone surrogates) is kept with backslash escapes.
        """

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in the quarantine, in the order in which it came."""

    def put_setting(self, name: str, value: bytes) -> None:
        """Nothing; keeps a local thing that may change and is not part of the ledger."""

    def put_time(self, name: str, now_us: Callable[[], int]) -> None:
        """Nothing; keeps the time as a local thing, looked at while nobody appends.

        Args:
            name: under which it is kept, as decimal digits.
            now_us: the clock, microseconds since 1970 UTC.
        """

    def change_setting(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Nothing; a local thing was changed, and nothing came in between in any process.

        Args:
            name: under which it is kept.
            change: is given the value, None where there is none, and gives the one to keep, or
                None where it stays as it is. It asks nothing of the store.
        """

    def alone(self, name: str) -> AbstractContextManager[None]:
        """A block that nobody else who asks for that turn is in; among all who serve one database.

        For what lies beside the store, such as the folder of its log. Of a file and of memory it
        holds within this process.

        Args:
            name: of the turn. Others have it again also when this process dies.

        Raises:
            StoreError: ``store.busy``: somebody else had it for too long.
        """

    def setting(self, name: str) -> bytes | None:
        """The value last put under that name, or None."""

    def check(self) -> list[Fault]:
        """What is wrong with the keeping itself: file, schema, blobs, the end of the log.

        It does not compute the chain: see ``ledger.check_chain``.
        """

    def close(self) -> None:
        """Nothing; lets go of the store. Calling it twice does no harm."""
