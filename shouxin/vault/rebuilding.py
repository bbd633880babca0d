"""A new version of the search index is built beside the one that is searched, while people search and write.

From its beginning every write gives tokens in both. What stood before is opened and indexed again in batches, each a
transaction of its own that also keeps how far it came: cut off anywhere, it goes on where it stood. When nothing is
left the versions change places in one transaction; then the old tokens are removed and the old key is forgotten.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shouxin.core import identifiers
from shouxin.core.crypto.indexes import MINIMUM_PLANNED, SearchIndex, bits_for
from shouxin.core.crypto.suites import suite_of
from shouxin.core.crypto.wrapping import index_key_context
from shouxin.core.policy import Actor, FieldRule, Permission, service_actor
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.registry import Registry
from shouxin.vault import control, database, fields, roots
from shouxin.vault.errors import TamperFound, VaultNotReady
from shouxin.vault.groups import Loaded, load, open_record, readable, unlock
from shouxin.vault.index_queries import outgrown, size
from shouxin.vault.models import IndexState, SearchIndexVersion, Settings
from shouxin.vault.tokens import COLUMNS, keys_of, rows_of

REBUILD, QUEUE = "vault.rebuild_index", "upkeep"
BATCH = 200  # customers
CLEARED = 2_000  # customers whose old tokens are removed at once
PURPOSE = "maintenance"
INDEXER = replace(service_actor("search-index"), permissions=frozenset({Permission.VAULT_KEY_ROTATE}))

# What else is indexed anew for these customers, in the same transaction: values that stand in clear, on a higher floor.
companions: Registry[Callable[[Sequence[UUID]], None]] = Registry("what is indexed with the vault")

_NEXT = """
SELECT DISTINCT customer_id FROM vault_group
WHERE customer_id > %b::uuid AND customer_id <= %b::uuid ORDER BY customer_id LIMIT %b
"""
_HOLD = """
SELECT g.customer_id, g.storage_group FROM vault_group g
WHERE g.customer_id = ANY(%b::uuid[]) AND g.storage_group = ANY(%b::text[]) AND g.state <> 'destroyed'
ORDER BY g.customer_id, g.storage_group FOR UPDATE OF g
"""
_AFRESH = (
    "DELETE FROM vault_search_token WHERE customer_id = ANY(%b::uuid[]) AND version = %b::int2",
    "DELETE FROM vault_business_key WHERE customer_id = ANY(%b::uuid[]) AND version = %b::int2",
)
_KEYS = """
INSERT INTO vault_business_key (field, token, customer_id, storage_group, record_id, version)
SELECT * FROM unnest(%b::text[], %b::bytea[], %b::uuid[], %b::text[], %b::uuid[], %b::int2[])
ON CONFLICT (field, token) DO NOTHING
"""
_OLD = """
SELECT customer_id FROM (
    SELECT DISTINCT customer_id FROM vault_search_token WHERE customer_id > %b::uuid ORDER BY customer_id LIMIT %b
) AS next ORDER BY customer_id DESC LIMIT 1
"""
_CLEAR = """
DELETE FROM vault_search_token WHERE customer_id > %b::uuid AND customer_id <= %b::uuid AND version = %b::int2
"""
_CLEAR_KEYS = "DELETE FROM vault_business_key WHERE version = %b::int2"
_LAST = "SELECT customer_id FROM vault_group ORDER BY customer_id DESC LIMIT 1"
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: storage groups indexed so far, of about how many; those that were not what was stored."""

    version: int
    done: int
    total: int
    left_out: int
    stage: str = "building"  # building, clearing, finished


@transaction.atomic
def begin(*, actor: Actor, reason: str = "asked", planned: int | None = None) -> int:
    """Begin a new version with a new key, of the chosen suite and for `planned` records; gives its number.

    A version that is being built already goes on. The actor needs the right to rotate keys.

    Raises:
        NotAllowed: the actor may not.
        VaultNotReady, KeyServiceUnavailable: there are no keys.
        ValueError: planned for fewer than 64 records.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    control.hold_epoch_alone()
    under_way = SearchIndexVersion.objects.filter(state=IndexState.BUILDING).first()
    if under_way is not None:
        return under_way.version
    current = SearchIndexVersion.objects.filter(state=IndexState.CURRENT).first()
    if current is None:
        raise VaultNotReady("the vault has no search index yet")
    version = (SearchIndexVersion.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    suite, records = suite_of(Settings.objects.get().suite), size()
    kept = max(records.customers, MINIMUM_PLANNED) if outgrown(current.planned, records) else current.planned
    planned = kept if planned is None else planned
    last = database.execute(_LAST)
    SearchIndexVersion.objects.create(
        version=version,
        suite=suite.id,
        planned=planned,
        bits=bits_for(planned),
        wrapped=roots.wrap(suite.new_key(), index_key_context(suite=suite, version=version)),
        state=IndexState.BUILDING,
        since=clock.now(),
        fields=fields.settings(),
        reason=reason,
        upto=FIRST,
        target=last[0][0] if last else FIRST,
        total=records.groups,
    )
    journal.append(
        actor=actor,
        event="index.rebuild_started",
        purpose=PURPOSE,
        data={"version": version, "suite": suite.name, "planned": planned, "why": reason},
    )
    return version


def work(*, actor: Actor, batch: int = BATCH) -> Iterator[Progress]:
    """Go on with what was begun, until the new version is searched and nothing is left of the old ones; yields after
    every step, each on its own.

    Raises:
        NotAllowed: the actor may not rotate keys.
        KeyServiceUnavailable, VaultNotReady: what was done stays done.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    while (progress := step(actor, batch)) is not None:
        yield progress
    while (progress := clear_step(actor)) is not None:
        yield progress


