"""What the vault asks of this room when keys change: a file's bytes sealed again under another key."""

from functools import partial
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.chunks import FileKey, sealed_size
from shouxin.core.crypto.errors import Broken, SealBroken
from shouxin.core.text import Text
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.models import StoredFile
from shouxin.customers.attachments.services import ROOM
from shouxin.kit import ids
from shouxin.vault import files


def _reseal(old: FileKey, new: FileKey) -> bool:
    """The bytes anew under another name; the former ones go when that stands, the new ones when it does not."""
    row = StoredFile.objects.select_for_update().filter(id=old.file).first()
    if row is None:
        return True  # destroyed meanwhile; what is left of it is swept
    former, row.object_id = row.object_id, ids.new()
    place = storage.of(row.store)
    try:
        with storage.undone_on_failure() as put:
            put.append(row)
            clear = old.open(place.get(former), row.size)
            place.put(row.object_id, new.seal(clear, row.size), sealed_size(row.size))
            row.save(update_fields=["object_id"])
    except storage.StorageAway:
        return False
    except storage.Missing:
        raise SealBroken(Broken.TRUNCATED, f"file {row.id}") from None
    transaction.on_commit(partial(storage.delete_quietly, row.store, former))
    return True


def _forget_digests(customer: UUID, group: str) -> None:
    """Files stored before are no more recognised as equal to new ones; each keeps a digest of nothing."""
    for row in StoredFile.objects.select_for_update().filter(customer_id=customer, storage_group=group):
        row.digest = ids.new().bytes * 2
        row.save(update_fields=["digest"])


files.places.register(ROOM, files.Place(ROOM, Text("附件", "Attachments"), _reseal, _forget_digests))
