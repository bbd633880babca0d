"""What a batch keeps sealed, told to whoever changes keys or looks for alterations: draft, refused rows, the file."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.errors import Broken, SealBroken
from shouxin.core.text import Text
from shouxin.customers.intake import drafts, sealed_upload
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.reading.messages import UnreadableFile
from shouxin.vault import parcels

BUSY = frozenset({BatchState.CHECKING, BatchState.RUNNING})


def _parcels(batch: UUID) -> Iterator[tuple[str, bytes]]:
    row = ImportBatch.objects.get(id=batch)
    if row.draft is not None:
        yield drafts.DRAFT, bytes(row.draft)
    for refused in row.refused_rows.order_by("position").iterator(chunk_size=20):
        yield drafts.name_of(refused.position), bytes(refused.sealed)


def _reseal(batch: UUID) -> bool:
    """Draft, refused rows and uploaded file under a new key; a batch that a job is working on waits for its end."""
    row = ImportBatch.objects.select_for_update().get(id=batch)
    if row.state in BUSY:
        return False
    if row.wrapped_key is None:
        return True  # forgotten meanwhile
    old, new = drafts.key_of(row), parcels.new_key(row.id)
    for refused in row.refused_rows.order_by("position").iterator(chunk_size=20):
        name = drafts.name_of(refused.position)
        refused.sealed = new.seal(name, old.open(name, bytes(refused.sealed)))
        refused.save(update_fields=["sealed"])
    if row.draft is not None:
        drafts.seal(row, _moved(drafts.opened(row, old), new), new)
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["draft", "key_suite", "wrapped_key"])
    return True


def _moved(draft: drafts.Draft, key: parcels.ParcelKey) -> drafts.Draft:
    """The draft with its file sealed again; the former file goes when that stands, the new one when it does not."""
    if draft.upload is None:
        return draft
    folder, former = drafts.folder(), UUID(draft.upload[0])
    try:
        with drafts.upload_of(draft) as upload:
            # The batch knows its file's fingerprint already; the one made here is of no use to anybody.
            stored = sealed_upload.store(
                iter(partial(upload.read, sealed_upload.PIECE), b""),
                folder=folder,
                suite=key.suite,
                fingerprint_key=secrets.token_bytes(32),
                limit=upload.size,
            )
    except drafts.Gone:
        return draft
    except UnreadableFile:
        raise SealBroken(Broken.NOT_AUTHENTIC, "uploaded file") from None
    transaction.on_commit(partial(sealed_upload.destroy, former, folder=folder))
    return replace(draft, upload=(str(stored.id), stored.key))


def _altered_files(batch: UUID, key: parcels.ParcelKey) -> Iterator[str]:
    """The uploaded file, read through, when it is not as it was stored or is gone without having been destroyed."""
    row = ImportBatch.objects.get(id=batch)
    if row.draft is None:
        return
    try:
        with drafts.upload_of(drafts.opened(row, key)) as upload:
            while upload.read(sealed_upload.PIECE):
                pass
    except (SealBroken, drafts.Gone) as gone:
        if isinstance(gone, drafts.Gone) and row.upload_destroyed_at is None:
            yield "file"
    except UnreadableFile:
        yield "file"


parcels.places.register(
    "customers.intake",
    parcels.Place(
        "customers.intake",
        Text(
            "导入批次：草稿、未导入的行、上传的文件", "Import batches: drafts, refused rows, uploaded files"
        ),
        ImportBatch,
        (("intake_batch", "wrapped_key"), ("intake_batch", "draft"), ("intake_refused_rows", "sealed")),
        _parcels,
        _reseal,
        beyond=_altered_files,
    ),
)
