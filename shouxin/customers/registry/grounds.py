"""On what grounds a value is stored: the gate's leave, the provenance row, and the vault's ticket made of both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind, Permission, Permit
from shouxin.customers.registry.contracts import contract_of
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Provenance
from shouxin.customers.registry.problems import RegistryProblem
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.instances import insert
from shouxin.vault.tickets import Provenance as TicketProvenance
from shouxin.vault.tickets import WriteTicket


def may_edit(actor: Actor) -> None:
    """People write about themselves: the gate opens nobody else to them."""
    if actor.kind is not ActorKind.CUSTOMER:
        actor.require(Permission.CUSTOMERS_PROFILE_EDIT)


def admit(
    actor: Actor,
    footing: Footing,
    customers: Sequence[UUID],
    keys: Sequence[str],
    now: datetime,
    *,
    newcomers: bool = False,
) -> Permit:
    """Leave to write `keys` of all these customers, and, with `newcomers`, of some who do not exist yet.

    Raises:
        Refused: not for this actor, purpose or one of the customers (journalled).
    """
    permit = gate.admit(
        actor=actor,
        purpose=footing.purpose,
        customers=customers,
        fields=keys,
        now=now,
        agreed=footing.agreement.fields if footing.agreement else frozenset(),
        newcomers=newcomers,
    )
    if permit.refused:
        # All or nothing: a batch that names a customer out of scope is a mistake of the caller.
        raise gate.Refused(next(iter(permit.refused.values())))
    return permit


def provenance(actor: Actor, footing: Footing, now: datetime, customers: int = 1) -> Provenance:
    """The row that every value of one act names."""
    purpose = rulebooks["rulebook"].purpose(footing.purpose)
    if purpose is None or purpose.notice_version_id is None:
        raise RegistryProblem("purpose.no-notice", "purpose")
    row = Provenance(
        purpose=purpose.key,
        basis=purpose.basis,
        notice_version=purpose.notice_version_id,
        source=footing.source,
        supplier=footing.supplier,
        channel=footing.channel,
        method=footing.method,
        batch_id=footing.batch_id,
        operator=actor.pseudonym,
        collected_at=now,
        form_version=footing.form_version,
        plan=footing.plan,
        paper_on=footing.paper_on,
        customers=customers,
        contract=contract_of(footing, now),
        kept_for=footing.kept_for,
    )
    insert([row])
    return row


def ticket(
    permit: Permit,
    row: Provenance,
    begun: frozenset[UUID] = frozenset(),
    fresh: frozenset[UUID] = frozenset(),
) -> WriteTicket:
    """Leave for the vault to seal values of this provenance."""
    purpose = rulebooks["rulebook"].purpose(row.held_for)
    known = TicketProvenance(
        id=row.id,
        purpose=row.purpose,
        basis=row.basis,
        notice_version=row.notice_version,
        source=row.source,
        # Holds for what has no rule of its own: a field's, checked by the vault one by one, goes before it.
        retention_rule=purpose.retention_rule if purpose else "",
    )
    return WriteTicket(permit, (known,), begun | fresh, fresh)
