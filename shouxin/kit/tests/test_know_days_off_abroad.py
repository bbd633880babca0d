"""Public holidays and working days of other countries, and that nothing of it is loaded before somebody asks."""

import subprocess
import sys
from datetime import date

import pytest

from shouxin.kit import abroad


@pytest.mark.parametrize(
    ("place", "day", "off"),
    [
        ("CN", date(2026, 10, 1), True),
        ("FR", date(2026, 7, 14), True),
        ("DE", date(2026, 7, 14), False),
        ("US", date(2026, 3, 31), False),
        ("US-CA", date(2026, 3, 31), True),  # of the state alone
        ("FR-XX", date(2026, 7, 14), True),  # a part that nobody knows: the country's own
        ("HK", date(2026, 7, 1), True),
        ("EU", date(2026, 12, 25), False),  # no country, no calendar
        ("XX", date(2026, 12, 25), False),
    ],
)
def test_a_public_holiday_is_that_of_the_place(place: str, day: date, *, off: bool) -> None:
    assert abroad.is_public_holiday(place, day) is off


def test_working_days_follow_the_weekend_of_the_place() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    assert not abroad.is_working_day("SA", friday)
    assert abroad.is_working_day("SA", sunday)
    assert abroad.next_working_day("US", date(2026, 11, 25)) == friday  # Thanksgiving between
    assert abroad.next_working_day("EU", friday) == date(2026, 11, 30)
    assert abroad.next_working_day("CN", date(2026, 9, 30)) == date(2026, 10, 8)


def test_the_library_is_loaded_by_the_first_question_about_a_country_abroad() -> None:
    said = (
        "import sys; from datetime import date; from shouxin.kit import abroad;"
        " abroad.is_working_day('CN', date(2026, 10, 1)); assert 'holidays' not in sys.modules;"
        " abroad.is_working_day('FR', date(2026, 7, 14)); assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", said], check=True)
