"""Time in words: how long is left until a moment or the end of a day, and how long something has waited."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouxin.kit import clock

PRESSING = timedelta(days=1)


def left(until: datetime | date, now: datetime) -> str:
    """How long is left; a day is included to its end."""
    if not isinstance(until, datetime):
        return _days_left((until - clock.today(now)).days)
    rest = until - now
    if rest <= timedelta(0):
        return _days_left(min(-1, (clock.today(until) - clock.today(now)).days))
    if rest < timedelta(hours=1):
        minutes = max(1, rest.seconds // 60)
        return ngettext("还剩 %(n)d 分钟", "还剩 %(n)d 分钟", minutes) % {"n": minutes}
    if rest < PRESSING:
        hours = rest.seconds // 3600
        return ngettext("还剩 %(n)d 小时", "还剩 %(n)d 小时", hours) % {"n": hours}
    return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", rest.days) % {"n": rest.days}


def _days_left(days: int) -> str:
    if days < 0:
        return ngettext("已逾期 %(n)d 天", "已逾期 %(n)d 天", -days) % {"n": -days}
    if days == 0:
        return _("今天到期")
    if days == 1:
        return _("明天到期")
    return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days) % {"n": days}


def is_pressing(until: datetime | date, now: datetime) -> bool:
    """Whether it is late or ends within a day."""
    if isinstance(until, datetime):
        return until - now < PRESSING
    return until <= clock.today(now)


def since(began: datetime, now: datetime) -> str:
    """How long ago something began."""
    gone = now - began
    if gone < timedelta(minutes=1):
        return _("刚刚")
    if gone < timedelta(hours=1):
        minutes = gone.seconds // 60
        return ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes) % {"n": minutes}
    if gone < timedelta(days=1):
        hours = gone.seconds // 3600
        return ngettext("%(n)d 小时前", "%(n)d 小时前", hours) % {"n": hours}
    return ngettext("%(n)d 天前", "%(n)d 天前", gone.days) % {"n": gone.days}
