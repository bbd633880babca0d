"""Small files of every kind, made by the tests themselves, and attaching one as a member of the cast."""

import io
import zipfile
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from PIL import Image, ImageDraw

from shouxin.customers.attachments import services
from shouxin.customers.attachments.models import Attachment, Kind
from shouxin.customers.attachments.services import NewFile
from shouxin.kit import clock
from tests.register import FOOTING, Register


def picture(
    name: str = "JPEG", *, colour: str = "navy", size: tuple[int, int] = (60, 40), **options: Any
) -> bytes:
    """A picture whose left upper corner is white."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1] // 3), fill="white")
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def pdf(pages: int = 1, *, text: str = "CONTRACT 2026") -> bytes:
    """A PDF with one line of text on every page, written by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects.append(f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        stream = f"BT /F1 24 Tf 72 700 Td ({text} {number + 1}) Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    return joined(objects)


def joined(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "</Relationships>"
)
BODY = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>买卖合同</w:t></w:r></w:p><w:p><w:r><w:t>甲方李小明</w:t></w:r></w:p></w:body></w:document>"
)


def docx(**parts: str | bytes) -> bytes:
    """A Word file; `parts` adds or replaces some, `/` and `.` of their names written as `__` and `_dot_`."""
    held: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS,
        "word/document.xml": BODY,
    }
    held |= {name.replace("__", "/").replace("_dot_", "."): text for name, text in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in held.items():
            package.writestr(name, text)
    return out.getvalue()


def xlsx(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def attach(
    register: Register,
    content: bytes,
    name: str = "合同扫描.pdf",
    *,
    kind: Kind = Kind.CONTRACT,
    customer: UUID | None = None,
    who: str = "clerk",
    replaces: UUID | None = None,
) -> Attachment:
    return services.attach(
        actor=register.world.actor(who),
        footing=FOOTING,
        customer=customer or register["li"],
        file=NewFile(kind, name, content),
        now=clock.now(),
        replaces=replaces,
    )
