"""Writing contact limits: catalogue fields like any other, sealed, with history and footing."""

from collections.abc import Collection
from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.customers.preferences import rules
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Method
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.gate import services as gate
from shouxin.journal import services as journal


def set_limits(
    *,
    actor: Actor,
    purpose: str,
    customer: UUID,
    revision: int,
    refused: Collection[str],
    hours: tuple[time, time] | None,
    language: str,
    now: datetime,
) -> None:
    """Write down how this customer wants to be reached; nothing chosen takes the wish away.

    Raises:
        EditConflict: somebody else changed the customer since the form was opened.
        Refused: not for this actor, purpose or customer (journalled).
    """
    said = {
        rules.REFUSED: rules.write_refused(refused),
        rules.HOURS: rules.write_hours(*hours) if hours else "",
        rules.LANGUAGE: language.strip(),
    }
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=rules.FIELDS, now=now)
    with transaction.atomic():
        registry.edit(
            actor=actor,
            footing=Footing(purpose, Channel.SERVICE, Method.HAND),
            customer=customer,
            revision=revision,
            values={key: Kept(text, WELL_FORMED) if text else None for key, text in said.items()},
            now=now,
        )
        journal.append(
            actor=actor,
            event="limits.set",
            customer=customer,
            purpose=purpose,
            data={"fields": sorted(key for key, text in said.items() if text)},
        )
