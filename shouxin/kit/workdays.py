"""Working days of mainland China: public holidays and the Saturdays and Sundays worked in exchange for them."""

from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """By the State Council's yearly arrangement; Monday to Friday for years that the library does not know yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def is_public_holiday(day: date) -> bool:
    """Whether `day` is off by the State Council's yearly arrangement, an ordinary weekend not counted.

    For years that the library does not know yet, no day is.
    """
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off and name)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    following = day + timedelta(days=1)
    while not is_working_day(following):
        following += timedelta(days=1)
    return following
