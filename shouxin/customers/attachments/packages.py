"""Word and Excel files (docx, xlsx): ZIP packages, looked through part by part. They are kept as they came."""

import codecs
import io
import re
import zipfile
from pathlib import PurePosixPath

from shouxin.customers.attachments.content import DOCX, Accepted, ContentProblem

PARTS = 5000
UNPACKED = 300 * 1024 * 1024  # bytes of all parts together
PIECE = 1 << 20
_MAIN = {True: "word/document.xml", False: "xl/workbook.xml"}  # docx?
_ACTIVE = re.compile(
    r"(vbaproject|vbadata|activex|/embeddings/|macrosheets|dialogsheets|customui|attachedtoolbars|\.bin$)",
    re.IGNORECASE,
)
# Printers' settings are the one kind of .bin that harmless workbooks have.
_HARMLESS = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
_ACTIVE_TYPES = re.compile(rb"macroEnabled|vbaProject|activeX|oleObject", re.IGNORECASE)
_OUTSIDE = re.compile(
    rb"<[^>]*(attachedTemplate|oleObject|frame|subDocument|externalLinkPath)[^>]*TargetMode\s*=\s*[\"']External"
    rb"|<[^>]*TargetMode\s*=\s*[\"']External[^>]*(attachedTemplate|oleObject|frame|subDocument|externalLinkPath)",
    re.IGNORECASE,
)
_END = b"PK\x05\x06"
_END_LENGTH = 22


def accept(content: bytes, media_type: str) -> Accepted:
    """The document as it came.

    Raises:
        ContentProblem: damaged, locked, too large unpacked, with anything that runs, or something else as well.
    """
    if not content.startswith(b"PK\x03\x04"):
        raise ContentProblem("type.two_at_once")
    if content[-_END_LENGTH : -_END_LENGTH + 4] != _END:  # a comment or anything else after the end
        raise ContentProblem("type.two_at_once" if _END in content else "office.broken")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_parts(package, media_type)
            _check_content(package)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, KeyError, RuntimeError):
        raise ContentProblem("office.broken") from None
    return Accepted(media_type, content, 0)


def _check_parts(package: zipfile.ZipFile, media_type: str) -> None:
    parts = package.infolist()
    names = [part.filename for part in parts]
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise ContentProblem("office.bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise ContentProblem("office.locked")
    if len(set(names)) != len(names) or any(_strays(name) for name in names):
        raise ContentProblem("office.broken")
    if not {"[Content_Types].xml", "_rels/.rels"} <= set(names):
        raise ContentProblem("office.broken")
    if _MAIN[media_type == DOCX] not in names:
        raise ContentProblem("type.mismatch")
    if any(_ACTIVE.search(name) and not _HARMLESS.search(name) for name in names):
        raise ContentProblem("office.active")


def _strays(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts


def _check_content(package: zipfile.ZipFile) -> None:
    """Unpack every part, counting what really comes out: what a package says of its sizes may be untrue."""
    left = UNPACKED
    for part in package.infolist():
        told = part.filename.lower()
        text, tail = bytearray(), b""
        with package.open(part) as stream:
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise ContentProblem("office.bomb")
                if told.endswith((".rels", "[content_types].xml")):
                    text += piece
                if told.endswith((".xml", ".rels")):
                    if not tail and not piece.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
                        raise ContentProblem("office.broken")  # UTF-16, say: no office program writes it
                    if b"<!DOCTYPE" in tail + piece:
                        raise ContentProblem("office.active")
                    tail = piece[-16:]
        if told == "[content_types].xml" and _ACTIVE_TYPES.search(text):
            raise ContentProblem("office.active")
        if told.endswith(".rels") and _OUTSIDE.search(text):
            raise ContentProblem("office.active")
