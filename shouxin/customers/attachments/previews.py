"""What a person is shown of an attachment: pages drawn with a watermark burnt in, or the text of a document.

The watermark names account and minute in Latin letters and digits, for which a font is always there; the page's own
watermark adds the name. Nothing drawn is kept.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from defusedxml.ElementTree import ParseError, iterparse
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image, ImageDraw, ImageFont

from shouxin.core.policy import Actor
from shouxin.customers.attachments import pages, pictures
from shouxin.customers.attachments.content import DOCX, PDF, XLSX, ContentProblem

AT_ONCE = 3  # pages of one opening
WIDTH, HEIGHT = 1100, 1600
PARAGRAPHS, PARAGRAPH = 400, 2000
SHEETS, ROWS, COLUMNS, CELL = 5, 100, 20, 200
_LETTERS = 18
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GREY = (120, 120, 120, 110)


@dataclass(slots=True)
class Preview:
    """Pictures as PNG, or the text of a document; `cut` tells that there is more than is shown."""

    images: list[bytes] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    sheets: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    cut: bool = False


def mark_of(actor: Actor, account: str, now: datetime) -> str:
    """What is burnt into a picture: account (or the start of the pseudonym, if it has other letters) and minute."""
    name = account if account.isascii() and account.isprintable() else str(actor.pseudonym)[:8]
    return f"{name}  {timezone.localtime(now).strftime('%Y-%m-%d %H:%M')}"


def draw(media_type: str, content: bytes, first: int, mark: str) -> Preview:
    """Preview `content` from page `first` (0 is the first).

    Raises:
        ContentProblem: it does not open, which after storing it soundly would be a defect.
    """
    if media_type == DOCX:
        return _of_document(content)
    if media_type == XLSX:
        return _of_workbook(content)
    if media_type == PDF:
        drawn = pages.draw(content, first, AT_ONCE, width=WIDTH, height=HEIGHT)
    else:
        drawn = _frames(content, pictures.FORMATS[media_type], first)
    return Preview([_marked(image, mark) for image in drawn])


def _frames(content: bytes, name: str, first: int) -> list[Image.Image]:
    drawn = []
    try:
        with Image.open(io.BytesIO(content), formats=(name,)) as opened:
            for number in range(first, min(first + AT_ONCE, getattr(opened, "n_frames", 1))):
                opened.seek(number)
                image = opened.convert("RGB")
                image.thumbnail((WIDTH, HEIGHT))
                drawn.append(image)
    except pictures.BROKEN:
        raise ContentProblem("picture.broken") from None
    return drawn


def _marked(image: Image.Image, mark: str) -> bytes:
    """`image` as PNG with the mark across all of it, so that no cutting takes it away."""
    font = ImageFont.load_default(_LETTERS)
    left, top, right, bottom = font.getbbox(mark)
    line = Image.new("RGBA", (int(right - left) + 8, int(bottom - top) + 12), (0, 0, 0, 0))
    ImageDraw.Draw(line).text((4, 4), mark, font=font, fill=_GREY)
    line = line.rotate(24, expand=True, resample=Image.Resampling.BICUBIC)
    base = image.convert("RGBA")
    step_x, step_y = line.width + 30, line.height + 30
    for row, y in enumerate(range(-step_y // 2, base.height, step_y)):
        for x in range(-(step_x // 2) * (row % 2), base.width, step_x):
            base.alpha_composite(line, (max(x, 0), max(y, 0)), (max(-x, 0), max(-y, 0)))
    out = io.BytesIO()
    base.convert("RGB").save(out, "PNG")
    return out.getvalue()


def _of_document(content: bytes) -> Preview:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("word/document.xml") as part:
            found = list(islice(_paragraphs(part), PARAGRAPHS + 1))
    except (ParseError, ValueError, zipfile.BadZipFile, OSError):
        raise ContentProblem("office.broken") from None
    return Preview(paragraphs=found[:PARAGRAPHS], cut=len(found) > PARAGRAPHS)


def _paragraphs(part: Any) -> Iterator[str]:
    for _event, element in iterparse(part, forbid_dtd=True):
        if element.tag == f"{_WORD}p":
            text = "".join(piece.text or "" for piece in element.iter(f"{_WORD}t"))
            element.clear()
            if text.strip():
                yield text[:PARAGRAPH]


def _of_workbook(content: bytes) -> Preview:
    preview = Preview()
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - whatever the library raises over a workbook it cannot read
        raise ContentProblem("office.broken") from None
    try:
        for sheet in book.worksheets[:SHEETS]:
            rows = list(islice(sheet.iter_rows(max_col=COLUMNS, values_only=True), ROWS + 1))
            preview.cut |= len(rows) > ROWS
            shown = [["" if cell is None else str(cell)[:CELL] for cell in row] for row in rows[:ROWS]]
            preview.sheets.append((sheet.title, shown))
        preview.cut |= len(book.worksheets) > SHEETS
    finally:
        book.close()
    return preview
