"""What is published of how information is treated, in figures: counted from the records, written by nobody.

A figure that few stand behind is told as few, and so is what could be worked out from it. Inquiries of authorities are
not among them: whether there was one may be under a duty of secrecy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils import timezone

from shouxin.core.text import Text
from shouxin.journal.queries import counts_since
from shouxin.kit import clock
from shouxin.people.thresholds.queries import value
from shouxin.people.thresholds.rules import Threshold, declare
from shouxin.portal.held.handed import REACHED
from shouxin.portal.published.models import FiguresSwitch
from shouxin.rights.cases import queries
from shouxin.rights.cases.models import Case, Kind
from shouxin.rights.packages.models import Package

YEAR, FRESH = timedelta(days=365), timedelta(minutes=10)
LEAST = declare(
    Threshold(
        "public-figures-least",
        Text("公开数字少于多少时不写明", "Published figures are not told below"),
        Text(
            "公开的保护情况里，少于这个数的只写“不足”，以免看出是谁。",
            "On the public page of figures what is less stands as “fewer than”, so that nobody is recognised.",
        ),
        "people",
        default=5,
        least=3,
        most=100,
    )
)
KINDS: Mapping[str, tuple[Text, frozenset[str]]] = MappingProxyType(
    {
        "seen": (Text("工作人员看到全文", "Seen in full by staff"), frozenset({"field.revealed"})),
        "dialled": (
            Text("工作人员拨打电话，未看到号码", "Dialled by staff, the number unseen"),
            frozenset({"number.dialled"}),
        ),
        "read": (Text("接口程序读取", "Read by programs"), frozenset({"field.read"})),
        "sent": (
            Text(
                "用联系方式发送消息、通知和验证码（含列入电话名单）",
                "Contacts used for messages, notices and codes (call lists too)",
            ),
            REACHED,
        ),
        "package": (
            Text("本人或代为申请的人取走的副本", "Copies fetched by the persons or those who asked for them"),
            frozenset(),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the year before `at`: requests that were answered or ought to have been, those in time, what was disclosed."""

    at: datetime
    due: int
    in_time: int
    disclosed: Mapping[str, int]


class _Last:
    """The figures counted last by this process: a page that everybody may read counts nothing anew for each."""

    found: Figures | None = None


def current(now: datetime) -> Figures:
    """The figures, counted within the last ten minutes."""
    last = _Last.found
    if last is None or not timedelta(0) <= now - last.at < FRESH:
        last = _Last.found = counted(now)
    return last


def counted(now: datetime) -> Figures:
    """The figures as the records give them now."""
    since = now - YEAR
    rows = Case.objects.exclude(kind=Kind.INQUIRY)
    overdue = queries.over("stop_on", clock.today(now))
    # By the days that stood at the first answer: whoever is not satisfied moves them, and makes nothing be in time.
    day = TruncDate("first_answered_at", tzinfo=timezone.get_default_timezone())
    done = rows.filter(first_answered_at__gte=since).annotate(day=day)
    late = rows.filter(overdue, first_answered_at=None).count()
    in_time = done.filter(day__lte=F("first_stop_on")).exclude(overdue).count()
    events = {name for _text, names in KINDS.values() for name in names}
    counts = dict.fromkeys(events, 0)
    for (_actor, event), number in counts_since(events, since).items():
        counts[event] += number
    disclosed = {key: sum(counts[name] for name in names) for key, (_text, names) in KINDS.items()}
    disclosed["package"] = Package.objects.filter(taken_at__gte=since).count()
    return Figures(now, done.count() + late, in_time, disclosed)


def told(number: int, least: int) -> Text:
    """A figure as it is published."""
    if 0 < number < least:
        return Text(f"不足 {least}", f"fewer than {least}")
    return Text(str(number), str(number))


def part(number: int, whole: int, least: int) -> Text:
    """A figure of a published whole, told so that neither it nor the rest is known where either is few."""
    rest = whole - number
    if 0 < whole < least or 0 < number < least:
        return Text(f"不足 {least}", f"fewer than {least}")
    if 0 < rest < least:
        return Text(f"多于 {whole - least}", f"more than {whole - least}")
    return Text(str(number), str(number))


def lines(found: Figures) -> list[tuple[Text, Text]]:
    """Everything that is published, in order."""
    least = value(LEAST)
    late = found.due - found.in_time
    return [
        (
            Text("已答复或已到期的申请和投诉", "Requests and complaints answered or due"),
            told(found.due, least),
        ),
        (Text("其中按期答复", "Of these, answered in time"), part(found.in_time, found.due, least)),
        (Text("其中超过法定期限", "Of these, past the legal limit"), part(late, found.due, least)),
        *((text, told(found.disclosed[key], least)) for key, (text, _names) in KINDS.items()),
    ]


def switch() -> FiguresSwitch | None:
    """How the page was switched last; without any it is on."""
    return FiguresSwitch.objects.select_related("by").order_by("-at", "-id").first()


def history(limit: int = 20) -> list[FiguresSwitch]:
    """How it was switched, the latest first."""
    return list(FiguresSwitch.objects.select_related("by").order_by("-at", "-id")[:limit])
