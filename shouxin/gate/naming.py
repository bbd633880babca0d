"""Which fields a page may name: that there is a value of another use is itself not for everybody (clause C4.3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from shouxin.gate.facts import rules

_nameable: ContextVar[frozenset[str] | None] = ContextVar("fields a page may name", default=None)


@contextmanager
def naming_for(key: str) -> Iterator[None]:
    """Inside, sentences of the journal name the fields that serve the purpose `key` alone and count the others."""
    book = rules["rulebook"]
    purpose, known = book.purpose(key), book.fields()
    fields = frozenset(
        field
        for field in (purpose.fields if purpose else ())
        if field in known and (purpose is None or purpose.use is None or purpose.use in known[field].uses)
    )
    mark = _nameable.set(fields)
    try:
        yield
    finally:
        _nameable.reset(mark)


def nameable(key: str) -> bool:
    """Whether this field may be named here; everywhere outside of `naming_for`."""
    allowed = _nameable.get()
    return allowed is None or key in allowed
