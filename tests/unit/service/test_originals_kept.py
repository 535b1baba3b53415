"""Originals that stay as they came, and what stands for one of them alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import pytest
from PIL import Image

from rafiqa.errors import Fault, NotFound, StoreError
from rafiqa.ledger import PART_BYTES, AttachmentNamed
from rafiqa.service import Sent, Stamp, attach, bring_parts, named_after, originals, receive
from rafiqa.service.erasing import erase_with_identities
from rafiqa.service.identitybook import identities
from rafiqa.service.inspection import check_site
from rafiqa.service.originals import (
    original_of,
    seal_waiting,
    seal_whole,
    unseal_attachment,
    waiting,
)
from rafiqa.service.submissionfile import name_file, put_file, put_file_part
from rafiqa.service.submissionview import export
from rafiqa.store.vault import Vault
from rafiqa.wire import pictureworker
from rafiqa.wire.picture import standing_in
from tests.unit.service.ground import FIRST, OPERATOR, SURVEYOR
from tests.unit.service.safes import NAMELESS, Safe, safe_at

FORM = "uuid:nameless"


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        assert receive(made.office, OPERATOR, Sent(NAMELESS)).acted.done
        yield made


def picture(kind: str = "JPEG", owner: str = "", shade: int = 90, **more: Any) -> bytes:
    """A picture of one colour, which alike ones share, and a name beside its pixels."""
    made = Image.new("RGB", (64, 64), (shade, 120, 60))
    exif = made.getexif()
    exif[0x9286] = owner
    out = io.BytesIO()
    made.save(out, kind, exif=exif, **more)
    return out.getvalue()


def name_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def kept(safe: Safe, content: bytes) -> bytes | None:
    parts = safe.office.store.attachment(name_of(content))
    return None if parts is None else b"".join(parts)


# One stand-in for each original


def test_alike_pictures_have_each_a_stand_in_of_their_own(safe: Safe) -> None:
    ours, theirs = picture(owner="qanary-ours"), picture(owner="qanary-theirs")
    assert ours != theirs
    assert standing_in(ours) == standing_in(theirs)
    for name, content in (("a.jpg", ours), ("b.jpg", theirs)):
        assert put_file(safe.office, OPERATOR, FORM, name, content)
    stand_ins = {name_of(kept(safe, content) or b""): content for content in (ours, theirs)}
    assert len(stand_ins) == 2
    for content in (ours, theirs):
        pseudonym = original_of(safe.office, name_of(content))
        assert pseudonym is not None
        made = kept(safe, content) or b""
        with Image.open(io.BytesIO(made)) as opened:
            assert opened.info["comment"] == pseudonym.encode()
            assert opened.size == (64, 64)
        assert b"qanary" not in made
    assert check_site(safe.office).intact


def test_a_picture_is_seen_though_another_of_the_same_pixels_was_erased(safe: Safe) -> None:
    ours, theirs = picture(owner="ours"), picture(owner="theirs")
    put_file(safe.office, OPERATOR, FORM, "a.jpg", ours)
    entry = next(
        each.entry_id
        for each in safe.office.facts()
        if isinstance(each.fact, AttachmentNamed) and each.fact.sha256 == name_of(ours)
    )
    assert erase_with_identities(safe.office, FIRST, entry, "asked for")[0].done
    assert kept(safe, ours) is None
    assert put_file(safe.office, OPERATOR, FORM, "b.jpg", theirs)
    assert kept(safe, theirs) is not None, "a picture of a hazard is gone with another one"


def test_a_file_sent_again_in_parts_seals_nothing_but_itself(safe: Safe) -> None:
    photo = picture("PNG", "ours")
    name = name_of(photo)
    name_file(safe.office, OPERATOR, FORM, "a.png", name, len(photo))
    for _ in range(3):
        put_file_part(safe.office, OPERATOR, FORM, "a.png", 0, photo[:PART_BYTES])
    assert len(identities(safe.office)) == 1


def test_what_stands_for_a_picture_is_none_to_be_sealed(safe: Safe) -> None:
    photo = picture(owner="ours")
    put_file(safe.office, OPERATOR, FORM, "a.jpg", photo)
    made = kept(safe, photo) or b""
    put_file(safe.office, OPERATOR, FORM, "b.jpg", made)
    assert len(identities(safe.office)) == 1
    assert list(waiting(safe.office)) == []


# Pictures that a JPEG of their pixels would not tell


def frames(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    first, *rest = (Image.new("RGB", (32, 32), (shade, 10, 10)) for shade in (10, 120, 240))
    first.save(out, kind, save_all=True, append_images=rest, **more)
    return out.getvalue()


def panorama() -> bytes:
    """Several pictures in one JPEG, the second of them part of a panorama (CIPA DC-007)."""
    made = bytearray(frames("MPO"))
    # The index: name, head of TIFF and three tags; then 16 bytes for each picture.
    second = made.index(b"MPF") + 4 + 50 + 16
    assert made[second : second + 4] == bytes(4)
    made[second : second + 4] = (1, 0, 2, 0)
    return bytes(made)


def saved(made: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()


def glass(kind: str) -> bytes:
    made = Image.new("RGBA", (32, 32), (200, 10, 10, 255))
    made.putpixel((3, 3), (0, 0, 0, 0))
    return saved(made, kind, **({"lossless": True} if kind == "WEBP" else {}))


def png_of_16_bits() -> bytes:
    """Three channels of 16 bits each, which Pillow reads as 8 and does not write."""
    import struct
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        sums = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sums)

    rows = b"".join(b"\0" + bytes(range(8)) * 6 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def cut_short(kind: str) -> bytes:
    noise = np.random.default_rng(7).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), kind)
    return whole[: len(whole) * 2 // 3]


def vast() -> bytes:
    return saved(Image.new("1", (9_300, 7_000)), "PNG")


STAYING: dict[str, Callable[[], bytes]] = {
    "pages.tiff": lambda: frames("TIFF"),
    "moving.gif": lambda: frames("GIF"),
    "moving.png": lambda: frames("PNG"),
    "moving.webp": lambda: frames("WEBP"),
    "panorama.jpg": panorama,
    "deep.png": png_of_16_bits,
    "deep-grey.png": lambda: saved(
        Image.fromarray(np.arange(900, dtype=np.uint16).reshape(30, 30) * 70), "PNG"
    ),
    "deep.tiff": lambda: saved(
        Image.fromarray(np.arange(900, dtype=np.uint16).reshape(30, 30) * 70), "TIFF"
    ),
    "glass.png": lambda: glass("PNG"),
    "glass.webp": lambda: glass("WEBP"),
    "cut.jpg": lambda: cut_short("JPEG"),
    "cut.png": lambda: cut_short("PNG"),
    "vast.png": vast,
}


@pytest.mark.parametrize("name", STAYING)
def test_what_a_jpeg_would_not_tell_stays_as_it_came(safe: Safe, name: str) -> None:
    content = STAYING[name]()
    assert put_file(safe.office, OPERATOR, FORM, name, content)
    assert kept(safe, content) == content
    assert identities(safe.office) == {}
    assert seal_waiting(safe.office, FIRST).unread == (name_of(content),)
    assert kept(safe, content) == content


@pytest.mark.parametrize("name", ["pages.tiff", "moving.gif", "panorama.jpg", "glass.png"])
def test_its_own_organisation_gets_all_of_it_and_others_a_picture_made_anew(
    safe: Safe, name: str
) -> None:
    content = STAYING[name]()
    assert put_file(safe.office, OPERATOR, FORM, name, content)
    stories = list(safe.office.fieldbook().stories.values())
    given: dict[str, bytes] = {}
    for reader in (OPERATOR.organisation_id, "somebody else"):
        archive = export(safe.office, stories, "zip", "en", reader)
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            (member,) = (each for each in opened.namelist() if each.endswith(name))
            given[reader] = opened.read(member)
    assert given[OPERATOR.organisation_id] == content
    assert given["somebody else"].startswith(b"\xff\xd8\xff")
    assert given["somebody else"] != content


SEALED: dict[str, Callable[[], bytes]] = {
    "with-a-smaller-one.jpg": lambda: frames("MPO"),
    "one-page.tiff": lambda: picture("TIFF"),
    "opaque.png": lambda: saved(Image.new("RGBA", (32, 32), (9, 9, 9, 255)), "PNG"),
    "palette.gif": lambda: saved(Image.new("P", (32, 32), 3), "GIF"),
    "plain.webp": lambda: picture("WEBP"),
    "plain.avif": lambda: picture("AVIF"),
    "grey.jpg": lambda: saved(Image.new("L", (32, 32), 70), "JPEG"),
}


@pytest.mark.parametrize("name", SEALED)
def test_the_control_a_plain_picture_is_sealed(safe: Safe, name: str) -> None:
    content = SEALED[name]()
    assert put_file(safe.office, OPERATOR, FORM, name, content)
    assert original_of(safe.office, name_of(content)) is not None
    assert kept(safe, content) != content


# Documents stay what they are


def attached(safe: Safe, folder: Path, content: bytes) -> AttachmentNamed:
    path = folder / "paper.jpg"
    path.write_bytes(content)
    named = named_after(path, "A1", "image/jpeg")
    assert attach(safe.office, SURVEYOR, named, Stamp(entry_id=f"n-{named.sha256[:8]}")).done
    assert bring_parts(safe.office, path, named.sha256).whole
    return named


def test_an_attached_picture_stays_as_it_came_unless_it_is_asked_for(
    safe: Safe, tmp_path: Path
) -> None:
    photo = picture(owner="ours")
    named = attached(safe, tmp_path, photo)
    assert seal_waiting(safe.office, FIRST).sealed == 0
    assert not seal_whole(safe.office, SURVEYOR, "A1", named.sha256)
    assert kept(safe, photo) == photo
    # Sent with a form too it is still the document that it was.
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", photo)
    assert kept(safe, photo) == photo
    assert list(waiting(safe.office)) == []
    assert seal_whole(safe.office, SURVEYOR, "A1", named.sha256, asked=True)
    assert original_of(safe.office, named.sha256) is not None
    assert kept(safe, photo) != photo


def test_a_files_own_bytes_come_back_to_whoever_may_have_them_and_it_is_on_record(
    safe: Safe, tmp_path: Path
) -> None:
    photo = picture(owner="ours")
    name = attached(safe, tmp_path, photo).sha256
    with pytest.raises(NotFound, match=r"service\.vault\.no-original"):
        unseal_attachment(safe.office, FIRST, name, "inquiry", safe.secret)
    assert seal_whole(safe.office, SURVEYOR, "A1", name, asked=True)
    pseudonym = original_of(safe.office, name)
    assert pseudonym is not None
    denied = unseal_attachment(safe.office, SURVEYOR, name, "inquiry", safe.secret)
    assert (denied.acted.done, denied.picture) == (False, None)
    assert identities(safe.office)[pseudonym].looks == []
    looked = unseal_attachment(safe.office, FIRST, name, "inquiry", safe.secret)
    assert looked.picture == photo
    (look,) = identities(safe.office)[pseudonym].looks
    assert look.actor.person_id == FIRST.person_id
    other = pyrage.x25519.Identity.generate()
    with pytest.raises(StoreError, match=r"store\.vault\.key"):
        unseal_attachment(safe.office, FIRST, name, "inquiry", other)
    assert len(identities(safe.office)[pseudonym].looks) == 1, "who read nothing did not look"


def test_bytes_that_are_not_what_the_hash_names_are_given_to_nobody(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = picture(owner="ours")
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", photo)
    monkeypatch.setattr(Vault, "opened", lambda *_: picture(owner="theirs"))
    with pytest.raises(StoreError, match=r"store\.vault\.damaged"):
        unseal_attachment(safe.office, FIRST, name_of(photo), "inquiry", safe.secret)


# Whatever fails, the picture is kept


def _full_disk(*_: object, **__: object) -> Any:
    raise OSError(28, "No space left on device")


def _no_vault(*_: object, **__: object) -> Any:
    raise StoreError(Fault("store.vault.damaged", params={"pseudonym": "p"}))


FAILING: dict[str, Callable[[pytest.MonkeyPatch, Safe], None]] = {
    "no room to make it anew": lambda patch, _: patch.setattr(originals, "standing_in", _full_disk),
    "no room in the vault": lambda patch, _: patch.setattr(Vault, "keep", _full_disk),
    "no way to the vault": lambda patch, safe: (
        patch.setattr(safe.office, "vault", None),
        patch.setattr(safe.office, "vault_at", _full_disk),
    )[0],
    "the vault fails after it took it": lambda patch, _: patch.setattr(Vault, "digest", _no_vault),
    "the ledger does not take it": lambda patch, _: patch.setattr(originals, "_say", _no_vault),
}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "in parts"])
@pytest.mark.parametrize("why", FAILING)
def test_whatever_fails_the_picture_is_kept_and_the_phone_is_answered(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, why: str, *, whole: bool
) -> None:
    photo = picture(owner="ours")
    with monkeypatch.context() as patch:
        FAILING[why](patch, safe)
        if whole:
            assert put_file(safe.office, OPERATOR, FORM, "a.jpg", photo)
        else:
            name_file(safe.office, OPERATOR, FORM, "a.jpg", name_of(photo), len(photo))
            assert put_file_part(safe.office, OPERATOR, FORM, "a.jpg", 0, photo).whole
        assert kept(safe, photo) == photo
    assert [fact.sha256 for fact in waiting(safe.office)] == [name_of(photo)]
    assert seal_waiting(safe.office, FIRST).sealed == 1
    assert original_of(safe.office, name_of(photo)) is not None
    assert len(identities(safe.office)) == 1
    assert check_site(safe.office).intact


def test_the_largest_picture_is_smaller_than_what_stays() -> None:
    assert pictureworker.PIXELS < 9_300 * 7_000
