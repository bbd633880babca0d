"""Masks: what of a value may be seen without opening it, rule by rule.

A rule keeps named positions of values of its own shape. A value of another shape (too short, foreign, damaged,
hostile) is never shown by positions meant for something else: it falls to a stricter form, at the end to
`HIDDEN`, which does not even tell the length. So a mask depends on nothing but the positions its rule keeps,
the length of a well-formed value, and which shape the value has.

Profiles widen or narrow a rule: `list` (the default) · `detail` and `verify` (ID numbers and cards only; other
rules answer as for `list`) · `strict` (logs and exports) · `always` (nothing at all). The empty value stays
empty. An unknown rule or profile hides everything.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from shouxin.core.identifiers import contacts, dates, divisions, numbers, phones, vehicles
from shouxin.core.identifiers.characters import HAN, compact, is_han, tidy, tidy_name, without_variations
from shouxin.core.identifiers.narrating import PERSON, PLACE, tell
from shouxin.core.identifiers.recognising import LABELS, RULES, Found, recognise

HIDDEN = "******"
IMAGE, SECRET, VERIFIED = "[影像已隐藏]", "[不显示]", "[已核验]"

_WORDS = {IMAGE: "[picture hidden]", SECRET: "[not shown]", VERIFIED: "[verified]"}
_BAND = re.compile(r"([0-9]+)(?:–([0-9]+)万|万(以下|以上))")

Mask = Callable[[str], str]

_ID = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}").fullmatch
_DIGITS = re.compile(r"[0-9]+").fullmatch
_CODE = re.compile(r"[0-9A-Z]+").fullmatch
_ANY_CODE = re.compile(r"[^\W_]{6,40}").fullmatch  # at least _LEAST_CODE, at most _LONGEST_CODE
_HKMTP = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?").fullmatch
_IPV4 = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.[0-9]{1,3}\.[0-9]{1,3}").fullmatch
_SOCIAL = re.compile(r"[^\s@]{5,40}").fullmatch
_AGE = re.compile(r"[0-9]{1,3}").fullmatch
_FIRST = re.compile(f"[{HAN}]").match
# How nearly all values of a kind are written: what the thorough ways below would change nothing of.
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{2,20}").fullmatch
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}").fullmatch
_PLAIN_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([0-9]{7,8})").fullmatch
_PLAIN_ADDRESS = re.compile(r"[\u4e00-\u9fff0-9A-Za-z-]+").fullmatch
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}(?:\.[A-Za-z0-9_-]{1,20})?(@(?:[A-Za-z0-9]{1,60}\.){1,3}[A-Za-z]{2,24})"
).fullmatch
_LONGEST_HAN_NAME, _LONGEST_NAME = 20, 60
_LEAST_CODE, _LONGEST_CODE = 6, 40
_OLDEST = 150
_LONGEST = 1_000
_BANDS = tuple(Decimal(n) for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000))


def keep(value: str, head: int, tail: int) -> str:
    """`value` with all but its first `head` and last `tail` characters starred; hidden when nothing would be."""
    stars = len(value) - head - tail
    return f"{value[:head]}{'*' * stars}{value[len(value) - tail :]}" if stars > 0 else HIDDEN


def _keep_if_long(value: str, head: int, tail: int) -> str:
    """For codes without a fixed shape: the kept part is at most half of the value."""
    code = compact(value)
    return keep(code, head, tail) if _CODE(code) and len(code) >= 2 * (head + tail) else HIDDEN


def _name(value: str) -> str:
    """Han: the first character. Other scripts: the initial of each word. Mixed: the first character."""
    if _PLAIN_NAME(value):
        return value[0] + "*" * (len(value) - 1)
    name = without_variations(tidy_name(value))
    if is_han(name):
        if len(name) == 1:
            return "*"
        return keep(name, 1, 0) if len(name) <= _LONGEST_HAN_NAME else HIDDEN
    if len(name) > _LONGEST_NAME or any(map(_strange_in_name, name)):
        return HIDDEN
    if _FIRST(name):
        return f"{name[0]}***"
    words = [word.lstrip("'’-.(") for word in name.split(" ")]
    return " ".join(f"{_initial(word)}***" for word in words if word) if len(name) > 1 else HIDDEN


def _strange_in_name(character: str) -> bool:
    return not (unicodedata.category(character)[0] in "LM" or character in " .·'’-,()〇\u200c\u200d")


def _initial(word: str) -> str:
    end = 1
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end += 1
    return word[:end]


def _name_strict(value: str) -> str:
    name = without_variations(tidy_name(value))
    return keep(name, 0, 1) if is_han(name) and 1 < len(name) <= _LONGEST_HAN_NAME else HIDDEN


def _phone(value: str) -> str:
    if _PLAIN_MOBILE(value):
        return f"{value[:3]}****{value[7:]}"
    number, _ = phones.dialled(value)
    mobile = phones.china_mobile(number)
    return keep(mobile, 3, 4) if mobile else _other_phone(number)


def _other_phone(number: str) -> str:
    """Abroad: the country code and the last two; anything else that is a number: the last two."""
    if abroad := phones.foreign(number):
        national = str(abroad.national_number)
        return f"+{abroad.country_code} {keep(national, 0, 2)}"
    digits = number.lstrip("+")
    return keep(digits, 0, 2) if _DIGITS(digits) and 7 <= len(digits) <= 15 else HIDDEN  # noqa: PLR2004 - E.164


def _phone_strict(value: str) -> str:
    number, _ = phones.dialled(value)
    digits = phones.china_mobile(number) or number.lstrip("+")
    return keep(digits, 0, 2) if _DIGITS(digits) and 7 <= len(digits) <= 17 else HIDDEN  # noqa: PLR2004 - E.164


def _landline(value: str) -> str:
    if plain := _PLAIN_LANDLINE(value):
        area, digits = plain.groups()
        return f"{area}-{keep(digits, 0, 2)}"
    number, _ = phones.dialled(value)
    landline = phones.china_landline(number) or phones.area_and_digits(number)
    if landline:
        return f"{landline[0]}-{keep(landline[1], 0, 2)}"
    return _other_phone(phones.china_mobile(number) or number)


def _id(head: int, tail: int) -> Mask:
    def mask_id(value: str) -> str:
        number = compact(value)
        if not _ID(number):
            return _keep_if_long(number, min(head, 1), 1)
        # The fourth digit from the end of a 15-digit number belongs to the birth date.
        return keep(number, head, min(tail, 3) if len(number) == 15 else tail)  # noqa: PLR2004 - the legacy length

    return mask_id


def _card(head: int) -> Mask:
    def mask_card(value: str) -> str:
        number = compact(value)
        well_formed = _DIGITS(number) and 13 <= len(number) <= 19  # noqa: PLR2004 - ISO/IEC 7812
        return keep(number, head, 4) if well_formed else HIDDEN

    return mask_card


def _hkmtp(value: str) -> str:
    return keep(compact(value), 1, 2) if _HKMTP(compact(value)) else HIDDEN


def _email(value: str) -> str:
    if plain := _PLAIN_EMAIL(value):
        return f"{value[0]}***{plain[1]}" if plain.start(1) > 1 else f"***{plain[1]}"
    address = contacts.compact_email(value)
    local, _, domain = address.rpartition("@")
    if not local or not contacts.is_email(address):
        return HIDDEN
    return f"{local[0]}***@{domain}" if len(local) > 1 else f"***@{domain}"


def _address(value: str) -> str:
    spaceless = value if _PLAIN_ADDRESS(value) else tidy(value).replace(" ", "")
    end = divisions.district_end(spaceless)
    return f"{spaceless[:end]}****" if end else HIDDEN


def _birth(value: str) -> str:
    day = dates.parse_date(value)
    return f"{day.year:04d}-**-**" if day else HIDDEN


def _age(value: str) -> str:
    text = value.strip().removesuffix("岁")
    if not _AGE(text) or int(text) > _OLDEST:
        return HIDDEN
    low = int(text) // 5 * 5
    return f"{low}–{low + 4}"


def _plate(value: str) -> str:
    plate = vehicles.compact_plate(value)
    return keep(plate, 2, 1) if vehicles.is_plate(plate) else HIDDEN


def _ip(value: str) -> str:
    found = _IPV4(value.strip())
    return f"{found[1]}.{found[2]}.*.*" if found and contacts.is_ip(value) else HIDDEN


def _place(value: str) -> str:
    found = contacts.place(value)
    return ",".join(f"{Decimal(part):.2f}" for part in found) if found else HIDDEN


def _amount(value: str) -> str:
    """The 1–2–5 band of 10,000 in which the amount lies; a sum of ten million or more has no upper end."""
    amount = numbers.parse_amount(value)
    if amount is None:
        return HIDDEN
    low = None
    for bound in _BANDS:
        if amount < bound * 10_000:
            return f"{low}–{bound}万" if low else f"{bound}万以下"
        low = bound
    return f"{low}万以上"


def masked_in(language: str, shown: str) -> str:
    """A masked value as readers of `language` read it: bands of 10,000 in figures, words that stand for a value."""
    return _BAND.sub(_figures, _WORDS.get(shown, shown)) if language.startswith("en") else shown


def _figures(band: re.Match[str]) -> str:
    low, high = (f"{int(part) * 10_000:,}" if part else "" for part in band.group(1, 2))
    if high:
        return f"{low}–{high}"
    return f"below {low}" if band[3] == "以下" else f"{low} and more"


def _social(value: str) -> str:
    account = value.strip()
    return keep(account, 1, 1) if _SOCIAL(account) else HIDDEN


def _other_id(value: str) -> str:
    """Codes of any issuer, also those made of names (王芳-14485)."""
    if value.isascii() and (plain := value.replace("-", "").upper()).isalnum():
        return keep(plain, 1, 2) if _LEAST_CODE <= len(plain) <= _LONGEST_CODE else HIDDEN
    code = compact(value)
    return keep(code, 1, 2) if _ANY_CODE(code) else HIDDEN


def _device(value: str) -> str:
    return keep(value.strip(), 0, 4) if contacts.is_device(value) else HIDDEN


_TOLD = {PERSON: ("M-NAME", "姓名"), PLACE: ("M-ADDR", "地址")}


def _text(value: str) -> str:
    """Free text with every recognised identifier, and every name and address told in it, masked in its place."""
    return _replaced(value, lambda found: mask(_rule_of(found), value[found.start : found.end]))


def _rule_of(found: Found) -> str:
    return _TOLD[found.kind][0] if found.kind in _TOLD else RULES[found.kind]


def _text_strict(value: str) -> str:
    """Free text with each of them replaced by the name of its kind."""
    return _replaced(
        value, lambda found: f"[{_TOLD[found.kind][1] if found.kind in _TOLD else LABELS[found.kind]}]"
    )


def _in_text(value: str) -> list[Found]:
    numbers = recognise(value)
    told = tell(value, [(found.start, found.end) for found in numbers])
    return sorted([*numbers, *told], key=lambda found: found.start)


def _replaced(value: str, substitute: Callable[[Found], str]) -> str:
    parts, position = [], 0
    for found in _in_text(value):
        parts += [value[position : found.start], substitute(found)]
        position = found.end
    return "".join([*parts, value[position:]])


def _constant(text: str) -> Mask:
    return lambda _value: text


_LIST: Mapping[str, Mask] = {
    "M-ADDR": _address,
    "M-AGE": _age,
    "M-AMOUNT": _amount,
    "M-BANK-DETAIL": _card(6),
    "M-BANK-LIST": _card(0),
    "M-BIO": _constant(VERIFIED),
    "M-CORPACCT": lambda value: _keep_if_long(value, 0, 4),
    "M-DEVICE": _device,
    "M-DOB": _birth,
    "M-EMAIL": _email,
    "M-FILE": _constant(IMAGE),
    "M-GEO": _place,
    "M-HKMTP": _hkmtp,
    "M-ID-DETAIL": _id(3, 4),
    "M-ID-LIST": _id(1, 1),
    "M-ID-VERIFY": _id(6, 4),
    "M-IP": _ip,
    "M-NAME": _name,
    "M-NAME-2": _name,
    "M-NAME-EN": _name,
    "M-NAME-STRICT": _name_strict,
    "M-NONE": lambda value: value,
    "M-OTHERID": _other_id,
    "M-PASSPORT": lambda value: _keep_if_long(value, 1, 3),
    "M-PHONE": _phone,
    "M-PHONE-STRICT": _phone_strict,
    "M-PLATE": _plate,
    "M-PSEUDO": _constant(HIDDEN),
    "M-SECRET": _constant(SECRET),
    "M-TEL": _landline,
    "M-TEXT": _text,
    "M-TWTP": lambda value: _keep_if_long(value, 0, 3),
    "M-VIN": lambda value: keep(compact(value), 3, 4) if vehicles.is_vin(compact(value)) else HIDDEN,
    "M-WECHAT": _social,
}
_DETAIL = {"M-ID-LIST": "M-ID-DETAIL", "M-BANK-LIST": "M-BANK-DETAIL"}
_VERIFY = {"M-ID-LIST": "M-ID-VERIFY", "M-ID-DETAIL": "M-ID-VERIFY", "M-BANK-LIST": "M-BANK-DETAIL"}
_STRICT: Mapping[str, Mask] = {
    **dict.fromkeys(("M-NAME", "M-NAME-2", "M-NAME-EN", "M-NAME-STRICT"), _name_strict),
    **dict.fromkeys(("M-PHONE", "M-PHONE-STRICT", "M-TEL"), _phone_strict),
    "M-ID-DETAIL": _id(1, 1),
    "M-ID-LIST": _id(1, 1),
    "M-ID-VERIFY": _id(1, 1),
    "M-BANK-DETAIL": _card(0),
    "M-BANK-LIST": _card(0),
    "M-TEXT": _text_strict,
    **{
        rule: _LIST[rule]
        for rule in ("M-AGE", "M-AMOUNT", "M-BIO", "M-CORPACCT", "M-DOB", "M-FILE", "M-NONE", "M-SECRET")
    },
}
_UNBOUNDED = {"M-NONE", "M-TEXT"}

MASKS: frozenset[str] = frozenset(_LIST)
PROFILES: frozenset[str] = frozenset({"list", "detail", "verify", "strict", "always"})


def _mask_of(rule: str, profile: str) -> Mask:
    if profile == "list":
        return _LIST.get(rule, _constant(HIDDEN))
    if profile == "detail":
        return _LIST.get(_DETAIL.get(rule, rule), _constant(HIDDEN))
    if profile == "verify":
        return _LIST.get(_VERIFY.get(rule, rule), _constant(HIDDEN))
    if profile == "strict":
        return _STRICT.get(rule, _constant(HIDDEN))
    return _LIST[rule] if rule in {"M-SECRET", "M-BIO", "M-FILE"} else _constant(HIDDEN)


def mask(rule: str, value: str, *, profile: str = "list") -> str:
    """What may be seen of `value` under a masking rule (a row of the masking rules, such as M-PHONE) and a profile.

    Never raises: what cannot be masked well is hidden.
    """
    return masker(rule, profile)(value)


@lru_cache(maxsize=256)
def masker(rule: str, profile: str) -> Mask:
    """What `mask` does by this rule and profile, found once for many values."""
    usual = _mask_of(rule, profile)
    longer = usual if rule in _UNBOUNDED else _mask_of(rule, "always")

    def masked(value: str) -> str:
        if not value:
            return ""
        return usual(value) if len(value) <= _LONGEST else longer(value)

    return masked
