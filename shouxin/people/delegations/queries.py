"""For which departments somebody answers now, by their own office or as another head's deputy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Role
from shouxin.kit import clock
from shouxin.kit.remembering import once
from shouxin.people.delegations.models import Delegation
from shouxin.people.models import Staff
from shouxin.people.tree import subtree


@dataclass(frozen=True, slots=True)
class Standing:
    """On whose strength somebody may decide: their own (`through` is None), or that of the head they stand in for."""

    through: Staff | None


def in_force(now: datetime) -> QuerySet[Delegation]:
    """Delegations that work at `now`: both are heads in office; what the giver has lost the deputy has not."""
    held = [Role.HEAD.value]
    return Delegation.objects.filter(
        ended_at__isnull=True,
        starts_at__lte=now,
        until__gt=now,
        giver__is_active=True,
        giver__roles__contains=held,
        giver__department__isnull=False,
        deputy__is_active=True,
        deputy__roles__contains=held,
    )


def answered_departments(actor: Actor) -> frozenset[UUID]:
    """The departments whose confirmations and approvals `actor` answers for; nobody but a head answers for any."""
    if Role.HEAD not in actor.roles:
        return frozenset()
    return actor.department_ids.union(*(places for _giver, places in stood_in_for(actor)))


def standing(*, actor: Actor, department_id: UUID | None, about: Collection[UUID]) -> Standing | None:
    """Whether `actor` may decide for the department as its head, where `about` are the persons it concerns.

    Nobody decides about themselves, under whichever log-in; and a deputy has nothing to say about the head whose
    place they take, because that would be the head deciding through them.
    """
    if Role.HEAD not in actor.roles or department_id is None or person_behind(actor) in about:
        return None
    if department_id in actor.department_ids:
        return Standing(None)
    for giver, places in stood_in_for(actor):
        if giver.person not in about and department_id in places:
            return Standing(giver)
    return None


def stood_in_for(actor: Actor) -> list[tuple[Staff, frozenset[UUID]]]:
    """The heads whose deputy `actor` is now, each with the departments they answer for."""
    if Role.HEAD not in actor.roles:
        return []
    return once(("stood in for", actor.id), lambda: _stood_in_for(actor))


def _stood_in_for(actor: Actor) -> list[tuple[Staff, frozenset[UUID]]]:
    return [(giver, subtree(giver.department_id)) for giver in _givers(actor) if giver.department_id]


def stood_in(*, deputy: UUID, giver: UUID, at: datetime) -> bool:
    """Whether a log-in was the deputy of a person at that moment."""
    found = Delegation.objects.filter(deputy_id=deputy, giver__person=giver, starts_at__lte=at, until__gt=at)
    return found.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at)).exists()


def decidable(actor: Actor, *, department: str, person: str) -> Q:
    """What `standing` would let `actor` decide, as a filter; the arguments name columns: whose department, whom."""
    found = Q(**{f"{department}__in": actor.department_ids}) if Role.HEAD in actor.roles else Q(pk__in=[])
    for giver, places in stood_in_for(actor):
        found |= Q(**{f"{department}__in": places}) & ~Q(**{person: giver.person})
    return found & ~Q(**{f"{person}__in": Staff.objects.filter(id=actor.id).values("person")})


def person_behind(actor: Actor) -> UUID | None:
    """The human being behind a log-in."""
    mine = Staff.objects.filter(id=actor.id).values_list("person", flat=True)
    return once(("person", actor.id), mine.first)


def _givers(actor: Actor) -> list[Staff]:
    found = in_force(clock.now()).filter(deputy_id=actor.id).select_related("giver").order_by("given_at")
    return [delegation.giver for delegation in found]


def visible_to(actor: Actor) -> QuerySet[Delegation]:
    """One's own delegations, given and taken; all for those who oversee."""
    found = Delegation.objects.select_related(
        "giver", "giver__department", "deputy", "deputy__department", "ended_by"
    )
    if actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR}:
        return found
    return found.filter(Q(giver_id=actor.id) | Q(deputy_id=actor.id))


def deputies_for(actor: Actor) -> list[tuple[str, str]]:
    """Other heads in office, as (id, name and department), for a select box."""
    found = Staff.objects.filter(
        is_active=True, roles__contains=[Role.HEAD.value], department__isnull=False
    ).exclude(person__in=Staff.objects.filter(id=actor.id).values("person"))
    rows = found.order_by("display_name").values_list("id", "display_name", "department__name")
    return [(str(key), f"{name} · {department}") for key, name, department in rows]
