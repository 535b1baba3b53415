"""What was refused and kept: its originals, each under a name of our own making."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import AttachmentNamed
from rafiqa.service.fieldbook import APART
from rafiqa.service.importpersons import PERSONS_APART, persons_left_out
from rafiqa.service.office import Office
from rafiqa.service.scope import senders
from rafiqa.service.sealed import unsealed
from rafiqa.store import Quarantined
from rafiqa.wire.filled import filled_json, filled_xml

_FORMATS = frozenset(
    {".csv", ".geojson", ".gpkg", ".gpx", ".json", ".kml", ".kmz", ".parquet", ".pbf"}
    | {".shp", ".tsv", ".txt", ".xls", ".xlsx", ".xml", ".zip"}
)
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".mp4", ".3gp", ".m4a", ".amr"})
_ZIP = b"PK\x03\x04"
_PLAIN = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing in quarantine, and the name its original is written out under.

    ``files`` came with it: photographs of a submission, each under a hash of its own.
    """

    item: Quarantined
    name: str
    files: tuple[AttachmentNamed, ...] = ()

    def name_of(self, number: int) -> str:
        """Returns the name that one of its files is written out under, by its number from 1."""
        ending = PurePath(self.files[number - 1].note or "").suffix.lower()
        known = ending if ending in _PICTURES else ".bin"
        return f"{PurePath(self.name).stem}-file-{number}{known}"


def kept_items(office: Office) -> Iterator[Kept]:
    """Returns everything in the quarantine, in the order in which it came."""
    for number, item in enumerate(office.store.quarantined(), 1):
        name = f"{number:06d}-{_plain_id(item)}{_suffix(item)}"
        yield Kept(item, name, _files_of(office, item))


def told_original(office: Office, kept: Kept, reader: str) -> tuple[str, bytes]:
    """Returns what an organisation is given of something in quarantine: its name, and its bytes.

    Of another organisation's submission that names persons, only the open answers: the form
    itself cannot be given then, for cut it would be another form. What nobody could read is
    given as it came: it may tell of danger, and somebody has to look.
    """
    item = kept.item
    # Of somebody who went from one organisation to another nobody knows for whom they sent it.
    own = senders(office).get(item.actor) == frozenset({reader})
    if item.quarantine_id.startswith(PERSONS_APART) and not own:
        return kept.name, persons_left_out(item.original)
    if not item.quarantine_id.startswith(APART) or own:
        return kept.name, item.original
    is_json = PurePath(kept.name).suffix == ".json"
    whole = filled_json(item.original, "") if is_json else filled_xml(item.original)
    told = unsealed(whole)
    if told == whole:
        return kept.name, item.original
    answers = [[path, list(row), text] for path, row, text in told.placed()]
    content = json.dumps(answers, ensure_ascii=False, indent=1)
    return f"{PurePath(kept.name).stem}-open-answers.txt", content.encode()


def _files_of(office: Office, item: Quarantined) -> tuple[AttachmentNamed, ...]:
    if not item.quarantine_id.startswith(APART):
        return ()
    named = office.fieldbook().apart.get(item.quarantine_id, ())
    return tuple(each.fact for each in named if isinstance(each.fact, AttachmentNamed))


def _plain_id(item: Quarantined) -> str:
    """The item's id, or its hash where the id could lead somewhere else on a disk."""
    known = item.quarantine_id
    return known if _PLAIN.fullmatch(known) else sha256(known.encode()).hexdigest()[:32]


def _suffix(item: Quarantined) -> str:
    """The ending by what is kept: of the file's own name only an ending that we know."""
    if item.row is not None:
        return ".json"
    ending = PurePath(item.file_name).suffix.lower()
    if ending == ".shp" and item.original.startswith(_ZIP):
        return ".zip"
    return ending if ending in _FORMATS else ".bin"


def write_kept(kept: Kept, folder: Path) -> None:
    """Writes the original of one item into a folder, once; nothing there is overwritten.

    Raises:
        InvalidInput: the folder cannot be written to, or holds something else of that name.
    """
    _write(folder, kept.name, kept.item.original)


def write_kept_files(office: Office, kept: Kept, folder: Path) -> list[str]:
    """Returns the names of the files that came with an item, written beside it, once each.

    What has not come whole is not written.

    Raises:
        InvalidInput: the folder cannot be written to, or holds something else of that name.
    """
    written = []
    for number, named in enumerate(kept.files, 1):
        parts = office.store.attachment(named.sha256)
        if parts is not None:
            _write(folder, kept.name_of(number), b"".join(parts))
            written.append(kept.name_of(number))
    return written


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    params: dict[str, str | int] = {"file": str(path)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
            raise InvalidInput(
                Fault("service.quarantine.name-taken", "--out", params=params)
            ) from error
    except OSError as error:
        raise InvalidInput(
            Fault("service.quarantine.not-written", "--out", params=params)
        ) from error
