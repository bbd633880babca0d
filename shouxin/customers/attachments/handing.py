"""The files of a person, opened for the person: for a service that seals them again, one after the other."""

import mimetypes
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, Form
from shouxin.customers.attachments import storage
from shouxin.customers.attachments.models import Attachment, State
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.rulebook.catalogue.secret import DUTIES
from shouxin.vault import files

PURPOSE = "individual_rights"


@dataclass(frozen=True, slots=True)
class Handed:
    """One file: a name that tells nothing but its kind, and its bytes, to be read once."""

    attachment: UUID
    name: str
    chunks: Iterator[bytes]


def of_person(
    actor: Actor, customers: Sequence[UUID], reason: str, *, left_out: Collection[str], now: datetime
) -> Iterator[Handed]:
    """Every file that is still there, of the kinds that people may see; journalled as one batch.

    Runs within the caller's transaction.

    Raises:
        shouxin.vault.errors.VaultError, StorageAway: keys or storage cannot be used now.
    """
    rule = rulebooks["rulebook"].purpose(PURPOSE)
    rows = Attachment.objects.filter(
        customer_id__in=customers, state__in=[State.CURRENT, State.REPLACED], file__isnull=False
    )
    shown = [
        row
        for row in rows.select_related("file").order_by("id")
        if rule is not None and row.kind in rule.fields.keys() - DUTIES.keys() and str(row.id) not in left_out
    ]
    if not shown:
        return
    permit = gate.permit_maintenance(
        actor=actor,
        purpose=PURPOSE,
        customers=sorted({row.customer_id for row in shown}),
        fields=sorted({row.kind for row in shown}),
        reason=reason,
        now=now,
    )
    for number, row in enumerate(shown, start=1):
        if row.file is None or permit.form(row.customer_id, row.kind) is not Form.CLEAR:
            continue
        key = files.open_key(permit=permit, customer=row.customer_id, field=row.kind, file=row.file.id)
        ending = mimetypes.guess_extension(row.media_type) or ""
        chunks = key.open(storage.of(row.file.store).get(row.file.object_id), row.file.size)
        yield Handed(row.id, f"{number:03}-{row.kind}{ending}", chunks)
