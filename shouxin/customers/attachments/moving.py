"""Looking after the sealed bytes from the server's command line: moving them to another storage, and checking them."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.chunks import FileKey, sealed_size
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Actor, Permission
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.errors import Missing, StorageAway
from shouxin.customers.attachments.models import Store, StoredFile
from shouxin.customers.attachments.services import ROOM
from shouxin.customers.attachments.upkeep import unnamed
from shouxin.journal import services as journal
from shouxin.vault import files


@dataclass(slots=True)
class Moved:
    """How far a move has come."""

    done: int = 0
    left: int = 0
    missing: list[UUID] = field(default_factory=list)


def move(*, actor: Actor, to: Store) -> Generator[Moved, None, None]:
    """Move every file that lies elsewhere to `to`, one by one; cut off anywhere, the next run goes on with the rest.

    The bytes go as they are, sealed. A file changes its place only when it stands whole in the new one.

    Raises:
        NotAllowed: the actor may not look after keys and storage.
        StorageAway: one of the two storages cannot be used; what was moved stays moved.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    waiting = StoredFile.objects.exclude(store=to).order_by("id")
    state = Moved(left=waiting.count())
    for file in list(waiting.values_list("id", flat=True)):
        try:
            state.done += _move_one(file, to)
        except Missing:
            state.missing.append(file)
        state.left -= 1
        yield state
    with transaction.atomic():
        journal.append(
            actor=actor,
            event="attachment.moved",
            data={"count": state.done, "store": to.value, "missing": len(state.missing)},
        )
    yield state


@transaction.atomic
def _move_one(file: UUID, to: Store) -> bool:
    row = StoredFile.objects.select_for_update().filter(id=file).exclude(store=to).first()
    if row is None:
        return False  # destroyed, or moved by somebody else meanwhile
    source = row.store
    pieces = storage.of(source).get(row.object_id)
    storage.of(to).put(row.object_id, pieces, sealed_size(row.size))
    row.store = to
    row.save(update_fields=["store"])
    transaction.on_commit(partial(storage.delete_quietly, source, row.object_id))
    return True


@dataclass(slots=True)
class Looked:
    """What a check found so far: files whose bytes are gone or altered, and bytes that belong to nothing."""

    files: int = 0
    missing: list[UUID] = field(default_factory=list)
    altered: list[UUID] = field(default_factory=list)
    orphaned: list[UUID] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.missing or self.altered or self.orphaned)


def check(*, actor: Actor) -> Iterator[Looked]:
    """Open every file that is kept, chunk by chunk, and look for bytes that belong to no file; nothing is handed out.

    Raises:
        NotAllowed: the actor may not look after keys.
        StorageAway: a storage cannot be read.
        KeyServiceUnavailable: nothing can be opened.
    """
    looked, seen = Looked(), set[UUID]()
    rows = {row.id: row for row in StoredFile.objects.order_by("id")}
    for _customer, file, key in files.each(actor=actor, kept_in=ROOM):
        if (row := rows.get(file)) is None:
            continue  # came or went since; the next check sees it
        seen.add(file)
        looked.files += 1
        _look_at(row, key, looked)
        yield looked
    looked.altered += [file for file in rows if file not in seen]  # its key is gone: destroyed, not swept yet
    for store in storage.in_use():
        looked.orphaned += unnamed((found for found, _at in storage.of(store).listed()), store)
    with transaction.atomic():
        journal.append(
            actor=actor,
            event="attachment.checked",
            data={
                "files": looked.files,
                "missing": len(looked.missing),
                "altered": len(looked.altered),
                "orphaned": len(looked.orphaned),
            },
        )
    yield looked


def _look_at(row: StoredFile, key: FileKey | None, looked: Looked) -> None:
    if key is None:
        looked.altered.append(row.id)
        return
    try:
        for _chunk in key.open(storage.of(row.store).get(row.object_id), row.size):
            pass
    except Missing:
        looked.missing.append(row.id)
    except SealBroken:
        looked.altered.append(row.id)


__all__ = ["Looked", "Moved", "StorageAway", "check", "move"]
