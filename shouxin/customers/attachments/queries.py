"""Reading attachments: what a customer has, limited to what the actor may see, and one opened for a permit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Action, Actor, FieldRule, Permission, PurposeRule
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.models import Attachment, State, StoredFile
from shouxin.customers.registry import merging
from shouxin.customers.registry.forms import offered
from shouxin.customers.registry.queries import find as find_customer
from shouxin.gate import services as gate
from shouxin.journal.queries import Line, about
from shouxin.vault import files
from shouxin.vault.errors import TamperFound

SHOWN = 20
LOOKED_AT = 200  # entries of the customer that are looked through for the story of one attachment


def kinds(purpose: PurposeRule) -> list[FieldRule]:
    """The kinds of attachment that exist for this purpose; the others are absent."""
    return offered("attachment", None, purpose)


def of_customer(actor: Actor, customer: UUID, purpose: PurposeRule) -> list[Attachment]:
    """A customer's attachments in their present version, the newest first: what they are, never their names.

    Those of customers that were merged into it are among them. Whoever may destroy also sees what waits for it.
    """
    wanted = [State.CURRENT]
    if actor.may(Permission.CUSTOMERS_ATTACHMENT_DESTROY):
        wanted.append(State.REMOVED)
    found = Attachment.objects.filter(
        customer_id__in=merging.family(customer),
        state__in=wanted,
        kind__in=[rule.key for rule in kinds(purpose)],
    ).order_by("-series", "-number")
    newest: dict[UUID, Attachment] = {}
    for row in found:
        newest.setdefault(row.series, row)
    return list(newest.values())


def find(actor: Actor, attachment: UUID) -> Attachment | None:
    """The attachment, or None when it does not exist for this actor."""
    row = Attachment.objects.filter(id=attachment).first()
    if row is None:
        return None
    stands = merging.standing([row.customer_id])[row.customer_id]
    return row if find_customer(actor, stands) else None


def find_of(actor: Actor, customer: UUID, attachment: UUID) -> Attachment | None:
    """An attachment of this very customer, or of one merged into it, which the actor may see."""
    row = Attachment.objects.filter(id=attachment, customer_id__in=merging.family(customer)).first()
    return row if row and find_customer(actor, customer) else None


def versions(row: Attachment) -> Sequence[Attachment]:
    """Every version, newest first."""
    return list(Attachment.objects.filter(customer_id=row.customer_id, series=row.series).order_by("-number"))


def story_of(versions: Sequence[Attachment]) -> list[Line]:
    """What happened to an attachment in all its versions, the latest first: stored, opened, removed, destroyed."""
    known = {str(row.id) for row in versions}
    lines = about([versions[0].customer_id], beginning=("attachment.", "field.revealed"), limit=LOOKED_AT)
    return [line for line in lines if line.data.get("attachment") in known][:SHOWN]


class NotOpen(Exception):
    """The attachment cannot be opened; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment opened once: its name, and its bytes as they can be read once, chunk by chunk."""

    row: Attachment
    name: str
    chunks: Iterator[bytes]


def open_attachment(
    *, actor: Actor, purpose: str, row: Attachment, reason: str, now: datetime, page: int = 0
) -> Opened:
    """Open an attachment for its permit; the journal entry, one an opening, is committed before a byte is returned.

    Raises:
        Refused: no grant, contact, scope, purpose (journalled).
        NotOpen: removed or destroyed, or what is stored is not what was (an alarm is journalled).
        shouxin.vault.errors.VaultError, StorageAway: keys or storage cannot be used now.
    """
    if row.state not in {State.CURRENT, State.REPLACED} or row.file is None:
        raise NotOpen("attachment.not-current")
    opened = gate.open_sealed(
        actor=actor,
        purpose=purpose,
        customers=[row.customer_id],
        fields=[row.kind],
        action=Action.REVEAL,
        reason=reason,
        now=now,
        records=[row.id],
        profile="detail",
        detail={"attachment": str(row.id), **({"page": str(page)} if page else {})},
    )
    if opened.revealed.closed:
        raise NotOpen("attachment.locked")
    shown = opened.revealed.of(row.customer_id, row.id).get(row.kind)
    if shown is None or shown.text is None:
        raise NotOpen("attachment.altered")
    try:
        key = files.open_key(permit=opened.permit, customer=row.customer_id, field=row.kind, file=row.file.id)
    except files.FileGone:
        raise NotOpen("attachment.gone") from None
    except TamperFound:
        raise NotOpen("attachment.altered") from None
    return Opened(row, shown.text, key.open(_sealed(row.file), row.file.size))


def _sealed(file: StoredFile) -> Iterator[bytes]:
    return storage.of(file.store).get(file.object_id)
