"""Pure rules of emergency access: how long, how often, which fields, until when it is to be reviewed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shouxin.core.policy import FieldRule, PurposeRule, ungranted_form
from shouxin.core.policy.decision import NEVER_SHOWN
from shouxin.core.policy.vocabulary import Form
from shouxin.core.text import Text
from shouxin.kit.workdays import next_working_day
from shouxin.people.thresholds.rules import Threshold, declare

USUAL_MINUTES = 15
MOST_MINUTES = 30
LONGEST = timedelta(minutes=MOST_MINUTES)
# Whoever meets more emergencies in a day needs another way than this one.
MOST_A_DAY = 3
LASTING = declare(
    Threshold(
        "emergency-minutes",
        Text("应急访问最长时间", "Longest emergency access"),
        Text("一次应急访问到时自动结束。", "One emergency access ends by itself after that."),
        "minutes",
        default=MOST_MINUTES,
        least=5,
        most=MOST_MINUTES,
    )
)
PER_DAY = declare(
    Threshold(
        "emergency-times",
        Text("每人每天的应急访问次数", "Emergency accesses per person and day"),
        Text("24 小时内的次数，连同此人的所有登录名。", "Within 24 hours, over all log-ins of the person."),
        "times",
        default=MOST_A_DAY,
        least=1,
        most=10,
    )
)
LEAST_REASON = 8  # characters; “紧急” alone is no reason
ZONE = ZoneInfo("Asia/Shanghai")


def openable(fields: Mapping[str, FieldRule], purpose: PurposeRule) -> list[FieldRule]:
    """The fields of `purpose` that emergency access may show clear, sensitive ones among them; no trade secrets."""
    return [
        rule
        for key in purpose.fields
        if (rule := fields.get(key))
        and rule.active
        and not rule.trade_secret
        and rule.masking_rule not in NEVER_SHOWN
        and (purpose.use is None or purpose.use in rule.uses)
        and ungranted_form(rule) in {Form.MASKED, Form.HIDDEN}
    ]


def problems(
    *, asked: Iterable[str], allowed: Iterable[str], minutes: int, reason: str, most: int = MOST_MINUTES
) -> list[str]:
    """What is wrong with a statement, as codes; empty when it may be acted upon."""
    asked, found = set(asked), []
    if not asked:
        found.append("fields.none")
    if asked - set(allowed):
        found.append("fields.not-openable")
    if not 1 <= minutes <= most:
        found.append("minutes.range")
    if len(reason.strip()) < LEAST_REASON:
        found.append("reason.short")
    return found


def review_due(opened: datetime) -> date:
    """The next working day."""
    return next_working_day(opened.astimezone(ZONE).date())


def is_overdue(due: date, now: datetime) -> bool:
    """Whether the day of review is over."""
    return now.astimezone(ZONE).date() > due
