"""How codes of this room are read out in sentences of the journal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from shouxin.core.policy import Role
from shouxin.people import queries, rules

_known: ContextVar[Mapping[UUID, str] | None] = ContextVar("names already looked up", default=None)


@contextmanager
def knowing(names: Mapping[UUID, str]) -> Iterator[None]:
    """Inside, these names are not looked up again, one by one, by the sentences that hold them."""
    mark = _known.set(names)
    try:
        yield
    finally:
        _known.reset(mark)


def name_behind(value: object, _language: str) -> str:
    """The name behind a pseudonym; what is no pseudonym is shown as it stands."""
    try:
        pseudonym = UUID(str(value))
    except ValueError:
        return str(value)
    known = _known.get() or {}
    if pseudonym in known:
        return known[pseudonym]
    return queries.names_of([pseudonym]).get(pseudonym, str(value))


def role_name(value: object, language: str) -> str:
    """The role in words; an unknown code is shown as it stands."""
    try:
        return rules.ROLE_NAMES[Role(str(value))].in_(language)
    except ValueError:
        return str(value)
