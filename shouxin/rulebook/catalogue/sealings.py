"""How far the sealing of a field is whose class was raised. The registry, which holds the values, reports here."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from shouxin.core.policy import Actor, FieldRule
from shouxin.journal import services as journal
from shouxin.rulebook.catalogue.models import Field, FieldSealing
from shouxin.rulebook.catalogue.queries import rule_of


def begin(actor: Actor, *, field: str, customers: int, now: datetime) -> FieldSealing:
    """Note that values of this field have to come under lock; in the transaction that raised its class."""
    return FieldSealing.objects.create(
        field_id=field, began_at=now, began_by=actor.pseudonym, customers=customers
    )


def waiting() -> list[tuple[FieldSealing, FieldRule]]:
    """What is still being sealed, oldest first, with the rule as it stands now."""
    found = FieldSealing.objects.filter(ended_at__isnull=True).order_by("id")
    fields = {row.key: rule_of(row) for row in Field.objects.filter(key__in=found.values("field_id"))}
    return [(one, fields[one.field_id]) for one in found]


def advance(sealing: FieldSealing, *, sealed: int, removed: int) -> None:
    """Count a batch; in the batch's own transaction."""
    FieldSealing.objects.filter(id=sealing.id).update(
        sealed=F("sealed") + sealed, removed=F("removed") + removed
    )


@transaction.atomic
def finish(actor: Actor, *, sealing: FieldSealing, left: int, now: datetime) -> bool:
    """Close it with the proof that nothing is left in clear; refuses while something is. Tells whether it closed."""
    row = FieldSealing.objects.select_for_update().get(id=sealing.id)
    if left or row.ended_at is not None:
        return False
    row.left, row.ended_at = left, now
    row.save(update_fields=["left", "ended_at"])
    journal.append(
        actor=actor,
        event="field.sealed",
        data={"field": row.field_id, "customers": row.sealed, "removed": row.removed, "left": left},
    )
    return True


def of_field(key: str) -> FieldSealing | None:
    """The newest sealing of a field, under way or done."""
    return FieldSealing.objects.filter(field_id=key).first()
