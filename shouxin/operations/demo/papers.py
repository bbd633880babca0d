"""Invented papers of the demonstration: a contract of two pages and a photograph of a delivery, drawn here."""

import io

from PIL import Image, ImageDraw, ImageFont

A4 = (827, 1169)  # pixels, at 100 dpi
_INK, _PAPER, _SKY, _FLOOR, _WOOD = "#1f2933", "#fffdf8", "#e8edf1", "#b9a58a", "#8b6b43"
_CLAUSES = (
    "1. The seller delivers and installs the furniture listed in the order.",
    "2. The buyer pays 40 percent on signing and the rest on delivery.",
    "3. Warranty: three years on frames, one year on fabrics.",
    "4. Personal data are used to perform this contract and for nothing else.",
    "5. Disputes are settled by the court at the seller's place.",
)


def contract() -> bytes:
    """A PDF of two scanned pages; its words are plainly a sample's."""
    pages = [
        _page("SAMPLE CONTRACT  (invented)", _CLAUSES),
        _page("SIGNATURES", ("Seller: ________", "Buyer: ________")),
    ]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=100.0)
    return out.getvalue()


def _page(title: str, lines: tuple[str, ...]) -> Image.Image:
    page = Image.new("RGB", A4, _PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((80, 90), title, font=ImageFont.load_default(30), fill=_INK)
    for number, line in enumerate(lines):
        draw.text((80, 190 + 70 * number), line, font=ImageFont.load_default(19), fill=_INK)
    return page


def delivery() -> bytes:
    """A JPEG of a desk in a room, as somebody who delivers would take it."""
    picture = Image.new("RGB", (960, 640), _SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 430, 960, 640), fill=_FLOOR)
    draw.rectangle((210, 300, 750, 335), fill=_WOOD)
    for left in (240, 690):
        draw.rectangle((left, 335, left + 26, 520), fill=_WOOD)
    draw.rectangle((400, 190, 560, 298), fill=_INK)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
