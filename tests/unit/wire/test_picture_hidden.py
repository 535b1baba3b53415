"""Pictures that may be shared: nothing beside the pixels, and nothing of what is hidden."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from rafiqa.errors import InvalidInput
from rafiqa.wire.picture import carries_more, from_pixels, hidden, picture_kind, shown


def _noise(width: int = 400, height: int = 300) -> Image.Image:
    drawn = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(drawn)


def _jpeg(picture: Image.Image) -> bytes:
    exif = picture.getexif()
    exif[0x9286] = "canary words beside the pixels"
    exif[0x8825] = {1: "N", 2: (35.0, 57.0, 4.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif, comment=b"canary remark")
    return out.getvalue()


def test_what_is_marked_is_gone_and_all_else_stays() -> None:
    content = _jpeg(_noise())
    assert b"canary" in content
    made = hidden(content, [(250, 200, 300, 400)])
    assert b"canary" not in made.jpeg
    with Image.open(io.BytesIO(made.jpeg)) as opened:
        assert not opened.getexif()
        pixels = np.asarray(opened.convert("L")).astype(float)
    inside, outside = pixels[65:175, 105:215], pixels[200:, :80]
    # Noise has a spread of some sixty; a few smooth blocks have hardly any from pixel to pixel.
    assert np.abs(np.diff(inside, axis=1)).mean() < 4
    assert np.abs(np.diff(outside, axis=1)).mean() > 20
    # The control: unhidden, the same place is as it was.
    with Image.open(io.BytesIO(from_pixels(content))) as opened:
        plain = np.asarray(opened.convert("L")).astype(float)
    assert np.abs(np.diff(plain[65:175, 105:215], axis=1)).mean() > 20


def test_the_cascades_are_there_and_somebody_looked() -> None:
    cv2 = pytest.importorskip("cv2", reason="rafiqa[pictures] is not installed")
    from rafiqa.wire.pictureworker import CASCADES

    for name, _, _ in CASCADES:
        assert not cv2.CascadeClassifier(cv2.data.haarcascades + name).empty(), name
    blank = io.BytesIO()
    Image.new("RGB", (200, 150), (120, 130, 140)).save(blank, "PNG")
    made = hidden(blank.getvalue())
    assert made.looked
    assert made.found == ()


def test_what_is_found_is_hidden_with_a_margin(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    from rafiqa.wire import pictureworker

    picture = _noise()
    box = pictureworker._within(picture, (100, 100, 100, 80))
    assert box == (162, 216, 426, 501)
    monkeypatch.setattr(pictureworker, "_found", lambda _: iter([box]))
    (tmp_path / "came").write_bytes(_jpeg(picture))
    told = pictureworker.remake(tmp_path / "came", tmp_path / "made.jpg", hides=True)
    assert told["found"] == [box]
    with Image.open(tmp_path / "made.jpg") as opened:
        pixels = np.asarray(opened.convert("L")).astype(float)
    assert np.abs(np.diff(pixels[105:175, 105:195], axis=1)).mean() < 4


@pytest.mark.parametrize("box", [(0, 0, 0, 10), (-1, 0, 5, 5), (900, 0, 200, 10), (0, 999, 1, 2)])
def test_a_region_outside_of_the_picture_is_refused(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidInput) as refused:
        hidden(_jpeg(_noise(20, 20)), [box])
    assert refused.value.code == "wire.picture.region"


def test_what_is_no_picture_is_not_taken_for_one() -> None:
    assert shown(b"%PDF-1.7 a page") is None
    assert picture_kind(b"RIFF\x00\x00\x00\x00AVI LIST") is None
    with pytest.raises(InvalidInput):
        shown(b"\xff\xd8\xff and nothing that can be read")


def test_one_that_ends_too_early_is_shown_as_far_as_it_goes_and_not_taken_in() -> None:
    cut = _jpeg(_noise())[:-30]
    made = shown(cut)
    assert made is not None
    assert b"canary" not in made
    with Image.open(io.BytesIO(made)) as opened:
        assert opened.size == (400, 300)
    with pytest.raises(InvalidInput):
        from_pixels(cut)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "AVIF"])
def test_pictures_of_other_kinds_are_made_anew_and_not_taken_in(kind: str) -> None:
    picture, out = _noise(), io.BytesIO()
    exif = picture.getexif()
    exif[0x010E] = "canary"
    more = {"comment": b"canary"} if kind == "GIF" else {"exif": exif}
    picture.save(out, kind, **more)
    content = out.getvalue()
    assert b"canary" in content
    made = shown(content)
    assert made is not None
    assert b"canary" not in made
    assert made.startswith(b"\xff\xd8\xff")
    with pytest.raises(InvalidInput):
        from_pixels(content)


def test_what_cannot_be_made_anew_is_known_for_it() -> None:
    assert carries_more(b"\0\0\0\x18ftypheic" + bytes(40))
    assert carries_more(b"\0\0\0\x18ftypmp42" + bytes(40))
    assert not carries_more(b"\0\0\0\x18ftypavif" + bytes(40))
    assert not carries_more(b"%PDF-1.7 and so on")
