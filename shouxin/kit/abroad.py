"""Days off outside mainland China: the public holidays of a country, or of a state of one, by a maintained library.

The library is loaded by the first question about a country abroad: whoever has no customers there pays nothing.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from shouxin.kit import workdays

if TYPE_CHECKING:
    from holidays import HolidayBase

HOME = "CN"
SATURDAY = 5


@lru_cache(maxsize=256)
def _calendar(place: str) -> "HolidayBase | None":
    """The public holidays of `place` (ISO 3166-1, or with a subdivision: US-CA); None where nobody keeps them."""
    from holidays import country_holidays  # some 20 MB that most processes never need

    country, _dash, part = place.partition("-")
    for subdivision in dict.fromkeys((part or None, None)):
        try:
            return country_holidays(country, subdiv=subdivision)
        except NotImplementedError:
            continue
    return None


def is_public_holiday(place: str, day: date) -> bool:
    """Whether `day` is a public holiday in `place`, an ordinary weekend not counted."""
    if place == HOME:
        return workdays.is_public_holiday(day)
    known = _calendar(place)
    return known is not None and day in known


def is_working_day(place: str, day: date) -> bool:
    """By the calendar of `place`, with the weekend that is usual there; without a calendar of its own, Monday to
    Friday."""
    if place == HOME:
        return workdays.is_working_day(day)
    known = _calendar(place)
    return known.is_working_day(day) if known is not None else day.weekday() < SATURDAY


def next_working_day(place: str, day: date) -> date:
    """The first working day of `place` after `day`."""
    following = day + timedelta(days=1)
    while not is_working_day(place, following):
        following += timedelta(days=1)
    return following
