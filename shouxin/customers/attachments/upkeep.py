"""What is done without anybody asking: sealed bytes without a key, or that no attachment names, are deleted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from shouxin.core.policy import service_actor
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.models import Attachment, State, Store, StoredFile
from shouxin.customers.attachments.rules import STRAY_AFTER
from shouxin.customers.attachments.services import ROOM
from shouxin.journal import services as journal
from shouxin.vault.models import FileKey

SWEEPER = service_actor("attachments")
BATCH = 500


def sweep(*, now: datetime) -> int:
    """Delete everything that is due, wherever it lies; how many sealed files that were.

    What is away now is left for another time.
    """
    return sweep_destroyed(now=now) + _told(sum(_strays(store, now) for store in storage.in_use()))


def sweep_destroyed(*, now: datetime) -> int:
    """Files whose storage group was destroyed: their key went with it, so nobody opens them any more."""
    keyed = FileKey.objects.filter(kept_in=ROOM, file_id=OuterRef("id"))
    rows = list(StoredFile.objects.filter(~Exists(keyed)).order_by("id"))
    for row in rows:
        _let_go(row, now)
    return _told(len(rows))


def _told(count: int) -> int:
    if count:
        with transaction.atomic():
            journal.append(actor=SWEEPER, event="attachment.swept", data={"count": count})
    return count


@transaction.atomic
def _let_go(row: StoredFile, now: datetime) -> None:
    Attachment.objects.filter(file=row).update(
        file=None, state=State.DESTROYED, ended_by=SWEEPER.pseudonym, ended_at=now
    )
    transaction.on_commit(partial(storage.delete_quietly, row.store, row.object_id))
    row.delete()


def _strays(store: Store, now: datetime) -> int:
    """Whoever put them was cut off before the attachment stood, or could not delete them when it went."""
    count = 0
    try:
        place = storage.of(store)
        for name, at in list(place.leftovers()):
            if now - at > STRAY_AFTER:
                place.discard(name)
                count += 1
        old = (object_id for object_id, at in place.listed() if now - at > STRAY_AFTER)
        for object_id in unnamed(old, store):
            place.delete(object_id)
            count += 1
    except storage.StorageAway:
        storage.log.warning("a storage of attachments cannot be swept now", store=store.value)
    return count


def unnamed(objects: Iterable[UUID], store: Store) -> Iterator[UUID]:
    """Those of `objects` in this storage that are the bytes of no stored file; asked for in batches."""
    step: list[UUID] = []
    for one in objects:
        step.append(one)
        if len(step) == BATCH:
            yield from _unnamed(step, store)
            step = []
    yield from _unnamed(step, store)


def _unnamed(objects: list[UUID], store: Store) -> list[UUID]:
    named = set(
        StoredFile.objects.filter(object_id__in=objects, store=store).values_list("object_id", flat=True)
    )
    return [one for one in objects if one not in named]
