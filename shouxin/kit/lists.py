"""Long lists: pages by keyset in both directions, sorted by indexed columns alone, no page ever counted from the start.

A page is asked for by the id of a row that stood at its edge, never by a number and never by a value of that row, so
that an address tells nothing and the millionth page costs what the first one does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)

Edge = UUID | str  # the key of a row: an id, or the code of a table that goes by codes
SIZES = (20, 50, 100)
SIZE = 50
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")
NUMBER = re.compile(r"[0-9]{1,18}")
COUNTED = 1000  # beyond, a list says "more than" instead of counting on


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of a list: an indexed column (the id where `column` is empty), and the id where rows are equal.

    A table that has some hundred rows at most may be sorted by what a query set computes of each.
    """

    key: str
    title: "StrOrPromise"
    column: str = ""
    descending: bool = True


def by_age(column: str = "") -> tuple[Sort, Sort]:
    """The newest first, or the oldest."""
    return (
        Sort("newest", _("最近的在前"), column),
        Sort("oldest", _("最早的在前"), column, descending=False),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list somebody stands: behind a row, before a row, or at its beginning.

    Sorted by a column, a list goes on at the row `after` itself, which the page before did not show: whoever works
    through a page may change what its rows are sorted by, and the next page must not follow them to where they went.
    """

    after: Edge | None = None
    before: Edge | None = None
    size: int = SIZE

    @property
    def edge(self) -> Edge | None:
        return self.after or self.before

    @property
    def backwards(self) -> bool:
        return self.after is None and self.before is not None


@dataclass(frozen=True, slots=True)
class Window(Generic[Row]):
    """The rows of one page, and by which rows the pages beside it are asked for."""

    rows: Sequence[Row] = field(default_factory=list)
    following: Edge | None = None
    preceding: Edge | None = None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def code_or_none(text: str) -> str | None:
    """The key of a row in a table that goes by codes or numbers; nothing else is taken from an address."""
    return text if CODE.fullmatch(text) else None


def number_or_none(text: str) -> str | None:
    """The key of a row in a table whose rows are numbered."""
    return text if NUMBER.fullmatch(text) else None


def place_from(
    asked: Mapping[str, str],
    *,
    size: int = SIZE,
    sizes: Sequence[int] = SIZES,
    edge: Callable[[str], Edge | None] = uuid_or_none,
) -> Place:
    """What an address asks for; anything it should not say is as if it said nothing."""
    size = size if size in sizes else max(sizes)
    wanted = asked.get("size", "")
    return Place(
        edge(asked.get("after", "")),
        edge(asked.get("before", "")),
        int(wanted) if wanted in {str(one) for one in sizes} else size,
    )


def sort_from(sorts: Sequence[Sort], key: str) -> Sort:
    """The order of that name; the list's first one for a name it does not know."""
    return next((sort for sort in sorts if sort.key == key), sorts[0])


def cut(
    found: Sequence[Row],
    place: Place,
    key: Callable[[Row], Edge],
    looked: Edge | None = None,
    *,
    by_column: bool = False,
) -> Window[Row]:
    """One page out of `found`: its rows in reading direction and, if there is one, a row more.

    `looked`: the last thing looked at, of a list that looks through so many things for a page and stops before their
    end; the page beyond begins there, and an empty page is left from there in both directions.
    `by_column`: what the list is sorted by; see `Place`.
    """
    rows = list(found[: place.size])
    ahead = key(rows[-1]) if len(found) > place.size else looked
    behind = key(rows[0]) if rows else looked
    if place.backwards:
        return Window(rows[::-1], place.before if by_column else behind, ahead)
    if by_column and len(found) > place.size:
        ahead = key(found[place.size])
    return Window(rows, ahead, behind if place.after else None)


def window(found: QuerySet[M], sort: Sort, place: Place) -> Window[M]:
    """One page of a query set, from the edge that `place` names."""
    page = _cut(found, sort, place)
    if (
        place.backwards and len(page.rows) < place.size
    ):  # the beginning is reached: show a whole page from there
        return _cut(found, sort, Place(size=place.size))
    return page


def _cut(found: QuerySet[M], sort: Sort, place: Place) -> Window[M]:
    rows = list(_ahead(found, sort, place)[: place.size + 1])
    return cut(rows, place, lambda row: row.pk, by_column=bool(sort.column))


def _ahead(found: QuerySet[M], sort: Sort, place: Place) -> QuerySet[M]:
    """What lies beyond the edge, in reading direction."""
    descending = sort.descending is not place.backwards
    columns = [sort.column, "pk"] if sort.column else ["pk"]
    ordered = found.order_by(*(f"{'-' if descending else ''}{column}" for column in columns))
    if place.edge is None:
        return ordered
    beyond = "lt" if descending else "gt"
    if not sort.column:
        return ordered.filter(**{f"pk__{beyond}": place.edge})
    counted = sort.column in found.query.annotations
    rows = found if counted else found.model._default_manager.all()  # noqa: SLF001
    at = rows.order_by().filter(pk=place.edge).values_list(sort.column, flat=True).first()
    if at is None:
        return ordered
    itself = "" if place.backwards else "e"
    equal = Q(**{sort.column: at}) & Q(**{f"pk__{beyond}{itself}": place.edge})
    return ordered.filter(Q(**{f"{sort.column}__{beyond}": at}) | equal, **{f"{sort.column}__{beyond}e": at})


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, as far as that was counted."""

    number: int
    more: bool = False


def count(found: QuerySet[M]) -> Count:
    """How many, looked at up to `COUNTED` rows and one more."""
    number = found.order_by()[: COUNTED + 1].count()
    return Count(min(number, COUNTED), number > COUNTED)


def links(
    asked: Mapping[str, str], page: Window[Any], place: Place, sizes: Sequence[int] = SIZES
) -> dict[str, Any]:
    """What parts/pager.html is given: the addresses beside this page, with everything else of `asked` kept."""
    kept = {key: text for key, text in asked.items() if key not in {"after", "before", "page"} and text}
    return {
        "first_href": f"?{urlencode(kept)}" if page.preceding or (place.edge and not page.rows) else "",
        "previous_href": _address(kept, "before", page.preceding),
        "next_href": _address(kept, "after", page.following),
        "size_choices": [
            (size, f"?{urlencode({**kept, 'size': size})}", size == place.size) for size in sizes
        ],
        "list_kept": list(kept.items()),
    }


def _address(kept: Mapping[str, str], name: str, edge: Edge | None) -> str:
    return f"?{urlencode({**kept, name: str(edge)})}" if edge else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that somebody may leave out of a list; the rest is always shown. `usual`: until somebody chose."""

    key: str
    title: "StrOrPromise"
    usual: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form above a list: one of `choices`, or typed freely where there are none."""

    key: str
    title: "StrOrPromise"
    choices: Sequence[tuple[str, "StrOrPromise"]] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that people may arrange for themselves.

    `url_name` is reversed without arguments. `filters` names what an address, a kept query or a saved filter may say;
    nothing else is taken from them. What is `typed` freely may tell of a person: it is kept sealed and never taken from
    an address; codes that are `apart` tell of customers and stand in no address either.
    `sizes` are how many rows a page may have. `edge` reads the key of a row from an address.
    """

    key: str
    url_name: str
    filters: tuple[str, ...]
    sorts: tuple[Sort, ...]
    columns: tuple[Column, ...] = ()
    typed: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    sizes: tuple[int, ...] = SIZES
    edge: Callable[[str], Edge | None] = uuid_or_none

    @property
    def hidden(self) -> frozenset[str]:
        """What stands in no address."""
        return self.typed | self.apart


known: Registry[Listed] = Registry("lists")


def register(listed: Listed) -> Listed:
    """Sign up `listed` under its key."""
    return known.register(listed.key, listed)
