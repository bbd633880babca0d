"""How long is left, in words: to the minute when it matters, in days otherwise; a day counts to its end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shouxin.console import spans

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai


@pytest.mark.parametrize(
    ("until", "said", "pressing"),
    [
        (NOW + timedelta(minutes=12), "还剩 12 分钟", True),
        (NOW + timedelta(hours=5, minutes=3), "还剩 5 小时", True),
        (NOW + timedelta(days=3, hours=1), "还剩 3 天", False),
        (NOW - timedelta(minutes=1), "已逾期 1 天", True),
        (NOW - timedelta(days=4), "已逾期 4 天", True),
        (date(2026, 11, 26), "今天到期", True),
        (date(2026, 11, 27), "明天到期", False),
        (date(2026, 12, 6), "还剩 10 天", False),
        (date(2026, 11, 24), "已逾期 2 天", True),
    ],
)
def test_time_that_is_left(until: date, said: str, *, pressing: bool) -> None:
    assert spans.left(until, NOW) == said
    assert spans.is_pressing(until, NOW) is pressing


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=7), "7 分钟前"),
        (timedelta(hours=3), "3 小时前"),
        (timedelta(days=2), "2 天前"),
    ],
)
def test_time_that_has_gone(ago: timedelta, said: str) -> None:
    assert spans.since(NOW - ago, NOW) == said
