"""Values graded public: the present ones on the customer's row, every version with its footing beside them.

They stand in clear, so no blob can carry their mark, their provenance and their history as it does for sealed values.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import KINDS
from shouxin.core.policy import FieldRule, Storage, refuse
from shouxin.customers.registry.models import ClearVersion, Customer
from shouxin.customers.registry.rules import Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.services import Refused
from shouxin.kit import cells, ids, statements
from shouxin.vault import rebuilding
from shouxin.vault.searching import Asked

_COLUMNS = ("id", "customer_id", "revision", "values", "provenance", "at", "by")
_NEWEST_FIRST = """
SELECT customer_id, provenance, "values" FROM customers_clear_version
WHERE customer_id = ANY(%b::uuid[]) ORDER BY revision DESC, id DESC
"""
_STORAGE = "SELECT key, storage FROM rulebook_field WHERE key = ANY(%b::text[]) ORDER BY key FOR SHARE"
_json = msgspec.json.Encoder().encode
Values = Mapping[str, Kept | None]  # None takes a value away


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one clear value came from and how far it is checked."""

    provenance: UUID
    mark: int
    problem: str | None


def among(values: Values, fields: Mapping[str, FieldRule]) -> dict[str, Kept | None]:
    """Those of `values` that are kept in clear."""
    return {key: kept for key, kept in values.items() if fields[key].storage is Storage.CLEAR}


def keys_of(fields: Mapping[str, FieldRule]) -> frozenset[str]:
    """The fields whose values are kept in clear."""
    return frozenset(key for key, rule in fields.items() if rule.storage is Storage.CLEAR)


def merged(before: Mapping[str, str], values: Values, fields: Mapping[str, FieldRule]) -> dict[str, str]:
    """The clear values of a customer after `values` were stored; what is sealed by now replaces what stood in clear."""
    after = dict(before)
    for key in values:
        if fields[key].storage is not Storage.CLEAR:
            after.pop(key, None)
    for key, kept in among(values, fields).items():
        if kept is None:
            after.pop(key, None)
        else:
            after[key] = kept.text
    return after


def parts(public: Mapping[str, str], fields: Mapping[str, FieldRule] | None = None) -> list[str]:
    """What a customer's clear values are found by: `field:kind:part`, the parts cut out as those of sealed values."""
    if not public:
        return []
    found: dict[str, None] = {}
    known = rulebooks["rulebook"].fields() if fields is None else fields
    for key, text in public.items():
        rule = known.get(key)
        if rule is None or not rule.indexes:
            continue
        normalised = identifiers.normalise(rule.validator, text)
        for kind in rule.indexes:
            if kind in KINDS:
                found.update((f"{key}:{kind}:{part}", None) for part in KINDS[kind].parts(normalised))
    return list(found)


def find_anew(customers: Sequence[UUID]) -> None:
    """Cut the parts of these customers' clear values again, as the catalogue asks for them now."""
    rows = Customer.objects.select_for_update().filter(id__in=customers).exclude(public_values={})
    changed = []
    for row in rows.order_by("id"):
        found = parts(row.public_values)
        if found != row.search_parts:
            row.search_parts = found
            changed.append(row)
    if changed:
        Customer.objects.bulk_update(changed, ["search_parts"])


rebuilding.companions.register("public values", find_anew)


def sought(asked: Asked) -> list[list[str]]:
    """The parts a clear value must have to be meant: alternatives, each of parts that must all be there."""
    return [
        [f"{asked.rule.key}:{asked.kind}:{part}" for part in wanted]
        for wanted in KINDS[asked.kind].sought(asked.normalised)
        if wanted
    ]


def remember(
    written: Iterable[tuple[UUID, int, Values]],
    *,
    fields: Mapping[str, FieldRule],
    provenance: UUID,
    by: UUID,
    now: datetime,
) -> None:
    """Keep what was written to each customer at its new revision; in the transaction of the write itself.

    Raises:
        Refused: one of the fields was graded stricter since the write was allowed, and may not stand in clear.
    """
    public = keys_of(fields)
    written = [one for one in written if not public.isdisjoint(one[2])]
    _still_clear({key for _customer, _revision, values in written for key in among(values, fields)})
    start = cells.start(len(_COLUMNS))
    footing = cells.uuid(provenance) + cells.moment(now) + cells.uuid(by)
    versions = [
        b"".join(
            (
                start,
                cells.uuid(ids.new()),
                cells.uuid(customer),
                cells.int4(revision),
                cells.jsonb(_json({key: _kept(kept) for key, kept in clear.items()})),
                footing,
            )
        )
        for customer, revision, values in written
        if (clear := among(values, fields))
    ]
    if versions:
        statements.copy("customers_clear_version", _COLUMNS, versions)


def _still_clear(keys: Collection[str]) -> None:
    """Whoever raises the class of one of these waits until this transaction is over, or was there before it."""
    if not keys:
        return
    for key, storage in statements.execute(_STORAGE, [sorted(keys)]):
        if storage != Storage.CLEAR.value:
            raise Refused(refuse("rules.changed").about([key]))


def _kept(kept: Kept | None) -> list[str | int | None] | None:
    return [kept.text, kept.mark, kept.problem] if kept else None


def origins(rows: Iterable[Customer]) -> dict[UUID, dict[str, Origin]]:
    """The footing of each present clear value of these customers: that of its newest version. One statement."""
    found: dict[UUID, dict[str, Origin]] = {row.id: {} for row in rows if row.public_values}
    if found:
        for customer, provenance, written in statements.execute(_NEWEST_FIRST, [list(found)]):
            _add(found[customer], provenance, written)
    return found


def newest(versions: Iterable[tuple[UUID, Mapping[str, Any]]]) -> dict[str, Origin]:
    """The footing of each value by the versions of one customer, newest first: (provenance, what was written)."""
    found: dict[str, Origin] = {}
    for provenance, written in versions:
        _add(found, provenance, written)
    return found


def _add(found: dict[str, Origin], provenance: UUID, written: Mapping[str, Any]) -> None:
    for key, kept in written.items():
        if kept:
            found.setdefault(key, Origin(provenance, kept[1], kept[2]))


def versions(customer: UUID) -> list[ClearVersion]:
    """Every version, newest first."""
    return list(ClearVersion.objects.filter(customer_id=customer).order_by("-revision", "-id"))
