"""Every write to attachments: check, seal, record, in one transaction; bytes are stored before it is committed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shouxin.core.crypto.chunks import CHUNK, FileKey, sealed_size
from shouxin.core.policy import Actor, Permission, Permit
from shouxin.customers.attachments import content, queries, scanning, storage
from shouxin.customers.attachments.content import Accepted, ContentProblem
from shouxin.customers.attachments.models import Attachment, Kind, State, StoredFile
from shouxin.customers.attachments.rules import LARGEST, MEGABYTE
from shouxin.customers.registry import grounds
from shouxin.customers.registry.entries import Footing
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.guarding import services as guarding
from shouxin.people.thresholds.queries import value
from shouxin.vault import files
from shouxin.vault import services as vault
from shouxin.vault.payload import Value
from shouxin.vault.tickets import SealedWrite, WriteTicket

ROOM = "customers.attachments"


class AttachmentProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be attached, as it arrived. `name` is personal data like the content."""

    kind: Kind
    name: str
    content: bytes


def attach(
    *,
    actor: Actor,
    footing: Footing,
    customer: UUID,
    file: NewFile,
    now: datetime,
    replaces: UUID | None = None,
) -> Attachment:
    """Attach a file to a customer, sealed; `replaces` names the attachment of which it is the next version.

    Any room may call this; it checks, strips, scans, seals, stores and journals.

    Raises:
        ContentProblem: not one of the kinds that are stored, damaged, hostile or too large.
        AttachmentProblem: a virus was found, the scanner or the storage is away, or nothing to replace.
        Refused: purpose, role or scope do not allow it (journalled).
    """
    actor.require(Permission.CUSTOMERS_ATTACHMENT_WRITE)
    if len(file.content) > value(LARGEST) * MEGABYTE:
        raise ContentProblem("too_large")
    name = content.clean_name(file.name)
    permit = grounds.admit(actor, footing, [customer], [file.kind.value], now)
    verdict = check_for_viruses(actor=actor, purpose=footing.purpose, file=file, now=now, customer=customer)
    accepted = content.accept(name, file.content)
    with storage.undone_on_failure() as stored, transaction.atomic():
        row = Attachment(customer_id=customer, kind=file.kind, scanned=verdict is scanning.Verdict.CLEAN)
        _place_in_series(row, actor, replaces, now)
        origin = grounds.provenance(actor, footing, now)
        ticket = grounds.ticket(permit, origin)
        group = permit.fields[file.kind].storage_group
        sealed = vault.seal(
            ticket=ticket,
            writes=[SealedWrite(customer, group, row.id, {file.kind.value: Value(name, origin.id)})],
        )
        row.file = _stored(ticket, row, group, accepted, now, stored)
        row.media_type, row.size, row.pages = accepted.media_type, len(accepted.content), accepted.pages
        row.provenance, row.added_by, row.added_at = origin.id, actor.pseudonym, now
        row.save(force_insert=True)
        journal.append(
            actor=actor,
            event="attachment.added",
            customer=customer,
            purpose=footing.purpose,
            data={**_told(row), "purpose": footing.purpose, "sealed": sealed.marks(customer)},
        )
    return row


def check_for_viruses(
    *, actor: Actor, purpose: str, file: NewFile, now: datetime, customer: UUID | None = None
) -> scanning.Verdict:
    """Have a file looked through. What is found is journalled, without its name, and officers are told.

    Stands for itself: within a transaction that is rolled back afterwards the entry would go with it.

    Raises:
        AttachmentProblem: something was found, or the scanner is away.
    """
    try:
        verdict = scanning.scan(file.content)
    except scanning.ScannerAway:
        raise AttachmentProblem("scanner.away") from None
    if verdict is scanning.Verdict.FOUND:
        with transaction.atomic():
            journal.append(
                actor=actor,
                event="attachment.virus_found",
                customer=customer,
                purpose=purpose,
                data={"attached_as": file.kind.value, "size": len(file.content)},
            )
            guarding.malicious_file(account=actor.id, now=now)
        raise AttachmentProblem("virus.found")
    return verdict


def _place_in_series(row: Attachment, actor: Actor, replaces: UUID | None, now: datetime) -> None:
    """First of a series of its own, or the next of the one it replaces, which ends."""
    if replaces is None:
        row.series, row.number = ids.new(), 1
        return
    before = Attachment.objects.select_for_update().filter(id=replaces, customer_id=row.customer_id).first()
    if before is None or before.state != State.CURRENT or before.kind != row.kind:
        raise AttachmentProblem("attachment.not-current")
    _end(before, State.REPLACED, actor, now)
    last = Attachment.objects.filter(customer_id=row.customer_id, series=before.series).aggregate(
        n=Max("number")
    )
    row.series, row.number = before.series, last["n"] + 1


def _stored(
    ticket: WriteTicket,
    row: Attachment,
    group: str,
    accepted: Accepted,
    now: datetime,
    stored: list[StoredFile],
) -> StoredFile:
    """The bytes of this content: those that stand in the group already, or newly stored ones.

    Sealing the name locked the group, so of two people storing the same content the second finds the first one's.
    """
    customer, field = row.customer_id, str(row.kind)
    digest = files.recogniser(ticket=ticket, customer=customer, field=field, kept_in=ROOM)(accepted.content)
    known = StoredFile.objects.filter(customer_id=customer, storage_group=group, digest=digest).first()
    if known is not None:
        return known
    made = StoredFile(
        customer_id=customer,
        storage_group=group,
        digest=digest,
        size=len(accepted.content),
        store=storage.chosen(),
        stored_at=now,
    )
    key = files.new_key(ticket=ticket, customer=customer, field=field, file=made.id, kept_in=ROOM)
    stored.append(made)
    put(made, key, accepted.content)
    made.save(force_insert=True)
    return made


