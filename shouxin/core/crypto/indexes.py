"""Keyed search tokens: equality search over sealed values without opening them (blind indexes).

    key of (field, kind)  = HMAC(index key, "shouxin-index" ‖ version(4) ‖ len(field)(2) ‖ field ‖ kind)
    token                 = the first b bits of HMAC(key of (field, kind), part of the normalised value)
    uniqueness token      = HMAC(key of (field, "unique"), len(namespace)(2) ‖ namespace ‖ value), whole

What each reveals to somebody who holds the database but no key, beyond how many values there are:

- `exact`, truncated: which records share a bucket. On average C other records fall into the same bucket by
  chance, so equality of two values is a guess, not a fact; very frequent values stand out as big buckets.
- `last4`: the same for the last four characters; at most 10,000 digit endings exist, so buckets are large
  (size of the register divided by 10,000) and their sizes are even, as numbers are given out evenly.
- `surname`: the same for surnames; the sizes of buckets follow the known frequency of surnames, so the
  commonest can be guessed. Use it only for fields whose surname may be guessed for a crowd.
- `domain`: the same for the domain of an e-mail address; big providers stand out.
- uniqueness token, not truncated: which records would carry the same business key. As the key is unique
  within its namespace there are no equal pairs to see.

No token can be computed, and so no value tested, without the index key. See docs/formats/search-index.md.
"""

import math
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from shouxin.core.crypto.suites import Mac, Suite

_LABEL: Final = b"shouxin-index"
MINIMUM_PLANNED: Final = 64
LAST: Final = 4
MAXIMUM_BITS: Final = 62  # a token fits PostgreSQL's signed bigint

_COMPOUND_SURNAMES: Final = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连
    澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于
    司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋
    夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 西门 第五
"""
COMPOUND_SURNAMES: Final = frozenset(_COMPOUND_SURNAMES.split())


def _exact(text: str) -> str | None:
    return text or None


def _last4(text: str) -> str | None:
    kept = [character for character in text if character.isalnum()]
    return "".join(kept[-LAST:]) if len(kept) > LAST else None  # four or fewer would be the whole value


def _surname(text: str) -> str | None:
    if not text:
        return None
    if text[:2] in COMPOUND_SURNAMES:
        return text[:2]
    return text[0] if not text[0].isascii() else text.rsplit(maxsplit=1)[-1]


def _domain(text: str) -> str | None:
    _, at, domain = text.rpartition("@")
    return domain if at and domain else None


# What of a normalised value each kind of index is computed from; None means nothing to index.
PARTS: Final[Mapping[str, Callable[[str], str | None]]] = MappingProxyType(
    {"exact": _exact, "last4": _last4, "surname": _surname, "domain": _domain}
)


def sought(kind: str, normalised: str) -> str | None:
    """The part that a search term stands for: four characters are the ending itself, not a whole value."""
    if kind == "last4" and len(normalised) == LAST:
        return normalised
    return PARTS[kind](normalised)


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

    __slots__ = ("_bits", "_key", "_macs", "_shift", "_suite", "version")

    def __init__(self, suite: Suite, key: bytes, *, version: int, bits: int) -> None:
        self._suite = suite
        self._key = suite.mac(key)
        self._bits = bits
        self._shift = 64 - bits
        self._macs: dict[tuple[str, str], Mac] = {}
        self.version = version

    def _mac(self, field: str, kind: str) -> Mac:
        found = self._macs.get((field, kind))
        if found is None:
            name = field.encode()
            label = _LABEL + struct.pack(">IH", self.version, len(name)) + name + kind.encode()
            found = self._macs[field, kind] = self._suite.mac(self._key(label))
        return found

    def token(self, field: str, kind: str, normalised: str) -> int | None:
        """The token of a normalised value, `bits` wide; None when the value has no such part.

        Raises:
            KeyError: no such kind of index.
        """
        return self.part(field, kind, PARTS[kind](normalised))

    def part(self, field: str, kind: str, part: str | None) -> int | None:
        """The token of a part cut out already, by `sought` for a search term."""
        if part is None:
            return None
        return int.from_bytes(self._mac(field, kind)(part.encode())[:8], "big") >> self._shift

    def unique(self, field: str, namespace: bytes, normalised: str) -> bytes:
        """The whole 32-byte token by which the database keeps a business key unique within `namespace`."""
        message = len(namespace).to_bytes(2, "big") + namespace + normalised.encode()
        return self._mac(field, "unique")(message)