@transaction.atomic
def step(actor: Actor, batch: int = BATCH) -> Progress | None:
    """Index the next customers; change the versions when there are no more. None when nothing is being built."""
    control.share_epoch()
    row = SearchIndexVersion.objects.select_for_update().filter(state=IndexState.BUILDING).first()
    if row is None:
        return None
    customers = [one for (one,) in database.execute(_NEXT, [row.upto, row.target, batch])]
    if not customers:
        return _switch(actor, row)
    index = next(one for one in control.read().indexes if one.version == row.version)
    done, left_out = _index(actor, index, customers)
    row.upto, row.done, row.left_out = customers[-1], row.done + done, row.left_out + left_out
    row.save(update_fields=["upto", "done", "left_out"])
    journal.append(
        actor=actor,
        event="index.rebuild_continued",
        purpose=PURPOSE,
        data={"version": row.version, "customers": len(customers), "groups": done, "left_out": left_out},
    )
    return _progress(row)


def _index(actor: Actor, index: SearchIndex, customers: Sequence[UUID]) -> tuple[int, int]:
    """Everything of these customers that is searched, in one version; how many groups, and how many were altered."""
    of_group: dict[str, list[FieldRule]] = {}
    for rule in fields.rules().values():
        if rule.indexes:
            of_group.setdefault(rule.storage_group, []).append(rule)
    for (
        companion
    ) in companions.values():  # before the groups are held: whoever writes holds the customer first
        companion(customers)
    held = database.execute(_HOLD, [list(customers), list(of_group)])
    tokens: list[tuple[Any, ...]] = []
    keys: list[tuple[Any, ...]] = []
    left_out = 0
    for group in load([(customer, name) for customer, name in held]).values():
        if not readable(group, maintenance=True):
            continue
        try:
            for place, rule, text in _values(group, of_group[group.group]):
                normalised = identifiers.normalise(rule.validator, text)
                tokens += rows_of(place, rule, normalised, [index])
                keys += keys_of(place, rule, normalised, [index])
        except TamperFound as alarm:
            left_out += 1
            _sound(actor, alarm)
    for statement in _AFRESH:
        database.execute(statement, [list(customers), index.version])
    database.insert("vault_search_token", COLUMNS, tokens)
    if keys:
        database.execute(_KEYS, database.arrays(keys, 6))
    return len(held), left_out


@dataclass(frozen=True, slots=True)
class _Place:
    customer_id: UUID
    group: str
    record_id: UUID


def _values(group: Loaded, rules: Sequence[FieldRule]) -> Iterator[tuple[_Place, FieldRule, str]]:
    key = unlock(group)
    for record in group.blobs:
        values, place = open_record(group, key, record), _Place(*group.pair, record)
        for rule in rules:
            if rule.key in values:
                yield place, rule, values[rule.key].text


def _sound(actor: Actor, alarm: TamperFound) -> None:
    journal.append(
        actor=actor,
        event="tampering.found",
        customer=alarm.customer_id,
        purpose=PURPOSE,
        data={"group": alarm.group, "record": alarm.record_id, "what": alarm.what.value},
    )


def _switch(actor: Actor, row: SearchIndexVersion) -> Progress:
    """The version that was built is searched from now on."""
    old = SearchIndexVersion.objects.select_for_update().get(state=IndexState.CURRENT)
    old.state, old.since, old.upto = IndexState.RETIRED, clock.now(), FIRST
    old.save(update_fields=["state", "since", "upto"])
    row.state, row.since = IndexState.CURRENT, clock.now()
    row.save(update_fields=["state", "since"])
    journal.append(
        actor=actor,
        event="index.switched",
        purpose=PURPOSE,
        data={"version": row.version, "old": old.version, "groups": row.done, "left_out": row.left_out},
    )
    return replace(_progress(row), stage="clearing")


@transaction.atomic
def clear_step(actor: Actor, batch: int = CLEARED) -> Progress | None:
    """Remove the next tokens of a retired version; forget its key when there are no more. None when none is left.

    Held alone for a moment, so that no search that still asks for them, and no write of theirs, is under way.
    """
    row = (
        SearchIndexVersion.objects.select_for_update()
        .filter(state=IndexState.RETIRED, emptied_at=None)
        .order_by("version")
        .first()
    )
    if row is None:
        return None
    if row.upto in (None, FIRST):
        control.hold_epoch_alone()
    after = row.upto or FIRST
    found = database.execute(_OLD, [after, batch])
    if found:
        last: UUID = found[0][0]
        database.execute(_CLEAR, [after, last, row.version])
        row.upto = last
        row.save(update_fields=["upto"])
        return replace(_progress(row), stage="clearing")
    database.execute(_CLEAR_KEYS, [row.version])
    row.wrapped, row.emptied_at, row.upto = None, clock.now(), None
    row.save(update_fields=["wrapped", "emptied_at", "upto"])
    journal.append(
        actor=actor, event="index.emptied", purpose=PURPOSE, data={"version": row.version, "remaining": 0}
    )
    return replace(_progress(row), stage="finished")


def _progress(row: SearchIndexVersion) -> Progress:
    return Progress(row.version, row.done, max(row.total, row.done), row.left_out)
