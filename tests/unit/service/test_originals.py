"""Originals of pictures: sealed in the vault, shown by their pixels, and never lost in between."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest
from PIL import Image

from rafiqa.errors import Fault, Forbidden, StoreError
from rafiqa.ledger import PART_BYTES, AttachmentNamed
from rafiqa.service import Sent, originals, receive
from rafiqa.service.erasing import erase_with_identities
from rafiqa.service.identitybook import identities
from rafiqa.service.inspection import check_site
from rafiqa.service.originals import original_of, seal_waiting, waiting
from rafiqa.service.submissionfile import name_file, put_file, put_file_apart, put_file_part
from rafiqa.service.submissionview import export
from rafiqa.service.vaultdoor import settle, vault_now
from rafiqa.service.vaulting import due, erase_identity, look_at_identity
from rafiqa.store.vault import Vault, make_vault, open_vault
from rafiqa.wire.picture import standing_in
from tests.unit.service.ground import FIRST, OPERATOR, SECOND
from tests.unit.service.safes import NAMELESS, Safe, safe_at

FORM = "uuid:nameless"
PLACE = b"qanary-exif"


def photograph(shade: int = 90, side: int = 64, kind: str = "JPEG") -> bytes:
    """A picture as a phone writes it: with a place and a name beside its pixels, three ways."""
    picture = Image.new("RGB", (side, side), (shade, 120, 60))
    out = io.BytesIO()
    exif = picture.getexif()
    exif[0x8825] = {1: "N", 2: (35.0, 58.0, 1.6)}
    exif[0x9286] = PLACE.decode()
    more: dict[str, Any] = {"exif": exif}
    if kind == "JPEG":
        more["comment"] = b"qanary-iptc"
        more["xmp"] = b"<x:xmpmeta>qanary-xmp</x:xmpmeta>"
    picture.save(out, kind, **more)
    return out.getvalue()


PHOTO = photograph()
NAME = sha256(PHOTO).hexdigest()


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    with safe_at(tmp_path) as made:
        assert receive(made.office, OPERATOR, Sent(NAMELESS)).acted.done
        yield made


def everything(safe: Safe, *, with_vault: bool = False) -> bytes:
    """All bytes that a thief of the disk has, the vault's file only where asked for."""
    return b"".join(
        path.read_bytes()
        for path in sorted(safe.path.parent.iterdir())
        if path.is_file() and (with_vault or path != safe.path)
    )


def picture_at(safe: Safe, name: str = NAME) -> bytes | None:
    parts = safe.office.store.attachment(name)
    return None if parts is None else b"".join(parts)


def pseudonym_of(safe: Safe, name: str = NAME) -> str:
    found = original_of(safe.office, name)
    assert found is not None
    return found


def looked(safe: Safe, name: str) -> bytes | None:
    return look_at_identity(safe.office, FIRST, name, "inquiry", safe.secret).picture


def test_an_original_lies_in_the_vault_and_its_pixels_stand_for_it(safe: Safe) -> None:
    office = safe.office
    assert put_file(office, OPERATOR, FORM, "a.jpg", PHOTO)
    shown = picture_at(safe)
    assert shown is not None
    assert b"qanary" not in shown
    with Image.open(io.BytesIO(shown)) as opened:
        assert opened.size == (64, 64)
        assert not opened.getexif()
    # What the disk holds says nothing of it, the vault's file no more than the store's.
    assert b"qanary" in PHOTO
    assert b"qanary" not in everything(safe, with_vault=True)
    name = pseudonym_of(safe)
    assert looked(safe, name) == PHOTO
    story = identities(office)[name]
    assert (story.fact.record_id, story.fact.purpose) == (FORM, "picture_original")
    assert len(story.looks) == 1
    assert due(office, None) == []
    assert check_site(office).intact
    # Again is done already, and nothing more lies there.
    assert not put_file(office, OPERATOR, FORM, "a.jpg", PHOTO)
    assert len(identities(office)) == 1
    assert settle(office).lost == ()


