"""Giving and ending delegations; what a deputy does under one is recorded where it is done."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.delegations.models import Delegation
from shouxin.people.delegations.queries import Standing
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError

LONGEST = timedelta(days=31)


@transaction.atomic
def give(
    *, actor: Actor, deputy: UUID, starts_at: datetime, until: datetime, reason: str, now: datetime
) -> Delegation:
    """Name another head to confirm and approve in one's stead; it cannot be passed on, and ends by itself."""
    actor.require(Permission.PEOPLE_DELEGATION_GIVE)
    giver = Staff.objects.select_for_update().get(id=actor.id)
    chosen = Staff.objects.filter(id=deputy, is_active=True, roles__contains=[Role.HEAD.value]).first()
    if chosen is None or chosen.department_id is None or chosen.person == giver.person:
        raise PeopleError(
            "deputy_not_a_head",
            Text(
                "代理人须是另一位在任的部门负责人。请另选。",
                "The deputy must be another head in office. Choose somebody else.",
            ),
        )
    if not (starts_at < until and now < until and until - max(starts_at, now) <= LONGEST):
        raise PeopleError(
            "delegation_dates",
            Text(
                f"截止须晚于开始和现在，最长 {LONGEST.days} 天。",
                f"It must end after its start and after now, and last {LONGEST.days} days at most.",
            ),
        )
    Delegation.objects.filter(giver=giver, ended_at__isnull=True, until__lte=now).update(ended_at=now)
    try:
        with transaction.atomic():
            given = Delegation.objects.create(
                giver=giver,
                deputy=chosen,
                starts_at=starts_at,
                until=until,
                reason=reason.strip()[:200],
                given_at=now,
            )
    except IntegrityError as error:
        raise PeopleError(
            "delegated_already",
            Text(
                "已有一份未到期的委托。请先收回。",
                "There is a delegation that has not ended. Take it back first.",
            ),
        ) from error
    journal.append(
        actor=actor,
        event="delegation.given",
        data={"delegation": given.id, "deputy": chosen.pseudonym, "from": starts_at, "until": until},
    )
    return given


@transaction.atomic
def end(*, actor: Actor, delegation_id: UUID, now: datetime) -> Delegation:
    """End a delegation at once: who gave it, who took it, the officer or the security administrator."""
    found = Delegation.objects.select_for_update().filter(id=delegation_id, ended_at__isnull=True).first()
    oversees = bool(actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN})
    if found is None or not (oversees or actor.id in {found.giver_id, found.deputy_id}):
        raise PeopleError(
            "no_delegation",
            Text("没有找到该委托，或已经结束。", "There is no such delegation, or it has ended already."),
        )
    found.ended_at, found.ended_by_id = now, actor.id
    found.save(update_fields=["ended_at", "ended_by"])
    journal.append(
        actor=actor,
        event="delegation.ended",
        data=_ended(found),
    )
    return found


@transaction.atomic
def end_of(*, actor: Actor, staff_id: UUID, now: datetime) -> int:
    """End every delegation that somebody gave or took, because they move, leave or lose the office; how many."""
    theirs = Delegation.objects.select_for_update(of=("self",)).filter(
        Q(giver_id=staff_id) | Q(deputy_id=staff_id), ended_at__isnull=True
    )
    by = actor.id if Staff.objects.filter(id=actor.id).exists() else None
    ended = list(theirs.select_related("giver", "deputy"))
    for found in ended:
        found.ended_at, found.ended_by_id = now, by
        found.save(update_fields=["ended_at", "ended_by"])
        journal.append(
            actor=actor,
            event="delegation.ended",
            data=_ended(found),
        )
    return len(ended)


def record_use(*, actor: Actor, standing: Standing | None, deed: str) -> None:
    """Write down that `actor` decided in another head's stead; within the deed's own transaction."""
    if standing is not None and standing.through is not None:
        journal.append(
            actor=actor, event="delegation.used", data={"giver": standing.through.pseudonym, "deed": deed}
        )


def _ended(found: Delegation) -> dict[str, UUID]:
    return {"delegation": found.id, "giver": found.giver.pseudonym, "deputy": found.deputy.pseudonym}
