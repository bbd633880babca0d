"""Pure rules of notices: when a reminder is due, when a person is not disturbed, how often sending is tried."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shouxin.core.text import Text, counted
from shouxin.kit import workdays
from shouxin.people.preferences.rules import DEFAULT_ZONE
from shouxin.people.thresholds.rules import Threshold, declare

NEW = "new"
REMINDERS = (30, 7, 1)  # days before the end; from the last day on, daily until it is closed
QUIET = (time(21, 0), time(7, 0))
DIGEST_HOUR = 8
# A digest that could not leave in the morning is of no use in the evening.
DIGEST_WITHIN = 4
# What has happened is told of for so long after; longer than any outage of the worker that people would not notice.
HAPPENED = timedelta(days=3)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
TRIES = len(WAITS) + 1
FAILING = 3  # tries in a row from which a person and the system administrators are told
STUCK = timedelta(minutes=30)  # what should have left so long ago and was not even tried
DECIDED_WITHIN = 3  # working days in which a decision is expected; the product's default
CODE_LASTS = timedelta(minutes=15)
CODE_DIGITS, CODE_TRIES = 6, 5
BY_HAND_PAUSE, BY_HAND_MOST = timedelta(minutes=1), 10  # a day
AT_ONCE = 20  # notices in one mail

KEPT = declare(
    Threshold(
        "notices_kept",
        Text("通知保留", "Notices are kept"),
        Text(
            "超过期限的通知和发送记录自动删除；留痕在日志里，不受影响。",
            "Older notices and records of sending are deleted by themselves; the journal is not touched.",
        ),
        "days",
        default=180,
        least=30,
        most=1095,
    )
)

OUTCOMES: Mapping[str, Text] = {
    "not-configured": Text("系统没有配置邮件服务器", "No mail server is configured"),
    "settings": Text("邮件服务器的设置有误", "The settings of the mail server make no sense"),
    "unencrypted": Text("邮件服务器未加密，已拒绝", "The mail server is not encrypted and was refused"),
    "address": Text("对方邮箱不存在或拒收", "The mailbox does not exist or refuses mail"),
    "turned-away": Text("邮件服务器拒绝发送", "The mail server turned the mail away"),
    "unreachable": Text("连接不上", "Out of reach"),
    "unclear": Text(
        "邮件服务器收信后没有应答，可能已送达",
        "The mail server took the mail and fell silent; it may have arrived",
    ),
    "timeout": Text("对方没有及时应答", "No answer in time"),
    "tls": Text("对方证书无效", "Its certificate is not valid"),
    "name": Text("域名无法解析", "The name leads nowhere"),
    "forbidden": Text("目标地址不在允许范围", "The address is not allowed"),
    "status": Text("对方拒收", "It was not accepted"),
    "no-keys": Text("密钥服务不可用，地址打不开", "The keys are away, so the address does not open"),
}


def local(now: datetime, zone: str) -> datetime:
    return now.astimezone(ZoneInfo(zone))


def days_left(due: datetime, now: datetime, zone: str) -> int:
    """Whole days from today to the day of the end, by the calendar where the person is."""
    return (local(due, zone).date() - local(now, zone).date()).days


def reminder(*, due: datetime, since: datetime | None, now: datetime, zone: str) -> str | None:
    """The reminder that stands now: "30", "7", "1" days before, then one for each day; None where none does.

    A reminder whose moment lies before the thing began says nothing new and is left out.
    """
    left = days_left(due, now, zone)
    if left <= 0:
        return local(now, zone).date().isoformat()
    step = min((days for days in REMINDERS if left <= days), default=None)
    if step is None:
        return None
    begun = since is not None and days_left(due, since, zone) <= step
    return None if begun else str(step)


def decision_day(asked_at: datetime) -> date:
    """The day by which what was asked for then should be decided."""
    day = local(asked_at, DEFAULT_ZONE).date()
    for _ in range(DECIDED_WITHIN):
        day = workdays.next_working_day(day)
    return day


def undisturbed(moment: datetime, quiet: tuple[time, time] | None, zone: str) -> datetime:
    """`moment`, or the end of the quiet hours it falls into, by the clock where the person is.

    The end is a time of day: on the night when clocks change it is still that time.
    """
    if quiet is None or quiet[0] == quiet[1]:
        return moment
    start, end = quiet
    here = local(moment, zone)
    clock = here.time().replace(tzinfo=None, fold=0)
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return moment
    day = here.date() if clock < end else here.date() + timedelta(days=1)
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(moment.tzinfo)


def digest_day(now: datetime, zone: str, hour: int) -> date | None:
    """The day whose digest is to leave now: on working days, from the chosen hour on for a few hours."""
    here = local(now, zone)
    if not workdays.is_working_day(here.date()) or not hour <= here.hour < hour + DIGEST_WITHIN:
        return None
    return here.date()


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; None when it is given up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def left_words(days: int) -> Text:
    """How long there is, in words."""
    if days > 0:
        return counted(days, "还有 {n} 天", "{n} day left", "{n} days left")
    if days == 0:
        return Text("今天到期", "due today")
    return counted(-days, "已过 {n} 天", "{n} day overdue", "{n} days overdue")
