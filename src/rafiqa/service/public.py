"""What everybody is told: generated from the ledger through a whitelist, at one moment.

Everything goes through the gate (``rafiqa.wire.publicgate``), whose whitelist stands in the data
dictionary: what is not listed there stops the product. The same ledger at the same moment gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import EvidenceRecorded, LandBook, ReportAnswered, ResidentReported
from rafiqa.ledger import (
    GENESIS,
    AttachmentNamed,
    DeviceEnrolled,
    DeviceRevoked,
    SubmissionReceived,
    SubmissionReviewed,
)
from rafiqa.recovery import APPROVED, ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.service.assets import AssetShelf
from rafiqa.service.landmark import Landmarks
from rafiqa.service.neighbourhood import Neighbourhoods, reference
from rafiqa.service.office import Office
from rafiqa.service.placearchive import places_shown
from rafiqa.service.publicfigures import counts, months
from rafiqa.service.publicground import PublicGround
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.instant import iso
from rafiqa.wire.publicgate import gated, gated_all

CALL_SETTING: Final = "public.call"
"""The setting that holds whom to call, as words for everybody."""
GROUND_AT_MOST: Final = 1_500
_UNTOLD: Final = (
    ResidentReported,
    ReportAnswered,
    ResidentAsked,
    RequestAnswered,
    ReporterTold,
    SubmissionReceived,
    SubmissionReviewed,
    AttachmentNamed,
    DeviceEnrolled,
    DeviceRevoked,
)
_E6: Final = 1_000_000
_SIMPLER_DEG: Final = 5e-5
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PublicState:
    """Everything that is told to everybody at one moment, each row through the gate.

    Attributes:
        about: the site, the office, the two times, and how far the ledger had grown.
        files: rows by the name of their file.
        pictures: JPEG bytes of the archive by the name that its rows give them.
        behind: whether it was made of a copy that stands too far behind to tell of released ground.
    """

    about: Row
    files: dict[str, list[Row]]
    pictures: dict[str, bytes]
    behind: bool = False

    @property
    def names(self) -> dict[str, Row]:
        """Neighbourhoods by what they are called in the files."""
        return {row["ref"]: row for row in self.files["places"]}


def stands_behind(office: Office) -> bool:
    """Returns whether a store is a copy that stands too far behind to tell of released ground."""
    return office.following is not None and office.following.is_old()


def public_state(
    office: Office, shelf: AssetShelf, as_of: AsOf = NOW, *, behind: bool | None = None
) -> PublicState:
    """Returns what everybody is told, as true and known at two times.

    Args:
        office: the open store.
        shelf: reference layers.
        as_of: the two times.
        behind: whether to tell of no ground as released; as ``stands_behind`` has it where None.

    Raises:
        InvalidInput: hazard cannot be drawn; nothing is told rather than a map without it.
        CorruptLedger: a row holds what the whitelist does not list.
    """
    valid_us = as_of.valid_us(office)
    book, places = office.book(as_of.known_at_us), Neighbourhoods(office, shelf, as_of)
    landmarks = Landmarks(office, shelf, as_of)
    finds_mm = WorksFolders.of(office, valid_us, as_of.known_at_us).find_places()
    behind = stands_behind(office) if behind is None else behind
    ground = PublicGround(
        book, office.frame, places, landmarks, valid_us, finds_mm, all_in_doubt=behind
    )
    danger = gated_all("danger", ground.danger())
    archive, pictures = _archive(office, shelf, places, as_of)
    files = {
        "danger": danger,
        "released": gated_all("released", ground.released()),
        "notices": gated_all("notices", _notices(office, places, as_of)),
        "totals": gated_all("totals", ground.totals()),
        "counts": gated_all("counts", counts(book, valid_us)),
        "months": gated_all("months", months(book, office.frame, places, valid_us)),
        "archive": archive,
        "ground": gated_all("ground", _ways(office, shelf, as_of)),
    }
    files["places"] = gated_all("places", _places(places))
    return PublicState(public_about(office, as_of, valid_us), files, pictures, behind)


def n_telling(office: Office, known_at_us: int | None = None) -> int:
    """Returns how many facts are known that may change what everybody is told.

    Reports, submissions and what is said of them come by the thousand and change nothing of it
    but what ``in_doubt`` tells; every kind that is not known here to change nothing counts.
    """
    facts = office.facts(known_at_us)
    return len(facts) - office.still.count(_is_untold, facts)


def _is_untold(fact: object) -> bool:
    """Returns whether a fact changes nothing of what everybody is told but by ``in_doubt``.

    Of evidence that is so where it says where something was seen and belongs to no area: it draws
    no ground, and what it speaks against is in doubt. What is decided by it is a fact of its own;
    where an area named it before it came, that ground is made anew (``Office.n_grounds``).
    """
    if isinstance(fact, EvidenceRecorded):
        return fact.area_id is None and fact.ground is None
    return isinstance(fact, _UNTOLD)


def in_doubt(book: LandBook, valid_us: int) -> frozenset[int]:
    """Returns which released ground a sign that nothing answered speaks against.

    This is what reports change of what everybody is told.
    """
    return book.witnesses.contradicted(valid_us)


def public_about(office: Office, as_of: AsOf, valid_us: int) -> Row:
    """Returns what a file says of itself: the site, the two times, how far the ledger had grown."""
    facts = office.facts(as_of.known_at_us)
    last = facts[-1]
    entries = office.store.read(after_seq=last.seq - 1, until_seq=last.seq)
    root = next((each.entry_hash for each in entries), GENESIS.entry_hash).hex()
    site = office.site
    row = {
        "site": site.name[:120],
        "authority": site.authority_id[:120],
        "as_of": iso(valid_us),
        "known_at": iso(last.recorded_at_us),
        "entries": last.seq,
        "root": root,
        "call": whom_to_call(office),
        "origin": (round(site.origin.lon_deg, 4), round(site.origin.lat_deg, 4)),
    }
    return gated("about", row)


def whom_to_call(office: Office) -> str | None:
    """Returns the words on whom to call; None where the office has set none."""
    told = office.store.setting(CALL_SETTING)
    return None if told is None else told.decode()


def set_whom_to_call(office: Office, words: str) -> None:
    """Sets whom to call, in words for everybody: a number and who answers.

    Raises:
        InvalidInput: nothing, or longer than is read from a sheet on a wall.
    """
    told = " ".join(words.split())
    if not 2 <= len(told) <= 120:
        raise InvalidInput(Fault("service.public.call", "--call"))
    office.store.put_setting(CALL_SETTING, told.encode())


def notices_told(
    office: Office, shelf: AssetShelf, as_of: AsOf = NOW
) -> tuple[list[Row], dict[str, Row]]:
    """Returns the notices in force through the gate, and neighbourhoods by their reference.

    They are told also where the map cannot be made.
    """
    places = Neighbourhoods(office, shelf, as_of)
    rows = gated_all("notices", _notices(office, places, as_of))
    return rows, {row["ref"]: row for row in gated_all("places", _places(places))}


def _notices(office: Office, places: Neighbourhoods, as_of: AsOf) -> Iterator[Row]:
    """Yields the notices that are approved, begun and not over, the last to end first."""
    valid_us = as_of.valid_us(office)
    standing = office.recovery(valid_us, as_of.known_at_us).public.standing(valid_us)
    for fact in sorted(standing, key=lambda each: (-each.until_us, each.notice_id)):
        place = places.get(fact.place_id)
        yield {
            "ref": reference("A", fact.notice_id),
            "kind": fact.kind,
            "place": None if place is None else place.ref,
            "from": iso(fact.from_us),
            "until": iso(fact.until_us),
            "text": fact.text,
            "text_ar": fact.text_ar,
        }


def _archive(
    office: Office, shelf: AssetShelf, places: Neighbourhoods, as_of: AsOf
) -> tuple[list[Row], dict[str, bytes]]:
    rows, pictures = [], {}
    public = office.recovery(as_of.valid_us(office), as_of.known_at_us).public
    for fact, item in public.archive():
        if item.state != APPROVED:
            continue
        shown = places_shown(office, places, shelf, fact, as_of)
        name = None
        if fact.picture_sha256 is not None:
            parts = office.store.attachment(fact.picture_sha256)
            if parts is not None:
                name = f"pictures/{fact.picture_sha256[:16]}.jpg"
                pictures[name] = b"".join(parts)
        rows.append(
            {
                "ref": reference("M", fact.archive_id),
                "subject": fact.subject,
                "place": shown[0].ref if shown else None,
                "moment": fact.moment,
                "taken_on": fact.taken_on,
                "purpose": fact.purpose,
                "credit": fact.credit,
                "caption": fact.caption,
                "caption_ar": fact.caption_ar,
                "caption_ckb": fact.caption_ckb,
                "caption_kmr": fact.caption_kmr,
                "picture": name,
            }
        )
    rows.sort(key=lambda row: (row["taken_on"], row["ref"]))
    return gated_all("archive", rows), pictures


def _places(places: Neighbourhoods) -> Iterator[Row]:
    """Yields every neighbourhood of the layer, and every square that something is told of."""
    for place in places.told():
        yield place.row()


def _ways(office: Office, shelf: AssetShelf, as_of: AsOf) -> Iterator[Row]:
    """Yields roads, the main ones first, and water, without names, to find one's way on a map."""
    valid_us, known_us = as_of.valid_us(office), as_of.known_at_us
    classes = dictionary().lists["road_class"].names
    found: list[tuple[int, Row]] = []
    for kind in ("water", "roads"):
        for layer in shelf.layers(office, kind, valid_us, known_us):
            kinds = layer.table.values("kind")
            for row, shape in enumerate(layer.shapes_lonlat):
                lines = [] if shape is None else list(_lines(shape))
                if lines:
                    class_ = kinds[row] if kinds[row] in classes else None
                    rank = -1 if kind == "water" else _rank(classes, class_)
                    told = class_ if kind == "roads" else None
                    found.append((rank, {"kind": told, "line": lines}))
    found.sort(key=lambda each: each[0])
    yield from (row for _, row in found[:GROUND_AT_MOST])


def _rank(classes: tuple[str, ...], class_: str | None) -> int:
    return len(classes) if class_ is None else classes.index(class_)


def _lines(shape: BaseGeometry) -> Iterator[list[tuple[int, int]]]:
    """Yields the lines of a shape in millionths of a degree, simplified by 5 m or so."""
    plain = shapely.simplify(shapely.force_2d(shape), _SIMPLER_DEG)
    for part in shapely.get_parts(plain):
        line = part.exterior if part.geom_type == "Polygon" else part
        if line.geom_type in {"LineString", "LinearRing"} and not line.is_empty:
            corners = np.rint(shapely.get_coordinates(line) * _E6).astype(np.int64)
            yield [(lon, lat) for lon, lat in corners.tolist()]
