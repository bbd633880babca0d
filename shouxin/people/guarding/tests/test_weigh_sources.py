"""Slowed first, then blocked, longer each time; calm again after the window."""

from datetime import UTC, datetime, timedelta

import pytest

from shouxin.kit.sources import source_of
from shouxin.people.guarding import rules
from shouxin.people.guarding.rules import OF_ADDRESS, Kind, Level, Standing, weigh

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def after(count: int, before: Standing | None = None, now: datetime = NOW) -> tuple[Standing, Level]:
    standing, level = before or Standing(), Level.CALM
    for _ in range(count):
        standing, level = weigh(standing, OF_ADDRESS, 1, now)
    return standing, level


def test_slowed_then_blocked() -> None:
    assert after(9)[1] is Level.CALM
    slowed, level = after(10)
    assert level is Level.SLOWED
    assert slowed.until is not None
    assert slowed.until > NOW
    blocked, level = after(30)
    assert level is Level.BLOCKED
    assert blocked.until == NOW + timedelta(minutes=15)


def test_each_further_guess_waits_longer_up_to_a_minute() -> None:
    waits = [standing.until - NOW for n in range(10, 30) if (standing := after(n)[0]).until]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=1)
    assert waits[-1] == rules.SLOWEST


def test_second_block_lasts_longer_and_none_longer_than_a_day() -> None:
    standing, _ = after(30)
    later = NOW + timedelta(hours=1)
    again, _ = after(30, standing, later)
    assert again.until == later + timedelta(minutes=30)
    for n in range(12):
        later += timedelta(days=2)
        again, _ = after(30, again, later)
        assert again.until is not None, n
    assert again.until == later + rules.LONGEST_BLOCK


def test_old_failures_are_forgotten() -> None:
    standing, _ = after(9)
    assert after(9, standing, NOW + timedelta(minutes=16))[1] is Level.CALM


@pytest.mark.parametrize(
    ("address", "source", "place"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("nowhere", "?", None),
    ],
)
def test_addresses_count_as_what_one_subscriber_holds(address: str, source: str, place: str | None) -> None:
    assert source_of(address) == source
    assert rules.place_of(address) == place
    assert rules.limit_of(Kind.TOKEN, source) in {rules.OF_ADDRESS, rules.OF_ACCOUNT}