def put(made: StoredFile, key: FileKey, clear: bytes) -> None:
    """Seal and store the bytes of a file.

    Raises:
        AttachmentProblem: the storage is away.
    """
    view = memoryview(clear)
    pieces = (bytes(view[start : start + CHUNK]) for start in range(0, len(clear), CHUNK))
    try:
        storage.of(made.store).put(made.object_id, key.seal(pieces, made.size), sealed_size(made.size))
    except storage.StorageAway:
        raise AttachmentProblem("storage.away") from None


def remove(*, actor: Actor, purpose: str, attachment: UUID, now: datetime) -> Attachment:
    """Take an attachment, all its versions, from use: nobody opens them any more, they stay sealed until destroyed.

    Raises:
        AttachmentProblem: there is no such attachment, or it is not in use.
        Refused: not for this actor, purpose or customer (journalled).
    """
    actor.require(Permission.CUSTOMERS_ATTACHMENT_WRITE)
    row = _found(actor, attachment)
    _admitted(actor, purpose, row, now)
    with transaction.atomic():
        versions = _series(row)
        current = [one for one in versions if one.state == State.CURRENT]
        if not current:
            raise AttachmentProblem("attachment.not-current")
        for one in versions:
            if one.state in {State.CURRENT, State.REPLACED}:
                _end(one, State.REMOVED, actor, now)
        journal.append(
            actor=actor,
            event="attachment.removed",
            customer=row.customer_id,
            purpose=purpose,
            data={**_told(current[0]), "purpose": purpose},
        )
    return current[0]


def destroy(*, actor: Actor, purpose: str, attachment: UUID, now: datetime) -> int:
    """Destroy a removed attachment for good, all its versions: keys and names at once, bytes right after.

    Takes another person than the one who removed it. The journal entry is the tombstone. Returns how many versions.

    Raises:
        AttachmentProblem: there is no such attachment, it is still in use, or the same person removed it.
        Refused: not for this actor, purpose or customer (journalled).
    """
    actor.require(Permission.CUSTOMERS_ATTACHMENT_DESTROY)
    row = _found(actor, attachment)
    permit = _admitted(actor, purpose, row, now)
    with transaction.atomic():
        versions = [one for one in _series(row) if one.state == State.REMOVED]
        if not versions:
            raise AttachmentProblem("attachment.not-removed")
        if any(one.ended_by == actor.pseudonym for one in versions):
            raise AttachmentProblem("attachment.same-person")
        group = permit.fields[row.kind].storage_group
        ticket = WriteTicket(permit, ())
        writes = [SealedWrite(row.customer_id, group, one.id, {row.kind: None}) for one in versions]
        sealed = vault.seal(ticket=ticket, writes=writes)
        gone = _let_go(versions, actor, now)
        files.forget(
            ticket=ticket,
            customer=row.customer_id,
            field=row.kind,
            files=[file.id for file in gone],
            records=[one.id for one in versions],
        )
        journal.append(
            actor=actor,
            event="attachment.destroyed",
            customer=row.customer_id,
            purpose=purpose,
            data={
                **_told(versions[0]),
                "purpose": purpose,
                "versions": len(versions),
                "sealed": sealed.marks(row.customer_id),
            },
        )
    return len(versions)


def report_altered(*, actor: Actor, attachment: Attachment) -> None:
    """Put on record that somebody met bytes that are not what was stored."""
    with transaction.atomic():
        journal.append(
            actor=actor,
            event="attachment.altered",
            customer=attachment.customer_id,
            data=_told(attachment),
        )


def _let_go(versions: Collection[Attachment], actor: Actor, now: datetime) -> list[StoredFile]:
    """Mark the versions destroyed, and delete the bytes that no other attachment shares, once that is committed."""
    shared = {one.file_id for one in versions if one.file_id}
    for one in versions:
        one.file = None
        _end(one, State.DESTROYED, actor, now)
    left = Attachment.objects.filter(file_id__in=shared).values("file_id")
    gone = list(StoredFile.objects.filter(id__in=shared).exclude(id__in=left))
    for file in gone:
        transaction.on_commit(partial(storage.delete_quietly, file.store, file.object_id))
    StoredFile.objects.filter(id__in=[file.id for file in gone]).delete()
    return gone


def _found(actor: Actor, attachment: UUID) -> Attachment:
    row = queries.find(actor, attachment)
    if row is None:
        raise AttachmentProblem("attachment.unknown")
    return row


def _admitted(actor: Actor, purpose: str, row: Attachment, now: datetime) -> Permit:
    permit = gate.admit(actor=actor, purpose=purpose, customers=[row.customer_id], fields=[row.kind], now=now)
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))
    return permit


def _series(row: Attachment) -> list[Attachment]:
    found = Attachment.objects.select_for_update().filter(customer_id=row.customer_id, series=row.series)
    return list(found.order_by("-number"))


def _end(row: Attachment, state: State, actor: Actor, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, actor.pseudonym, now
    row.save(update_fields=["state", "file", "ended_by", "ended_at"])


def _told(row: Attachment) -> dict[str, str | int]:
    return {
        "attachment": str(row.id),
        "attached_as": str(row.kind),
        "version": row.number,
        "size": row.size,
    }
