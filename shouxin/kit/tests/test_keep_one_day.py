"""Whoever chose another time zone sees other hours, but nothing becomes due earlier for them."""

from datetime import date
from pathlib import Path

import pytest

import shouxin
from shouxin.kit import clock


def test_no_module_asks_for_the_readers_day() -> None:
    folder = Path(shouxin.__file__).parent
    found = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and "timezone.localdate" in path.read_text(encoding="utf-8")
    ]
    assert found == ["kit/clock.py"], "ask kit.clock.today"


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 11, 24), 36, date(2029, 11, 24)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_its_month(day: date, months: int, end: date) -> None:
    assert clock.months_later(day, months) == end
