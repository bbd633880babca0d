"""Keyed search tokens: search over sealed values without opening them (blind indexes).

    key of (field, kind)  = HMAC(index key, "shouxin-index" ‖ version(4) ‖ len(field)(2) ‖ field ‖ kind)
    token                 = the first b bits of HMAC(key of (field, kind), part of the normalised value)
    uniqueness token      = HMAC(key of (field, "unique"), len(namespace)(2) ‖ namespace ‖ value), whole

Kinds whose parts are unevenly frequent (names, domains) are spread over 2**s partitions by the customer's id: the part
is preceded by the number of the partition (1 byte), and the token is that number (s bits) before s bits fewer of the
HMAC. Whoever searches asks for the tokens of all partitions.

No token can be computed, and so no value tested, without the index key. What each kind reveals to somebody who holds
the database but no key stands in docs/formats/search-index.md.
"""

import hashlib
import itertools
import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shouxin.core.crypto.suites import Mac, Suite
from shouxin.core.identifiers import addresses, spelling

_LABEL: Final = b"shouxin-index"
MINIMUM_PLANNED: Final = 64
LAST: Final = 4
MAXIMUM_BITS: Final = 31  # a token fits PostgreSQL's signed integer
SPREAD: Final = 4  # names and domains stand in 2**4 partitions
PARTITION_BITS: Final = 6  # at least so many records, as a power of two, in each

_APART: Final = re.compile(r"[、，,;；/\s]+")

_COMPOUND_SURNAMES: Final = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连
    澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于
    司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋
    夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 西门 第五
"""
COMPOUND_SURNAMES: Final = frozenset(_COMPOUND_SURNAMES.split())


def _exact(text: str) -> list[str]:
    return [text] if text else []


def _last4(text: str) -> list[str]:
    kept = text if text.isalnum() else "".join(filter(str.isalnum, text))
    return [kept[-LAST:]] if len(kept) > LAST else []  # four or fewer would be the whole value


def _surname(text: str) -> list[str]:
    if not text.strip():
        return []
    if text[:2] in COMPOUND_SURNAMES:
        return [text[:2]]
    return [text[0] if not text[0].isascii() else text.rsplit(maxsplit=1)[-1]]


def _domain(text: str) -> list[str]:
    _, at, domain = text.rpartition("@")
    return [domain] if at and domain else []


def _window2(text: str) -> list[str]:
    """Every two neighbouring characters, and how each foreign word begins; of a name that has neither, all of it."""
    return spelling.windows(text) + spelling.prefixes(text) or _exact(spelling.folded(text).replace(" ", ""))


def _begins(stored: str, typed: str) -> bool:
    """Whether a name begins as somebody does who tells a surname and little more: 张, 张伟, zhang, zhangwei, Smi."""
    if spelling.unspaced(typed):
        return spelling.unspaced(stored).startswith(spelling.unspaced(typed))
    read = spelling.syllables(stored)
    return (
        bool(read and typed in read[0])
        or _holds_syllables(stored, typed)
        or spelling.has_words(stored, spelling.words(typed))
    )


def _same(part: Callable[[str], list[str]]) -> Callable[[str, str], bool]:
    return lambda stored, wanted: wanted in part(stored)


def _as_typed(text: str) -> list[list[str]]:
    return [[text]] if text else []


def _ending(text: str) -> list[list[str]]:
    """Four characters are the ending itself, not a whole value."""
    return [[text]] if len(text) == LAST else [_last4(text)]


def _domain_typed(text: str) -> list[list[str]]:
    return [[text.rpartition("@")[2]]] if text else []


def _window2_typed(text: str) -> list[list[str]]:
    return [_window2(text)]


def _pinyin_typed(text: str) -> list[list[str]]:
    return [[f"{one}'{two}" for one, two in itertools.pairwise(way)] for way in spelling.spelled(text)]


def _lists(stored: str, wanted: str) -> bool:
    """Whether something chosen from a short list is this, or names it among others: 电话、短信."""
    return wanted in _APART.split(stored)


def _holds_characters(stored: str, wanted: str) -> bool:
    characters, words = spelling.unspaced(wanted), spelling.words(wanted)
    if len(characters) + max(map(len, words), default=0) < 2:  # noqa: PLR2004 - one alone would list a crowd
        return stored == wanted
    return characters in spelling.unspaced(stored) and spelling.has_words(stored, words)


def _holds_syllables(stored: str, wanted: str) -> bool:
    return any(spelling.reads(stored, way) for way in spelling.spelled(wanted))


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of being found.

    Attributes:
        number: how the database calls it.
        parts: what of a normalised value tokens are computed from.
        sought: of what was typed: alternatives, each a list of parts that must all be there.
        holds: whether a normalised value really holds what was typed; tokens alone only give candidates.
        spread: in how many partitions, as a power of two.
    """

    number: int
    parts: Callable[[str], list[str]]
    sought: Callable[[str], list[list[str]]]
    holds: Callable[[str, str], bool]
    spread: int = 0


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "exact": Kind(1, _exact, _as_typed, str.__eq__),
        "last4": Kind(2, _last4, _ending, lambda stored, typed: _last4(stored) in _ending(typed)),
        "surname": Kind(3, _surname, _as_typed, _same(_surname), SPREAD),
        "domain": Kind(
            4,
            _domain,
            _domain_typed,
            lambda stored, typed: _domain(stored) in _domain_typed(typed),
            SPREAD,
        ),
        "window2": Kind(5, _window2, _window2_typed, _holds_characters, SPREAD),
        "pinyin": Kind(6, spelling.pinyin_windows, _pinyin_typed, _holds_syllables, SPREAD),
        "initials": Kind(7, spelling.initials, _as_typed, _same(spelling.initials), SPREAD),
        "address": Kind(8, addresses.parts, addresses.sought, addresses.holds, SPREAD),
    }
)


