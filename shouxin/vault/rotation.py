"""Rotation of the epoch key: every data key is wrapped again, while users go on reading and writing.

The data keys themselves stay, so no blob is touched. The state of the work is the epoch column of the data keys:
interrupted anywhere, it goes on where it stood.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shouxin.core.crypto.errors import KeyMissing, SealBroken
from shouxin.core.crypto.suites import Suite, suite_of
from shouxin.core.crypto.wrapping import WrappingKey, data_key_context, epoch_key_context
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.vault import control, database, roots
from shouxin.vault.control import Control
from shouxin.vault.errors import TamperFound, Tampering, VaultNotReady
from shouxin.vault.keyring import keyring
from shouxin.vault.models import DataKey, EpochKey, EpochState, Settings

BATCH = 1_000

_NEXT = """
SELECT customer_id, storage_group, version, suite, wrapped FROM vault_data_key
WHERE epoch = %b ORDER BY customer_id, storage_group LIMIT %b FOR UPDATE SKIP LOCKED
"""
_REWRAP = """
UPDATE vault_data_key k SET epoch = w.e, wrapped = w.k
FROM unnest(%b::uuid[], %b::text[], %b::int4[], %b::bytea[]) AS w(c, g, e, k)
WHERE k.customer_id = w.c AND k.storage_group = w.g
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rotation is: data keys wrapped again in this step, and how many are left under `old`."""

    old: int
    new: int
    rewrapped: int
    remaining: int
    finished: bool


def make_epoch(epoch: int, suite: Suite, *, state: EpochState = EpochState.CURRENT, **owner: Any) -> None:
    """Add an epoch key, wrapped by the root key, as the current one. The caller holds the epoch alone."""
    wrapped = roots.wrap(suite.new_key(), epoch_key_context(suite=suite, epoch=epoch))
    EpochKey.objects.create(
        epoch=epoch, suite=suite.id, wrapped=wrapped, state=state, since=clock.now(), **owner
    )


def next_epoch() -> int:
    """The number of the next epoch key, whoever it is for. The caller holds the epoch alone."""
    return (EpochKey.objects.aggregate(last=Max("epoch"))["last"] or 0) + 1


def rotate(*, actor: Actor, batch: int = BATCH) -> Iterator[Progress]:
    """Rotate the epoch key, or go on with a rotation that was interrupted; yields after every batch.

    Each step is a transaction of its own. At the last one nothing remains under the old key: counted while no
    data key can be made, recorded, and the old key forgotten.

    Raises:
        NotAllowed: the actor may not rotate keys.
        KeyServiceUnavailable, VaultNotReady: no keys to work with; what was done stays done.
        TamperFound: a wrapped data key is not its group's; the rotation goes on once that group is dealt with.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    if _under_way(shared=True) is None:
        for epoch in _owned():
            _begin_own(actor, epoch)
        _begin(actor)
    yield from finish_retiring(actor, batch)


