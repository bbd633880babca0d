"""What an attachment is, decided by its content: a short list of kinds, each really opened; everything else is refused.

A file's name and what the browser says of it are believed in nothing; where they say something else, it is refused.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import filetype

from shouxin.core.text import Text

NAME_LONGEST = 200
_HEADS = 8192  # bytes that tell a kind
# What turns the reading order of a name round, so that "exe.pdf" may end in anything.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

PDF = "application/pdf"
JPEG, PNG, WEBP, TIFF = "image/jpeg", "image/png", "image/webp", "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURES = frozenset({JPEG, PNG, WEBP, TIFF})
PACKAGES = frozenset({DOCX, XLSX})

KINDS: Mapping[str, Text] = MappingProxyType(
    {
        PDF: Text("PDF", "PDF"),
        JPEG: Text("JPEG 图片", "JPEG picture"),
        PNG: Text("PNG 图片", "PNG picture"),
        WEBP: Text("WebP 图片", "WebP picture"),
        TIFF: Text("TIFF 图片", "TIFF picture"),
        DOCX: Text("Word 文档", "Word document"),
        XLSX: Text("Excel 表格", "Excel workbook"),
    }
)
EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "pdf": PDF, "jpg": JPEG, "jpeg": JPEG, "png": PNG, "webp": WEBP, "tif": TIFF, "tiff": TIFF,
        "docx": DOCX, "xlsx": XLSX,
    }
)  # fmt: skip
_ZIPS = frozenset({"application/zip", *PACKAGES})

PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        "empty": Text("文件是空的。请重新选择。", "The file is empty. Choose it again."),
        "too_large": Text(
            "文件超过大小上限。请压缩或拆分后再传。", "The file is larger than allowed. Shrink or split it."
        ),
        "type.unknown": Text(
            "这种文件不能存。可以存：PDF、JPEG、PNG、WebP、TIFF、Word（docx）、Excel（xlsx）。",
            "This kind of file is not stored. Use PDF, JPEG, PNG, WebP, TIFF, Word (docx) or Excel (xlsx).",
        ),
        "type.heic": Text(
            "HEIC 图片打不开、无法检查。请在手机上改存为 JPEG 再传。",
            "HEIC pictures cannot be opened and checked here. Save it as JPEG and try again.",
        ),
        "type.mismatch": Text(
            "文件的内容与扩展名不符。请核对文件来历，用原来的程序重新保存后再传。",
            "The content is not what the file's name says. Check where it comes from and save it anew.",
        ),
        "type.two_at_once": Text(
            "文件同时是另一种文件（内容后面还接着别的内容），不能存。请用原来的程序重新保存。",
            "The file is of two kinds at once, something else follows its content. Save it anew.",
        ),
        "picture.broken": Text(
            "图片已损坏或不完整。请重新扫描或拍摄。", "The picture is damaged or cut short. Scan it again."
        ),
        "picture.too_many_pixels": Text(
            "图片的像素太多。请把分辨率降到 300 dpi 左右再传。",
            "The picture has too many pixels. Lower the resolution to about 300 dpi.",
        ),
        "picture.moving": Text("动画不能存，请传静止的图片。", "Moving pictures are not stored."),
        "pdf.broken": Text(
            "PDF 已损坏或不完整。请重新导出。", "The PDF is damaged or cut short. Export it again."
        ),
        "pdf.locked": Text(
            "PDF 有打开密码。请去掉密码后再传；存入后会加密保存。",
            "The PDF needs a password. Take it off; what is stored here is sealed.",
        ),
        "pdf.active": Text(
            "PDF 内含脚本或嵌入的文件，不能存。请用“打印为 PDF”重新生成。",
            "The PDF holds scripts or embedded files. Make it anew by printing to PDF.",
        ),
        "pdf.too_long": Text("PDF 页数太多。请拆分后再传。", "The PDF has too many pages. Split it."),
        "office.broken": Text(
            "文档已损坏。请用 Word 或 Excel 重新保存。", "The document is damaged. Save it again."
        ),
        "office.locked": Text(
            "文档有打开密码。请去掉密码后再传。", "The document needs a password. Take it off."
        ),
        "office.active": Text(
            "文档内含宏、控件、嵌入对象或外部模板，不能存。请另存为不含这些内容的文档，或导出为 PDF。",
            "The document holds macros, controls, embedded objects or an outside template. Save it without, or as PDF.",
        ),
        "office.old": Text(
            "旧格式（doc、xls）不能存。请另存为 docx、xlsx 或 PDF。",
            "The old formats (doc, xls) are not stored. Save as docx, xlsx or PDF.",
        ),
        "office.bomb": Text(
            "文档解开后过大，不能存。", "The document becomes far too large when it is unpacked."
        ),
        "name.unusable": Text("文件没有可用的名字。", "The file has no usable name."),
    }
)


class ContentProblem(Exception):
    """The file is not stored; `code` names why, a key of `PROBLEMS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is stored: its kind, its bytes without what was stripped, and how many pages it has (0: has none)."""

    media_type: str
    content: bytes
    pages: int


def clean_name(name: str) -> str:
    """The bare name as it is kept: no folders, nothing invisible.

    Raises:
        ContentProblem: nothing is left of it.
    """
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    bare = _CONTROL.sub("", bare).strip(" .")
    if not bare:
        raise ContentProblem("name.unusable")
    stem, dot, extension = bare.rpartition(".")
    return f"{stem[: NAME_LONGEST - 10]}{dot}{extension[:9]}" if dot else bare[:NAME_LONGEST]


def accept(name: str, content: bytes) -> Accepted:
    """Check a file and strip what must not be kept.

    Raises:
        ContentProblem: it is not one of the kinds, or not a sound one.
    """
    if not content:
        raise ContentProblem("empty")
    found = _kind(content)
    extension = clean_name(name).rpartition(".")[2].lower()
    if found in _ZIPS and EXTENSIONS.get(extension) in PACKAGES:
        found = EXTENSIONS[extension]
    if found not in KINDS:
        raise ContentProblem("type.unknown")
    if EXTENSIONS.get(extension) != found:
        raise ContentProblem("type.mismatch")
    return _checks()[found](content, found)


def _kind(content: bytes) -> str:
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Compound files: old Office formats, and new ones with a password.
        raise ContentProblem("office.locked" if _marks_encryption(content) else "office.old")
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim"}:
        raise ContentProblem("type.heic")
    return str(filetype.guess_mime(content[:_HEADS]) or "")


def _marks_encryption(content: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in content


def _checks() -> Mapping[str, Callable[[bytes, str], Accepted]]:
    from shouxin.customers.attachments import packages, pages, pictures

    return {
        PDF: pages.accept,
        **dict.fromkeys(PICTURES, pictures.accept),
        **dict.fromkeys(PACKAGES, packages.accept),
    }
