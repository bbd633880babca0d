"""PDF files: opened with PDFium, which also draws their pages. They are kept as they came.

A contract may carry a signature that any change would break, so nothing is stripped; their properties (author, program)
stay inside the sealed file, and a preview shows pages alone.
"""

import io
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from shouxin.customers.attachments.content import Accepted, ContentProblem

PAGES = 2000
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b"
)  # PDFium counts those it knows of besides
_AFTER_END = 2048  # bytes after the last %%EOF: blanks alone
_LOCK = threading.Lock()  # PDFium may not be used by two threads at once
_PASSWORD = 4  # FPDF_ERR_PASSWORD


@contextmanager
def _document(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            locked = getattr(error, "err_code", None) == _PASSWORD
            raise ContentProblem("pdf.locked" if locked else "pdf.broken") from None
        try:
            yield document
        finally:
            document.close()


def accept(content: bytes, media_type: str) -> Accepted:
    """The PDF as it came.

    Raises:
        ContentProblem: damaged, locked, with scripts or files inside, or something else as well.
    """
    end = content.rfind(b"%%EOF")
    if not content.startswith(b"%PDF-") or end < 0:
        raise ContentProblem("pdf.broken")
    if content[end + 5 :].strip(b"\r\n\t\x00 ") or len(content) - end > _AFTER_END:
        raise ContentProblem("type.two_at_once")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise ContentProblem("type.two_at_once")
    if _ACTIVE.search(content):
        raise ContentProblem("pdf.active")
    with _document(content) as document:
        count = len(document)
        if not count:
            raise ContentProblem("pdf.broken")
        if count > PAGES:
            raise ContentProblem("pdf.too_long")
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) or pdfium.FPDFDoc_GetAttachmentCount(
            document.raw
        ):
            raise ContentProblem("pdf.active")
    return Accepted(media_type, content, count)


def draw(content: bytes, first: int, count: int, *, width: int, height: int) -> list[Image.Image]:
    """Up to `count` pages from `first` (0 is the first one), each within `width` × `height` pixels.

    Raises:
        ContentProblem: the PDF does not open.
    """
    drawn = []
    with _document(content) as document:
        for number in range(first, min(first + count, len(document))):
            page = document[number]
            try:
                wide, high = page.get_size()
                scale = min(width / max(wide, 1), height / max(high, 1))
                drawn.append(page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"))
            finally:
                page.close()
    return drawn
