"""Asking once: within a page that reads many lists, what is the same for all of them is asked of the database once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_known: ContextVar[dict[tuple[object, ...], Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within: `once` keeps its answers. For reading alone; never around a decision, which asks anew."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once(key: tuple[object, ...], ask: Callable[[], T]) -> T:
    """The answer of `ask`, kept under `key` within `remembered`; outside it is asked every time."""
    known = _known.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    found: T = known[key]
    return found
