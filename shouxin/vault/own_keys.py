"""A wrapping key of one's own, for a customer or a storage group of high risk (高风险).

Its data keys are wrapped by nothing else, so that whoever obtains everybody's epoch key still opens none of them.
A customer's groups get new data keys at once; a storage group runs through all customers and is settled in the
background, where it may be cut off anywhere: what is left is seen from the data keys themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import control, database, rotation
from shouxin.vault.events import EVERY_GROUP
from shouxin.vault.groups import Pair
from shouxin.vault.models import EpochKey, EpochState, Settings
from shouxin.vault.rekeying import rekey

BATCH = 1_000

_GROUPS = """
SELECT g.customer_id, g.storage_group FROM vault_group g JOIN vault_data_key k USING (customer_id, storage_group)
WHERE g.customer_id = %b ORDER BY g.storage_group FOR UPDATE OF g
"""
_ASTRAY = """
SELECT k.customer_id, k.storage_group, k.version, k.suite, k.wrapped, k.epoch FROM vault_data_key k
WHERE k.storage_group = %b::text AND k.customer_id > %b AND k.epoch <> %b::int4
  AND NOT EXISTS (SELECT 1 FROM vault_epoch_key e WHERE e.state = 'own' AND e.customer_id = k.customer_id)
ORDER BY k.customer_id LIMIT %b FOR UPDATE OF k SKIP LOCKED
"""
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Settled:
    """Data keys wrapped again in this step, and how many of the owner's still are not under its own key."""

    moved: int
    remaining: int


@transaction.atomic
def give(*, actor: Actor, customer_id: UUID | None = None, storage_group: str = "") -> bool:
    """Make a wrapping key for this customer or storage group alone; tells whether there was none.

    A customer's groups are sealed again under new data keys before this returns; of a storage group `settle` moves
    the data keys, while new ones come under the own key from now on.

    Raises:
        NotAllowed: the actor may not approve a marking of high risk.
        TamperFound: something of the customer's is not what was stored; nothing is changed.
        KeyServiceUnavailable: the key provider does not answer.
    """
    actor.require(Permission.RISK_MARK_APPROVE)
    control.hold_epoch_alone()
    owner = {"customer_id": customer_id, "storage_group": storage_group}
    if EpochKey.objects.filter(state=EpochState.OWN, **owner).exists():
        return False
    epoch = rotation.next_epoch()
    rotation.make_epoch(epoch, suite_of(Settings.objects.get().suite), state=EpochState.OWN, **owner)
    groups = _rekeyed(customer_id) if customer_id else 0
    journal.append(
        actor=actor,
        event="own_key.made",
        customer=customer_id,
        data={"epoch": epoch, "groups": groups, "group": storage_group or EVERY_GROUP},
    )
    return True


@transaction.atomic
def give_up(*, actor: Actor, customer_id: UUID | None = None, storage_group: str = "") -> bool:
    """Put this customer or storage group under everybody's key again; tells whether it had one of its own.

    Raises:
        NotAllowed, TamperFound, KeyServiceUnavailable: as `give`.
    """
    actor.require(Permission.RISK_MARK_APPROVE)
    control.hold_epoch_alone()
    owner = {"customer_id": customer_id, "storage_group": storage_group}
    found = EpochKey.objects.filter(state=EpochState.OWN, **owner).first()
    if found is None:
        return False
    EpochKey.objects.filter(epoch=found.epoch).update(state=EpochState.RETIRING, since=clock.now())
    if customer_id:
        _rekeyed(customer_id)
        rotation.finish(actor, found.epoch)
    journal.append(
        actor=actor,
        event="own_key.given_up",
        customer=customer_id,
        data={"epoch": found.epoch, "group": storage_group or EVERY_GROUP},
    )
    return True


def _rekeyed(customer: UUID) -> int:
    pairs: list[Pair] = [(c, g) for c, g in database.execute(_GROUPS, [customer])]
    if pairs:
        rekey(pairs, control.read())
    return len(pairs)


def settle(*, actor: Actor, batch: int = BATCH) -> Iterator[Settled]:
    """Bring every data key of a storage group with a key of its own under it, and finish what was given up.

    Yields after every batch, each a transaction of its own; interrupted anywhere it goes on with what is left.

    Raises:
        NotAllowed: the actor may not rotate keys.
        TamperFound: a wrapped data key is not its group's; the batches before it are done.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    for group, epoch in _groups_with_own_key():
        customer = FIRST
        while True:
            rows = _settle_step(actor, group, epoch, customer, batch)
            if not rows:
                break
            customer = rows[-1][0]
            yield Settled(len(rows), remaining(storage_group=group))
    for progress in rotation.finish_retiring(actor, batch):
        yield Settled(progress.rewrapped, max(progress.remaining, 0))


def _groups_with_own_key() -> list[tuple[str, int]]:
    found = EpochKey.objects.filter(state=EpochState.OWN).exclude(storage_group="").order_by("epoch")
    return [(key.storage_group, key.epoch) for key in found]


@transaction.atomic
def _settle_step(actor: Actor, group: str, epoch: int, after: UUID, batch: int) -> list[tuple[Any, ...]]:
    control.share_epoch()
    rows = database.execute(_ASTRAY, [group, after, epoch, batch])
    if rows:
        keys = {number: rotation.epoch_key(number) for number in {row[5] for row in rows}}
        rotation.rewrap(keys, control.read(), rows)
        journal.append(
            actor=actor, event="own_key.settled", data={"epoch": epoch, "group": group, "keys": len(rows)}
        )
    return rows


def remaining(*, storage_group: str) -> int:
    """How many data keys of a storage group with a key of its own still are under another; 0 is the proof."""
    found = database.execute(
        "SELECT count(*) FROM vault_data_key k JOIN vault_epoch_key e ON e.epoch = k.epoch"
        " WHERE k.storage_group = %b::text AND e.customer_id IS NULL"
        " AND e.storage_group <> k.storage_group",
        [storage_group],
    )
    return int(found[0][0])
