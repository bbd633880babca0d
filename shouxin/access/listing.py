"""Lists of what is asked for and decided: one page, narrowed to a state or to what waits for the reader."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import Choices, QuerySet
from django.utils.translation import gettext as _

from shouxin.kit import lists
from shouxin.kit.lists import Field
from shouxin.people.doors import StaffRequest
from shouxin.people.lists import reading

Narrowing = Callable[[QuerySet[Any], Mapping[str, str]], QuerySet[Any]]


def by_state(
    request: StaffRequest,
    key: str,
    *,
    seen: QuerySet[Any],
    awaiting: QuerySet[Any],
    states: type[Choices],
    more: Sequence[tuple[str, str, QuerySet[Any]]] = (),
    soonest: Collection[str] = (),
    form: Sequence[Field] = (),
    narrow: Narrowing | None = None,
) -> tuple[Sequence[Any], dict[str, Any]]:
    """The rows of the page, and what such a list's template needs besides.

    `more` are further lists: (state, what it is called, its rows); those in `soonest` are read soonest to end first.
    `narrow` applies what `form` asks for beside the state.
    """
    asked = reading.read(request, key)
    state = asked.query.get("state", "")
    found = seen
    if state == "awaiting":
        found = awaiting
    elif state in states.values:
        found = seen.filter(state=state)
    found = next((rows for name, _label, rows in more if name == state), found)
    if narrow:
        found = narrow(found, asked.query)
    if state in soonest:
        asked = asked.sorting("ending")
    page = lists.window(found, asked.sort, asked.place)
    choices = [("", _("全部")), ("awaiting", _("待我审批")), *(one[:2] for one in more), *states.choices]
    return page.rows, asked.context(page, found, (Field("state", _("状态"), choices), *form))
