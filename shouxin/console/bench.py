"""What stands on somebody's workbench: sections of cards, charts, figures and what they last dealt with.

However much waits, the number of statements stays the same: one counts every list, and each card that is not empty
reads its first rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shouxin.console import spans
from shouxin.console.drawing import Drawn, draw
from shouxin.core.policy import Actor, Role
from shouxin.kit import workbench
from shouxin.kit.menu import address_of
from shouxin.kit.remembering import remembered
from shouxin.kit.workbench import MOST, Line, Recent, Rows, Section, WorkbenchCard
from shouxin.people import queries as people

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES: dict[Section, "StrOrPromise"] = {
    Section.APPROVE: gettext_lazy("待我审批"),
    Section.TODO: gettext_lazy("我的待办"),
    Section.ENDING: gettext_lazy("即将到期"),
    Section.MINE: gettext_lazy("我的申请"),
    Section.WATCH: gettext_lazy("需要留意"),
}
ICONS = {
    Section.APPROVE: "approval",
    Section.TODO: "checklist",
    Section.ENDING: "schedule",
    Section.MINE: "outgoing_mail",
    Section.WATCH: "notification_important",
}
VERBS: dict[Section, "StrOrPromise"] = {
    Section.APPROVE: pgettext_lazy("verb", "审批"),
    Section.TODO: gettext_lazy("办理"),
    Section.ENDING: gettext_lazy("查看"),
    Section.MINE: gettext_lazy("查看"),
    Section.WATCH: gettext_lazy("查看"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its words: how long is left, and whether that is pressing."""

    line: Line
    address: str
    left: str
    late: bool
    who: str = ""

    @property
    def what(self) -> str:
        """The pseudonym of the customer it is about, if any, before the words."""
        if self.line.customer is None:
            return self.line.what
        return " · ".join(part for part in (pseudonym_of(self.line.customer), self.line.what) if part)


@dataclass(frozen=True, slots=True)
class Counter:
    """A card with something to count: how many, the list that shows exactly those, and its first rows."""

    card: WorkbenchCard
    number: int
    address: str
    note: str = ""
    lines: list[Shown] = field(default_factory=list)

    @property
    def count(self) -> str:
        return f"{MOST}+" if self.number > MOST else str(self.number)

    @property
    def verb(self) -> "StrOrPromise":
        return self.card.verb or VERBS[self.card.section]


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the page with its cards."""

    section: Section
    cards: list[Counter]

    @property
    def title(self) -> "StrOrPromise":
        return TITLES[self.section]

    @property
    def icon(self) -> str:
        return ICONS[self.section]


@dataclass(frozen=True, slots=True)
class RecentList:
    """What the reader last dealt with."""

    recent: Recent
    lines: list[Shown]


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that waits for somebody, and what they read at a glance."""

    groups: list[Group]
    figures: list[workbench.Figure]
    charts: list[Drawn]
    recents: list[RecentList]
    team: bool  # whether the reader may look at the whole team

    @property
    def counters(self) -> list[Counter]:
        """Every card, section by section."""
        return [card for group in self.groups for card in group.cards]

    @property
    def shows_customers(self) -> bool:
        """Whether any row says which customer it is about; the page then bears the reader's name."""
        cards = (card.lines for card in self.counters)
        lists = (one.lines for one in self.recents)
        return any(shown.line.customer for lines in (*cards, *lists) for shown in lines)


def pseudonym_of(customer: UUID) -> str:
    """A customer by the end of their pseudonym in the journal: enough to know them again, nothing about them."""
    return _("客户 %(end)s") % {"end": customer.hex[-8:]}


def gather(actor: Actor, *, team: bool, now: datetime) -> Bench:
    """The workbench of `actor`; heads may look at their whole team."""
    with remembered():
        return _gathered(actor, team=team, now=now)


