"""What leaves the house: codes in words, counts, links that work after sign-in. No name, nothing typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.core.text import counted as number_of
from shouxin.kit.remembering import remembered
from shouxin.kit.workbench import Section, cards, counted
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import kinds
from shouxin.people.notices.models import Notice

# What ends, and what the reader has asked for, stand in places of their own.
WAITING = (Section.APPROVE, Section.TODO, Section.WATCH)

TEST_SUBJECT = Text("【守信】测试通知", "[Shouxin] A test notice")
TEST = Text(
    "这是一条测试通知。收到即表示此方式可用。",
    "This is a test. Since it arrived, this way of telling you works.",
)
CODE_SUBJECT = Text("【守信】邮箱验证码", "[Shouxin] A code for your address")
CODE = Text(
    "验证码 {code}，{minutes} 分钟内有效。请在“通知设置”页填入。如果不是您本人登记的，请忽略。",
    "Your code is {code}, valid for {minutes} minutes. Enter it on the page “Notice settings”. If it was not you who "
    "entered this address, ignore this mail.",
)
WAITS = Text("待您处理：", "Waiting for you:")
ENDS = Text("即将到期：", "Ending soon:")
NO_LINK = Text("登录后打开“通知”查看。", "Sign in and open “Notices” to see them.")
FOOT = Text(
    "链接在登录后打开。通知不含客户信息。接收方式可在“通知设置”中修改。",
    "Links open after you sign in. Notices hold no customer data. Change how you are told under “Notice settings”.",
)


def subject(n: int) -> Text:
    return number_of(n, "【守信】{n} 条通知", "[Shouxin] {n} notice", "[Shouxin] {n} notices")


def digest_subject(n: int) -> Text:
    return number_of(
        n, "【守信】今日待办 {n} 项", "[Shouxin] {n} matter today", "[Shouxin] {n} matters today"
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, how many, and where it leads."""

    title: str
    count: int
    note: str
    path: str


def link(path: str) -> str:
    """The address of a page as people open it, where the installation knows by which name it is reached."""
    known: str = settings.PUBLIC_ADDRESS
    return f"{known}{path}" if known else ""


def title_of(kind: str, language: str) -> str:
    """What a kind says; of a kind that a later version dropped, its code."""
    known = kinds.get(kind)
    return known.title.in_(language) if known else kind


def lines_of(notices: Iterable[Notice], language: str, zone: str, now: datetime) -> list[Line]:
    """The notices of one mail."""
    return [
        Line(
            title_of(one.kind, language),
            one.count,
            due_note(one, language, zone, now),
            reverse("people:notice_open", args=[one.id]),
        )
        for one in notices
    ]


def due_note(notice: Notice, language: str, zone: str, now: datetime) -> str:
    """Until when, and how long that is."""
    if notice.due_at is None:
        return ""
    day = rules.local(notice.due_at, zone).date().isoformat()
    left = rules.left_words(rules.days_left(notice.due_at, now, zone)).in_(language)
    return f"{day}，{left}" if not language.startswith("en") else f"{day}, {left}"


def body(lines: Sequence[Line], language: str, *heads: tuple[Text, Sequence[Line]]) -> str:
    """The mail: one line for each thing with its link below."""
    parts = [_written(line, language) for line in lines]
    for head, below in heads:
        if below:
            parts += [head.in_(language), *(_written(line, language) for line in below)]
    if not settings.PUBLIC_ADDRESS:
        parts.append(NO_LINK.in_(language))
    return "\n".join([*parts, "", "—", FOOT.in_(language)]) + "\n"


def _written(line: Line, language: str) -> str:
    many = f" × {line.count}" if line.count > 1 else ""
    note = (f"（{line.note}）" if not language.startswith("en") else f" ({line.note})") if line.note else ""
    address = link(line.path)
    return f"· {line.title}{many}{note}" + (f"\n  {address}" if address else "")


def waiting(actor: Actor, language: str) -> list[Line]:
    """What waits for somebody, as their workbench counts it."""
    held = {permission.value for permission in actor.permissions}
    found = []
    shown = [
        card
        for card in sorted(cards.values(), key=lambda one: one.order)
        if (not card.permission or card.permission in held) and card.section in WAITING
    ]
    with override(language), remembered():
        counts = counted({card.key: card.rows(actor) for card in shown})
        for card in shown:
            count = counts[card.key]
            if count:
                path = reverse(card.url_name)
                found.append(Line(str(card.title), count, "", f"{path}?{card.query}" if card.query else path))
    return found


def ending(notices: Iterable[Notice], language: str, zone: str, now: datetime) -> list[Line]:
    """What ends, kind by kind, with the first day."""
    first: dict[str, Notice] = {}
    counts: dict[str, int] = {}
    for one in notices:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if one.kind not in first or (one.due_at or now) < (first[one.kind].due_at or now):
            first[one.kind] = one
    path = reverse("people:notices")
    return [
        Line(title_of(kind, language), counts[kind], due_note(one, language, zone, now), f"{path}?show=due")
        for kind, one in first.items()
    ]
