"""A row of the table of permissions: how one address is asked for, who is let in, and what they get."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shouxin.core.policy import Permission


@dataclass(frozen=True)
class Row:
    """How one address is asked for, who is let in, and what they get."""

    permissions: frozenset[Permission] | None  # None: no session is asked for
    status: int = 200
    method: str = "GET"
    stranger: int = 302
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def needs(*permissions: Permission, status: int = 200, method: str = "GET", **kwargs: Any) -> Row:
    return Row(frozenset(permissions), status, method, kwargs=kwargs)


def post(*permissions: Permission, status: int = 302, **kwargs: Any) -> Row:
    return needs(*permissions, status=status, method="POST", **kwargs)


def everybody(status: int = 200, *, method: str = "GET", stranger: int | None = None, **kwargs: Any) -> Row:
    return Row(None, status, method, status if stranger is None else stranger, kwargs)


def program(method: str = "POST", **kwargs: Any) -> Row:
    """For programs with a token; a session opens nothing."""
    return Row(None, 401, method, 401, kwargs)
