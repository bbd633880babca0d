"""Making two customers one, and two again: check, change, journal on both timelines, in one transaction.

Nothing is moved: the absorbed customer keeps its id, keys and records (docs/decisions, 14). What was chosen from its
profile is sealed into the survivor's; undoing puts back what stood there before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, GroupState, Permission, Role
from shouxin.core.text import Text
from shouxin.customers.duplicates import carrying, rules
from shouxin.customers.duplicates.models import Merge, PairState, SuspectedPair
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.registry import listeners, merging
from shouxin.customers.registry.listeners import Changed
from shouxin.customers.registry.models import Customer, Scope, Visibility
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.vault import queries as vault
from shouxin.vault.errors import GroupClosed, VaultError

NARROWEST = (Scope.OWN.value, Scope.DEPARTMENT.value, Scope.ORGANISATION.value)


class Objection(DuplicateProblem):
    """A room has something against it and says what."""

    def __init__(self, text: Text) -> None:
        super().__init__("objection")
        self.text = text


def merge(
    *,
    actor: Actor,
    purpose: str,
    survivor: UUID,
    absorbed: UUID,
    revisions: Sequence[int],
    chosen: Sequence[str],
    now: datetime,
) -> Merge:
    """Merge `absorbed` into `survivor`; `chosen` are the fields whose value is taken from the absorbed one.

    `revisions` are those of the two at which the choice was made.

    Raises:
        DuplicateProblem: they do not both stand, changed meanwhile, are of different kinds, or of departments that this
            person does not head both; or something of theirs is locked or cannot be read.
        Refused: purpose, role or scope do not allow changing them (journalled).
    """
    actor.require(Permission.CUSTOMERS_DUPLICATE_MERGE)
    _admit(actor, purpose, [survivor, absorbed], now)
    with transaction.atomic():
        into, gone = _both(survivor, absorbed)
        _check(actor, into, gone, revisions)
        both = merging.Merging(into.id, gone.id, now)
        for part in merging.parts.values():
            if objection := part.objection(both):
                raise Objection(objection)
        row = Merge(customer_id=into.id, absorbed_id=gone.id, merged_by_id=actor.id, merged_at=now)
        row.kept = {
            "revision": into.revision,
            "scope": into.scope,
            "restricted": into.restricted,
            "destroyed": _destroyed(into, gone),
            "family": [str(one) for one in merging.family(gone.id)[1:]],
        }
        marks = _carry(row, into, gone, chosen, now)
        into.scope = min(into.scope, gone.scope, key=NARROWEST.index)
        into.restricted = into.restricted or gone.restricted
        into.save(update_fields=["scope", "restricted"])
        _point(gone, into.id, row.kept["family"], now)
        row.kept["parts"] = {part.key: dict(part.merge(actor, both)) for part in merging.parts.values()}
        row.save()
        _settle_pairs(actor, into.id, gone.id, now)
        data: dict[str, Any] = {"merge": str(row.id), "fields": list(row.fields), "revision": into.revision}
        _record(actor, purpose, "customer.merged", into.id, {**data, "sealed": marks, "other": str(gone.id)})
        _record(actor, purpose, "customer.absorbed", gone.id, {"merge": str(row.id), "other": str(into.id)})
        listeners.tell([Changed(into.id, tuple(row.fields), into.revision)], now)
    return row


def undo(*, actor: Actor, purpose: str, merge: UUID, now: datetime) -> Merge:
    """Make them two again: each value the merge brought goes, and what stood there before comes back.

    What somebody changed after the merge stays as they left it.

    Raises:
        DuplicateProblem: undone already, a later merge must be undone first, or something was destroyed since.
        Refused: as for merging.
    """
    actor.require(Permission.CUSTOMERS_DUPLICATE_MERGE)
    found = Merge.objects.filter(id=merge).first()
    if found is None:
        raise DuplicateProblem("merge.unknown")
    _admit(actor, purpose, [found.customer_id], now)
    with transaction.atomic():
        into, gone = _both(found.customer_id, found.absorbed_id)
        row = Merge.objects.select_for_update().get(id=merge)
        if problem := undo_problem(row, into, gone):
            raise DuplicateProblem(problem)
        restored, marks = _take_back(row, into, gone, now)
        both = merging.Merging(into.id, gone.id, row.merged_at)
        for key, kept in reversed(list(row.kept.get("parts", {}).items())):
            if part := merging.parts.get(key):
                part.undo(actor, both, kept)
        _restore_reach(row, into, gone)
        _point(gone, None, row.kept["family"], now)
        row.undone_by_id, row.undone_at = actor.id, now
        row.save(update_fields=["undone_by", "undone_at"])
        one, other = sorted((into.id, gone.id))
        SuspectedPair.objects.filter(customer_id=one, other_id=other, state=PairState.MERGED).update(
            state=PairState.OPEN, decided_by=None, decided_at=None
        )
        data = {"merge": str(row.id), "fields": restored, "revision": into.revision}
        _record(actor, purpose, "customer.unmerged", into.id, {**data, "sealed": dict(marks)})
        _record(actor, purpose, "customer.released", gone.id, {"merge": str(row.id)})
        listeners.tell([Changed(into.id, tuple(restored), into.revision)], now)
    return row


def may_merge(actor: Actor, one: Customer, other: Customer) -> bool:
    """Whether this person may: customers of one department of theirs, or of several that they head all."""
    if not actor.may(Permission.CUSTOMERS_DUPLICATE_MERGE):
        return False
    departments = {one.owner_department_id, other.owner_department_id}
    return len(departments) == 1 or (Role.HEAD in actor.roles and departments <= set(actor.department_ids))


def _admit(actor: Actor, purpose: str, customers: Sequence[UUID], now: datetime) -> None:
    permit = gate.admit(actor=actor, purpose=purpose, customers=customers, fields=[], now=now)
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))


def _both(survivor: UUID, absorbed: UUID) -> tuple[Customer, Customer]:
    """Both rows, locked in the order of their ids, so that two people never wait for each other."""
    rows = {
        row.id: row
        for row in Customer.objects.select_for_update().filter(id__in=[survivor, absorbed]).order_by("id")
    }
    if survivor not in rows or absorbed not in rows or survivor == absorbed:
        raise DuplicateProblem("pair.unknown")
    return rows[survivor], rows[absorbed]


def _check(actor: Actor, into: Customer, gone: Customer, revisions: Sequence[int]) -> None:
    if into.absorbed_by or gone.absorbed_by:
        raise DuplicateProblem("pair.merged-meanwhile")
    if (into.revision, gone.revision) != tuple(revisions):
        raise DuplicateProblem("pair.changed-meanwhile")
    if into.kind != gone.kind:
        raise DuplicateProblem("pair.kinds-differ")
    if {into.visibility, gone.visibility} != {Visibility.OPEN}:
        raise DuplicateProblem("pair.unconfirmed")
    if not may_merge(actor, into, gone):
        raise DuplicateProblem("pair.departments-differ")


def _carry(
    row: Merge, into: Customer, gone: Customer, chosen: Sequence[str], now: datetime
) -> dict[str, int]:
    """Seal what is taken from the absorbed profile into the survivor's."""
    try:
        opened = carrying.open_both(into, gone, now)
        if opened.broken:
            raise DuplicateProblem("values.altered")
        here, there = opened.of[into.id], opened.of[gone.id]
        row.fields = list(
            rules.taken(carrying.names(opened.permit.fields), here.values, there.values, chosen)
        )
        written = carrying.write(opened, into, {key: there.values[key] for key in row.fields}, now)
        row.kept |= {
            "groups": dict(here.revisions),
            "after": dict(written.revisions),
            "merged": into.revision,
        }
        return dict(written.marks)
    except GroupClosed:
        raise DuplicateProblem("values.locked") from None
    except (VaultError, CryptoError):
        raise DuplicateProblem("values.unreadable") from None


