"""Search tokens and business keys of what is being written, as each field's rule asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import KINDS, SearchIndex, code_of
from shouxin.core.policy import FieldRule
from shouxin.vault import database
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.tickets import SealedWrite


class Place(Protocol):
    """Where a value lies: a write, or a record being indexed again."""

    @property
    def customer_id(self) -> UUID: ...
    @property
    def group(self) -> str: ...
    @property
    def record_id(self) -> UUID: ...


UNIQUE = "unique"  # within the organisation
UNIQUE_IN_CUSTOMER = "unique_in_customer"  # an order number, say, belongs to one customer
KEYS = frozenset({UNIQUE, UNIQUE_IN_CUSTOMER})

COLUMNS = {
    "customer_id": "uuid",
    "record_id": "uuid",
    "place": "int4",
    "field": "int4",
    "kind": "int2",
    "version": "int2",
    "token": "int4",
}

_FORGET = """
WITH w AS (
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::int4[])
        AS w(customer_id, storage_group, record_id, field, code)
), tokens AS (
    DELETE FROM vault_search_token t USING w
    WHERE (t.customer_id, t.record_id, t.field) = (w.customer_id, w.record_id, w.code)
)
DELETE FROM vault_business_key t USING w
WHERE (t.customer_id, t.storage_group, t.record_id, t.field) = (w.customer_id, w.storage_group, w.record_id, w.field)
"""

_CLAIM = """
INSERT INTO vault_business_key (field, token, customer_id, storage_group, record_id, version)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::uuid[], %b::text[], %b::uuid[], %b::int2[])
    AS w(f, t, c, g, r, v) ORDER BY f, t
ON CONFLICT (field, token) DO NOTHING RETURNING field, token
"""


def namespace_of(kind: str, customer: UUID) -> bytes:
    """Within what a business key is unique; it is part of the token."""
    return customer.bytes if kind == UNIQUE_IN_CUSTOMER else b""


def rows_of(
    place: Place, rule: FieldRule, normalised: str, indexes: Sequence[SearchIndex]
) -> list[tuple[Any, ...]]:
    """The rows of the token table for one normalised value, in every index version."""
    if not normalised:
        return []
    start = (place.customer_id, place.record_id, code_of(place.group), code_of(rule.key))
    return [
        (*start, KINDS[kind].number, index.version, token)
        for kind in rule.indexes
        if kind in KINDS
        for index in indexes
        for token in dict.fromkeys(index.tokens(rule.key, kind, normalised, place.customer_id.bytes))
    ]


def keys_of(
    place: Place, rule: FieldRule, normalised: str, indexes: Sequence[SearchIndex]
) -> list[tuple[Any, ...]]:
    """The business keys of one normalised value, in every index version."""
    if not normalised:
        return []
    return [
        (
            rule.key,
            index.unique(rule.key, namespace_of(kind, place.customer_id), normalised),
            place.customer_id,
            place.group,
            place.record_id,
            index.version,
        )
        for kind in rule.indexes
        if kind in KEYS
        for index in indexes
    ]


@dataclass(slots=True)
class TokenBatch:
    """Everything the index tables must change for one batch of writes; one statement per table."""

    tokens: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)  # per key, the index of its write
    forgotten: list[tuple[Any, ...]] = field(default_factory=list)

    def add(
        self, number: int, write: SealedWrite, rules: Iterable[FieldRule], indexes: Sequence[SearchIndex]
    ) -> None:
        """Note what write `number` adds to the indexes."""
        for rule in rules:
            value = write.values[rule.key]
            if value is not None:
                normalised = identifiers.normalise(rule.validator, value.text)
                self.tokens += rows_of(write, rule, normalised, indexes)
                self._claim(number, write, rule, normalised, indexes)

    def claim(
        self, number: int, write: SealedWrite, rules: Iterable[FieldRule], indexes: Sequence[SearchIndex]
    ) -> None:
        """Note the business keys alone that write `number` claims."""
        for rule in rules:
            value = write.values[rule.key] if KEYS.intersection(rule.indexes) else None
            if value is not None:
                normalised = identifiers.normalise(rule.validator, value.text)
                self._claim(number, write, rule, normalised, indexes)

    def _claim(
        self,
        number: int,
        write: SealedWrite,
        rule: FieldRule,
        normalised: str,
        indexes: Sequence[SearchIndex],
    ) -> None:
        keys = keys_of(write, rule, normalised, indexes)
        self.keys += keys
        self.writes += [number] * len(keys)

    def forget(self, write: SealedWrite, rules: Iterable[FieldRule]) -> None:
        """Note that the record existed before, so the fields' earlier tokens must go."""
        self.forgotten += [(write.customer_id, write.group, write.record_id, rule.key) for rule in rules]

    def store(self) -> None:
        """Bring the index tables up to date.

        Raises:
            DuplicateKey: another record holds one of the business keys.
        """
        if self.forgotten:
            coded = [(*place, code_of(place[3])) for place in self.forgotten]
            database.execute(_FORGET, database.arrays(coded, 5))
        if self.keys:
            claimed = set(database.execute(_CLAIM, database.arrays(self.keys, 6)))
            lost = (
                (number, key[0])
                for number, key in zip(self.writes, self.keys, strict=True)
                if key[:2] not in claimed
            )
            taken = list(dict.fromkeys(lost))  # one is lost once in every index version
            if taken or len(claimed) < len(self.keys):
                raise DuplicateKey(taken or self._twice())
        database.insert("vault_search_token", COLUMNS, self.tokens)

    def _twice(self) -> list[tuple[int, str]]:
        """The writes whose key stands earlier in the same batch."""
        seen: set[tuple[Any, ...]] = set()
        twice = []
        for number, key in zip(self.writes, self.keys, strict=True):
            if key[:2] in seen:
                twice.append((number, key[0]))
            seen.add(key[:2])
        return list(dict.fromkeys(twice))
