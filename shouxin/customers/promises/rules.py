"""Pure rules of needs and promises: which step follows which, and how a due day stands to today."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from shouxin.customers.promises.models import Kind, State

ZONE = ZoneInfo("Asia/Shanghai")  # the day that decides what is due
LONGEST = timedelta(days=3 * 366)
SOON = timedelta(days=7)
MOST_TEXT = 1000
FIELD_OF: Mapping[Kind, str] = {Kind.PROMISE: "promise_text", Kind.NEED: "need_text"}
NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.KEPT, State.DROPPED}),
    State.KEPT: frozenset(),
    State.DROPPED: frozenset(),
}


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def may_follow(state: str, wanted: State) -> bool:
    """Whether something in `state` may become `wanted`; what is closed stays closed."""
    return wanted in NEXT[State(state)]


def due_problem(due_on: date, now: datetime) -> str | None:
    """Why nothing can be promised for that day (a code), or None."""
    if due_on < today(now):
        return "due.past"
    return "due.far" if due_on > today(now) + LONGEST else None


def standing(state: str, due_on: date, now: datetime) -> str:
    """`state`, with what is open told apart by its day: overdue, today, soon, open."""
    if state != State.OPEN:
        return str(state)
    left = due_on - today(now)
    if left < timedelta(0):
        return "overdue"
    if not left:
        return "today"
    return "soon" if left <= SOON else "open"
