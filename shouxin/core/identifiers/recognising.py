"""Identifiers found in free text, of Chinese life first: where they stand and what they are.

Every kind has a pattern that finds candidates and a judge that asks for the check digit, calendar or numbering
plan of what they look like; a run of digits that passes as nothing is left alone. Where kinds overlap, the one
with the stronger proof wins: the order of `_KINDS`. Kinds without any proof of their own (passports of rare
series, Taiwan permits) are taken only where a word beside them says so.

Patterns start with a literal or a small class, so that text without candidates is passed over quickly.
"""

import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from stdnum import luhn

from shouxin.core.identifiers import abroad, companies, contacts, divisions, documents, phones, vehicles
from shouxin.core.identifiers.characters import compact


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier of `kind` (a validator's name) at text[start:end]."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is found, judged (whole text, start, end → does it stand?), masked and called."""

    name: str
    rule: str
    label: str
    pattern: re.Pattern[str]
    judge: Callable[[str, int, int], bool]


# Positions must survive, so width is folded character by character.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2010: 0x2D,
    0x2011: 0x2D,
}
_CONTEXT = 16
_TODAY_OR_LATER = date(9999, 12, 31)
_DATE_LIKE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])").fullmatch
_PASSPORT_WORD = re.compile("护照|passport", re.IGNORECASE).search
_PERMIT_WORD = re.compile("通行证|回乡证|permit", re.IGNORECASE).search
_TAIWAN_WORD = re.compile("台胞证|台湾居民|大陆通行证").search
_VIN_WORD = re.compile("车架|识别代号|vin", re.IGNORECASE).search
_LONG_CARD = (16, 19)
_ID_LENGTH = 18  # of a resident identity number, and of a credit code


def _before(text: str, start: int) -> str:
    return text[max(0, start - _CONTEXT) : start]


def _is_id18(text: str, start: int, end: int) -> bool:
    """With a good check character; or, mistyped, with a known region and a real birth date."""
    number = compact(text[start:end])
    problem = documents.check_id18(number, _TODAY_OR_LATER)
    if problem is documents.ID_CHECK_DIGIT:
        return divisions.is_known(number[:6])
    return problem in (None, documents.ID_REGION, documents.ID_OLD)


def _is_id15(text: str, start: int, end: int) -> bool:
    return documents.check_id15(text[start:end], _TODAY_OR_LATER) is None


def _is_uscc(text: str, start: int, end: int) -> bool:
    """Digits alone pass the check character once in 31 times, so they must also pass everything else."""
    code = text[start:end]
    problem = companies.check_uscc(code, _TODAY_OR_LATER)
    return problem is None or (
        problem in (companies.USCC_ORGANISATION, companies.USCC_REGION) and not code.isdigit()
    )


def _is_card(text: str, start: int, end: int) -> bool:
    number = compact(text[start:end])
    return luhn.checksum(number) == 0 or (number.startswith("62") and len(number) in _LONG_CARD)


def _is_vin(text: str, start: int, end: int) -> bool:
    vin = compact(text[start:end])
    if vin.isdigit() or vin.isalpha():
        return False
    return vehicles.check_vin(vin, _TODAY_OR_LATER) is None or _VIN_WORD(_before(text, start)) is not None


def _is_passport(text: str, start: int, end: int) -> bool:
    number = compact(text[start:end])
    if documents.check_passport_cn(number, _TODAY_OR_LATER):
        return False
    plain = number[0] in "EG" and not _DATE_LIKE(number[1:])
    return plain or _PASSPORT_WORD(_before(text, start) + text[end : end + 4]) is not None


def _is_permit(text: str, start: int, end: int) -> bool:
    plain = not _DATE_LIKE(text[start + 1 : start + 9])
    return plain or _PERMIT_WORD(_before(text, start) + text[end : end + 4]) is not None


def _is_taiwan_permit(text: str, start: int, _end: int) -> bool:
    return _TAIWAN_WORD(_before(text, start)) is not None


def _is_abroad(text: str, start: int, end: int) -> bool:
    number, _ = phones.dialled(text[start:end])
    return phones.e164(number) is not None


def _is_email(text: str, start: int, end: int) -> bool:
    return contacts.check_email(text[start:end], _TODAY_OR_LATER) is None


_GROUPED_LATE = re.compile(r"1[0-9]{3}[ \-][0-9]{4}[ \-][0-9]{3}").fullmatch


def _is_mobile(text: str, start: int, end: int) -> bool:
    """In groups of four, four and three it is the end of a longer number when digits stand before it."""
    goes_on = start > 1 and text[start - 1] in " -" and text[start - 2].isdigit()
    return not (goes_on and _GROUPED_LATE(text[start:end]))


def _always(_text: str, _start: int, _end: int) -> bool:
    return True


def _judged_by(judge: abroad.Judge) -> Callable[[str, int, int], bool]:
    return lambda text, start, end: judge(text[start:end].replace(" ", ""))


