"""Names, addresses and free text of any script and country: what is judged is damage, not taste."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from shouxin.core.identifiers.characters import (
    has_control,
    has_private,
    is_han,
    tidy,
    without_variations,
)
from shouxin.core.identifiers.problem import Problem, error, warning
from shouxin.core.text import Text

Check = Callable[[str, date], Problem | None]

NAME_LENGTH, ORGANISATION_LENGTH, ADDRESS_LENGTH, TEXT_LENGTH, LINE_LENGTH = 100, 200, 500, 10_000, 200
_LINE_ENDS = re.compile(r"[\n\r\t\x85\u2028\u2029]")
_MARKUP = re.compile(r"</?[A-Za-z!?]|&#?[A-Za-z0-9]{2,8};|\{\{|\$\{|<%")
_REPLACEMENT = re.compile("\ufffd|锟斤拷|烫烫烫|(?:Ã.|â€){2}")
# One of these characters is in whatever the two patterns find.
_MARKUP_SIGNS = ("<", "&", "{")
_BROKEN_SIGNS = ("\ufffd", "锟", "烫", "Ã", "€")
_SHORTEST_ADDRESS = 4
_STACKED_MARKS = re.compile("[\u0300-\u036f]{4}")

CONTROL = error(
    "text.control",
    "含有看不见的控制字符，多半来自损坏的文件。请重新输入。",
    "Holds invisible control characters, probably from a damaged file. Type it again.",
)
LINES = error(
    "text.lines",
    "这里只能有一行，内容中有换行或制表符。请改成一行。",
    "One line is expected here, but there are line breaks or tabs. Put it on one line.",
)
BROKEN = error(
    "text.broken",
    "含有乱码（编码转换时丢失的字）。请对照原始资料重新输入。",
    "Characters were lost in a change of encoding. Type it again from the source.",
)
MARKUP = warning(
    "text.markup",
    "看起来夹带了网页或程序代码。请核对内容。",
    "Looks as if web or program code got in. Check the content.",
)
PRIVATE = warning(
    "text.private_use",
    "含有只在原系统中能显示的造字（私用区编码）。请改用标准编码的生僻字，以免别处显示为空白。",
    "Holds a character that only its old system can draw (private use). Replace it by the standard rare character.",
)
NAME_EMPTY = error(
    "name.letters",
    "姓名中没有任何文字。请核对。",
    "There is no letter of any script in this name. Check it.",
)
NAME_DIGITS = warning(
    "name.digits",
    "姓名中有数字，可能混入了电话或编号。请核对。",
    "There are digits in this name; a phone or other number may have slipped in. Check it.",
)
NAME_SHORT = warning(
    "name.short",
    "姓名只有一个字。请确认是否完整。",
    "The name has a single letter. Check that it is complete.",
)
ADDRESS_SHORT = warning(
    "address.short",
    "地址太短，可能不完整。请补上省、市、区县和门牌。",
    "The address is too short to be complete. Add province, city, district and house.",
)


def _too_long(kind: str, limit: int) -> Problem:
    problem = error(
        f"{kind}.too_long",
        "超过 {limit} 个字。请只保留这一项的内容，其余写入备注。",
        "Longer than {limit} characters. Keep what belongs here and put the rest into the remarks.",
    )
    return Problem(problem.code, Text.filled(problem.text, limit=limit), problem.severity)


_NAME_LONG = _too_long("name", NAME_LENGTH)
_ORGANISATION_LONG = _too_long("orgname", ORGANISATION_LENGTH)
_ADDRESS_LONG = _too_long("address", ADDRESS_LENGTH)
_TEXT_LONG = _too_long("text", TEXT_LENGTH)
LINE_LONG = _too_long("line", LINE_LENGTH)


def _damage(value: str, *, lines: bool) -> Problem | None:
    if not value.isprintable():  # as control characters and line ends are
        if has_control(value):
            return CONTROL
        if not lines and _LINE_ENDS.search(value.strip()):
            return LINES
    return BROKEN if not value.isascii() and _is_broken(value) else None


def _is_broken(value: str) -> bool:
    """Whether the pattern of lost characters may be there at all, and is: looking for one character is quick."""
    return any(map(value.__contains__, _BROKEN_SIGNS)) and _REPLACEMENT.search(value) is not None


def _doubt(value: str) -> Problem | None:
    if has_private(value):
        return PRIVATE
    return MARKUP if any(map(value.__contains__, _MARKUP_SIGNS)) and _MARKUP.search(value) else None


def _is_letter(character: str) -> bool:
    # L: letters of any script; Co: private-use letters of old Chinese systems; 〇 is a letter number to Unicode.
    return (
        unicodedata.category(character)[0] == "L"
        or character == "〇"
        or unicodedata.category(character) == "Co"
    )


def check_name(value: str, _today: date) -> Problem | None:
    """A person's name in any script: 1–100 characters, one line, with at least one letter."""
    if len(value) > NAME_LENGTH:
        return _NAME_LONG
    if problem := _damage(value, lines=False):
        return problem
    name = without_variations(tidy(value))
    if is_han(name) and unicodedata.is_normalized(
        "NFC", name
    ):  # most are: letters alone, and no stacked marks
        return NAME_SHORT if len(name) == 1 else None
    letters = sum(map(_is_letter, name))
    if not letters:
        return NAME_EMPTY
    if problem := _doubt(name):
        return problem
    if _STACKED_MARKS.search(unicodedata.normalize("NFD", name)):
        return BROKEN
    if any(character.isdigit() for character in name):
        return NAME_DIGITS
    return NAME_SHORT if letters == 1 else None


def check_organisation_name(value: str, _today: date) -> Problem | None:
    """An organisation's name: as a person's, but digits are common in it (3M, 第一中学)."""
    if len(value) > ORGANISATION_LENGTH:
        return _ORGANISATION_LONG
    problem = _damage(value, lines=False)
    if problem:
        return problem
    if not any(_is_letter(character) or character.isdigit() for character in value):
        return NAME_EMPTY
    return _doubt(value)


def check_address(value: str, _today: date) -> Problem | None:
    """An address of any country, several lines allowed."""
    if len(value) > ADDRESS_LENGTH:
        return _ADDRESS_LONG
    problem = _damage(value, lines=True) or _doubt(value)
    return problem or (ADDRESS_SHORT if len(tidy(value)) < _SHORTEST_ADDRESS else None)


def check_text(value: str, _today: date) -> Problem | None:
    """Free text, several lines allowed."""
    return _TEXT_LONG if len(value) > TEXT_LENGTH else _damage(value, lines=True)


def check_line(value: str, _today: date) -> Problem | None:
    """One line of text: codes of ours, titles, names of products."""
    return LINE_LONG if len(value) > LINE_LENGTH else _damage(value, lines=False)