def leave(*, actor: Actor, suites: Collection[int], batch: int = BATCH) -> Iterator[Progress]:
    """Rotate away every epoch key of these suites: whatever comes now is wrapped under one of the chosen suite.

    Raises:
        NotAllowed, KeyServiceUnavailable, VaultNotReady, TamperFound: as `rotate`.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    aged = EpochKey.objects.filter(suite__in=list(suites))
    for epoch in aged.filter(state=EpochState.OWN).values_list("epoch", flat=True):
        _begin_own(actor, epoch)
    if aged.filter(state=EpochState.CURRENT).exists():
        yield from finish_retiring(
            actor, batch
        )  # of an earlier rotation, which would else stand for this one
        _begin(actor)
    yield from finish_retiring(actor, batch)


def finish_retiring(actor: Actor, batch: int = BATCH) -> Iterator[Progress]:
    """Wrap again whatever still stands under a key that is being rotated away or given up, and retire it."""
    while (retiring := _under_way()) is not None:
        progress = step(actor, retiring, batch)
        if not progress.rewrapped:
            progress = finish(actor, retiring)
        yield progress


def _under_way(*, shared: bool = False) -> int | None:
    found = EpochKey.objects.filter(state=EpochState.RETIRING).order_by("epoch")
    if shared:
        found = found.filter(customer_id=None, storage_group="")
    return found.values_list("epoch", flat=True).first()


def _owned() -> list[int]:
    return list(EpochKey.objects.filter(state=EpochState.OWN).values_list("epoch", flat=True))


@transaction.atomic
def _begin(actor: Actor) -> int:
    control.hold_epoch_alone()
    current = EpochKey.objects.filter(state=EpochState.CURRENT).first()
    if current is None:
        raise VaultNotReady("the vault has no keys yet")
    if (under_way := _under_way(shared=True)) is not None:
        return under_way
    EpochKey.objects.filter(epoch=current.epoch).update(state=EpochState.RETIRING, since=clock.now())
    new = next_epoch()
    make_epoch(new, suite_of(Settings.objects.get().suite))
    journal.append(actor=actor, event="rotation.started", data={"old": current.epoch, "new": new})
    return current.epoch


@transaction.atomic
def _begin_own(actor: Actor, epoch: int) -> None:
    """Give the owner of a key of its own the next one; the old one is rotated away like everybody's."""
    control.hold_epoch_alone()
    old = EpochKey.objects.filter(epoch=epoch, state=EpochState.OWN).first()
    if old is None:
        return
    EpochKey.objects.filter(epoch=epoch).update(state=EpochState.RETIRING, since=clock.now())
    new = next_epoch()
    make_epoch(
        new,
        suite_of(Settings.objects.get().suite),
        state=EpochState.OWN,
        customer_id=old.customer_id,
        storage_group=old.storage_group,
    )
    journal.append(actor=actor, event="rotation.started", data={"old": epoch, "new": new})


@transaction.atomic
def step(actor: Actor, old: int, batch: int) -> Progress:
    """Wrap the next data keys again; rows that somebody is re-keying just now are left for a later step."""
    control.share_epoch()
    chosen = control.read()
    new, rows = chosen.wrapping, database.execute(_NEXT, [old, batch])
    if rows:
        rewrap({old: epoch_key(old)}, chosen, [(*row, old) for row in rows])
        journal.append(
            actor=actor, event="rotation.continued", data={"old": old, "new": new.id, "keys": len(rows)}
        )
    return Progress(old, new.id, len(rows), -1, finished=False)


def rewrap(keys: Mapping[int, WrappingKey], chosen: Control, rows: Sequence[tuple[Any, ...]]) -> None:
    """Wrap data keys (customer, group, version, suite, wrapped, epoch) again under what is theirs now."""
    own = chosen.wrappings([row[:2] for row in rows])
    done = [_rewrapped(keys[row[5]], own.get(row[:2], chosen.wrapping), row) for row in rows]
    database.execute(_REWRAP, database.arrays(done, 4))


def epoch_key(epoch: int) -> WrappingKey:
    row = EpochKey.objects.get(epoch=epoch)
    if row.wrapped is None:
        raise VaultNotReady(f"epoch key {epoch} is gone")
    return keyring.wrapping(epoch, row.suite, bytes(row.wrapped))


def _rewrapped(old: WrappingKey, new: WrappingKey, row: tuple[Any, ...]) -> tuple[UUID, str, int, bytes]:
    customer, group, version, suite, wrapped = row[:5]
    context = data_key_context(suite=suite_of(suite), version=version, customer=customer, group=group)
    try:
        return customer, group, new.id, new.wrap(old.unwrap(wrapped, context), context)
    except (SealBroken, KeyMissing):
        raise TamperFound(customer, group, None, Tampering.KEY_ALTERED) from None


@transaction.atomic
def finish(actor: Actor, old: int) -> Progress:
    """Count what is left while nobody can add to it; retire the old key when that is nothing."""
    control.hold_epoch_alone()
    new = EpochKey.objects.get(state=EpochState.CURRENT).epoch
    remaining = DataKey.objects.filter(epoch=old).count()
    if not remaining:
        EpochKey.objects.filter(epoch=old).update(state=EpochState.RETIRED, wrapped=None, since=clock.now())
        journal.append(
            actor=actor, event="rotation.finished", data={"old": old, "new": new, "remaining": remaining}
        )
    return Progress(old, new, 0, remaining, finished=not remaining)
