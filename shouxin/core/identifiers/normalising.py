"""Normal forms: what a search index is built from and what a searcher's input is turned into.

Two spellings of one thing get one normal form. The stored value is never replaced by it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

from shouxin.core.identifiers import contacts, dates, numbers, phones, vehicles
from shouxin.core.identifiers.characters import compact, is_han, tidy, tidy_name, without_variations
from shouxin.core.identifiers.kinds import canonical

_ASCII_MOBILE = re.compile(r"1[3-9][0-9]{9}").fullmatch
_BRACKETS = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]"})


def normalise_phone(value: str) -> str:
    """E.164 digits without +; what is no telephone number keeps its digits and letters, so it can be found too."""
    if _ASCII_MOBILE(value):
        return f"86{value}"
    return phones.e164(value) or re.sub(r"[^0-9A-Z]", "", compact(value))


def normalise_name(value: str) -> str:
    """One dot, one space, half width, without letter case, variation selectors or the space between Han characters."""
    if is_han(value) and unicodedata.is_normalized("NFC", value):
        return value  # has one kind of dot, and neither case nor spaces
    return unicodedata.normalize("NFC", without_variations(tidy_name(value)).casefold())


def _email(value: str) -> str:
    return contacts.compact_email(value).lower()


def _date(value: str) -> str:
    day = dates.parse_date(value)
    return day.isoformat() if day else tidy(value)


def _amount(value: str) -> str:
    number = numbers.parse_amount(value)
    return tidy(value) if number is None else _plain(number)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rate(value: str) -> str:
    number = numbers.parse_rate(value)
    return tidy(value) if number is None else _plain(number)


def _number(value: str) -> str:
    return _rate(value) if "%" in value or "％" in value else _amount(value)


def _organisation(value: str) -> str:
    return normalise_name(value.translate(_BRACKETS))


def _sex(value: str) -> str:
    return contacts.SEXES.get(value.strip().upper(), tidy(value))


def _line(value: str) -> str:
    return unicodedata.normalize("NFKC", tidy(value)).upper()


_FORMS: Mapping[str, Callable[[str], str]] = {
    "ADDRESS": tidy,
    "AMOUNT": _amount,
    "DATE": _date,
    "DATETIME": tidy,
    "EMAIL": _email,
    "GENDER": _sex,
    "GEO": tidy,
    "IP": tidy,
    "LANDLINE": normalise_phone,
    "LINE": _line,
    "MOBILE": normalise_phone,
    "NAME": normalise_name,
    "OPEN-DATE": _date,
    "NUMBER": _number,
    "ORGANISATION": _organisation,
    "PAST-DATE": _date,
    "PHONE": normalise_phone,
    "PLATE": vehicles.compact_plate,
    "QUANTITY": _amount,
    "RATE": _rate,
    "TEXT": tidy,
    "WECHAT": tidy,
}


def normalise(kind: str, value: str) -> str:
    """The normal form of `value` as a thing of `kind` (a validator's name); kinds not listed are numbers and codes."""
    return normaliser(kind)(value)


@cache
def normaliser(kind: str) -> Callable[[str], str]:
    """What gives the normal form of values of `kind`, for many of them."""
    form = _FORMS.get(canonical(kind), compact)

    def normal_form(value: str) -> str:
        normal = form(value)
        # Case folding can leave marks in an order that only a second composition settles.
        return normal if normal.isascii() or normal == value else form(normal)

    return normal_form
