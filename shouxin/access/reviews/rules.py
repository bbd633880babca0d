"""Pure rules of reviewing rights: the period, its deadline, what is due when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

ZONE = ZoneInfo("Asia/Shanghai")
PERIOD_MONTHS = 3  # product default: each quarter
LASTS = timedelta(days=14)  # product default: what nobody confirmed by then lapses
PERIOD = declare(
    Threshold(
        "review-months",
        Text("权限复核的周期", "Period of reviewing rights"),
        Text(
            "每期第一天自动开始，部门负责人逐条确认。", "It begins by itself on the first day of each period."
        ),
        "months",
        default=PERIOD_MONTHS,
        least=1,
        most=12,
        only=(1, 3, 6, 12),
    )
)
DEADLINE = declare(
    Threshold(
        "review-days",
        Text("权限复核的期限", "Time to review rights"),
        Text(
            "到期没有确认的权限自动失效；只影响此后开始的复核。",
            "Rights not confirmed by then lapse; it holds for reviews begun from then on.",
        ),
        "days",
        default=LASTS.days,
        least=7,
        most=30,
    )
)
LETTERS = {1: "M", 3: "Q", 6: "H"}


def period_start(now: datetime, months: int = PERIOD_MONTHS) -> datetime:
    """The first moment of the period, in the organisation's time."""
    local = now.astimezone(ZONE)
    month = (local.month - 1) // months * months + 1
    return local.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


def period_of(now: datetime, months: int = PERIOD_MONTHS) -> str:
    """The code of the period: 2026Q4, by the month 2026M11, by the half-year 2026H2, by the year 2026."""
    start = period_start(now, months)
    letter = LETTERS.get(months)
    return f"{start.year}{letter}{(start.month - 1) // months + 1}" if letter else str(start.year)


def extra_period(now: datetime) -> str:
    """The code of a review outside the periods: the day it was called for."""
    return f"{now.astimezone(ZONE):%Y-%m-%d}"
