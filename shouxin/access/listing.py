"""Lists of what is asked for and decided: one page, narrowed to a state or to what waits for the reader."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Choices, QuerySet
from django.utils.translation import gettext as _

from shouxin.people.doors import StaffRequest

PER_PAGE = 30


def by_state(
    request: StaffRequest,
    *,
    seen: QuerySet[Any],
    awaiting: QuerySet[Any],
    states: type[Choices],
    more: Sequence[tuple[str, str, QuerySet[Any]]] = (),
) -> dict[str, Any]:
    """What such a list's template needs: the page, the state asked for, and the states there are.

    `more` are further lists: (state, what it is called, its rows).
    """
    state = request.GET.get("state", "")
    found = seen
    if state == "awaiting":
        found = awaiting
    elif state in states.values:
        found = seen.filter(state=state)
    found = next((rows for key, _label, rows in more if key == state), found)
    return {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": [("", _("全部")), ("awaiting", _("待我审批")), *(one[:2] for one in more), *states.choices],
        "query": f"state={state}&" if state else "",
    }
