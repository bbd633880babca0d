"""Quiet hours go by the clock where the person is, over midnight and over the nights when clocks change."""

from datetime import UTC, datetime, time

import pytest

from shouxin.people.notices import rules

NIGHT = (time(22), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "leaves"),
    [
        # Shanghai is eight hours ahead.
        ("2026-11-26T13:59", "Asia/Shanghai", "2026-11-26T13:59"),
        ("2026-11-26T14:00", "Asia/Shanghai", "2026-11-26T23:00"),
        ("2026-11-26T22:59", "Asia/Shanghai", "2026-11-26T23:00"),
        ("2026-11-26T23:00", "Asia/Shanghai", "2026-11-26T23:00"),
        # The same moment is morning, noon or night elsewhere.
        ("2026-11-26T14:00", "Europe/Berlin", "2026-11-26T14:00"),
        ("2026-11-26T14:00", "Pacific/Auckland", "2026-11-26T18:00"),
        ("2026-11-26T06:30", "America/Los_Angeles", "2026-11-26T15:00"),
        # Half hours, and both sides of the date line.
        ("2026-11-26T16:30", "Asia/Kolkata", "2026-11-27T01:30"),
        ("2026-11-26T16:29", "Asia/Kolkata", "2026-11-26T16:29"),
        ("2026-11-26T10:00", "Pacific/Kiritimati", "2026-11-26T17:00"),
        ("2026-11-26T10:00", "Pacific/Pago_Pago", "2026-11-26T18:00"),
        # Berlin: the night of 29 March has 23 hours, that of 25 October 25; it ends at seven on the clock either way.
        ("2026-03-28T22:00", "Europe/Berlin", "2026-03-29T05:00"),
        ("2026-10-24T22:00", "Europe/Berlin", "2026-10-25T06:00"),
    ],
)
def test_quiet_hours_end_by_the_persons_own_clock(moment: str, zone: str, leaves: str) -> None:
    assert rules.undisturbed(at(moment), NIGHT, zone) == at(leaves)


def test_quiet_hours_within_a_day() -> None:
    noon = (time(12), time(14))
    assert rules.undisturbed(at("2026-11-26T04:30"), noon, "Asia/Shanghai") == at("2026-11-26T06:00")
    assert rules.undisturbed(at("2026-11-26T06:00"), noon, "Asia/Shanghai") == at("2026-11-26T06:00")


def test_whoever_has_none_is_told_at_once() -> None:
    assert rules.undisturbed(at("2026-11-26T18:00"), None, "Asia/Shanghai") == at("2026-11-26T18:00")


def test_days_are_counted_where_the_person_is() -> None:
    due, now = at("2026-11-27T15:59"), at("2026-11-26T17:00")  # the 27th in Shanghai; the 26th in Berlin
    assert rules.days_left(due, now, "Asia/Shanghai") == 0
    assert rules.days_left(due, now, "Europe/Berlin") == 1


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-09-30T00:30", "2026-09-30"),  # a Wednesday, half past eight
        ("2026-10-01T00:30", None),  # National Day
        ("2026-10-10T00:30", "2026-10-10"),  # a Saturday worked for it
        ("2026-11-28T00:30", None),  # an ordinary Saturday
        ("2026-11-26T23:30", None),  # half past seven: before the hour
        ("2026-11-27T00:00", "2026-11-27"),
        ("2026-11-27T04:00", None),  # noon: the morning is over
    ],
)
def test_the_digest_leaves_on_working_days_at_its_hour(moment: str, day: str | None) -> None:
    found = rules.digest_day(at(moment), "Asia/Shanghai", 8)
    assert (found.isoformat() if found else None) == day
