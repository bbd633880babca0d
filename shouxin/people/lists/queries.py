"""Reading how somebody arranged a list, and what they asked of it."""

from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.kit import lists
from shouxin.people.lists import secrets
from shouxin.people.lists.models import ListLook, ListQuery, SavedFilter
from shouxin.people.lists.services import digest_of


def look_of(actor: Actor, key: str) -> ListLook:
    """As chosen, or as lists are when nothing was."""
    found = ListLook.objects.filter(staff_id=actor.id, list_key=key).first()
    unusual = [column.key for column in lists.known[key].columns if not column.usual]
    return found or ListLook(list_key=key, left_out=unusual)


def saved_of(actor: Actor, key: str) -> list[SavedFilter]:
    return list(SavedFilter.objects.filter(staff_id=actor.id, list_key=key))


def query_of(actor: Actor, key: str, token: str, now: datetime) -> dict[str, str] | None:
    """What the token stands for; None when it is over, or was given to somebody else.

    Raises:
        shouxin.kit.sealing.Unavailable: something was typed, and there are no keys now.
    """
    found = ListQuery.objects.filter(
        token=digest_of(token), reader=actor.id, list_key=key, expires_at__gt=now
    ).first()
    return secrets.whole(found) if found else None


def saved(actor: Actor, one: UUID) -> SavedFilter | None:
    return SavedFilter.objects.filter(id=one, staff_id=actor.id).first()
