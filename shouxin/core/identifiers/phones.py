"""Telephone numbers: Chinese mobiles and landlines by rule, other countries' by phonenumbers' metadata."""

import re
import unicodedata
from datetime import date

import phonenumbers

from shouxin.core.identifiers.problem import Problem, error, warning

_MOBILE = re.compile(r"(?:\(?(?:\+?86|0086)\)?)?(1[3-9][0-9]{9})").fullmatch
_MACHINE = re.compile(r"(?:\+?86|0086)?(1(?:4[01468]|06)[0-9]{10})").fullmatch
_LANDLINE = re.compile(r"(?:(?:\+|00)?86\(?0?|\(?0)(10|2[0-9]|[3-9][0-9]{2})\)?([2-9][0-9]{6,7})").fullmatch
_AREA_AND_DIGITS = re.compile(r"\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?([0-9]{7,8})").fullmatch
_SERVICE = re.compile(r"[48]00[0-9]{7}").fullmatch
_INTERNATIONAL = re.compile(r"(?:\+|00)[1-9][0-9]{5,16}").fullmatch
_EXTENSION = re.compile(r"(?:转|轉|分机|EXT\.?|X|#|,|-(?=[0-9]{1,5}$))\s*([0-9]{1,6})$")
_SEPARATORS = re.compile(r"[\s\-./·\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_BARE_LANDLINE = re.compile(r"[2-9][0-9]{6,7}").fullmatch
# Longer than any number with any extension; longer input is not worth a parser's time.
_LONGEST = 60
_CHINA = 86

MOBILE_FORM = error(
    "mobile.form",
    "手机号应为 11 位数字，第 2 位为 3–9。请向客户核对；境外号码请以 + 和国家代码开头。",
    "A mobile number has 11 digits, the second being 3–9. Ask the customer;"
    " write numbers abroad with + and the country code.",
)
MOBILE_MACHINE = warning(
    "mobile.machine",
    "这是 13 位物联网号码，不能与人通话。请确认是否填错。",
    "This is a 13-digit number of a machine; nobody answers it. Check whether it belongs here.",
)
LANDLINE_FORM = error(
    "landline.form",
    "固定电话应为区号加 7–8 位号码，如 010-62345678。请核对。",
    "A landline is an area code and 7–8 digits, such as 010-62345678. Check it.",
)
LANDLINE_AREA = error(
    "landline.area",
    "缺少区号，无法拨打。请补上区号，如 010-62345678。",
    "The area code is missing, so it cannot be dialled. Add it, as in 010-62345678.",
)
FOREIGN = error(
    "phone.foreign",
    "在该国家代码下不存在这样的号码。请核对国家代码和号码位数。",
    "No such number exists under this country code. Check the country code and the number of digits.",
)
PHONE_FORM = error(
    "phone.form",
    "不是电话号码：手机号 11 位，固定电话带区号，境外号码以 + 和国家代码开头。请核对。",
    "Not a telephone number: 11 digits for a mobile, an area code for a landline,"
    " + and the country code abroad. Check it.",
)


def dialled(value: str) -> tuple[str, str]:
    """The number as dialled (digits, perhaps a leading + and brackets) and its extension."""
    value = unicodedata.normalize("NFKC", value[: _LONGEST + 1]).upper().strip()
    extension = ""
    if (found := _EXTENSION.search(value)) and sum(c.isdigit() for c in value[: found.start()]) >= 10:  # noqa: PLR2004 - area code and number
        value, extension = value[: found.start()], found[1]
    return _SEPARATORS.sub("", value), extension


def china_mobile(number: str) -> str | None:
    """The eleven digits of a Chinese mobile number, given as `dialled`."""
    found = _MOBILE(number)
    return found[1] if found else None


def china_landline(number: str) -> tuple[str, str] | None:
    """Area code (with its 0) and subscriber number of a Chinese landline, given as `dialled`."""
    found = _LANDLINE(number)
    return (f"0{found[1]}", found[2]) if found else None


def area_and_digits(number: str) -> tuple[str, str] | None:
    """As `china_landline` for what has the shape of one, even if no exchange has such a number: enough to mask it."""
    found = _AREA_AND_DIGITS(number)
    return (found[1], found[2]) if found else None


def foreign(number: str) -> phonenumbers.PhoneNumber | None:
    """A valid number of another country, given as `dialled` with + or 00."""
    number = number.replace("(0)", "").replace("(", "").replace(")", "")
    if not _INTERNATIONAL(number):
        return None
    if number.startswith("00"):
        number = f"+{number[2:]}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return parsed if parsed.country_code != _CHINA and phonenumbers.is_valid_number(parsed) else None


def e164(value: str) -> str | None:
    """The digits of the international form (ITU-T E.164) without +, or None when it is no telephone number."""
    number, _ = dialled(value)
    if mobile := china_mobile(number):
        return f"86{mobile}"
    if machine := _MACHINE(number):
        return f"86{machine[1]}"
    if landline := china_landline(number):
        return f"86{landline[0][1:]}{landline[1]}"
    if _SERVICE(number):
        return f"86{number}"
    parsed = foreign(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:] if parsed else None


def check_mobile(value: str, _today: date) -> Problem | None:
    """A Chinese mobile number, or a number of another country in international form."""
    if _MOBILE(value):
        return None
    if len(value) > _LONGEST:
        return MOBILE_FORM
    number, _ = dialled(value)
    if _MOBILE(number) or foreign(number):
        return None
    if _MACHINE(number):
        return MOBILE_MACHINE
    return FOREIGN if _is_foreign(number) else MOBILE_FORM


def check_landline(value: str, _today: date) -> Problem | None:
    """A Chinese landline with its area code, a 400 or 800 number, or a number of another country."""
    if len(value) > _LONGEST:
        return LANDLINE_FORM
    number, _ = dialled(value)
    if _LANDLINE(number) or _SERVICE(number) or foreign(number):
        return None
    if _BARE_LANDLINE(number):
        return LANDLINE_AREA
    return FOREIGN if _is_foreign(number) else LANDLINE_FORM


def check_phone(value: str, today: date) -> Problem | None:
    """Any telephone number: mobile, landline, service number, abroad."""
    problem = check_mobile(value, today)
    if problem is not MOBILE_FORM:
        return problem
    problem = check_landline(value, today)
    return PHONE_FORM if problem is LANDLINE_FORM else problem


def _is_foreign(number: str) -> bool:
    return number.startswith(("+", "00")) and not number.startswith(("+86", "0086"))
