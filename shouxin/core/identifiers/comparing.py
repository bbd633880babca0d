"""Forms in which two spellings of one person or organisation come together: for telling duplicates, never for keeping.

Coarser than a normal form (`normalise`): a legacy ID number becomes the present one, a name is known by its sound, an
address loses its district and its punctuation. Different things may meet in one form; whoever compares weighs that.
"""

import re
import unicodedata
from functools import lru_cache

from stdnum.cn import ric

from shouxin.core.identifiers import divisions
from shouxin.core.identifiers.characters import compact, is_han
from shouxin.core.identifiers.normalising import normalise, normalise_name

LEGACY = 15  # digits of an ID number of before 1999
_COMPOUND = frozenset(
    {
        "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
        "长孙", "宇文", "司徒", "司空", "夏侯", "端木", "百里", "南宫", "西门", "独孤",
        "轩辕", "公羊", "澹台", "濮阳", "闻人", "赫连",
    }
)  # fmt: skip
_DOTS = re.compile(r"[·・•‧∙●.．]")
_ADDRESS_NOISE = re.compile(r"[\s,，.。、;；:：()（）#＃\-—_/]+")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TENS = re.compile(r"[零〇一二三四五六七八九]?十[一二三四五六七八九]?")
_LEVEL = re.compile(r"(特别行政区|[回壮维吾尔]*自治区|省|市|区|县)")
_BUILDING = re.compile(r"[栋幢]|号院?楼")
_COMPANY_TAIL = re.compile(r"(股份|责任)?(有限)?(责任)?公司$")
_BRACKETED = re.compile(r"[()（）【】\[\]]")


def id_number(value: str) -> str:
    """An ID number in its present form of 18 characters; others as they are."""
    number = compact(value)
    if len(number) != LEGACY or not number.isdecimal():
        return number
    body = f"{number[:6]}19{number[6:]}"
    return body + str(ric.calc_check_digit(body + "0"))


def name_parts(value: str) -> tuple[str, str]:
    """Family and given name as far as they can be told: 张|伟, 欧阳|娜娜, 买买提|艾力, smith|john."""
    name = normalise_name(value)
    dotted = [part for part in _DOTS.split(name) if part]
    if len(dotted) > 1:
        return dotted[0].strip(), "·".join(part.strip() for part in dotted[1:])
    if name and is_han(name[0]):
        length = 2 if name[:2] in _COMPOUND and len(name) > 2 else 1  # noqa: PLR2004 - two characters of a surname
        return name[:length], name[length:]
    words = name.replace(",", " ").split()
    return (words[-1], " ".join(words[:-1])) if len(words) > 1 else (name, "")


@lru_cache(maxsize=65_536)
def _sound_of(character: str) -> str:
    if is_han(character):
        from pypinyin import Style, lazy_pinyin  # its dictionaries take a third of a second to load

        return str(lazy_pinyin(character, style=Style.NORMAL, errors="default")[0])
    plain = unicodedata.normalize("NFKD", character)
    return "".join(one for one in plain if one.isalnum() and not unicodedata.combining(one))


def heard(normal: str) -> str:
    """The sound of a name, or a part of one, that is in normal form already."""
    return "".join(map(_sound_of, normal))


def sound(value: str) -> str:
    """A name by its sound: pinyin without tones, so that 同音字 meet; other letters without accents."""
    return heard(normalise_name(value))


def company(value: str) -> str:
    """A company's name without its legal form, brackets and blanks."""
    name = _BRACKETED.sub("", normalise("ORGANISATION", value)).replace(" ", "")
    return _COMPANY_TAIL.sub("", name) or name


def address(value: str) -> tuple[str, str]:
    """District and the rest of an address, without punctuation and with figures in digits."""
    text = unicodedata.normalize("NFKC", value).casefold()
    end = divisions.district_end(text)
    rest = _TENS.sub(_ten, _ADDRESS_NOISE.sub("", text[end:])).translate(_DIGITS)
    rest = _BUILDING.sub("号楼", rest).removesuffix("室")
    return _LEVEL.sub("", _ADDRESS_NOISE.sub("", text[:end])), rest


def _ten(found: re.Match[str]) -> str:
    before, after = found.group().split("十")
    return f"{before.translate(_DIGITS) or '1'}{after.translate(_DIGITS) or '0'}"
