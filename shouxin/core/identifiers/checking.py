"""One question for every kind of value: is it what it claims to be, and if not, which rule does it break?"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from shouxin.core.identifiers import companies, contacts, dates, documents, numbers, phones, vehicles, words
from shouxin.core.identifiers.characters import has_control
from shouxin.core.identifiers.kinds import canonical
from shouxin.core.identifiers.problem import Problem

_CHECKS: Mapping[str, Callable[[str, date], Problem | None]] = {
    "ACCOUNT": companies.check_account,
    "ADDRESS": words.check_address,
    "AMOUNT": numbers.check_amount,
    "BANKCARD": companies.check_bankcard,
    "CNAPS": companies.check_cnaps,
    "DATE": dates.check_date,
    "DATETIME": dates.check_date,
    "DEVICE": contacts.check_device,
    "EMAIL": contacts.check_email,
    "GENDER": contacts.check_sex,
    "GEO": contacts.check_place,
    "HKMTP": documents.check_hkmtp,
    "ID-CN": documents.check_id,
    "ID-CN15": documents.check_id15,
    "ID-CN18": documents.check_id18,
    "IP": contacts.check_ip,
    "LANDLINE": phones.check_landline,
    "LINE": words.check_line,
    "MOBILE": phones.check_mobile,
    "NAME": words.check_name,
    "OPEN-DATE": dates.check_open_date,
    "NUMBER": numbers.check_number,
    "ORGANISATION": words.check_organisation_name,
    "ORGCODE": companies.check_orgcode,
    "OTHER-ID": documents.check_other_id,
    "PASSPORT": documents.check_passport,
    "PASSPORT-CN": documents.check_passport_cn,
    "PAST-DATE": dates.check_past_date,
    "PHONE": phones.check_phone,
    "PLATE": vehicles.check_plate,
    "POST": contacts.check_post,
    "QUANTITY": numbers.check_quantity,
    "RATE": numbers.check_rate,
    "REGION": contacts.check_region,
    "RESIDENCE": documents.check_any_residence_permit,
    "RESPERMIT": documents.check_residence_permit,
    "TAXID": companies.check_taxid,
    "TEXT": words.check_text,
    "TWTP": documents.check_twtp,
    "USCC": companies.check_uscc,
    "VIN": vehicles.check_vin,
    "WECHAT": contacts.check_social,
}

VALIDATORS: frozenset[str] = frozenset(_CHECKS)
# No identifier is longer; a longer value is refused before any pattern or table looks at it.
_LONGEST = 1_000
_WORDS = {"ADDRESS", "LINE", "NAME", "ORGANISATION", "TEXT"}


class UnknownValidatorError(LookupError):
    """The catalogue names a validator that does not exist; `VALIDATORS` lists those that do."""


def is_validator(name: str) -> bool:
    """Whether `check` knows this validator, under any of its names."""
    return canonical(name) in _CHECKS


@cache
def checker(validator: str) -> Callable[[str, date], Problem | None]:
    """What judges values of this kind on a given day, as `check` does, for many of them.

    Raises:
        UnknownValidatorError: there is no such validator.
    """
    kind = canonical(validator)
    rule = _CHECKS.get(kind)
    if rule is None:
        raise UnknownValidatorError(kind)
    if kind in _WORDS:
        return lambda value, today: None if not value or value.isspace() else rule(value, today)

    def judge(value: str, today: date) -> Problem | None:
        if not value or value.isspace():
            return None
        if len(value) > _LONGEST:
            return words.LINE_LONG
        return words.CONTROL if has_control(value) else rule(value, today)

    return judge


def check(validator: str, value: str, *, today: date) -> Problem | None:
    """The first rule that `value` breaks, or None. An empty value breaks none: being required is another matter.

    Separators, full-width digits and letter case do not count against an identifier.

    Raises:
        UnknownValidatorError: there is no such validator. No value ever raises.
    """
    return checker(validator)(value, today)
