"""Administrative divisions of China (GB/T 2260 with its changes), from the table that python-stdnum keeps.

Historical codes stay known: an ID number keeps the code of a county that was abolished decades ago.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from stdnum import numdb

_TAIWAN_HK_MACAO = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
# As GB/T 2260 spells them, with the names that are usual in English.
_ENGLISH = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Xizang (Tibet)", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
_SHORT_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市")
# Administrative layers that carry no name of their own ("the districts under the city").
_NAMELESS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位"}


@dataclass(frozen=True, slots=True)
class Province:
    """A province-level division: its two digits, full, short and English name, and the names of all that lies in it."""

    code: str
    name: str
    short: str
    english: str
    cities: Mapping[str, str]  # four digits → prefecture-level name
    counties: Mapping[str, tuple[str, ...]]  # six digits → county-level names, also of the past
    current: frozenset[str]  # six digits of the counties that exist today


def _names(entry: str) -> tuple[tuple[str, ...], bool]:
    """The names in one table entry ("[1986-2001]甲县,[2001-]乙区") and whether the last still holds."""
    parts = [part.rpartition("]") for part in entry.split(",")]
    return tuple(name for _, _, name in parts), not parts[-1][0] or parts[-1][0].endswith("-")


def _short(name: str) -> str:
    for ending in _SHORT_ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


@cache
def provinces() -> Mapping[str, Province]:
    """Every province-level division by its two digits."""
    found = {}
    for _, code, _, properties, children in numdb.get("cn/loc").prefixes:
        name = _TAIWAN_HK_MACAO.get(code, properties.get("province", ""))
        cities: dict[str, str] = {}
        counties: dict[str, tuple[str, ...]] = {}
        current = set()
        for _, low, _, child, _ in children:
            names, lasting = _names(child.get("county", ""))
            if low.endswith("00"):
                cities[code + low[:2]] = names[-1]
            else:
                counties[code + low] = names
                if lasting and names[-1] not in _NAMELESS:
                    current.add(code + low)
        found[code] = Province(code, name, _short(name), _ENGLISH[code], cities, counties, frozenset(current))
    return found


@cache
def is_known(code: str) -> bool:
    """Whether these six digits were ever a division's code."""
    province = provinces().get(code[:2])
    if province is None:
        return False
    return code in province.counties or (
        code.endswith("00") and (code[2:] == "0000" or code[:4] in province.cities)
    )


class _Names:
    """Names by their first two characters, so that few lengths have to be tried."""

    __slots__ = ("_known", "_lengths")

    def __init__(self, names: Iterable[str]) -> None:
        self._known = frozenset(names)
        lengths: dict[str, set[int]] = {}
        for name in self._known:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}

    def longest_match(self, text: str, start: int) -> int:
        """The length of the longest name that stands in `text` from `start`; 0 when none does."""
        lengths = self._lengths.get(text[start : start + 2])
        if lengths is None:
            return 0
        known = self._known
        for length in lengths:
            if text[start : start + length] in known and start + length <= len(text):
                return length
        return 0

    def goes_on(self, text: str) -> bool:
        """Whether a longer name begins with `text`."""
        longest = self._lengths.get(text[:2], [0])[0]
        return longest > len(text) and any(name != text and name.startswith(text) for name in self._known)


@cache
def _prefixes() -> tuple[Mapping[str, str], _Names, Mapping[str, _Names]]:
    """Names that may start an address → province code; the same by how they begin; names that may follow inside it."""
    heads: dict[str, str] = {}
    inside: dict[str, _Names] = {}
    for code, province in provinces().items():
        names = set(province.cities.values()) | {n for group in province.counties.values() for n in group}
        names = {n for n in names if n not in _NAMELESS and len(n) > 1}
        inside[code] = _Names(names)
        heads |= {name: code for name in names if len(name) > 2}  # noqa: PLR2004 - two-letter names are ambiguous
    for code, province in provinces().items():
        heads |= {province.name: code, province.short: code}
    return heads, _Names(heads), inside


# Sequences of names met at the beginning of addresses, with what may follow within the division; nothing of an address
# but names of the table. Only those of which no other name could begin alike and go on, so that what stands behind them
# changes nothing. By their first characters, how long they are: most addresses are answered by two looks, not ten.
_met: dict[str, _Names] = {}
_lengths_met: dict[str, tuple[int, ...]] = {}
_MOST_MET = 4096
_START = 5
_NO_NAMES = _Names(())


def district_end(address: str) -> int:
    """How many leading characters of a Chinese address name divisions down to the county; 0 when none do.

    Only names of the table count, so that 区 in a housing estate's name is never taken for a district.
    """
    if china := address.startswith("中国"):
        address = address.removeprefix("中国")
    for length in _lengths_met.get(address[:_START], ()):
        begins = address[:length]
        follows = _met.get(begins)
        if follows is not None:
            end = len(begins)
            if follows is not _NO_NAMES:
                end += follows.longest_match(address, end)
            break
    else:
        end = _looked_up(address)
    return end + 2 if china and end else end


def _looked_up(address: str) -> int:
    """Name by name: one that may start an address, and at most two inside that province."""
    heads, starts, inside = _prefixes()
    first = starts.longest_match(address, 0)
    if not first:
        return 0
    names = inside[heads[address[:first]]]
    second = first + names.longest_match(address, first)
    third = second + names.longest_match(address, second)
    whole = address[:third]
    if second == first or third < _START or len(_met) >= _MOST_MET:
        return third
    if not (starts.goes_on(whole) or names.goes_on(whole[first:]) or names.goes_on(whole[second:])):
        _met[whole] = names if third == second else _NO_NAMES
        lengths = {*_lengths_met.get(whole[:_START], ()), third}
        _lengths_met[whole[:_START]] = tuple(sorted(lengths, reverse=True))
    return third


def province_of(address: str) -> str:
    """The two digits of the province whose division a Chinese address begins with; empty when none does."""
    heads, starts, _inside = _prefixes()
    address = address.removeprefix("中国")
    end = starts.longest_match(address, 0)
    return heads[address[:end]] if end else ""
