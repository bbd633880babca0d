"""Pictures are opened, turned upright and written anew: around the pixels only the colour profile stays."""

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from shouxin.customers.attachments.content import JPEG, PNG, TIFF, WEBP, Accepted, ContentProblem

FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", TIFF: "TIFF"}
PIXELS = 40_000_000  # of one picture; a sheet of A4 at 600 dpi has 35 million
ALL_PIXELS = 120_000_000  # of all pages of a TIFF
FRAMES = 100
_QUALITY = 92
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": _QUALITY, "optimize": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": _QUALITY, "method": 4},
    "TIFF": {"compression": "tiff_deflate"},
}
# What libraries raise over damaged or hostile pictures.
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError)


def accept(content: bytes, media_type: str) -> Accepted:
    """The picture, written anew.

    Raises:
        ContentProblem: damaged, moving, or of too many pixels.
    """
    name = FORMATS[media_type]
    try:
        with Image.open(io.BytesIO(content), formats=(name,)) as opened:
            _check_size(opened, name)
            frames = [_bare(frame) for frame in _frames(opened)]
        return Accepted(media_type, _written(frames, name), len(frames))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ContentProblem("picture.too_many_pixels") from None
    except BROKEN:
        raise ContentProblem("picture.broken") from None


def _check_size(opened: Image.Image, name: str) -> None:
    """Sizes as the file states them, before a pixel is unpacked."""
    count = getattr(opened, "n_frames", 1)
    if name == "TIFF":
        if count > FRAMES:
            raise ContentProblem("picture.too_many_pixels")
    elif count > 1:
        raise ContentProblem("picture.moving")
    pixels = 0
    for number in range(count):
        if number:
            opened.seek(number)
        width, height = opened.size
        pixels += width * height
        if width * height > PIXELS or pixels > ALL_PIXELS:
            raise ContentProblem("picture.too_many_pixels")


def _frames(opened: Image.Image) -> Iterator[Image.Image]:
    for number in range(getattr(opened, "n_frames", 1)):
        opened.seek(number)
        opened.load()
        yield opened


def _bare(frame: Image.Image) -> Image.Image:
    """The pixels, upright, with their colour profile and nothing else."""
    profile = frame.info.get("icc_profile")
    upright = ImageOps.exif_transpose(frame)
    bare = Image.new(upright.mode, upright.size)
    if upright.palette is not None:
        bare.putpalette(upright.palette)
    bare.paste(upright)
    if "transparency" in frame.info and upright.mode == "P":
        bare.info["transparency"] = frame.info["transparency"]
    if profile:
        bare.info["icc_profile"] = profile
    return bare


def _written(frames: list[Image.Image], name: str) -> bytes:
    first, out = frames[0], io.BytesIO()
    options = dict(_OPTIONS[name])
    if profile := first.info.get("icc_profile"):
        options["icc_profile"] = profile
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    first.save(out, name, **options)
    return out.getvalue()
