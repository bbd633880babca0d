"""What stood in fields before a change and what stands there now: opened inside the process by a named service."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Permit, service_actor
from shouxin.customers.registry.models import Provenance
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.portal.changes import rules
from shouxin.portal.changes.models import Freeze
from shouxin.portal.held.queries import PURPOSE
from shouxin.vault import services as vault
from shouxin.vault.services import Shown, Version

READER = service_actor("rights")
REASON = "change_notice"


@dataclass(frozen=True, slots=True)
class Past:
    """One record's fields with their kept versions, newest first."""

    permit: Permit
    versions: Sequence[Version]
    collected: dict[UUID, datetime]

    def value_before(self, field: str, moment: datetime) -> Shown | None:
        """What stood there before `moment`."""
        return rules.value_before(self._of_group(field), field, moment, self.collected)

    def denied_since(self, field: str, row: Freeze) -> datetime:
        """Since when what the person denied stands there: a notice knows when it was written, an entry when it was
        told of."""
        at = row.since or row.at
        return rules.began(self._of_group(field), field, at, self.collected) if row.entry else at

    def _of_group(self, field: str) -> list[Version]:
        group = self.permit.fields[field].storage_group
        return [one for one in self.versions if one.group == group]

    def since(self, field: str, moment: datetime) -> datetime | None:
        """When what stood there before `moment` was collected; None where there was none, or nobody knows."""
        found = self.value_before(field, moment)
        return self.collected.get(found.provenance) if found and found.provenance else None

    def before(self, field: str, moment: datetime) -> str:
        """Its text; empty where there was none."""
        found = self.value_before(field, moment)
        return (found.text or "") if found else ""

    def now(self, field: str) -> str:
        """The value of now."""
        group = self.permit.fields[field].storage_group
        newest = next((one for one in self.versions if one.group == group), None)
        shown = newest.values.get(field) if newest else None
        return (shown.text or "") if shown else ""


def past(*, customer: UUID, record: UUID, fields: Collection[str], now: datetime) -> Past:
    """Open these fields with their history, in the caller's transaction.

    Raises:
        gate.services.Refused: the purpose is not in force, or the customer's fields are gone.
        VaultError, CryptoError: the keys are away.
    """
    purpose = rulebooks["rulebook"].purpose(PURPOSE)
    wanted = sorted(key for key in fields if purpose is not None and key in purpose.fields)
    permit = gate.permit_maintenance(
        actor=READER, purpose=PURPOSE, customers=[customer], fields=wanted, reason=REASON, now=now
    )
    versions = vault.reveal_history(permit, customer_id=customer, record_id=record)
    origins = {shown.provenance for one in versions for shown in one.values.values() if shown.provenance}
    rows = Provenance.objects.filter(id__in=origins).values_list("id", "collected_at")
    return Past(permit, versions, dict(rows))