def _gathered(actor: Actor, *, team: bool, now: datetime) -> Bench:
    held = frozenset(permission.value for permission in actor.permissions)
    head = Role.HEAD in actor.roles
    found = _counters(actor, _visible(held), team=team and head, now=now)
    recents = _recents(actor, held, now)
    lines = [*(one.lines for one in found), *(one.lines for one in recents)]
    names = people.names_of(
        shown.line.who for some in lines for shown in some if isinstance(shown.line.who, UUID)
    )
    found = [replace(one, lines=_named(one.lines, names)) for one in found]
    groups = [Group(one, [c for c in found if c.card.section is one]) for one in Section]
    return Bench(
        [group for group in groups if group.cards],
        _figures(actor, held),
        _charts(actor, held, now),
        [replace(one, lines=_named(one.lines, names)) for one in recents],
        head and any(card.team for card in _visible(held)),
    )


def urgent(actor: Actor) -> list[Counter]:
    """What must not wait until somebody opens the workbench: figures alone."""
    held = frozenset(permission.value for permission in actor.permissions)
    with remembered():
        return _counters(actor, [card for card in _visible(held) if card.urgent], team=False, now=None)


def _visible(held: frozenset[str]) -> list[WorkbenchCard]:
    cards = [one for one in workbench.cards.values() if not one.permission or one.permission in held]
    return sorted(cards, key=lambda card: card.order)


def _counters(
    actor: Actor, cards: Iterable[WorkbenchCard], *, team: bool, now: datetime | None
) -> list[Counter]:
    """The cards that have rows, most pressing first; their first rows where `now` is given."""
    reached = {card.key: (card, address) for card in cards if (address := address_of(card.url_name))}
    rows: dict[str, Rows] = {}
    for key, (card, _address) in reached.items():
        rows[key] = card.team.rows(actor) if team and card.team else card.rows(actor)
    counts = workbench.counted(rows)
    found = []
    for key, (card, address) in reached.items():
        if not counts[key]:
            continue
        query = card.team.query if team and card.team else card.query
        narrowed = f"{address}?{query}" if query else address
        if now is None:
            found.append(Counter(card, counts[key], narrowed))
            continue
        lines = _lines(card, rows[key], narrowed, now)
        if card.section is Section.MINE:  # who asked is the reader
            lines = [replace(one, line=replace(one.line, who="")) for one in lines]
        note = card.note(actor) if card.note else ""
        found.append(Counter(card, counts[key], narrowed, note, lines))
    return found


def _lines(card: WorkbenchCard, rows: Rows, listed: str, now: datetime) -> list[Shown]:
    line = card.line
    return [_shown(line(row), listed, now) for row in workbench.first(rows)] if line else []


def _shown(line: Line, listed: str, now: datetime) -> Shown:
    left = spans.left(line.until, now) if line.until else spans.since(line.since, now) if line.since else ""
    return Shown(line, line.address or listed, left, bool(line.until and spans.is_pressing(line.until, now)))


def _named(lines: list[Shown], names: Mapping[UUID, str]) -> list[Shown]:
    def name(who: str | UUID) -> str:
        return names.get(who, _("系统")) if isinstance(who, UUID) else who

    return [replace(shown, who=name(shown.line.who)) for shown in lines]


def _figures(actor: Actor, held: frozenset[str]) -> list[workbench.Figure]:
    found = [one for one in workbench.figures.values() if not one.permissions or one.permissions & held]
    return [figure for one in sorted(found, key=lambda one: one.order) for figure in one.read(actor)]


def _charts(actor: Actor, held: frozenset[str], now: datetime) -> list[Drawn]:
    found = [one for one in workbench.charts.values() if not one.permissions or one.permissions & held]
    drawn: Sequence[Any] = [
        (chart, data) for chart in sorted(found, key=lambda one: one.order) if (data := chart.draw(actor))
    ]
    return [draw(chart, data, now) for chart, data in drawn]


def _recents(actor: Actor, held: frozenset[str], now: datetime) -> list[RecentList]:
    found = [one for one in workbench.recents.values() if one.permission in held]
    lists = [
        RecentList(one, [_shown(line, line.address, now) for line in one.lines(actor)])
        for one in sorted(found, key=lambda one: one.order)
    ]
    return [one for one in lists if one.lines]
