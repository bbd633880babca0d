"""No test begins on one day and ends on the next, and none stands on what was built the day before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shouxin.kit import clock
from tests.harness import days
from tests.harness.snapshot import Snapshot
from tests.world import World


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2026-11-26 15:58:59", 0),
        ("2026-11-26 15:59:30", 30),
        ("2026-11-26 16:00:00", 0),
        ("2026-12-31 23:59:59", 1),
        ("2027-01-01 00:00:00", 0),
    ],
)
def test_a_test_near_midnight_waits_for_the_new_day(moment: str, seconds: int) -> None:
    assert days.until_day_is_over(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == seconds


def test_what_was_built_yesterday_is_built_anew(
    kept_rules: Snapshot[World], renew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_rules, "day", clock.today() - timedelta(days=1))
    before = kept_rules.built
    renew()
    assert kept_rules.day == clock.today()
    assert kept_rules.built is not before
