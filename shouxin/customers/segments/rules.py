"""The formula: from dates and amounts to four coarse classes; and which groups are too small to be told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from shouxin.core.text import Text
from shouxin.customers.segments.models import Frequency, Recency, Stage, Value

PURPOSE = "customer_analysis"
PERSONAL = "personal_offers"  # whoever said no to it, or took it back, keeps no classes either
FORMULA = 1  # the number of what stands below; a run remembers by which it counted
SMALLEST = 5  # of a group that is told by its number
RECENT, YEAR, VALUED = timedelta(days=90), timedelta(days=365), timedelta(days=3 * 365)
FRESH, AWAKE, ASLEEP = timedelta(days=90), timedelta(days=180), timedelta(days=540)
LOW, HIGH = Decimal(10_000), Decimal(100_000)
TOLD: Sequence[Text] = (
    Text(
        "最近往来：最近一次订单或往来记录距今 90 天内、一年内、一年以前，或没有。",
        "Recency: the latest order or interaction lies within 90 days, a year, longer back, or never was.",
    ),
    Text(
        "订单次数：最近 365 天的订单数，5 及以上、2–4、1、0。",
        "Frequency: orders of the last 365 days: 5 and more, 2–4, 1, none.",
    ),
    Text(
        "销售额：最近三年订单明细销售额之和，10 万元及以上、1 万至 10 万元、1 万元以下、没有。",
        "Value: sales of the last three years' order lines: 100,000 and more, 10,000 and more, less, none.",
    ),
    Text(
        "关系阶段：没有订单为尚未成交；首单在 90 天内为新客户；末单在 180 天内为活跃，540 天内为沉睡，更早为流失。",
        "Stage: prospect without an order; new when the first is of the last 90 days; active when the latest is of the "
        "last 180 days, sleeping of the last 540, lost before.",
    ),
)


@dataclass(slots=True)
class Dealings:
    """What was opened of one customer, inside the process alone."""

    orders: list[tuple[date, Decimal]] = field(default_factory=list)
    contacts: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Classes:
    recency: Recency
    frequency: Frequency
    value: Value
    stage: Stage


def classify(dealings: Dealings, today: date) -> Classes:
    """The four classes; what is dated after today counts as of today."""
    orders = [(min(day, today), amount) for day, amount in dealings.orders]
    days = [day for day, _amount in orders]
    return Classes(
        _recency([*days, *(min(day, today) for day in dealings.contacts)], today),
        _frequency(sum(today - day <= YEAR for day in days)),
        _value(sum((amount for day, amount in orders if today - day <= VALUED), Decimal(0))),
        _stage(days, today),
    )


def _recency(days: Sequence[date], today: date) -> Recency:
    if not days:
        return Recency.NEVER
    ago = today - max(days)
    return Recency.RECENT if ago <= RECENT else Recency.YEAR if ago <= YEAR else Recency.OLDER


def _frequency(count: int) -> Frequency:
    often, several = 5, 2
    if count >= often:
        return Frequency.OFTEN
    return Frequency.SEVERAL if count >= several else Frequency.ONCE if count else Frequency.NONE


def _value(amount: Decimal) -> Value:
    if amount >= HIGH:
        return Value.HIGH
    return Value.MIDDLE if amount >= LOW else Value.LOW if amount > 0 else Value.NONE


def _stage(days: Sequence[date], today: date) -> Stage:
    if not days:
        return Stage.PROSPECT
    if today - min(days) <= FRESH:
        return Stage.NEW
    ago = today - max(days)
    return Stage.ACTIVE if ago <= AWAKE else Stage.SLEEPING if ago <= ASLEEP else Stage.LOST


def told(counts: Mapping[str, int], classes: Iterable[str]) -> dict[str, int | None]:
    """The numbers that may be told; None for a group that is too small, and for the next one where a single hidden
    group could be counted back from the total."""
    found: dict[str, int | None] = {key: counts.get(key, 0) for key in classes}
    hidden = [key for key, count in found.items() if count and count < SMALLEST]
    shown = sorted((count, key) for key, count in found.items() if count and key not in hidden)
    if len(hidden) == 1 and shown:
        hidden.append(shown[0][1])
    return {key: None if key in hidden else count for key, count in found.items()}