# What is only compared, in records found by something else; nothing of it stands in an index.
COMPARED: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {**{name: kind.holds for name, kind in KINDS.items()}, "begins": _begins, "lists": _lists}
)


def code_of(name: str) -> int:
    """A field's or storage group's name as the token table calls it: the first four bytes of SHA-256, signed."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)


def bits_for(planned: int) -> int:
    """Token length b in bits for a register planned to hold `planned` records.

    The longest b that keeps C = planned / 2**b, the expected coincidences per token, at 2 or more; then
    2 ≤ C < 4, and C < √planned for every permitted size (at least 64). A register that outgrows its plan
    only gets more coincidences, that is slower search, until the index is rebuilt at a new version.

    Raises:
        ValueError: fewer than 64 records planned; below that C < √R leaves no useful choice.
    """
    if planned < MINIMUM_PLANNED:
        raise ValueError(f"plan for at least {MINIMUM_PLANNED} records")
    return min(MAXIMUM_BITS, int(math.log2(planned)) - 1)


class SearchIndex:
    """The tokens of one index version; keys of fields are derived once and kept for the object's life."""

    __slots__ = ("_key", "_macs", "_suite", "bits", "version")

    def __init__(self, suite: Suite, key: bytes, *, version: int, bits: int) -> None:
        self._suite = suite
        self._key = suite.mac(key)
        self._macs: dict[tuple[str, str], Mac] = {}
        self.bits = bits
        self.version = version

    def _mac(self, field: str, kind: str) -> Mac:
        found = self._macs.get((field, kind))
        if found is None:
            name = field.encode()
            label = _LABEL + struct.pack(">IH", self.version, len(name)) + name + kind.encode()
            found = self._macs[field, kind] = self._suite.mac(self._key(label))
        return found

    def spread(self, kind: str) -> int:
        """In how many partitions tokens of `kind` stand, as a power of two: fewer in a small register."""
        return min(KINDS[kind].spread, max(0, self.bits + 1 - PARTITION_BITS))

    def writer(self, field: str, kind: str) -> Callable[[str, bytes], list[int]]:
        """What gives the tokens of a normalised value of a customer (16 bytes of its id).

        Raises:
            KeyError: no such kind of index.
        """
        mac, cut, spread = self._mac(field, kind), KINDS[kind].parts, self.spread(kind)
        shift, room = 64 - self.bits + spread, self.bits - spread
        if not spread:
            return lambda text, _customer: [
                int.from_bytes(mac(part.encode())[:8], "big") >> shift for part in cut(text)
            ]
        mask = (1 << spread) - 1
        before = [(bytes([number]), number << room) for number in range(1 << spread)]

        def tokens(text: str, customer: bytes) -> list[int]:
            prefix, high = before[customer[-1] & mask]
            return [
                high | int.from_bytes(mac(prefix + part.encode())[:8], "big") >> shift for part in cut(text)
            ]

        return tokens

    def tokens(self, field: str, kind: str, normalised: str, customer: bytes) -> list[int]:
        """The tokens of one value of a customer; none when the value has no such part."""
        return self.writer(field, kind)(normalised, customer)

    def sought(self, field: str, kind: str, typed: str) -> list[list[list[int]]]:
        """What to look for: alternatives, each a list of parts that must all be there, each with its tokens in every
        partition."""
        return [
            [self._everywhere(field, kind, part) for part in parts]
            for parts in KINDS[kind].sought(typed)
            if parts
        ]

    def _everywhere(self, field: str, kind: str, part: str) -> list[int]:
        mac, spread, message = self._mac(field, kind), self.spread(kind), part.encode()
        shift, room = 64 - self.bits + spread, self.bits - spread
        if not spread:
            return [int.from_bytes(mac(message)[:8], "big") >> shift]
        return [
            number << room | int.from_bytes(mac(bytes([number]) + message)[:8], "big") >> shift
            for number in range(1 << spread)
        ]

    def unique(self, field: str, namespace: bytes, normalised: str) -> bytes:
        """The whole 32-byte token by which the database keeps a business key unique within `namespace`."""
        message = len(namespace).to_bytes(2, "big") + namespace + normalised.encode()
        return self._mac(field, "unique")(message)
