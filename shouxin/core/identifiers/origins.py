"""Which country a value points to: the dialling code of a phone number, the issuer of a document, a place in China.

A sign, not a proof: people keep their numbers when they move. What follows from several signs is decided elsewhere.
"""

from functools import cache

import phonenumbers

from shouxin.core.identifiers import divisions, phones
from shouxin.core.identifiers.characters import compact, tidy
from shouxin.core.identifiers.kinds import canonical

CHINA, HONG_KONG, MACAO, TAIWAN = "CN", "HK", "MO", "TW"
_PHONES = frozenset({"MOBILE", "LANDLINE", "PHONE"})
_RESIDENT = frozenset({"ID-CN", "ID-CN18", "ID-CN15"})
_TELLING = _PHONES | _RESIDENT | {"USCC", "HKMTP", "TWTP", "RESIDENCE", "RESPERMIT", "ADDRESS"}
_PERMITS = {"81": HONG_KONG, "82": MACAO, "83": TAIWAN}
_BY_PROVINCE = {"71": TAIWAN, "81": HONG_KONG, "82": MACAO}
_RESIDENCE_LENGTH = 18


@cache
def may_tell(validator: str) -> bool:
    """Whether values of this kind point to a country at all."""
    return canonical(validator) in _TELLING


def country_of(validator: str, value: str) -> str | None:
    """The country that a well-formed `value` of this kind points to, or None.

    ISO 3166-1 with two letters; three where the document itself has three (permanent residence of foreigners).
    """
    kind = canonical(validator)
    if kind in _PHONES:
        return _dialled(value)
    if kind in _RESIDENT or kind == "USCC":
        return CHINA
    if kind == "HKMTP":
        return {"H": HONG_KONG, "M": MACAO}.get(compact(value)[:1])
    if kind == "TWTP":
        return TAIWAN
    if kind in {"RESIDENCE", "RESPERMIT"}:
        return _resident_abroad(compact(value))
    if kind == "ADDRESS":
        return _chinese_place(tidy(value).replace(" ", ""))
    return None


def _dialled(value: str) -> str | None:
    if value.isascii() and len(value) == 11 and value.isdigit() and value[0] == "1":  # noqa: PLR2004 - the common case
        return CHINA
    number, _ = phones.dialled(value)
    if phones.china_landline(number):
        return CHINA
    abroad = phones.foreign(number)
    if abroad is not None:
        return phonenumbers.region_code_for_number(abroad)
    return CHINA if phones.e164(value) else None


def _resident_abroad(number: str) -> str | None:
    if len(number) == _RESIDENCE_LENGTH and number[:2] in _PERMITS:
        return _PERMITS[number[:2]]
    return number[:3] if number[:3].isalpha() else None


def _chinese_place(address: str) -> str | None:
    code = divisions.province_of(address)
    return _BY_PROVINCE.get(code, CHINA) if code else None