_NO_DIGIT_AFTER = r"(?![0-9])(?!\.[0-9])"
# What may not stand beside a number (more of the number, a decimal part) or a code (more of the code).
_NUMBER = (r"(?<![0-9])(?<![0-9]\.)", _NO_DIGIT_AFTER)
_CODE = ("(?<![0-9A-Za-z])", "(?![0-9A-Za-z])")
_CREDIT = "0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy"


def _pattern(first: str, rest: str, before: str, after: str) -> re.Pattern[str]:
    """A pattern whose first character is tried before the look-behind: the engine can skip to it."""
    behind = before.replace(")", f"{first})") if before else ""
    return re.compile(f"{first}{behind}{rest}{after}")


_MOBILE_REST = (
    r"[3-9][0-9](?:[0-9]{8}|[ \-.][0-9]{4}[ \-.]?[0-9]{4}|[0-9]{4}[ \-.][0-9]{4}"
    r"|[0-9][ \-][0-9]{3}[ \-][0-9]{4}|[0-9][ \-][0-9]{4}[ \-][0-9]{3}|[ \-][0-9]{3}[ \-][0-9]{5})"
)
_KINDS = (
    Kind("EMAIL", "M-EMAIL", "电子邮箱", re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,24}"), _is_email),
    Kind(
        "ID-CN18", "M-ID-LIST", "身份证号",
        _pattern("[1-9]", r"[0-9]{5}[ \-]?(?:18|19|20)[0-9]{6}[ \-]?[0-9]{3}[0-9Xx]", *_NUMBER),
        _is_id18,
    ),
    Kind(
        "USCC", "M-NONE", "信用代码",
        _pattern("[1-9ANYany]", rf"[{_CREDIT}][0-9]{{6}}[{_CREDIT}]{{10}}", *_CODE), _is_uscc,
    ),
    Kind(
        "VIN", "M-VIN", "车架号",
        _pattern("[A-HJ-NPR-Z0-9]", r"[A-HJ-NPR-Z0-9]{16}", *_CODE), _is_vin,
    ),
    Kind("ID-CN15", "M-ID-LIST", "身份证号", _pattern("[1-9]", "[0-9]{14}", *_NUMBER), _is_id15),
    Kind(
        "BANKCARD", "M-BANK-LIST", "银行卡号",
        _pattern(
            "[3-69]", r"(?:[0-9]{12,18}|[0-9]{3}(?:[ \-][0-9]{4}){2,3}(?:[ \-]?[0-9]{1,4})?|[0-9]{5}[ \-][0-9]{10,13})",
            *_NUMBER,
        ),
        _is_card,
    ),
    Kind("MOBILE", "M-PHONE", "手机号", _pattern("1", _MOBILE_REST, "", _NO_DIGIT_AFTER), _is_mobile),
    Kind(
        "PHONE", "M-PHONE", "电话号码",
        re.compile(r"\+[1-9][0-9]{0,2}[0-9 \-().]{5,18}[0-9](?![0-9])"), _is_abroad,
    ),
    Kind(
        "LANDLINE", "M-TEL", "固定电话",
        _pattern(
            "0", r"(?:10|2[0-9]|[3-9][0-9]{2})\)?[ \-]{0,2}[2-9][0-9]{2,3}[ \-]?[0-9]{4}"
            r"(?:[ \-]{0,2}(?:转|分机|ext\.?|x)[ ]?[0-9]{1,6}|-[0-9]{1,5})?",
            *_NUMBER,
        ),
        _always,
    ),
    Kind(
        "HKMTP", "M-HKMTP", "通行证号",
        _pattern("[HMhm]", "[0-9]{8}(?:[0-9]{2})?", *_CODE), _is_permit,
    ),
    Kind(
        "PASSPORT-CN", "M-PASSPORT", "护照号",
        _pattern("[DEGKMPSdegkmps]", "[A-HJ-NP-Za-hj-np-z]?[0-9]{7,8}", *_CODE), _is_passport,
    ),
    Kind(
        "TWTP", "M-TWTP", "台胞证号",
        _pattern("[0-9]", "[0-9]{7}", *_CODE), _is_taiwan_permit,
    ),
    Kind(
        "PLATE", "M-PLATE", "车牌号",
        re.compile(rf"[{vehicles.PROVINCES}][A-HJ-NP-Za-hj-np-z][ ·.•\-]?"
                   r"(?:[0-9A-HJ-NP-Za-hj-np-z]{5,6}|[0-9A-HJ-NP-Za-hj-np-z]{4}[挂学警港澳])(?![0-9A-Za-z])"),
        lambda text, start, end: vehicles.is_plate(vehicles.compact_plate(text[start:end])),
    ),
    *(
        Kind(name, "M-OTHERID", label, _pattern(first, rest, *_CODE), _judged_by(judge))
        for name, label, first, rest, judge in abroad.FORMS
    ),
)  # fmt: skip
_LOCAL_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}$")
_CHINA_PREFIX = re.compile(r"\(?(?:(?<![0-9])\+|(?<![0-9])00|(?<![0-9]))86\)?[ \-]?$")

RULES: Mapping[str, str] = {kind.name: kind.rule for kind in _KINDS}
LABELS: Mapping[str, str] = {kind.name: kind.label for kind in _KINDS}


