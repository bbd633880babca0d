"""Search tokens and business keys of what is being written, as each field's rule asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import SearchIndex
from shouxin.core.policy import FieldRule
from shouxin.vault import database
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.tickets import SealedWrite

UNIQUE = "unique"  # within the organisation
UNIQUE_IN_CUSTOMER = "unique_in_customer"  # an order number, say, belongs to one customer
KEYS = frozenset({UNIQUE, UNIQUE_IN_CUSTOMER})

_TOKENS = {
    "customer_id": "uuid",
    "storage_group": "text",
    "record_id": "uuid",
    "field": "text",
    "kind": "text",
    "version": "int4",
    "token": "int8",
}

_FORGET = """
DELETE FROM {} t USING unnest(%b::uuid[], %b::text[], %b::uuid[], %b::text[]) AS w(customer_id, storage_group, record_id, field)
WHERE (t.customer_id, t.storage_group, t.record_id, t.field) = (w.customer_id, w.storage_group, w.record_id, w.field)
"""  # noqa: E501 - one line of SQL

_CLAIM = """
INSERT INTO vault_business_key (field, token, customer_id, storage_group, record_id)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::uuid[], %b::text[], %b::uuid[]) AS w(f, t, c, g, r) ORDER BY f, t
ON CONFLICT (field, token) DO NOTHING RETURNING field, token
"""


def namespace_of(kind: str, customer: UUID) -> bytes:
    """Within what a business key is unique; it is part of the token."""
    return customer.bytes if kind == UNIQUE_IN_CUSTOMER else b""


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
        place = (write.customer_id, write.group, write.record_id)
        for rule in rules:
            value = write.values[rule.key]
            if value is None:
                continue
            normalised = identifiers.normalise(rule.validator, value.text)
            if not normalised:
                continue
            for kind in rule.indexes:
                if kind in KEYS:
                    namespace = namespace_of(kind, write.customer_id)
                    self.keys.append((rule.key, indexes[0].unique(rule.key, namespace, normalised), *place))
                    self.writes.append(number)
                    continue
                for index in indexes:
                    token = index.token(rule.key, kind, normalised)
                    if token is not None:
                        self.tokens.append((*place, rule.key, kind, index.version, token))

    def claim(self, number: int, write: SealedWrite, rules: Iterable[FieldRule], index: SearchIndex) -> None:
        """Note the business keys alone that write `number` claims."""
        for rule in rules:
            kinds = KEYS.intersection(rule.indexes)
            value = write.values[rule.key] if kinds else None
            normalised = identifiers.normalise(rule.validator, value.text) if value else ""
            if normalised:
                for kind in kinds:
                    token = index.unique(rule.key, namespace_of(kind, write.customer_id), normalised)
                    self.keys.append((rule.key, token, write.customer_id, write.group, write.record_id))
                    self.writes.append(number)

    def forget(self, write: SealedWrite, rules: Iterable[FieldRule]) -> None:
        """Note that the record existed before, so the fields' earlier tokens must go."""
        place = (write.customer_id, write.group, write.record_id)
        self.forgotten += [(*place, rule.key) for rule in rules]

    def store(self) -> None:
        """Bring the index tables up to date.

        Raises:
            DuplicateKey: another record holds one of the business keys.
        """
        if self.forgotten:
            gone = database.arrays(self.forgotten, 4)
            database.execute(_FORGET.format("vault_search_token"), gone)
            database.execute(_FORGET.format("vault_business_key"), gone)
        if self.keys:
            claimed = set(database.execute(_CLAIM, database.arrays(self.keys, 5)))
            taken = [
                (number, key[0])
                for number, key in zip(self.writes, self.keys, strict=True)
                if key[:2] not in claimed
            ]
            if taken or len(claimed) < len(self.keys):
                raise DuplicateKey(taken or self._twice())
        database.insert("vault_search_token", _TOKENS, self.tokens)

    def _twice(self) -> list[tuple[int, str]]:
        """The writes whose key stands earlier in the same batch."""
        seen: set[tuple[Any, ...]] = set()
        twice = []
        for number, key in zip(self.writes, self.keys, strict=True):
            if key[:2] in seen:
                twice.append((number, key[0]))
            seen.add(key[:2])
        return twice
