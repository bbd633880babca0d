"""Staff settle what a person denied, in its case: the change stands, or what stood before is put back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, GroupState
from shouxin.customers.registry import grounds
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.customers.registry.rules import Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.portal.changes import reading
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.changes.models import Freeze
from shouxin.portal.changes.services import KEEPER, What
from shouxin.portal.held.queries import PURPOSE
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Deed, State
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault


def keep(*, actor: Actor, freeze: UUID, now: datetime) -> Freeze:
    """The change was right: it is in use again.

    Raises:
        CaseProblem: not this person's case, or who asks is not established yet.
        ChangeProblem: unknown, or settled before.
    """
    with transaction.atomic():
        row = _locked(actor, freeze)
        _unlock(row)
        _settled(actor, row, now, kept=True)
    return row


def put_back(*, actor: Actor, freeze: UUID, purpose: str, now: datetime) -> Freeze:
    """The change was wrong: what stood before stands again, kept for `purpose`; nobody sees it for that.

    Raises:
        CaseProblem, ChangeProblem: as `keep`; or a field is not for this purpose.
        Refused: not for this actor, purpose or customer (journalled).
    """
    found = Freeze.objects.filter(id=freeze, what=What.CHANGE).first()
    rule = rulebooks["rulebook"].purpose(purpose)
    if found is None:
        raise ChangeProblem("change.unknown")
    if rule is None or not set(found.fields) <= set(rule.fields):
        raise ChangeProblem("purpose.missing")
    footing = Footing(purpose, Channel.FEEDBACK, Method.HAND)
    grounds.may_edit(actor)
    grounds.admit(actor, footing, [found.customer_id], [], now)  # outside: a refusal's entry must stay
    with transaction.atomic():
        row = _locked(actor, freeze)
        values = _values_before(row, now)
        _unlock(row)
        standing = Customer.objects.select_for_update(of=("self",)).get(id=row.customer_id)
        registry.edit(
            actor=actor,
            footing=footing,
            customer=row.customer_id,
            revision=standing.revision,
            values=values,
            now=now,
            record=None if row.record_id == row.customer_id else row.record_id,
        )
        _settled(actor, row, now, kept=False)
    return row


def give_free(*, actor: Actor, freeze: Freeze, now: datetime) -> None:
    """The case ended without anybody settling it: the change stands and is in use again. In the caller's transaction,
    which holds the case and the freeze."""
    _unlock(freeze)
    freeze.settled_at, freeze.kept = now, True
    freeze.settled_by_id = actor.id if actor.kind is ActorKind.STAFF else None
    _record(actor, freeze, "change_given_free")


def _locked(actor: Actor, freeze: UUID) -> Freeze:
    """The freeze, locked after its case, as whoever ends the case locks them."""
    known = Freeze.objects.filter(id=freeze, what=What.CHANGE).first()
    if known is None or known.case_id is None:
        raise ChangeProblem("change.unknown")
    cases.handled(actor, known.case_id, State.HANDLING)
    row = Freeze.objects.select_for_update(of=("self",)).get(id=freeze)
    if row.settled_at is not None:
        raise ChangeProblem("freeze.settled")
    return row


def _values_before(row: Freeze, now: datetime) -> dict[str, Kept | None]:
    """What stood in the fields before the change, for the vault to seal again; it leaves the process nowhere."""
    if row.since is None or row.record_id is None:
        raise ChangeProblem("change.unknown")
    past = reading.past(customer=row.customer_id, record=row.record_id, fields=row.fields, now=now)
    found = {
        key: past.value_before(key, past.denied_since(key, row))
        for key in row.fields
        if key in past.permit.fields
    }
    return {
        key: Kept(shown.text, shown.mark, shown.problem) if shown and shown.text else None
        for key, shown in found.items()
    }


def _unlock(row: Freeze) -> None:
    """What this freeze locked is in use again, unless another one or a deletion keeps it closed."""
    others = list(
        Freeze.objects.select_for_update()
        .filter(customer_id=row.customer_id, what=What.CHANGE, settled_at=None)
        .exclude(id=row.id)
    )
    closed = {group for one in others for group in _groups_of(one)}
    closed |= set(
        Deed.objects.filter(customer_id=row.customer_id, destroyed_at=None)
        .exclude(storage_group="")
        .values_list("storage_group", flat=True)
    )
    states = vault_queries.states([row.customer_id]).get(row.customer_id, {})
    groups = [
        (row.customer_id, group)
        for group in row.groups
        if group not in closed and states.get(group) == GroupState.LOCKED
    ]
    vault.move_state(actor=KEEPER, groups=groups, state=GroupState.IN_USE)
    # What another freeze needs closed stays so, and is that one's to open.
    for one in others:
        inherited = sorted(set(row.groups) & set(_groups_of(one)) - set(one.groups))
        if inherited:
            one.groups = sorted({*one.groups, *inherited})
            one.save(update_fields=["groups"])


def _groups_of(row: Freeze) -> set[str]:
    known = rulebooks["rulebook"].fields()
    return {known[key].storage_group for key in row.fields if key in known}


def _settled(actor: Actor, row: Freeze, now: datetime, *, kept: bool) -> None:
    row.settled_at, row.settled_by_id, row.kept = now, actor.id, kept
    _record(actor, row, "change_kept" if kept else "change_put_back")


def _record(actor: Actor, row: Freeze, verb: str) -> None:
    row.save(update_fields=["settled_at", "settled_by", "kept"])
    journal.append(
        actor=actor,
        event=f"portal.{verb}",
        customer=row.customer_id,
        purpose=PURPOSE,
        data={"fields": row.fields, "freeze": str(row.id), "case": str(row.case_id)},
    )