def _start_of(kind: str, text: str, start: int) -> int | None:
    """Where the candidate really begins: the part before its anchor; None when it is the tail of something else."""
    if kind == "EMAIL":
        local = _LOCAL_PART.search(text, max(0, start - 64), start)
        return local.start() if local else None
    if kind == "MOBILE":
        prefix = _CHINA_PREFIX.search(text, max(0, start - 8), start)
        if prefix:
            return prefix.start()
        before = text[max(0, start - 2) : start]
        return None if before[-1:].isdigit() or (before[-1:] == "." and before[:1].isdigit()) else start
    if kind == "LANDLINE" and text[start - 1 : start] == "(":
        return start - 1
    return start


# How scanners and hurried typing spell digits: letters that look like one, and something between every two of them.
_DIGITS = str.maketrans("OoQDIl|ZzSs", "00001112255")
_CREDITS = str.maketrans("OoIl|ZzSs", "001112255")  # of the letters no credit code has
_GAPS = str.maketrans("", "", "+ -_.·/\t")
_SPREAD = re.compile(
    r"(?<![0-9A-Za-z])(?:\+[ \-.]{0,2})?[0-9OoIl|ZzSs]"
    r"(?:[ \-_.·/\t]{0,2}[0-9A-Zolxzs|]){10,18}(?![0-9A-Za-z])(?!\.[0-9])"
)
_SPREAD_MOBILE = re.compile(r"(?:0{0,2}86)?1[3-9][0-9]{9}").fullmatch
_MOBILE_LENGTH = 11
_DIGITAL = frozenset({"ID-CN18", "ID-CN15", "BANKCARD"})
_MOST = 3  # characters of one identifier that may be misread


def _read(bare: str, letters: dict[int, int]) -> str:
    """What stands there with misread letters as digits; nothing when there are too many of them."""
    number = bare.translate(letters)
    return number if sum(map(str.__ne__, bare, number)) <= _MOST else ""


def _spread_kind(bare: str) -> str | None:
    """The kind of which the whole of it is one; only what proves itself by a check digit, and mobile numbers."""
    number = _read(bare, _DIGITS)
    if _SPREAD_MOBILE(number):
        return "MOBILE"
    if len(number) == _ID_LENGTH and documents.check_id18(number, _TODAY_OR_LATER) in (
        None,
        documents.ID_OLD,
    ):
        return "ID-CN18"
    if (
        number.isdigit()
        and len(number) in range(16, 20)
        and number[0] in "3456"
        and luhn.checksum(number) == 0
    ):
        return "BANKCARD"
    code = _read(bare[:2], _CREDITS) + _read(bare[2:8], _DIGITS) + _read(bare[8:], _CREDITS)
    if len(code) == _ID_LENGTH and companies.check_uscc(code, _TODAY_OR_LATER) is None:
        return "USCC"
    return None


def _spread(text: str) -> Iterator[Found]:
    """Identifiers with gaps at unusual places or with letters for digits, as OCR and pasted tables give them."""
    for match in _SPREAD.finditer(text):
        kind = _spread_kind(match.group().translate(_GAPS))
        if kind:
            yield Found(kind, match.start(), match.end())


def _candidates(text: str) -> Iterator[Found]:
    """Those whose whole spelling proves itself come first, so that no part of them passes as something else."""
    proved: list[Found] = []
    others: list[Found] = []
    for one in _spread(text):
        (others if one.kind == "MOBILE" and text[one.start] != "+" else proved).append(one)
    yield from proved
    yield from _plain(text)
    yield from others


def _plain(text: str) -> Iterator[Found]:
    for kind in _KINDS:
        for match in kind.pattern.finditer(text):
            start = _start_of(kind.name, text, match.start())
            if start is not None and kind.judge(text, start, match.end()):
                yield Found(kind.name, start, match.end())


def reading(text: str, found: Found) -> str:
    """The identifier as it is normally written: half width, and digits where they stood apart or were misread."""
    spelled = text[found.start : found.end]
    folded = spelled if spelled.isascii() else spelled.translate(_HALF_WIDTH)
    bare = folded.translate(_GAPS)
    if found.kind == "USCC":
        return bare[:2].translate(_CREDITS) + bare[2:8].translate(_DIGITS) + bare[8:].translate(_CREDITS)
    number = bare.translate(_DIGITS)
    if found.kind == "MOBILE":
        return number[-_MOBILE_LENGTH:]
    return number if found.kind in _DIGITAL else folded


def recognise(text: str) -> list[Found]:
    """Every identifier in `text`, in order and without overlap; positions are those of `text` itself."""
    folded = text if text.isascii() else text.translate(_HALF_WIDTH)
    starts: list[int] = []
    found: list[Found] = []
    for candidate in _candidates(folded):
        place = bisect(starts, candidate.start)
        clear_before = place == 0 or found[place - 1].end <= candidate.start
        if clear_before and (place == len(found) or candidate.end <= found[place].start):
            starts.insert(place, candidate.start)
            found.insert(place, candidate)
    return found
