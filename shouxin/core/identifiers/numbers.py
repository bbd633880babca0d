"""Amounts, quantities and rates as they stand in tables: separators, currency signs, 万 and 亿."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from shouxin.core.identifiers.problem import Problem, error, warning

_SIGNS = r"(?:人民币|RMB|CNY|USD|EUR|HKD|JPY|GBP|HK\$|US\$|[¥￥$€£])?"
_AMOUNT = re.compile(
    rf"([-+]?){_SIGNS}\s?([-+]?)([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,15}})(\.[0-9]{{1,20}})?(E[-+]?[0-9]{{1,2}})?"
    rf"\s?(万|亿|千|百万)?\s?(?:元|圆|块|{_SIGNS})整?"
).fullmatch
_RATE = re.compile(r"([-+]?[0-9]{1,6}(?:\.[0-9]{1,20})?)\s?(%?)").fullmatch
_UNITS = {"千": 3, "万": 4, "百万": 6, "亿": 8}
_LONGEST = 60
_LARGEST = Decimal(10) ** 15

AMOUNT_FORM = error(
    "amount.form",
    "不是金额。请只写数字，如 156800.00。",
    "Not an amount. Write digits only, such as 156800.00.",
)
AMOUNT_SIZE = error(
    "amount.size",
    "金额超过一千万亿，多半是位数写错。请核对。",
    "The amount exceeds 10¹⁵; digits were probably added. Check it.",
)
QUANTITY_FORM = error(
    "quantity.form",
    "数量应为数字，如 3。请核对。",
    "A quantity is a number, such as 3. Check it.",
)
RATE_FORM = error(
    "rate.form",
    "折扣或比例应为 0–1 的小数或百分数，如 0.2 或 20%。请核对。",
    "A discount or rate is a fraction of 1 or a percentage, such as 0.2 or 20%. Check it.",
)
RATE_RANGE = warning(
    "rate.range",
    "比例不在 0–100% 之间。请核对。",
    "The rate is not between 0 and 100%. Check it.",
)


def parse_amount(value: str) -> Decimal | None:
    """The number an amount stands for, in units of its currency (15.68万元 is 156800); None when it is none."""
    if len(value) > _LONGEST:
        return None
    found = _AMOUNT(unicodedata.normalize("NFKC", value).strip().upper())
    if not found:
        return None
    before, after, whole, fraction, exponent, unit = found.groups()
    if before and after:
        return None
    number = Decimal(f"{before or after}{whole.replace(',', '')}{fraction or ''}{exponent or ''}")
    return number.scaleb(_UNITS.get(unit, 0))


def parse_rate(value: str) -> Decimal | None:
    """A rate as a fraction of one (20% is 0.2); None when it is none."""
    found = _RATE(unicodedata.normalize("NFKC", value[: _LONGEST + 1]).strip())
    return (Decimal(found[1]) / (100 if found[2] else 1)) if found else None


def check_amount(value: str, _today: date) -> Problem | None:
    """An amount of money, also negative, also with thousands separators, currency or 万."""
    number = parse_amount(value)
    if number is None:
        return AMOUNT_FORM
    return AMOUNT_SIZE if abs(number) >= _LARGEST else None


def check_quantity(value: str, _today: date) -> Problem | None:
    return QUANTITY_FORM if parse_amount(value) is None else None


def check_number(value: str, _today: date) -> Problem | None:
    """Any number: a count, a factor, a percentage."""
    return QUANTITY_FORM if parse_amount(value) is None and parse_rate(value) is None else None


def check_rate(value: str, _today: date) -> Problem | None:
    rate = parse_rate(value)
    if rate is None:
        return RATE_FORM
    return None if 0 <= rate <= 1 else RATE_RANGE
