"""The names under which validators and normal forms are asked for, and every other name they go by.

Names of identifier-rules rows are kept (ID-CN18, USCC …). Spelling is forgiving: case, `_` for `-`, and the
wording of the field dictionary all lead to the same kind.
"""

from collections.abc import Mapping
from functools import cache

_ALIASES: Mapping[str, str] = {
    "ID": "ID-CN", "ID-NUMBER": "ID-CN", "RESIDENT-ID": "ID-CN", "ID18": "ID-CN18", "ID15": "ID-CN15",
    "GB 11643 MOD 11-2": "ID-CN", "GB 11643": "ID-CN",
    "USCI": "USCC", "CREDIT-CODE": "USCC", "GB 32100 MOD 31": "USCC",
    "CARD": "BANKCARD", "BANK-CARD": "BANKCARD", "BANK-CARD-NO": "BANKCARD", "LUHN, 13–19 DIGITS, BIN": "BANKCARD",
    "TEL": "LANDLINE", "AREA CODE TABLE": "LANDLINE", "1[3-9]+9 DIGITS": "MOBILE", "CELL": "MOBILE",
    "E-MAIL": "EMAIL", "MAIL": "EMAIL", "RFC 5322 SUBSET": "EMAIL",
    "PASSPORT-NO": "PASSPORT", "E/G/P/S/D PATTERN": "PASSPORT",
    "[HM]+8 DIGITS": "HKMTP", "8 DIGITS": "TWTP",
    "18 DIGITS, SAME CHECK DIGIT; 81/82/83 PREFIX FOR HK/MACAO/TAIWAN": "RESIDENCE",
    "PLATE REGEX": "PLATE", "VEHICLE-PLATE": "PLATE", "17 CHARS, NO I O Q": "VIN",
    "6 DIGITS": "POST", "POSTAL-CODE": "POST", "REGION CODE GB/T 2260": "ADDRESS", "REGION CODE": "ADDRESS",
    "GB/T 2260": "ADDRESS",
    "PERSON-NAME": "NAME", "NON-EMPTY, 2–20 HAN OR LATIN": "NAME",
    "ORGNAME": "ORGANISATION", "COMPANY": "ORGANISATION", "COMPANY-NAME": "ORGANISATION",
    "BIRTH-DATE": "PAST-DATE", "ISO DATE; NOT FUTURE; EQUALS ID DIGITS 7–14": "PAST-DATE",
    "DATE; 长期 ALLOWED": "OPEN-DATE", "GB/T 2261.1: 0/1/2/9": "GENDER", "SEX": "GENDER",
    "DATE-PAST": "PAST-DATE", "DATE-OR-LONG-TERM": "OPEN-DATE",
    "MONEY": "AMOUNT", "MEMBER-NO": "LINE", "CUSTOMER-NO": "LINE", "CODE": "LINE",
    "IP-ADDRESS": "IP", "DEVICE-ID": "DEVICE", "GEO-LOCATION": "GEO",
    "GB/T 2659": "LINE", "GB/T 3304": "LINE", "GB/T 2261.2": "LINE", "GB/T 4658": "LINE",
    "CODE LIST": "LINE", "MIME, SIZE": "TEXT", "REJECTED BY SCHEMA": "TEXT", "AUTHORISATION FILE REQUIRED": "TEXT",
 "WECHAT-ID": "WECHAT", "": "TEXT",
}  # fmt: skip


@cache
def canonical(kind: str) -> str:
    """The one name of a kind."""
    name = kind.strip().upper()
    return _ALIASES.get(name) or _ALIASES.get(name.replace("_", "-")) or name.replace("_", "-")
