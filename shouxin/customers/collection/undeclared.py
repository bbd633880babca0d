"""Counting submissions that were refused because they held fields their form does not declare."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from shouxin.core.policy import Actor, ActorKind
from shouxin.customers.collection import rules
from shouxin.customers.collection.models import Door
from shouxin.journal import services as journal
from shouxin.kit import ids

DOORS = {ActorKind.STAFF: Door.STAFF, ActorKind.SERVICE: Door.PUBLIC}
_COUNT = """
INSERT INTO collection_undeclared AS u (id, form_id, door, source, network, day, count, fields, last_at)
VALUES (%s, %s, %s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (form_id, door, source, network, day)
DO UPDATE SET count = u.count + 1, fields = EXCLUDED.fields, last_at = EXCLUDED.last_at
RETURNING count
"""


def count(
    *, actor: Actor, form: UUID, fields: int, address: str, now: datetime, source: UUID | None = None
) -> int:
    """Count one refusal of this source; stands whatever becomes of the request. Names and values are kept nowhere.

    The journal takes the first of a day and each tenfold of it, so that nobody can flood it.
    """
    door = DOORS.get(actor.kind, Door.API)
    network = rules.network_of(address)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNT,
                [
                    ids.new(),
                    form,
                    door.value,
                    source or actor.pseudonym,
                    network,
                    rules.day_of(now),
                    fields,
                    now,
                ],
            )
            (counted,) = cursor.fetchone() or (0,)
        if str(counted).strip("0") == "1":
            journal.append(
                actor=actor,
                event="form.undeclared",
                data={"collection_form": str(form), "door": door.value, "count": counted},
            )
    return int(counted)
