"""Small secrets of rooms below the vault (keys of second factors): kept sealed by whoever holds keys.

The room that holds keys stands on a higher floor and signs its sealer up here. While none answers, nothing is
sealed and nothing opens: there is no weaker way.

A room that keeps such secrets signs up where (`places`), so that whoever changes keys or looks for alterations
forgets none of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from shouxin.core.text import Text
from shouxin.kit.registry import Registry


class Unavailable(Exception):
    """There are no keys now."""


class NotSealedHere(Exception):
    """The bytes are not what was sealed for this use and this owner."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """`seal(use, owner, secret)` and `open(use, owner, sealed)`; what is sealed opens for its use and owner alone."""

    seal: Callable[[str, UUID, bytes], bytes]
    open: Callable[[str, UUID, bytes], bytes]


sealers: Registry[Sealer] = Registry("sealers of small secrets")
_ONLY = "secrets"


def register(sealer: Sealer) -> None:
    """Sign up the one sealer of this installation."""
    sealers.register(_ONLY, sealer)


def seal(use: str, owner: UUID, secret: bytes) -> bytes:
    """`secret`, readable for nobody without keys.

    Raises:
        Unavailable: there are no keys now.
    """
    return _sealer().seal(use, owner, secret)


def unseal(use: str, owner: UUID, sealed: bytes) -> bytes:
    """What was sealed for this use and this owner.

    Raises:
        Unavailable: there are no keys now.
        NotSealedHere: altered, or moved here from another owner.
    """
    return _sealer().open(use, owner, sealed)


def _sealer() -> Sealer:
    found = sealers.get(_ONLY)
    if found is None:
        raise Unavailable
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A sealed secret where it stands: `row` finds it again there, `owner` is whose it is.

    `told` names it where an alteration is reported: an id that is no secret itself.
    """

    row: Any
    owner: UUID
    sealed: bytes
    told: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where secrets of one use are kept; `columns` are the (table, column) pairs they stand in."""

    key: str
    name: Text
    use: str
    columns: tuple[tuple[str, str], ...]
    kept: Callable[[], Iterator[Kept]]
    # Puts another sealed form in the place of what was read; False when something else stands there by now.
    replace: Callable[[Kept, bytes], bool]


places: Registry[Place] = Registry("places of sealed secrets")


def keep_in(table: str, column: str, *, key: str, name: Text, use: str, model: type[Model]) -> None:
    """Sign up a column of `model`, whose table is `table`: its secrets belong to the rows themselves."""
    rows: QuerySet[Any] = QuerySet(model)

    def kept() -> Iterator[Kept]:
        found = rows.filter(**{f"{column}__isnull": False}).order_by("pk")
        for row, sealed in found.values_list("pk", column):
            yield Kept(row, row, bytes(sealed), str(row))

    def replace(old: Kept, sealed: bytes) -> bool:
        standing = rows.filter(pk=old.row, **{column: old.sealed})
        return bool(standing.update(**{column: sealed}))

    places.register(key, Place(key, name, use, ((table, column),), kept, replace))
