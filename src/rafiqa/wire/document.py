"""Documents of strangers as text: read in a process of its own, nothing of them believed or lost.

Reports, interviews and news come as plain text, HTML, DOCX, PDF or pictures. What is read is one
text, and beside it where each piece of it stands: the page, the box on the page, and whether two
readers read it alike. The original stays what it was and is named by its hash.

They are read under limits by ``rafiqa.wire.documentworker``.
"""

from __future__ import annotations

import json
import signal
import tempfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from rafiqa.errors import Fault
from rafiqa.wire.limit import MEBIBYTE
from rafiqa.wire.nursery import Ended, nursery

DocumentKind = Literal["text", "html", "docx", "pdf", "picture", "unknown"]
BlockKind = Literal["paragraph", "heading", "cell", "footnote", "line"]
Ocr = Literal["never", "doubtful", "always"]
"""When pictures of pages are read too: never; where a page holds no text or its readers differ;
always."""

DOCUMENT_BYTES: Final = 64 * MEBIBYTE
"""Largest document that is read: as much as one upload may hold. A larger one can still be kept."""
DATA_BYTES: Final = 1024 * MEBIBYTE
ADDRESS_BYTES: Final = 3072 * MEBIBYTE
CPU_S: Final = 60
_OCR_CPU_S: Final = 240
_WALL_FACTOR: Final = 2
_ANSWER_BYTES: Final = 256 * MEBIBYTE
_DOCUMENT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document's text, and where it stands in the original.

    Attributes:
        start, end: code points of the text, from ``start`` to before ``end``.
        kind: what it is there.
        page: from 1; None where the document has no pages.
        box_pt: left, bottom, right, top on the page in points (1/72 inch) from its lower left
            corner; None where it is not known.
        doubtful: whether readers read it differently, so that a person should look at the original.
    """

    start: int
    end: int
    kind: BlockKind
    page: int | None = None
    box_pt: tuple[float, float, float, float] | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The size of one page, in points, as it is seen."""

    width_pt: float
    height_pt: float


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says, and what is to be known of the reading.

    Attributes:
        sha256: of the original bytes, in hex. n_bytes: their number.
        kind: what it was read as.
        text: all that was read; empty where nothing could be.
        blocks: its pieces in order; between two of them stands nothing but white space.
        pages: of PDFs and pictures.
        languages: shares of the letters by the script rule, largest first: ``ar``, ``ckb``,
            ``kmr``, ``en`` or ``other``. A hint: each sentence is asked again.
        readers: what read it, in order; the first one's text is the text.
        faults: why nothing could be read of it; empty where something was.
        warnings: what a person should know although it was read.
    """

    sha256: str
    n_bytes: int
    kind: DocumentKind
    text: str
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    languages: tuple[tuple[str, float], ...] = ()
    readers: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def n_doubtful(self) -> int:
        """How many pieces readers read differently."""
        return sum(block.doubtful for block in self.blocks)

    def block_at(self, place: int) -> Block | None:
        """Returns the piece in which a code point of the text stands; None between two."""
        low, high = 0, len(self.blocks)
        while low < high:
            middle = (low + high) // 2
            if self.blocks[middle].end <= place:
                low = middle + 1
            else:
                high = middle
        found = self.blocks[low] if low < len(self.blocks) else None
        return found if found is not None and found.start <= place else None


def read_document(path: Path, *, ocr: Ocr = "doubtful") -> Document:
    """Returns what a document says; nothing is raised for what it holds.

    Args:
        path: the document.
        ocr: when pictures of its pages are read too; only where tesseract is installed.
    """
    try:
        if path.stat().st_size > DOCUMENT_BYTES:
            return _too_large(path)
        content = path.read_bytes()
    except OSError:
        return _unread("", 0, Fault("wire.file.missing", "", None, {"path": path.name[:80]}))
    return read_content(content, ocr=ocr)


def read_content(content: bytes, *, ocr: Ocr = "doubtful") -> Document:
    """Returns what the bytes of a document say; as ``read_document``."""
    digest = sha256(content).hexdigest()
    if not content:
        return _unread(digest, 0, Fault("wire.document.empty"))
    if len(content) > DOCUMENT_BYTES:
        return _unread(digest, len(content), _size_fault(len(content)))
    cpu_s = CPU_S if ocr == "never" else _OCR_CPU_S
    with tempfile.TemporaryDirectory(prefix="rafiqa-document-") as folder:
        came, answer = Path(folder) / "came", Path(folder) / "answer.json"
        came.write_bytes(content)
        order: dict[str, object] = {
            "path": str(came),
            "answer": str(answer),
            "ocr": ocr,
            "cpu_s": cpu_s,
        }
        ended = nursery().read("document", Path(folder), order, cpu_s * _WALL_FACTOR)
        if ended.status == 0:
            try:
                if answer.stat().st_size <= _ANSWER_BYTES:
                    return document_from(answer.read_bytes())
            except (OSError, ValueError, KeyError, TypeError):
                pass
    return _unread(digest, len(content), _death(ended, cpu_s))


def document_bytes(document: Document) -> bytes:
    """Returns a document's text with its map as JSON, to be kept beside the original."""
    plain = asdict(document)
    for name in ("faults", "warnings"):
        plain[name] = [_plain_fault(fault) for fault in getattr(document, name)]
    plain["version"] = _DOCUMENT_VERSION
    # A lone surrogate cannot be in a text that was read; it would not come back.
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def document_from(content: bytes) -> Document:
    """Returns the document that ``document_bytes`` wrote.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    plain: dict[str, Any] = json.loads(content)
    if plain.pop("version") != _DOCUMENT_VERSION:
        raise ValueError("version")
    plain["blocks"] = tuple(_block(each) for each in plain["blocks"])
    plain["pages"] = tuple(Page(**each) for each in plain["pages"])
    plain["languages"] = tuple((str(name), float(share)) for name, share in plain["languages"])
    plain["readers"] = tuple(plain["readers"])
    for name in ("faults", "warnings"):
        plain[name] = tuple(Fault(**each) for each in plain[name])
    return Document(**plain)


def _block(plain: dict[str, Any]) -> Block:
    box = plain.pop("box_pt", None)
    return Block(**plain, box_pt=None if box is None else (box[0], box[1], box[2], box[3]))


def _plain_fault(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "place": fault.place,
        "row": fault.row,
        "params": dict(fault.params),
    }


def _unread(digest: str, n_bytes: int, fault: Fault) -> Document:
    return Document(digest, n_bytes, "unknown", "", faults=(fault,))


def _size_fault(n_bytes: int) -> Fault:
    params: dict[str, str | int] = {
        "size_mib": -(-n_bytes // MEBIBYTE),
        "limit_mib": DOCUMENT_BYTES // MEBIBYTE,
    }
    return Fault("wire.document.too-large", "", None, params)


def _too_large(path: Path) -> Document:
    """A document that is not read; its hash is told all the same, so that it can be kept."""
    hashed, n_bytes = sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(MEBIBYTE):
            hashed.update(piece)
            n_bytes += len(piece)
    return _unread(hashed.hexdigest(), n_bytes, _size_fault(n_bytes))


def _death(ended: Ended, cpu_s: int) -> Fault:
    """Why a reader died, from its exit status and its last words."""
    out_of_memory = any(words in ended.complaint for words in (b"MemoryError", b"bad_alloc"))
    timed_out = ended.status is None or ended.status in {-signal.SIGXCPU, -signal.SIGKILL}
    if timed_out and not out_of_memory:
        return Fault("wire.document.time", "", None, {"limit_s": cpu_s})
    if out_of_memory:
        return Fault("wire.document.memory", "", None, {"limit_mib": DATA_BYTES // MEBIBYTE})
    return Fault("wire.document.crashed")
