"""Countries and regions by code (ISO 3166-1) and by any of their names, Chinese or English."""

import re
from functools import cache

from django.utils import translation
from django_countries import countries
from django_countries.data import ALT_CODES

from shouxin.core.text import Text

# Chinese and English for readers; the others are how people abroad write the last line of their own address.
LANGUAGES = ("zh-hans", "en", "de", "fr", "es", "it", "pt", "nl", "ru", "ja", "ko", "vi", "th", "ar")
CALIFORNIA = "US-CA"
_CALIFORNIAN = re.compile(r"\b(?:CA|California),? +9[0-6][0-9]{3}\b").search
_ENDING = re.compile(r"[,，;；/\n\r]")
_PREFIX = 8  # characters of the longest Chinese name an address may begin with
# Names in daily use beside the official ones.
_OTHERWISE = {
    "中国大陆": "CN", "中国内地": "CN", "PRC": "CN", "香港": "HK", "澳门": "MO", "台湾": "TW", "HONG KONG": "HK",
    "MACAU": "MO", "MACAO": "MO", "TAIWAN": "TW", "UK": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "英格兰": "GB",
    "USA": "US", "U.S.A.": "US", "UNITED STATES": "US", "KOREA": "KR", "南韩": "KR", "THE NETHERLANDS": "NL",
    "HOLLAND": "NL", "UAE": "AE",
}  # fmt: skip


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {str(name).upper(): code for code, name in countries}
    found |= {code: code for code in countries.countries}
    found |= {three: code for code, (three, *_rest) in ALT_CODES.items() if three}
    return found | _OTHERWISE


def code_of(text: str) -> str | None:
    """The code of the country named by a code of two or three letters or by a name; None when it names none."""
    return _names().get(text.strip().strip("。.").upper())


def name_of(code: str) -> str:
    """A country's name in the reader's language; the text itself when it is no code."""
    return str(countries.name(code)) or code


def named(code: str) -> Text:
    """A country's name in both languages."""
    with translation.override("zh-hans"):
        zh = name_of(code)
    with translation.override("en"):
        return Text(zh, name_of(code))


def choices() -> list[tuple[str, str]]:
    """Every country as (code, name in the reader's language), for a form; China first."""
    listed = sorted(((code, str(name)) for code, name in countries), key=lambda one: one[0] != "CN")
    return [("", "—"), *listed]


def in_address(address: str) -> str | None:
    """The country an address names at its end, or in Chinese at its beginning; US-CA for California."""
    if _CALIFORNIAN(address):
        return CALIFORNIA
    parts = [part.strip() for part in _ENDING.split(address) if part.strip()]
    if parts and (found := code_of(parts[-1])):
        return found
    names = _names()
    start = address.strip()[:_PREFIX]
    return next((names[start[:n]] for n in range(len(start), 1, -1) if start[:n] in names), None)
