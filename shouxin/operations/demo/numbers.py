"""Numbers that pass every check and, as far as possible, belong to nobody.

- Resident ID numbers carry a province's own code (such as 330000) as their region. Numbers are given out by
  counties, so no authority registers people under it.
- Mobile numbers start with 154, a segment that no operator has been given.
- Landlines start with 9 after the area code; subscribers' numbers do not.
- E-mail addresses lie under example.com, example.net and example.org (RFC 2606).
- Social credit codes hold an organisation code from YY000000 on, a block out of which none was issued.
- Bank cards start with 629999; plates carry the issuing letter Z outside Guangdong; VINs the maker's code L00.
"""

import string
from datetime import date
from random import Random

from stdnum import luhn
from stdnum.cn import ric, uscc

from shouxin.core.identifiers.companies import organisation_check_character
from shouxin.core.identifiers.vehicles import vin_check_character

_EIGHT_DIGIT_AREAS = 8
_MAIL_DOMAINS = ("example.com", "example.net", "example.org")
_PLATE_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_VIN_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_EVEN = 2


def happens(r: Random, chance: float) -> bool:
    return r.random() < chance


def digits(r: Random, count: int) -> str:
    return f"{r.randrange(10**count):0{count}d}"


def resident_id(r: Random, province: str, born: date, sex: str) -> str:
    """`province`: its two digits; `sex`: 1 or 2, shown by the seventeenth digit being odd or even."""
    sequence = r.randrange(1, 500) * 2 - (1 if int(sex) % _EVEN else 0)
    body = f"{province}0000{born:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(body + "0")


def mobile(r: Random) -> str:
    return f"154{digits(r, 8)}"


def landline(r: Random, area_code: str) -> str:
    """Eight digits after the short area codes and in the capitals, which is where all of these lie."""
    return f"{area_code}-9{digits(r, _EIGHT_DIGIT_AREAS - 1)}"


def email(r: Random, account: str) -> str:
    tail = digits(r, 2) if happens(r, 0.5) else ""
    return f"{account}{tail}@{r.choice(_MAIL_DOMAINS)}"


def credit_code(r: Random, region: str) -> str:
    organisation = f"YY{digits(r, 6)}"
    body = f"91{region}{organisation}{organisation_check_character(organisation)}"
    return body + uscc.calc_check_digit(body)


def bank_card(r: Random) -> str:
    body = f"629999{digits(r, 12)}"
    return body + luhn.calc_check_digit(body)


def bank_account(r: Random) -> str:
    return f"9999{digits(r, 15)}"


def plate(r: Random, province: str) -> str:
    letter = "Y" if province == "粤" else "Z"
    return f"{province}{letter}{digits(r, 4)}{r.choice(_PLATE_SIGNS)}"


def vin(r: Random) -> str:
    body = ["L", "0", "0", *r.choices(_VIN_SIGNS, k=8), *r.choices(string.digits, k=6)]
    body[8] = vin_check_character("".join(body))
    return "".join(body)


def day(r: Random, first: date, last: date) -> date:
    return date.fromordinal(r.randint(first.toordinal(), last.toordinal()))
