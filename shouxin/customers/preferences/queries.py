"""Reading contact limits where something is about to be sent or dialled: inside the process, whoever asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import service_actor
from shouxin.customers.preferences import rules
from shouxin.customers.preferences.rules import Limits
from shouxin.customers.registry import merging
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.vault import services as vault

READER = service_actor("contact_limits")
PURPOSE = "maintenance"


def limits_of(customers: Sequence[UUID], *, now: datetime) -> Mapping[UUID, Sequence[Limits]]:
    """The limits of these customers, and of those merged into them; one journalled batch. They bind whatever the
    caller's purpose is, so they are read under a name of the product's own and shown to nobody.

    Raises:
        Refused: the maintenance purpose is not in force; then nobody is to be reached.
    """
    known = [key for key in rules.FIELDS if key in rulebooks["rulebook"].fields()]
    families = merging.families(customers)
    everybody = sorted({one for family in families.values() for one in family})
    if not known or not everybody:
        return {customer: [Limits()] for customer in customers}
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=READER, purpose=PURPOSE, customers=everybody, fields=known, reason="contact_limits", now=now
        )
        opened = vault.reveal(permit, records=everybody)
    read = {
        one: rules.read({key: shown.text or "" for key, shown in opened.of(one).items()}) for one in everybody
    }
    return {customer: [read[one] for one in family] for customer, family in families.items()}


def obstacle(customer: UUID, channel: str, *, basis: str, now: datetime) -> str | None:
    """Why this customer is not to be reached by `channel` now (a code), or None."""
    return obstacles([customer], channel, basis=basis, now=now).get(customer)


def obstacles(customers: Sequence[UUID], channel: str, *, basis: str, now: datetime) -> dict[UUID, str]:
    """Those of `customers` who are left out of a list for `channel`, each with the code of the reason."""
    found = {}
    for customer, known in limits_of(customers, now=now).items():
        codes = [code for one in known if (code := rules.judge(one, channel, now, basis=basis))]
        if codes:
            found[customer] = codes[0]
    return found
