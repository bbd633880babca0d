"""How parts of a name are typed by whoever looks for it: neighbouring characters, pinyin, initials, foreign words.

A name is a run of parts. Han characters (and other scripts written without spaces) stand each for itself; letters of
an alphabet make up words. Dots and spaces mean nothing here: 买买提·艾力 is found by 买买提艾力, José by jose.

Pinyin has no tones and no spaces. A character is taken as it is read most often, and in a second way where people
really do (乐 is Le or Yue); a surname as surnames are read (单 is Shan or Dan, 曾 Zeng or Ceng).
"""

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from shouxin.core.identifiers.characters import HAN

PREFIX = 3  # letters that a foreign word is looked up by
SHORTEST, LONGEST = 2, 8  # initials

_UNSPACED = f"{HAN}\u3040-\u30ff\uac00-\ud7af"
_UNSPACED_ONE = re.compile(f"[{_UNSPACED}]")
_WORDS = re.compile(f"[^\\W_{_UNSPACED}]+")
_UNSPACED_ONLY = re.compile(f"[{_UNSPACED}]+").fullmatch
_UMLAUT = re.compile("ü|(?<=[ln])yu")
_LETTERS = re.compile("[a-z]+").fullmatch
# Surnames whose reading is not the commonest of their character, or is one of two that people use.
_SURNAMES = {
    "仇": "qiu chou", "区": "ou qu", "单": "shan dan", "曾": "zeng ceng", "解": "xie jie",
    "查": "zha cha", "盖": "ge gai", "乐": "yue le", "翟": "zhai di", "尉": "wei yu", "覃": "qin tan",
    "朴": "piao pu", "卜": "bu", "薄": "bo bao", "重": "chong zhong", "长": "chang zhang", "秘": "bi mi",
    "繁": "po fan", "召": "shao zhao", "员": "yun yuan", "折": "she zhe", "缪": "miao mou",
    "宓": "fu mi", "隗": "wei kui", "郇": "xun huan", "乜": "nie mie", "谌": "chen shen",
    "晟": "cheng sheng", "洗": "xian xi", "黑": "he hei", "万": "wan mo", "阚": "kan",
    "种": "chong zhong", "费": "fei bi", "能": "nai neng", "柏": "bai bo", "牟": "mu mou",
    "祭": "zhai ji", "适": "kuo shi", "都": "du dou", "藏": "zang cang", "褚": "chu zhu",
    "莘": "shen xin",
}  # fmt: skip
# Characters of given names and companies that are read in a second way as well.
_SECOND = {
    "乐": "yue", "行": "hang", "重": "chong", "长": "chang", "朝": "zhao", "茜": "xi", "蔚": "yu",
    "觉": "jiao", "藏": "zang", "都": "du", "会": "kuai", "厦": "xia", "大": "dai", "柏": "bo",
    "校": "jiao", "提": "di", "率": "shuai", "乾": "gan", "艾": "yi", "露": "lou", "盛": "cheng",
    "省": "xing", "巷": "hang", "着": "zhuo", "娜": "nuo", "石": "dan", "传": "zhuan", "曾": "zeng",
    "参": "shen", "琢": "zhuo", "识": "zhi", "尉": "yu", "解": "xie", "蕃": "bo", "贾": "gu",
    "汤": "shang", "殷": "yan", "翟": "zhai", "卜": "bu", "朴": "piao", "覃": "qin", "查": "zha",
    "仇": "qiu", "区": "ou", "缪": "miao", "折": "she", "薄": "bo", "盖": "ge",
}  # fmt: skip
_COMPOUND = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "宰父": "zai fu",
    "单于": "chan yu",
}


