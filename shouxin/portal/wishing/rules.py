"""Pure rules of wishes: which topics there are, when somebody is asked again, which wishes many share."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from shouxin.core.text import Text
from shouxin.customers.preferences.rules import CHANNELS, LANGUAGES, Limits
from shouxin.people.thresholds.rules import Threshold, declare

TOPICS: Mapping[str, Text] = MappingProxyType(
    {
        "orders": Text("订单和交付进度", "Orders and deliveries"),
        "service": Text("维修、保养和使用提示", "Repairs, care and hints for use"),
        "safety": Text("质量和安全提醒", "Quality and safety"),
        "privacy": Text("我的信息怎样被保护", "How my information is protected"),
        "news": Text("新产品和新服务", "New products and services"),
        "offers": Text("优惠活动", "Offers"),
        "events": Text("线下活动和培训", "Events and training"),
    }
)
EARLY, LATE = 9, 18  # outside these hours a wish is for mornings or evenings
HOURS: Mapping[str, Text] = MappingProxyType(
    {
        "morning": Text("9 点以前也可以联系", "May be reached before nine"),
        "evening": Text("只在 18 点以后或可到 18 点以后", "May be reached after eighteen"),
        "day": Text("只在 9 点至 18 点之间", "Only between nine and eighteen"),
    }
)
AGAIN = declare(
    Threshold(
        "wishes-months",
        Text("多久再问一次客户的联系意愿", "Customers are asked for their wishes again after"),
        Text(
            "客户登录门户时显示一张可以关掉的卡片；关掉也算问过。",
            "A card that can be put away is shown after signing in; putting it away counts as asked.",
        ),
        "months",
        default=12,
        least=1,
        most=36,
    )
)
SMALLEST = declare(
    Threshold(
        "wishes-group",
        Text("多少位客户有同样的愿望才列为改进建议", "A wish becomes a proposal when shared by"),
        Text(
            "人数不足的不显示，以免看出是谁的愿望。",
            "What fewer share is not shown, so that nobody is recognised by a wish.",
        ),
        "people",
        default=10,
        least=5,
        most=1000,
    )
)


def is_due(asked_at: datetime | None, months: int, now: datetime) -> bool:
    """Whether to ask: never asked, or so many months ago."""
    if asked_at is None:
        return True
    place = asked_at.year * 12 + asked_at.month - 1 + months
    then = (place // 12, place % 12 + 1, asked_at.day)
    return (now.year, now.month, now.day) >= then


def codes(topics: Iterable[str], limits: Iterable[Limits]) -> set[tuple[str, str]]:
    """What one person wishes, as pairs of kind and code; each once."""
    found = {("topic", one) for one in topics if one in TOPICS}
    for one in limits:
        found |= {("refused", channel) for channel in one.refused if channel in CHANNELS}
        if one.language in LANGUAGES:
            found.add(("language", one.language))
        if one.hours:
            first, last = one.hours
            if first.hour < EARLY:
                found.add(("hours", "morning"))
            if last.hour >= LATE and (last.hour, last.minute) != (LATE, 0):
                found.add(("hours", "evening"))
            if first.hour >= EARLY and (last.hour, last.minute) <= (LATE, 0):
                found.add(("hours", "day"))
    return found


def shared(people: Iterable[Iterable[tuple[str, str]]], smallest: int) -> dict[tuple[str, str], int]:
    """The wishes of at least so many people."""
    counts = Counter(one for wishes in people for one in set(wishes))
    return {one: number for one, number in counts.items() if number >= smallest}


def name(kind: str, code: str, language: str) -> str:
    """A shared wish in words."""
    known: Mapping[str, Mapping[str, Text]] = {
        "topic": TOPICS,
        "refused": CHANNELS,
        "language": LANGUAGES,
        "hours": HOURS,
    }
    text = known.get(kind, {}).get(code)
    return text.in_(language) if text else code
