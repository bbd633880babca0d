"""Stages of storage groups: stepping from one state to the next, and destruction of a group's key."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.indexes import code_of
from shouxin.core.policy import Actor, GroupState
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import database
from shouxin.vault.errors import ForbiddenTransition
from shouxin.vault.groups import Pair
from shouxin.vault.rules import may_follow

_LOCK = """
SELECT g.customer_id, g.storage_group, g.state
FROM vault_group g JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
    USING (customer_id, storage_group)
ORDER BY g.customer_id, g.storage_group FOR UPDATE OF g
"""
_STEP = """
UPDATE vault_group g SET state = %b::text, since = %b
FROM unnest(%b::uuid[], %b::text[]) AS w(c, s) WHERE g.customer_id = w.c AND g.storage_group = w.s
"""
# One statement, so that destroying costs one round trip; the key goes first in the text, all go at once.
_DESTROY = """
WITH pairs AS (SELECT * FROM unnest(%b::uuid[], %b::text[], %b::int4[]) AS w(customer_id, storage_group, place)),
keys AS (DELETE FROM vault_data_key t USING pairs p
    WHERE (t.customer_id, t.storage_group) = (p.customer_id, p.storage_group)),
tokens AS (DELETE FROM vault_search_token t USING pairs p
    WHERE (t.customer_id, t.place) = (p.customer_id, p.place)
    RETURNING p.customer_id, p.storage_group),
business AS (DELETE FROM vault_business_key t USING pairs p
    WHERE (t.customer_id, t.storage_group) = (p.customer_id, p.storage_group)
    RETURNING t.customer_id, t.storage_group),
history AS (DELETE FROM vault_sealed_history t USING pairs p
    WHERE (t.customer_id, t.storage_group) = (p.customer_id, p.storage_group)),
files AS (DELETE FROM vault_file_key t USING pairs p
    WHERE (t.customer_id, t.storage_group) = (p.customer_id, p.storage_group)),
records AS (DELETE FROM vault_sealed_record t USING pairs p
    WHERE (t.customer_id, t.storage_group) = (p.customer_id, p.storage_group)
    RETURNING t.customer_id, t.storage_group),
groups AS (UPDATE vault_group g SET state = 'destroyed', since = %b, head = NULL FROM pairs p
    WHERE (g.customer_id, g.storage_group) = (p.customer_id, p.storage_group))
SELECT customer_id, storage_group, 'tokens' FROM tokens
UNION ALL SELECT customer_id, storage_group, 'tokens' FROM business
UNION ALL SELECT customer_id, storage_group, 'records' FROM records
"""


@transaction.atomic
def move_state(*, actor: Actor, groups: Collection[Pair], state: GroupState) -> int:
    """Step every (customer, storage group) of `groups` to `state`, recording each; groups already there stay.

    Returns the number that moved.

    Raises:
        ForbiddenTransition: one of them cannot step there; nothing moves. Destruction is `destroy_groups`.
    """
    if state is GroupState.DESTROYED:
        raise ForbiddenTransition("a group is destroyed by destroying its key")
    standing = {(c, g): s for c, g, s in _held(groups)}
    moving = {pair: before for pair, before in standing.items() if before != state}
    _check(moving, state)
    if not moving:
        return 0
    database.execute(_STEP, [state.value, clock.now(), *database.arrays(moving, 2)])
    journal.append_many(
        actor=actor,
        event="group.state_changed",
        rows=[
            (customer, {"group": group, "before": before, "after": state.value})
            for (customer, group), before in moving.items()
        ],
    )
    return len(moving)


@transaction.atomic
def destroy_groups(*, actor: Actor, groups: Collection[Pair], reason: str) -> int:
    """Destroy the data keys of `groups` for ever, with their records, history, search tokens and business keys.

    The journal entry of each is the tombstone that is applied again after a restore. `reason` is a code. Works
    without the key provider: whoever must erase need not be able to read. Returns the number destroyed.

    Raises:
        ForbiddenTransition: a group's state does not allow it; nothing is destroyed.
    """
    standing = {(c, g): s for c, g, s in _held(groups)}
    doomed = {pair: before for pair, before in standing.items() if before != GroupState.DESTROYED}
    _check(doomed, GroupState.DESTROYED)
    if not doomed:
        return 0
    coded = [(customer, group, code_of(group)) for customer, group in doomed]
    removed = Counter(database.execute(_DESTROY, [*database.arrays(coded, 3), clock.now()]))
    journal.append_many(
        actor=actor,
        event="group.destroyed",
        rows=[
            (
                customer,
                {
                    "group": group,
                    "reason": reason,
                    "tokens": removed[customer, group, "tokens"],
                    "records": removed[customer, group, "records"],
                },
            )
            for customer, group in doomed
        ],
    )
    return len(doomed)


def destroy_group(*, actor: Actor, customer_id: UUID, group: str, reason: str) -> None:
    """Destroy one storage group of one customer; see `destroy_groups`."""
    destroy_groups(actor=actor, groups=[(customer_id, group)], reason=reason)


def _held(groups: Collection[Pair]) -> list[tuple[UUID, str, str]]:
    return database.execute(_LOCK, database.arrays(sorted(set(groups)), 2))


def _check(moving: dict[Pair, str], state: GroupState) -> None:
    for (customer, group), before in moving.items():
        if not may_follow(GroupState(before), state):
            raise ForbiddenTransition(f"customer {customer} group {group}: {before} cannot become {state}")
