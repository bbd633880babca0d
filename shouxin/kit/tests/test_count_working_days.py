"""The next working day knows public holidays and the weekend days worked for them."""

from datetime import date

import pytest

from shouxin.kit.workdays import is_working_day, next_working_day


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 9, 30), date(2026, 10, 8)),  # the National Day holiday
        (date(2026, 9, 18), date(2026, 9, 20)),  # a Sunday worked for it
        (date(2026, 11, 27), date(2026, 11, 30)),  # an ordinary weekend
        (date(2026, 11, 25), date(2026, 11, 26)),
    ],
)
def test_holidays_are_left_out_and_shifted_days_counted(day: date, following: date) -> None:
    assert next_working_day(day) == following


def test_a_year_not_announced_yet_has_mondays_to_fridays() -> None:
    assert is_working_day(date(2099, 1, 2))
    assert not is_working_day(date(2099, 1, 3))
