"""Nothing but pixels and the colour profile survives in a stored picture; it stands upright and looks the same."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from shouxin.customers.attachments.content import accept
from shouxin.customers.attachments.tests import cast

WORDS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=8, max_size=20)
MAKER, GPS, DESCRIPTION, ARTIST, ORIENTATION = 0x010F, 0x8825, 0x010E, 0x013B, 0x0112


def exif(word: str, orientation: int = 1) -> Image.Exif:
    """What a telephone writes: maker, artist, place, a thumbnail's worth of text."""
    found = Image.Exif()
    found[MAKER], found[DESCRIPTION], found[ARTIST], found[ORIENTATION] = word, word, word, orientation
    gps = found.get_ifd(GPS)
    gps[1], gps[2], gps[3], gps[4], gps[29] = "N", (39.0, 54.0, 26.0), "E", (116.0, 23.0, 29.0), word
    return found


def laden(name: str, word: str) -> bytes:
    """A picture with `word` wherever the format has a place for words."""
    options: dict[str, Any] = {"exif": exif(word)}
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{word}</x:xmpmeta>".encode()
    if name == "JPEG":
        options |= {"comment": word.encode(), "xmp": xmp}
    if name == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", word)
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        options["pnginfo"] = info
    if name == "WEBP":
        options["xmp"] = xmp
    if name == "TIFF":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[700], tags[33432], tags[305] = xmp, word, word
        options = {"tiffinfo": tags, "exif": exif(word)} if word else options
    return cast.picture(name, **options)


def stored(name: str, content: bytes) -> tuple[bytes, Image.Image]:
    found = accept(f"图.{name.lower()}", content).content
    image = Image.open(io.BytesIO(found))
    image.load()
    return found, image


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
@settings(max_examples=12, deadline=None)
@given(word=WORDS)
def test_no_word_of_what_surrounds_the_pixels_survives(name: str, word: str) -> None:
    given = laden(name, word)
    assert word.encode() in given
    found, image = stored(name, given)
    assert word.encode() not in found
    assert b"xmpmeta" not in found
    kept = image.getexif()
    assert not kept.get_ifd(GPS)
    assert not {MAKER, DESCRIPTION, ARTIST} & set(kept)
    assert not {"comment", "exif", "xmp", "Author", "XML:com.adobe.xmp", "photoshop"} & set(image.info)


@pytest.mark.parametrize("name", ["JPEG", "WEBP", "TIFF", "PNG"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_taken_sideways_is_stored_upright(name: str, orientation: int) -> None:
    _found, image = stored(name, cast.picture(name, exif=exif("w", orientation)))
    shown = image.convert("RGB")
    width, height = shown.size
    assert (width, height) == ((60, 40) if orientation == 3 else (40, 60))
    corner = {3: (width - 4, height - 4), 6: (width - 4, 3), 8: (3, height - 4)}[orientation]
    light = shown.getpixel(corner)
    assert isinstance(light, tuple)
    assert min(light) > 200  # the white corner is where a viewer that honours the tag would show it
    assert image.getexif().get(ORIENTATION, 1) == 1


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_colour_profile_stays(name: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _found, image = stored(name, cast.picture(name, icc_profile=profile))
    assert image.info["icc_profile"] == profile


def test_every_page_of_a_scan_stays() -> None:
    pages = [Image.new("1", (30, 20), n % 2) for n in range(3)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    found = accept("扫描.tiff", out.getvalue())
    assert found.pages == 3
    assert getattr(Image.open(io.BytesIO(found.content)), "n_frames", 0) == 3


def test_transparency_of_a_palette_stays() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 1), 1)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=0)
    _found, kept = stored("PNG", out.getvalue())
    assert kept.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)
    assert kept.convert("RGBA").getpixel((1, 1)) == (0, 0, 255, 255)
