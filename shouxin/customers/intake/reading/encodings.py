"""Which encoding a text file has: byte-order mark, strict UTF-8, strict GB18030, then a guess to be confirmed."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import SeekableBinary

_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_HOPELESS = 10_000  # so many wrong bytes, more than right ones: the rest need not be read
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# What Western European text uses of Windows-1252 beyond ASCII.
_WESTERN = re.compile(r"[^\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ€£¥§©®°±²³µ·¹ºª«»¿¡–—‘’“”„…•™\xa0½¼¾\xad]")
_HIGH_LETTER = re.compile(r"[À-ÖØ-öø-ÿ]")
_BESIDE_ASCII = re.compile(r"(?<=[A-Za-z])[À-ÖØ-öø-ÿ]|[À-ÖØ-öø-ÿ](?=[A-Za-z])")
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
BROKEN = re.compile("[\udc80-\udcff]")
_HIGH, _SYMBOLS, _HANZI = 0xA1, 0xA9, (0xB0, 0xD7)  # rows of GB/T 2312 as bytes
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec name; `certain` when the bytes can hardly be anything else; `broken`: some bytes are not it."""

    codec: str
    certain: bool = True
    broken: bool = False


def display_name(codec: str) -> str:
    """The name people know."""
    return _NAMES.get(codec, codec.upper())


def known(codec: str) -> str:
    """The codec's own name for a person's choice.

    Raises:
        UnreadableFile: unknown_encoding, also for codecs that do not turn bytes into text.
    """
    try:
        info = codecs.lookup(codec)
        b"  ".decode(codec)
    except (LookupError, ValueError) as error:
        raise unreadable("unknown_encoding", encoding=codec[:40]) from error
    return "gb18030" if info.name in {"gbk", "gb2312"} else info.name


def detect(source: SeekableBinary) -> Encoding:
    """The encoding of the whole file, read once or twice in pieces of 1 MiB."""
    source.seek(0)
    head = source.read(_SAMPLE)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, broken=not _decodes(source, codec))
    if wide := _utf16_without_mark(head):
        return Encoding(wide, certain=False)
    if _decodes(source, "utf-8"):
        return Encoding("utf-8")
    if _nearly_decodes(
        source, "utf-8"
    ):  # Chinese in UTF-8 can pass as nonsense in GB18030, not the other way
        return Encoding("utf-8", broken=True)
    telling = _telling(source)
    if _plausibly_chinese(telling):
        if _decodes(source, "gb18030"):
            return Encoding("gb18030")
        if _nearly_decodes(source, "gb18030"):
            return Encoding("gb18030", broken=True)
    return _guess(telling)


def _pieces(source: SeekableBinary) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(_CHUNK):
        yield piece


def _telling(source: SeekableBinary) -> bytes:
    """A piece of the file around its first byte beyond ASCII."""
    for piece in _pieces(source):
        if not piece.isascii():
            first = next(
                at for at in range(0, len(piece), 1 << 12) if not piece[at : at + (1 << 12)].isascii()
            )
            return piece[first : first + _SAMPLE]
    return b""


def _decodes(source: SeekableBinary, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for piece in _pieces(source):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) // 2 or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _plausibly_chinese(head: bytes) -> bool:
    """Western letters also pass as GB18030; real Chinese is made of symbols and first-level characters
    (GB/T 2312 rows 1-9 and 16-55), both bytes high."""
    pairs = _PAIR.findall(head)
    common = sum(
        1
        for lead, trail in pairs
        if trail >= _HIGH and (_HIGH <= lead <= _SYMBOLS or _HANZI[0] <= lead <= _HANZI[1])
    )
    return bool(pairs) and common * 5 >= len(pairs) * 3


def _nearly_decodes(source: SeekableBinary, codec: str) -> bool:
    """At most one byte in twenty of the characters beyond ASCII is wrong."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    good = bad = 0
    for piece in chain(_pieces(source), (b"",)):
        text = decoder.decode(piece, final=not piece)
        broken = len(BROKEN.findall(text))
        bad += broken
        good += len(text) - len(text.encode("ascii", "ignore")) - broken
        if bad > _HOPELESS and bad > good:
            return False
    return good >= bad * 20


def _guess(head: bytes) -> Encoding:
    """Windows-1252 when only letters of Western Europe come out of it, else what charset-normalizer says."""
    western = head.decode("cp1252", "surrogateescape")
    if not _WESTERN.search(western) and _among_ascii(western):
        return Encoding("cp1252", certain=False)
    from charset_normalizer import from_bytes  # seldom needed, and not small

    best = from_bytes(head[:_CHUNK]).best()
    return Encoding(known(best.encoding) if best else "cp1252", certain=False)


def _among_ascii(text: str) -> bool:
    """Accented letters of Western languages stand between plain ones; whole words of them are another script."""
    letters = _HIGH_LETTER.findall(text)
    return len(letters) < 4 or len(_BESIDE_ASCII.findall(text)) * 2 >= len(letters)  # noqa: PLR2004 - too few to judge