def folded(text: str) -> str:
    """Without accents and letter case: what is compared when foreign names are looked for."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def unspaced(name: str) -> str:
    """The characters of scripts written without spaces, one after another: no letters, dots, spaces and marks."""
    return name if _UNSPACED_ONLY(name) else "".join(_UNSPACED_ONE.findall(name))


def windows(name: str) -> list[str]:
    """Every two neighbouring characters of scripts without spaces, each once; across dots and spaces too."""
    text = unspaced(name)
    return list(dict.fromkeys(text[n : n + 2] for n in range(len(text) - 1)))


def words(name: str) -> list[str]:
    """The words of alphabets in a name, accents and letter case aside."""
    return [] if _UNSPACED_ONLY(name) else _WORDS.findall(folded(name))


def prefixes(name: str) -> list[str]:
    """The first letters of every word that is long enough to be looked up by them."""
    return list(dict.fromkeys(word[:PREFIX] for word in words(name) if len(word) >= PREFIX))


def has_words(name: str, wanted: Iterable[str]) -> bool:
    """Whether each of `wanted` begins a word of the name."""
    there = words(name)
    return all(any(word.startswith(one) for word in there) for one in wanted)


@cache
def _marked() -> Mapping[str, str]:
    """The readings of each character, by its number, from pypinyin's table alone: the library itself reads fifty
    megabytes of phrases with it, which say nothing of names, in every process that stores one.
    """
    library = find_spec("pypinyin")
    if library is None or library.origin is None:
        raise ModuleNotFoundError("pypinyin")
    table: dict[str, str] = json.loads(Path(library.origin).with_name("pinyin_dict.json").read_bytes())
    return table


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    marked = _marked().get(str(ord(character)), "")
    plain = (unicodedata.normalize("NFD", one).replace("u\u0308", "v") for one in marked.split(",") if one)
    found = dict.fromkeys("".join(c for c in one if c.isascii() and c.isalpha()) for one in plain)
    second = _SECOND.get(character)
    return tuple(dict.fromkeys([*list(found)[:1], *([second] if second else [])]))


@lru_cache(maxsize=1024)
def _surname_readings(character: str) -> tuple[str, ...]:
    known = _SURNAMES.get(character)
    return tuple(known.split()) if known else _readings(character)[:1]


def syllables(name: str, *, person: bool = True) -> list[tuple[str, ...]]:
    """How each Han character of a name may be read; a character nobody knows a reading of has none."""
    text = unspaced(name)
    compound = _COMPOUND.get(text[:2]) if person else None
    read = [_readings(c) for c in text]
    if compound:
        read[:2] = [(one,) for one in compound.split()]
    elif person and read:
        read[0] = _surname_readings(text[0])
    return read


@lru_cache(maxsize=1)  # what one name is found by is made at once, in several ways
def _read(name: str, *, person: bool) -> tuple[tuple[str, ...], ...]:
    return tuple(syllables(name, person=person))


def pinyin_windows(name: str, *, person: bool = True) -> list[str]:
    """Every two neighbouring syllables, in each way they may be read."""
    read = _read(name, person=person)
    found = {
        f"{one}'{two}": None for before, after in itertools.pairwise(read) for one in before for two in after
    }
    return list(found)


def initials(name: str, *, person: bool = True, most: int = 4) -> list[str]:
    """The first letters of the syllables of a whole name, in each way it may be read; of two characters or more."""
    read = [tuple(dict.fromkeys(one[0] for one in ways)) for ways in _read(name, person=person)]
    if len(read) < SHORTEST or not all(read):
        return []
    return ["".join(letters) for letters in itertools.islice(itertools.product(*read), most)]


def reads(name: str, spelled: Sequence[str], *, person: bool = True) -> bool:
    """Whether neighbouring characters of the name may be read as these syllables."""
    read, length = syllables(name, person=person), len(spelled)
    return any(all(spelled[k] in read[n + k] for k in range(length)) for n in range(len(read) - length + 1))


def spellings(name: str) -> list[str]:
    """The ways in which a whole name may be spelled, its syllables joined: 曾 → zeng, ceng."""
    return ["".join(way) for way in itertools.product(*syllables(name))] if name else []


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    common = (_readings(chr(code)) for code in range(0x4E00, 0x9FA6))
    special = (tuple(text.split()) for text in (*_SURNAMES.values(), *_COMPOUND.values()))
    return frozenset(
        one for ways in itertools.chain(common, special) for one in ways if set(one) & set("aeiouv")
    )


def spelled(text: str, *, most: int = 16) -> list[tuple[str, ...]]:
    """The ways in which letters are two or more syllables of pinyin: xian is xi'an, not xian, which is one alone.

    Spaces and apostrophes that were typed part syllables.
    """
    typed = _UMLAUT.sub("v", unicodedata.normalize("NFC", text.strip().lower()))
    parts = re.split("[ '’]+", typed)
    if not all(part and _LETTERS(part) for part in parts):
        return []
    ways = itertools.product(*(tuple(itertools.islice(_split(part), most)) for part in parts))
    joined = (tuple(itertools.chain.from_iterable(way)) for way in itertools.islice(ways, most * 4))
    return [way for way in joined if len(way) > 1][:most]


def _split(letters: str) -> Iterator[tuple[str, ...]]:
    """Every division into syllables; long syllables first."""
    if not letters:
        yield ()
        return
    for length in range(min(6, len(letters)), 0, -1):
        head = letters[:length]
        if head in _known_syllables():
            for rest in _split(letters[length:]):
                yield (head, *rest)


def is_initials(text: str) -> bool:
    """Whether the letters can be the initials of a name: no syllable begins with i, u or v."""
    letters = text.lower()
    return bool(_LETTERS(letters)) and SHORTEST <= len(letters) <= LONGEST and not set(letters) & set("iuv")
