"""Every place that holds something sealed or wrapped: the rooms' own (`kit.sealing`, `parcels`) and the vault's.

Whatever changes keys, counts what is left under one, or looks for alterations goes through this list. A test holds it
against the columns of all tables.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.crypto.errors import SealBroken, UnknownSuite
from shouxin.core.crypto.suites import Suite, suite_of
from shouxin.core.crypto.wrapping import epoch_key_context, index_key_context, wrapping_key_id
from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.vault import parcels, small_secrets
from shouxin.vault.models import EpochKey, SearchIndexVersion
from shouxin.vault.parcels import ParcelKey

EPOCHS, INDEXES = "vault.epoch", "vault.index"
OF_VAULT = (EPOCHS, INDEXES)

# Under the keys of storage groups, which epoch keys wrap; `checking`, `rotation` and `algorithms` look after them.
UNDER_EPOCH = (
    ("vault_data_key", "wrapped"),
    ("vault_file_key", "sealed"),
    ("vault_group", "head"),
    ("vault_sealed_record", "sealed"),
    ("vault_sealed_history", "sealed"),
)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that a root key wraps, where it stands. `context` is None when the bytes are nothing of the kind.

    `owner` and `pieces` are there where the key seals parcels; for `beyond` see `parcels.Place`.
    """

    place: str
    told: str  # which one of the place, where an alteration is reported
    suite: int
    context: bytes | None
    wrapped: bytes
    # Puts another wrapping of the same key there; False when something else stands there by now.
    put: Callable[[bytes], bool]
    owner: UUID | None = None
    pieces: Callable[[], Iterable[tuple[str, bytes]]] = tuple
    beyond: Callable[[ParcelKey], Iterable[str]] | None = None

    @property
    def root(self) -> int | None:
        """The number of the root key it names; None when it names none."""
        try:
            return wrapping_key_id(self.wrapped)
        except SealBroken:
            return None


@dataclass(frozen=True, slots=True)
class Place:
    """A place of keys under the root key."""

    key: str
    name: Text
    columns: tuple[tuple[str, str], ...]
    each: Callable[[], Iterator[Wrapped]]


@dataclass(frozen=True, slots=True)
class Count:
    """How many keys a place holds: in all, by the root key they are under, by the suite they serve."""

    key: str
    name: Text
    total: int
    roots: dict[int, int]
    suites: dict[int, int]


def under_root() -> list[Place]:
    """All places of keys under a root key, the vault's own first."""
    own = [
        Place(EPOCHS, Text("纪元密钥", "Epoch keys"), (("vault_epoch_key", "wrapped"),), _epochs),
        Place(
            INDEXES, Text("检索索引密钥", "Search index keys"), (("vault_search_index", "wrapped"),), _indexes
        ),
    ]
    return [
        *own,
        *(Place(p.key, p.name, p.columns, partial(_secrets, p)) for p in sealing.places.values()),
        *(Place(p.key, p.name, p.columns, partial(_parcels, p)) for p in parcels.places.values()),
    ]


def count() -> list[Count]:
    """What each place holds now."""
    found = []
    for place in under_root():
        roots, suites, total = Counter[int](), Counter[int](), 0
        for one in place.each():
            total += 1
            suites[one.suite] += 1
            if one.root is not None:
                roots[one.root] += 1
        found.append(Count(place.key, place.name, total, dict(roots), dict(suites)))
    return found


def _epochs() -> Iterator[Wrapped]:
    for row in EpochKey.objects.filter(wrapped__isnull=False).order_by("epoch"):
        known, wrapped = _known(row.suite), bytes(row.wrapped or b"")
        context = epoch_key_context(suite=known, epoch=row.epoch) if known else None
        put = _exchange(EpochKey.objects.filter(epoch=row.epoch), "wrapped", wrapped)
        yield Wrapped(EPOCHS, str(row.epoch), row.suite, context, wrapped, put)


def _indexes() -> Iterator[Wrapped]:
    for row in SearchIndexVersion.objects.filter(wrapped__isnull=False).order_by("version"):
        known, wrapped = _known(row.suite), bytes(row.wrapped or b"")
        context = index_key_context(suite=known, version=row.version) if known else None
        put = _exchange(SearchIndexVersion.objects.filter(version=row.version), "wrapped", wrapped)
        yield Wrapped(INDEXES, str(row.version), row.suite, context, wrapped, put)


def _parcels(place: parcels.Place) -> Iterator[Wrapped]:
    rows: QuerySet[Any] = QuerySet(place.model)
    kept = rows.filter(**{f"{place.wrapped}__isnull": False}).order_by("pk")
    for owner, suite, wrapped in kept.values_list("pk", place.suite, place.wrapped):
        known = _known(suite)
        context = parcels.context(known, owner) if known else None
        put = _exchange(rows.filter(pk=owner), place.wrapped, bytes(wrapped))
        yield Wrapped(
            place.key,
            str(owner),
            suite,
            context,
            bytes(wrapped),
            put,
            owner,
            partial(place.parcels, owner),
            partial(place.beyond, owner) if place.beyond else None,
        )


def _secrets(place: sealing.Place) -> Iterator[Wrapped]:
    for kept in place.kept():
        try:
            suite, wrapped, parcel = small_secrets.parts(kept.sealed)
        except SealBroken:
            yield Wrapped(place.key, kept.told, 0, None, b"", lambda _new: False)
            continue
        known = _known(suite)
        context = parcels.context(known, kept.owner) if known else None

        def put(new: bytes, kept: sealing.Kept = kept, suite: int = suite, parcel: bytes = parcel) -> bool:
            return place.replace(kept, small_secrets.joined(suite, new, parcel))

        only = ((place.use, parcel),)
        yield Wrapped(place.key, kept.told, suite, context, wrapped, put, kept.owner, partial(tuple, only))


def _known(suite: int) -> Suite | None:
    try:
        return suite_of(suite)
    except UnknownSuite:
        return None


def _exchange(standing: QuerySet[Any], column: str, before: bytes) -> Callable[[bytes], bool]:
    """Puts other bytes in a column as long as it holds those that were read."""
    return lambda new: bool(standing.filter(**{column: before}).update(**{column: new}))
