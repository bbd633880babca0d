"""Dates: ISO 8601 calendar dates, and the year-first ways in which Chinese tables write them."""

import re
import unicodedata
from datetime import date

from shouxin.core.identifiers.problem import Problem, error, warning

_YEAR_FIRST = re.compile(
    r"([12][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
).fullmatch
_YEAR_LAST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{2}|[0-9]{4})").fullmatch
_OPEN_ENDED = {"长期", "长期有效", "永久", "permanent", "indefinite"}
_LONGEST = 40
_OLDEST = 130

DATE_FORM = error(
    "date.form",
    "不是日期。请写成 年-月-日，如 2026-03-09。",
    "Not a date. Write year-month-day, such as 2026-03-09.",
)
DATE_AMBIGUOUS = error(
    "date.ambiguous",
    "分不清日和月（如 08/11/2022）。请写成 年-月-日，如 2022-11-08。",
    "Day and month cannot be told apart (as in 08/11/2022). Write year-month-day, such as 2022-11-08.",
)
DATE_IMPOSSIBLE = error(
    "date.impossible",
    "日历上没有这一天。请核对月份和日期。",
    "The calendar has no such day. Check month and day.",
)
DATE_FUTURE = error(
    "date.future",
    "日期晚于今天，这里只能是已经过去的日子。请核对年份。",
    "The date lies in the future; here it must be past. Check the year.",
)
DATE_OLD = warning(
    "date.old",
    "日期在 130 多年以前。请核对年份。",
    "The date is more than 130 years ago. Check the year.",
)


def _parts(value: str) -> tuple[int, int, int] | None:
    found = _YEAR_FIRST(unicodedata.normalize("NFKC", value[: _LONGEST + 1]).strip())
    if not found:
        return None
    year, _, *groups = found.groups()
    month, day = [int(group) for group in groups if group]
    return int(year), month, day


def parse_date(value: str) -> date | None:
    """The day that `value` names with its year first; None when there is none or it cannot be told."""
    parts = _parts(value)
    try:
        return date(*parts) if parts else None
    except ValueError:
        return None


def check_date(value: str, _today: date) -> Problem | None:
    """A real calendar day, year first."""
    if parse_date(value):
        return None
    if _parts(value):
        return DATE_IMPOSSIBLE
    return DATE_AMBIGUOUS if _YEAR_LAST(value.strip()[: _LONGEST + 1]) else DATE_FORM


def check_past_date(value: str, today: date) -> Problem | None:
    """A real calendar day that is not in the future: births, orders, deliveries."""
    day = parse_date(value)
    if day is None:
        return check_date(value, today)
    if day > today:
        return DATE_FUTURE
    return DATE_OLD if today.year - day.year > _OLDEST else None


def check_open_date(value: str, today: date) -> Problem | None:
    """A calendar day, or 长期 (a document without an end)."""
    return None if is_open_ended(value) else check_date(value, today)


def is_open_ended(value: str) -> bool:
    return value.strip().lower() in _OPEN_ENDED
