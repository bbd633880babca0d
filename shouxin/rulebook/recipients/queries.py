"""Reading the register of recipients."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.rulebook.recipients.models import Recipient


def recipients(actor: Actor, *, state: str = "") -> QuerySet[Recipient]:
    """Those entered, for who may read the records of processing; of one `state`: standing, retired."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    found = Recipient.objects.all()
    if state in {"standing", "retired"}:
        found = found.filter(retired_at__isnull=state == "standing")
    return found


def to_choose(also: Collection[UUID] = ()) -> list[Recipient]:
    """Those a purpose may name; `also` those that a draft names already."""
    standing = Recipient.objects.filter(retired_at__isnull=True) | Recipient.objects.filter(id__in=list(also))
    return list(standing.order_by("name_zh"))


def names_of(ids: Collection[str]) -> Mapping[str, Text]:
    """Companies by name, retired ones too, for whoever is told of them; what is no id of one names nobody."""
    rows = Recipient.objects.filter(id__in=[one for one in ids if _is_id(one)])
    return {str(row.id): Text(row.name_zh, row.name_en or row.name_zh) for row in rows}


def by_id(text: str) -> Recipient | None:
    """One company, retired or not, by what a record has of it."""
    return Recipient.objects.filter(id=text).first() if _is_id(text) else None


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
