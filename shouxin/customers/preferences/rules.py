"""How a customer wants to be reached (联系限制): read from what was written down, and judged for one call or message.

What was written stays in words a person reads; what cannot be understood holds back like a refusal, never the reverse.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shouxin.core.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
REFUSED, HOURS, LANGUAGE = "refused_channels", "contact_hours", "preferred_language"
FIELDS = (REFUSED, HOURS, LANGUAGE)
STATUTORY = frozenset({"CN-13-1-3", "CN-13-1-4"})  # legal duty, emergencies: no wish stands against these
CHANNELS: Mapping[str, Text] = MappingProxyType(
    {
        "phone": Text("电话", "telephone"),
        "sms": Text("短信", "text message"),
        "email": Text("邮件", "e-mail"),
        "wechat": Text("微信", "WeChat"),
        "post": Text("信函", "letter"),
        "visit": Text("上门", "visit"),
    }
)
EVERYTHING = Text("全部", "all")
# What is kept, and how a reader calls it.
LANGUAGES = {
    "普通话": Text("普通话", "Mandarin"),
    "粤语": Text("粤语", "Cantonese"),
    "English": Text("英语", "English"),
    "其他": Text("其他", "other"),
}
_WORDS = {word.lower(): code for code, name in CHANNELS.items() for word in (code, name.zh, name.en)} | {
    "call": "phone",
    "e-mail": "email",
    "信件": "post",
    "拜访": "visit",
}
_ALL = frozenset({"全部", "所有", "不联系", "all", "none"})
_APART = re.compile(r"[、，,;；/\s]+")
_HOURS = re.compile(
    r"([01]?\d|2[0-3])[:：]([0-5]\d)\s*(?:-|–|—|~|～|至|到)\s*([01]?\d|2[0-3]|24)[:：]([0-5]\d)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The wishes of one customer. `unclear` says that something is written that nobody could read."""

    refused: frozenset[str] = frozenset()
    hours: tuple[time, time] | None = None
    language: str = ""
    unclear: bool = False

    @property
    def everything(self) -> bool:
        return self.refused >= CHANNELS.keys()


def read(values: Mapping[str, str]) -> Limits:
    """The wishes that these values of the catalogue's fields state."""
    refused, unclear = set[str](), False
    for word in filter(None, _APART.split(values.get(REFUSED, "").strip().lower())):
        if word in _ALL:
            refused.update(CHANNELS)
        elif word in _WORDS:
            refused.add(_WORDS[word])
        else:
            unclear = True
    hours, written = None, values.get(HOURS, "").strip()
    if written:
        found = _HOURS.fullmatch(written)
        hours = _span(found) if found else None
        unclear = unclear or hours is None
    return Limits(frozenset(refused), hours, values.get(LANGUAGE, "").strip(), unclear)


def _span(found: "re.Match[str]") -> tuple[time, time] | None:
    first, last = time(int(found[1]), int(found[2])), _closing(found[3], found[4])
    return (first, last) if first < last else None


def _closing(hour: str, minute: str) -> time:
    return time.max if int(hour) == 24 else time(int(hour), int(minute))  # noqa: PLR2004 - the end of the day


def words_for(code: str) -> tuple[str, ...]:
    """Every word that, written down among what is refused, means this channel."""
    return tuple(sorted({word for word, meant in _WORDS.items() if meant == code} | _ALL))


def write_refused(codes: Iterable[str]) -> str:
    """The channels as they are written down; every one of them in one word."""
    chosen = [code for code in CHANNELS if code in set(codes)]
    return EVERYTHING.zh if len(chosen) == len(CHANNELS) else "、".join(CHANNELS[code].zh for code in chosen)


def write_hours(first: time, last: time) -> str:
    return f"{first:%H:%M}-{last:%H:%M}"


def judge(limits: Limits, channel: str, now: datetime, *, basis: str = "") -> str | None:
    """Why a customer is not to be reached by `channel` now (a code), or None; a statutory basis goes before wishes."""
    if basis in STATUTORY:
        return None
    if limits.everything:
        return "limits.everything"
    if channel in limits.refused:
        return "limits.refused"
    if limits.unclear:
        return "limits.unclear"
    moment = now.astimezone(ZONE).time()
    if limits.hours and not limits.hours[0] <= moment <= limits.hours[1]:
        return "limits.hours"
    return None
