"""What is done without anybody asking: sealed bytes without a key, or that no attachment names, are deleted."""

from datetime import datetime
from functools import partial

from django.db import transaction

from shouxin.core.policy import service_actor
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.models import Attachment, State, Store, StoredFile
from shouxin.customers.attachments.rules import STRAY_AFTER
from shouxin.journal import services as journal
from shouxin.vault import files

SWEEPER = service_actor("attachments")
BATCH = 500


def sweep(*, now: datetime) -> int:
    """Delete what is due, wherever it lies; how many sealed files that were. What is away now is left for later."""
    count = _of_destroyed_groups(now)
    for store in storage.in_use():
        count += _strays(store, now)
    if count:
        with transaction.atomic():
            journal.append(actor=SWEEPER, event="attachment.swept", data={"count": count})
    return count


def _of_destroyed_groups(now: datetime) -> int:
    """Files whose storage group was destroyed: their key went with it, so nobody opens them any more."""
    count, last = 0, None
    while True:
        found = StoredFile.objects.order_by("id")
        rows = list((found.filter(id__gt=last) if last else found)[:BATCH])
        if not rows:
            return count
        last = rows[-1].id
        held = files.held(sorted({(row.customer_id, row.storage_group) for row in rows}))
        for row in rows:
            if row.id not in held:
                _let_go(row, now)
                count += 1


@transaction.atomic
def _let_go(row: StoredFile, now: datetime) -> None:
    Attachment.objects.filter(file=row).update(
        file=None, state=State.DESTROYED, ended_by=SWEEPER.pseudonym, ended_at=now
    )
    transaction.on_commit(partial(storage.delete_quietly, row.store, row.object_id))
    row.delete()


def _strays(store: Store, now: datetime) -> int:
    """Whoever put them was cut off before the attachment stood, or could not delete them when it went."""
    try:
        place, count = storage.of(store), 0
        for name, at in place.leftovers():
            if now - at > STRAY_AFTER:
                place.discard(name)
                count += 1
        for object_id, at in place.listed():
            if (
                now - at > STRAY_AFTER
                and not StoredFile.objects.filter(object_id=object_id, store=store).exists()
            ):
                place.delete(object_id)
                count += 1
    except storage.StorageAway:
        storage.log.warning("a storage of attachments cannot be swept now", store=store.value)
        return 0
    return count