def test_in_parts_it_is_sealed_with_the_last(safe: Safe) -> None:
    photo = photograph(side=900, kind="PNG") + bytes(PART_BYTES)
    name = sha256(photo).hexdigest()
    assert name_file(safe.office, OPERATOR, FORM, "p.png", name, len(photo)).done
    for number in range(-(-len(photo) // PART_BYTES)):
        assert original_of(safe.office, name) is None
        part = photo[number * PART_BYTES : (number + 1) * PART_BYTES]
        put_file_part(safe.office, OPERATOR, FORM, "p.png", number, part)
    assert looked(safe, pseudonym_of(safe, name)) == photo
    assert (picture_at(safe, name) or b"").startswith(b"\xff\xd8")
    assert b"qanary" not in everything(safe)


def test_what_is_no_picture_or_cannot_be_made_anew_is_kept_as_it_came(safe: Safe) -> None:
    kept = {
        "film.mp4": b"\0\0\0\x18ftypmp42" + bytes(90),
        "torn.jpg": b"\xff\xd8\xff" + b"no picture at all",
        "table.csv": b"a,b\n1,2\n",
    }
    for name, content in kept.items():
        assert put_file(safe.office, OPERATOR, FORM, name, content)
        assert picture_at(safe, sha256(content).hexdigest()) == content
    assert identities(safe.office) == {}
    assert seal_waiting(safe.office, FIRST).unread == (sha256(kept["torn.jpg"]).hexdigest(),)
    assert picture_at(safe, sha256(kept["torn.jpg"]).hexdigest()) == kept["torn.jpg"]


def test_a_file_kept_apart_is_sealed_too(safe: Safe) -> None:
    assert put_file_apart(safe.office, OPERATOR, "apart-1", "a.jpg", PHOTO)
    assert looked(safe, pseudonym_of(safe)) == PHOTO


def broken(why: str, safe: Safe) -> None:
    """Makes the vault one that nothing can be put into."""
    vault = safe.office.vault
    assert vault is not None
    vault.close()
    safe.office.vault = None
    safe.office.expects_vault = True
    if why == "missing":
        safe.path.rename(safe.path.with_suffix(".away"))
    elif why == "damaged":
        safe.path.with_suffix(".away").write_bytes(safe.path.read_bytes())
        safe.path.write_bytes(b"SQLite format 3\0" + bytes(5_000))
    else:
        # Another ledger's vault lies in its place.
        safe.path.rename(safe.path.with_suffix(".away"))
        public = str(pyrage.x25519.Identity.generate().to_public())
        other = make_vault(safe.path, public, bytes, lambda: 1)
        other.bind(b"another ledger".ljust(32, b"."))
        other.close()
    safe.office.vault_at = lambda: opened_again(safe)


def opened_again(safe: Safe) -> Vault | None:
    if not safe.path.exists():
        return None
    return open_vault(safe.path, lambda n: sha256(bytes(n)).digest()[:n], safe.office.now_us)


@pytest.mark.parametrize("why", ["missing", "damaged", "another's"])
def test_without_its_vault_a_new_picture_is_kept_as_it_came_and_sealed_later(
    safe: Safe, why: str
) -> None:
    broken(why, safe)
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    assert picture_at(safe) == PHOTO
    # It fails loudly: whoever looks is told, and what waits is counted.
    with pytest.raises(StoreError):
        vault_now(safe.office)
    assert [fact.sha256 for fact in waiting(safe.office)] == [NAME]
    with pytest.raises((StoreError, Exception), match=r"store\.vault"):
        seal_waiting(safe.office, FIRST)
    assert picture_at(safe) == PHOTO
    safe.path.unlink(missing_ok=True)
    safe.path.with_suffix(".away").rename(safe.path)
    assert seal_waiting(safe.office, FIRST).sealed == 1
    assert looked(safe, pseudonym_of(safe)) == PHOTO
    assert list(waiting(safe.office)) == []


def test_a_vault_whose_disk_is_full_loses_no_picture(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise StoreError(Fault("store.disk-full"))

    monkeypatch.setattr(Vault, "keep", full)
    assert put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    assert picture_at(safe) == PHOTO


def test_only_who_may_keep_identities_has_them_sealed(safe: Safe) -> None:
    with pytest.raises(Forbidden):
        seal_waiting(safe.office, replace(FIRST, role="planner"))


# Erasing


def test_an_original_is_erased_and_the_picture_of_the_hazard_stays(safe: Safe) -> None:
    put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    shown, name = picture_at(safe), pseudonym_of(safe)
    assert erase_identity(safe.office, SECOND, name, "asked_by_person").done
    assert picture_at(safe) == shown
    assert looked_at_nothing(safe, name)
    # Sent again it does not come back, whole or in parts.
    assert not put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    assert safe.office.store.put_part(NAME, 0, PHOTO).shared is not None
    assert (picture_at(safe), looked_at_nothing(safe, name)) == (shown, True)
    assert check_site(safe.office).intact


def looked_at_nothing(safe: Safe, name: str) -> bool:
    assert safe.office.vault is not None
    return all(item.erased for item in safe.office.vault.items() if item.pseudonym == name)


def test_words_and_picture_of_a_file_are_erased_together(safe: Safe) -> None:
    put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    name = pseudonym_of(safe)
    entry = next(
        recorded.entry_id
        for recorded in safe.office.facts()
        if isinstance(recorded.fact, AttachmentNamed) and recorded.fact.sha256 == NAME
    )
    acted, gone = erase_with_identities(safe.office, FIRST, entry, "asked for")
    assert acted.done
    assert gone == (name,)
    assert picture_at(safe) is None
    assert looked_at_nothing(safe, name)
    assert not put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    assert picture_at(safe) is None
    assert looked_at_nothing(safe, name)
    assert check_site(safe.office).intact


def test_a_picture_swapped_under_another_original_is_found(safe: Safe) -> None:
    put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    other = photograph(200)
    put_file(safe.office, OPERATOR, FORM, "b.jpg", other)
    store: Any = safe.office.store
    there = store.progress(NAME).shared
    forged = "UPDATE stand_ins SET shared = ? WHERE sha256 <> ?"
    store._writer.execute(forged, (there, NAME))
    assert [fault.code for fault in check_site(safe.office).faults] == ["store.attachment"]


def test_others_get_an_archive_with_faces_hidden(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def shown(_content: bytes, *, hides: bool = False) -> bytes:
        asked.append(hides)
        return b"hidden" if hides else b"shown"

    monkeypatch.setattr("rafiqa.service.submissionview.shown", shown)
    put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)
    stories = list(safe.office.fieldbook().stories.values())
    export(safe.office, stories, "zip", "en", OPERATOR.organisation_id)
    export(safe.office, stories, "zip", "en", "somebody else")
    assert asked == [False, True]


# Cut at every write


class Cut(BaseException):
    """The power goes."""


@dataclass
class Power:
    """Goes at the so-manyeth moment before or after a write."""

    left: int

    def guarded(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def cut(*args: Any, **more: Any) -> Any:
            self.tick()
            done = write(*args, **more)
            self.tick()
            return done

        return cut

    def tick(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cut


MOMENTS = 8
"""Before and after each of four writes: vault, ledger, store, and the file's name."""


def cut_at(safe: Safe, monkeypatch: pytest.MonkeyPatch, moment: int, do: Callable[[], Any]) -> bool:
    """Whether the power went at that moment of what is done."""
    power = Power(moment)
    with monkeypatch.context() as patched:
        patched.setattr(Vault, "keep", power.guarded(Vault.keep))
        for name in ("seal_attachment", "put_attachment", "append"):
            write = getattr(safe.office.store, name)
            patched.setattr(safe.office.store, name, power.guarded(write), raising=False)
        try:
            do()
        except Cut:
            return True
    return False


def losses(safe: Safe, photo: bytes) -> list[str]:
    """What is lost of an acknowledged picture: its original, or anything to be shown."""
    vault, name = safe.office.vault, sha256(photo).hexdigest()
    assert vault is not None
    sealed = [vault.opened(each.pseudonym, safe.secret) for each in vault.items()]
    here = picture_at(safe, name)
    lost = [] if photo in sealed or here == photo else ["original"]
    return lost if here is not None else [*lost, "shown"]


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_cut_while_it_is_taken_in_it_is_sent_again_and_whole(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    def send() -> None:
        put_file(safe.office, OPERATOR, FORM, "a.jpg", PHOTO)

    assert cut_at(safe, monkeypatch, moment, send), "the power went"
    # It was never acknowledged, so the phone sends it again; nothing of it lies open meanwhile.
    assert picture_at(safe) != PHOTO
    send()
    assert losses(safe, PHOTO) == []
    assert looked(safe, pseudonym_of(safe)) == PHOTO
    assert len(identities(safe.office)) == 1
    assert check_site(safe.office).intact
    assert "a.jpg" in safe.office.fieldbook().stories[FORM].files


def old(safe: Safe) -> None:
    """A picture that came before there was a vault, as an older version kept it."""
    safe.office.store.put_attachment(PHOTO)
    assert name_file(safe.office, OPERATOR, FORM, "a.jpg", NAME, len(PHOTO)).done
    assert picture_at(safe) == PHOTO


@pytest.mark.parametrize("moment", range(MOMENTS - 2))
def test_an_old_original_is_sealed_and_at_no_stop_lost(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    old(safe)
    assert cut_at(safe, monkeypatch, moment, lambda: seal_waiting(safe.office, FIRST))
    assert losses(safe, PHOTO) == []
    seal_waiting(safe.office, FIRST)
    assert losses(safe, PHOTO) == []
    assert looked(safe, pseudonym_of(safe)) == PHOTO
    assert b"qanary" not in (picture_at(safe) or b"qanary")
    assert len(identities(safe.office)) == 1
    assert list(waiting(safe.office)) == []
    assert check_site(safe.office).intact


def test_the_moments_are_all_there_are(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    old(safe)
    seal = seal_waiting
    assert not cut_at(safe, monkeypatch, MOMENTS - 2, lambda: seal(safe.office, FIRST))
    again = photograph(7)
    send = put_file
    assert not cut_at(
        safe, monkeypatch, MOMENTS, lambda: send(safe.office, OPERATOR, FORM, "b.jpg", again)
    )


def test_the_control_an_original_let_go_before_it_is_sealed_is_seen_as_lost(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the store written first, a cut would lose the original: the checker sees that."""
    old(safe)

    def wrongly(office: Any, _actor: Any, _record: str, content: bytes) -> bool:
        made = standing_in(content)
        assert made is not None
        office.store.seal_attachment(NAME, len(content), made)
        office.vault.keep(content, "too-late")
        return True

    monkeypatch.setattr(originals, "seal_original", wrongly)
    assert cut_at(safe, monkeypatch, 2, lambda: seal_waiting(safe.office, FIRST))
    assert losses(safe, PHOTO) == ["original"]
