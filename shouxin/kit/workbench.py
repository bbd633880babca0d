"""The workbench (工作台): rooms sign up what waits for a person, what they read at a glance, and what was last done.

A card names the list it opens and gives that list's rows themselves, so that its figure and the list cannot part.
Cards without rows vanish. Nothing here counts further than a reader cares for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 999  # counted up to here; what is more shows as "999+"
LINES = 3  # of a card's rows stand on the card itself


class Section(StrEnum):
    """Where on the page a card stands, in this order."""

    APPROVE = "approve"  # 待我审批
    TODO = "todo"  # 我的待办
    ENDING = "ending"  # 即将到期
    MINE = "mine"  # 我的申请
    WATCH = "watch"  # 需要留意: what went wrong or is late, for whoever answers for it


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list on its card: who, what, until when, and where it is dealt with.

    Never a value of a customer: `customer` is an id, and the page shows its pseudonym. `who` is a name or the pseudonym
    of somebody, whose name the page looks up. `until` is a moment, or a day that is included; `since` says when it
    began where nothing ends. Without an `address` the card's list is opened.
    """

    what: str
    who: str | UUID = ""
    until: datetime | date | None = None
    since: datetime | None = None
    address: str = ""
    customer: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows that a room counts by a statement of its own; `first` reads the beginning of the list."""

    number: int
    first: Callable[[], Sequence[Any]]


# The rows a card counts: a query, rows at hand, or a room's own count.
Rows = QuerySet[Any] | Sequence[Any] | Tally


def first(rows: Rows) -> list[Any]:
    """The rows that stand on the card itself."""
    return list((rows.first() if isinstance(rows, Tally) else rows)[:LINES])


@dataclass(frozen=True, slots=True)
class TeamRows:
    """What the card shows a head who looks at the whole team."""

    rows: Callable[[Any], Rows]
    query: str


@dataclass(frozen=True, slots=True)
class WorkbenchCard:
    """A counter that opens exactly the list it counts.

    `rows` is given the actor (`core.policy.Actor`); `url_name` is reversed without arguments and `query` (for example
    "state=waiting") narrows the list to what was counted. `line` turns a row into what the card shows of it. `note`,
    given the actor, adds a few words, such as the time that is left; it is asked only when there is something to
    count. `verb` is the word on the button of a line. An empty `permission` is for everybody. What is `urgent` is
    also shown at the head of every page until it is dealt with. `team`, if there is one, is shown to heads.
    """

    key: str
    title: "StrOrPromise"
    rows: Callable[[Any], Rows]
    url_name: str
    permission: str
    query: str = ""
    order: int = 100
    note: Callable[[Any], str] | None = None
    urgent: bool = False
    section: Section = Section.TODO
    line: Callable[[Any], Line] | None = None
    verb: "StrOrPromise" = ""
    team: TeamRows | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One value in a chart: of which series it is a part, and how much."""

    series: str
    value: int


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the axis: its short label, its full name, and what stands there."""

    label: str
    name: str
    marks: tuple[Mark, ...] = ()

    @property
    def total(self) -> int:
        return sum(mark.value for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns side by side, each a stack of its series; `series` is (key, name), in the order of the legend."""

    columns: tuple[Column, ...]
    series: tuple[tuple[str, str], ...]
    as_of: datetime | None = None
    address: str = ""  # where it comes from, for this reader

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


@dataclass(frozen=True, slots=True)
class Meter:
    """A share of a whole: `part` of `whole`, and where that can be looked into."""

    name: str
    part: int
    whole: int
    address: str = ""
    good: bool = True  # much of it is good; else much of it is bad

    @property
    def percent(self) -> int:
        return 100 * self.part // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True)
class Meters:
    """Shares one below the other."""

    meters: tuple[Meter, ...]
    as_of: datetime | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What people read at a glance, drawn by the console; `draw` is given the actor and gives None for nothing to show.

    Any one of `permissions` shows it; `unit` names what is counted.
    """

    key: str
    title: "StrOrPromise"
    draw: Callable[[Any], Bars | Meters | None]
    permissions: frozenset[str]
    unit: "StrOrPromise" = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Recent:
    """A short list of what the reader last dealt with; each row is a `Line`, `empty` says what would bring one."""

    key: str
    title: "StrOrPromise"
    lines: Callable[[Any], Sequence[Line]]
    permission: str
    verb: "StrOrPromise" = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or short word that tells how things stand, and the page that explains it."""

    title: "StrOrPromise"
    value: str
    address: str = ""
    note: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Some figures of one room; `read` is given the actor."""

    key: str
    read: Callable[[Any], Iterable[Figure]]
    permissions: frozenset[str] = field(default_factory=frozenset)
    order: int = 100


cards: Registry[WorkbenchCard] = Registry("workbench")
charts: Registry[Chart] = Registry("workbench charts")
recents: Registry[Recent] = Registry("workbench lists")
figures: Registry[Figures] = Registry("workbench figures")


def language() -> str:
    """The reader's language, for texts from below Django."""
    return get_language() or "zh-hans"


def register(card: WorkbenchCard) -> WorkbenchCard:
    """Sign up `card` under its key."""
    return cards.register(card.key, card)


def counted(found: dict[str, Rows]) -> dict[str, int]:
    """How many rows each has, up to one more than `MOST`; all queries together are one statement."""
    queries = {key: rows for key, rows in found.items() if isinstance(rows, QuerySet)}
    others = {
        key: rows.number if isinstance(rows, Tally) else len(rows)
        for key, rows in found.items()
        if not isinstance(rows, QuerySet)
    }
    return others | _counted(queries)


def _counted(queries: dict[str, QuerySet[Any]]) -> dict[str, int]:
    keys: list[str] = []
    parts: list[str] = []
    values: list[Any] = []
    for key, rows in queries.items():
        try:
            sql, given = _one(rows).query.sql_with_params()
        except EmptyResultSet:
            continue
        keys.append(key)
        parts.append(f"(SELECT count(*) FROM ({sql}) q)")  # noqa: S608 - as below
        values += given
    if not parts:
        return dict.fromkeys(queries, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        counts = cursor.fetchone() or ()
    return dict.fromkeys(queries, 0) | dict(zip(keys, counts, strict=True))


def _one(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows without what counting does not need: no order, no columns, no further than `MOST`."""
    bare = rows.order_by() if not rows.query.is_sliced and not rows.query.distinct_fields else rows
    return bare.values("pk")[: MOST + 1] if not bare.query.is_sliced else bare
