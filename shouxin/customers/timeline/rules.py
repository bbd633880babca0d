"""Pure rules of noting a contact: what a shortcut means, what a reason suggests, which event a filter shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from shouxin.core.text import Text

CHANNELS: Mapping[str, Text] = MappingProxyType(
    {
        "phone": Text("电话", "telephone"),
        "visit": Text("当面", "in person"),
        "email": Text("邮件", "e-mail"),
        "wechat": Text("微信", "WeChat"),
        "sms": Text("短信", "text message"),
        "post": Text("信函", "letter"),
    }
)
DIRECTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "in": Text("客户联系我们", "the customer contacted us"),
        "out": Text("我们联系客户", "we contacted the customer"),
    }
)
# One key each: what most contacts come to.
OUTCOMES: Mapping[str, Text] = MappingProxyType(
    {
        "1": Text("已答复", "answered"),
        "2": Text("已办理", "dealt with"),
        "3": Text("未接通", "not reached"),
        "4": Text("已转交同事", "passed to a colleague"),
        "5": Text("约定再联系", "to be contacted again"),
    }
)
MOST_TEXT = 10_000
_SHORT = re.compile(r"\s*([1-5])(?:[\s.、，,：:]+(.*)|)$", re.DOTALL)
BEGUN_BY_CUSTOMER = frozenset({"customer_called", "complaint", "after_sales", "correction"})


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody typed: the outcome, if it began with its key, and the words."""

    outcome: str
    text: str


def read(typed: str) -> Noted | None:
    """`1` or `1 寄了样布` or words alone; None for nothing at all."""
    found = _SHORT.match(typed)
    if found:
        outcome = OUTCOMES[found[1]].zh
        return Noted(outcome, (found[2] or "").strip() or outcome)
    text = typed.strip()
    return Noted("", text) if text else None


def suggested_direction(reason_class: str) -> str:
    """Who began it, as the reason of the contact tells."""
    return "in" if reason_class in BEGUN_BY_CUSTOMER else "out"


# The filters of the timeline: the records they show and the beginnings of the journal's events.
SHOWS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = MappingProxyType(
    {
        "contacts": (frozenset({"interaction"}), ("contact.", "number.", "dial.")),
        "trade": (frozenset({"order", "contract"}), ()),
        "promises": (frozenset({"promise"}), ("promise.",)),
        "complaints": (frozenset(), ("rights.",)),
        "limits": (frozenset(), ("limits.",)),
        "reads": (
            frozenset(),
            ("profile.", "field.", "list.", "read.", "emergency.", "risk.read", "journal."),
        ),
        "changes": (frozenset(), ("customer.", "record.", "handover.", "write.", "relation.")),
    }
)


ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = timedelta(minutes=10)  # noted so soon after it happened that the entry's own time is the better one
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a line stands: by when it happened, and of two at once by their ids."""

    ms: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.ms}.{self.id}"


def place_of(text: str) -> Place | None:
    """The place that an address names."""
    ms, _dot, key = text.partition(".")
    try:
        return Place(int(ms), UUID(key))
    except ValueError:
        return None


def edge(text: str) -> str | None:
    """The same as an address of pages wants it; nothing else is taken from one."""
    return text if place_of(text) else None


def entered(key: UUID) -> Place:
    """The place of what happened when it was entered: our ids begin with that moment."""
    return Place(key.int >> 80, key)


def happened(text: str | None, key: UUID) -> tuple[Place, bool]:
    """Where a dealing stands that has a date of its own, and whether that is a day without an hour."""
    place = entered(key)
    found = _DATED.match(text or "")
    if found is None:
        return place, False
    try:
        own = datetime.fromisoformat(f"{found[1]} {found[2] or '00:00'}").replace(tzinfo=ZONE)
    except ValueError:
        return place, False
    noted = datetime.fromtimestamp(place.ms / 1000, UTC)
    same = abs(noted - own) < AT_ONCE if found[2] else noted.astimezone(ZONE).date() == own.date()
    return (place, False) if same else (Place(int(own.timestamp() * 1000), key), not found[2])


def bound(place: Place, *, newer: bool) -> UUID:
    """The id below which (above which, if `newer`) everything is that was entered before (after) `place`, and perhaps a
    little of the same moment.
    """
    if entered(place.id) == place:
        return place.id
    return UUID(int=max(0, min(place.ms + (not newer), (1 << 48) - 1)) << 80)