def _take_back(row: Merge, into: Customer, gone: Customer, now: datetime) -> tuple[list[str], dict[str, int]]:
    """Put back what stood in the survivor's profile, where it still holds what the merge brought."""
    try:
        opened = carrying.open_both(into, gone, now)
        if opened.broken:
            raise DuplicateProblem("values.altered")
        here, there = opened.of[into.id].values, opened.of[gone.id].values
        unchanged = [key for key in row.fields if key in there and here.get(key) == there[key]]
        marks = carrying.take_back(opened, into, unchanged, row.kept, now)
    except GroupClosed:
        raise DuplicateProblem("values.locked") from None
    except (VaultError, CryptoError):
        raise DuplicateProblem("values.unreadable") from None
    return unchanged, marks


def undo_problem(row: Merge, into: Customer, gone: Customer) -> str | None:
    """What stands against making them two again, as a code."""
    if row.undone_at is not None:
        return "merge.undone"
    later = Merge.objects.filter(customer_id=into.id, undone_at__isnull=True, id__gt=row.id)
    if into.absorbed_by or gone.absorbed_by != into.id or later.exists():
        return "merge.not-the-last"
    if set(_destroyed(into, gone)) != set(row.kept["destroyed"]):
        return "merge.destroyed"
    return None


def _destroyed(into: Customer, gone: Customer) -> list[str]:
    """Storage groups of the two that are gone for good."""
    found = vault.groups_in(GroupState.DESTROYED, [into.id, gone.id])
    return sorted(f"{customer} {group}" for customer, group in found)


def _restore_reach(row: Merge, into: Customer, gone: Customer) -> None:
    """Scope and restriction as they were, where nobody chose otherwise since."""
    if into.scope == min(str(row.kept["scope"]), gone.scope, key=NARROWEST.index):
        into.scope = str(row.kept["scope"])
    if into.restricted == (bool(row.kept["restricted"]) or gone.restricted):
        into.restricted = bool(row.kept["restricted"])
    into.save(update_fields=["scope", "restricted"])


def _point(gone: Customer, into: UUID | None, family: Sequence[str], now: datetime) -> None:
    """Whom the absorbed customer, and those merged into it before, stand behind from now on."""
    gone.absorbed_by, gone.revision, gone.updated_at = into, gone.revision + 1, now
    gone.save(update_fields=["absorbed_by", "revision", "updated_at"])
    Customer.objects.filter(id__in=[UUID(one) for one in family]).update(absorbed_by=into or gone.id)


def _settle_pairs(actor: Actor, into: UUID, gone: UUID, now: datetime) -> None:
    one, other = sorted((into, gone))
    SuspectedPair.objects.filter(customer_id=one, other_id=other).update(
        state=PairState.MERGED, decided_by_id=actor.id, decided_at=now
    )


def _record(actor: Actor, purpose: str, event: str, customer: UUID, data: dict[str, Any]) -> None:
    journal.append(actor=actor, event=event, customer=customer, purpose=purpose, data=data)
