"""Proposing, deciding and ending standing grants."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.access.grants import rules
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.highrisk import queries as highrisk
from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.gate import facts
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.delegations import queries as delegations
from shouxin.people.delegations.queries import Standing
from shouxin.people.delegations.services import record_use
from shouxin.people.leaving.ties import log_in_of
from shouxin.people.models import Staff


class GrantProblem(Exception):
    """The grant cannot be proposed or decided; `codes` name every reason."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def propose(
    *,
    actor: Actor,
    purpose: str,
    fields: Sequence[str],
    daily_limit: int,
    until: datetime,
    reason: str,
    now: datetime,
    strict: bool = False,
) -> StandingGrant:
    """Ask for a standing grant for oneself; it does nothing until another person approves it.

    A `strict` one is fit for what is of high risk: it needs two approvals, and is short and for few reads a day.
    """
    actor.require(Permission.ACCESS_GRANT_PROPOSE)
    book = facts.rules["rulebook"]
    rule = book.purpose(purpose)
    if rule is None or not actor.roles & rule.roles:
        raise GrantProblem("purpose.role")
    allowed = [field.key for field in rules.grantable(book.fields(), rule)]
    found = rules.problems(
        asked=fields,
        allowed=allowed,
        daily_limit=daily_limit,
        until=until,
        now=now,
        strict=strict,
        risky=highrisk.fields(),
    )
    if not reason.strip():
        found.append("reason.missing")
    if found:
        raise GrantProblem(*found)
    with transaction.atomic():
        grant = StandingGrant.objects.create(
            staff_id=actor.id,
            purpose=purpose,
            fields=sorted(set(fields)),
            daily_limit=daily_limit,
            until=until,
            reason=reason.strip(),
            strict=strict,
            proposed_by_id=actor.id,
            proposed_at=now,
        )
        _record(actor, "grant.proposed", grant)
    return grant


def approve(*, actor: Actor, grant: UUID, now: datetime, seen: str = "") -> StandingGrant:
    """Put a proposed grant in force; the approver is another person, of the same department or the officer.

    `seen` is the digest of what the approver looked at; something else meanwhile refuses the approval.
    """
    return _decide(actor, grant, State.ACTIVE, "", now, seen)


def refuse(*, actor: Actor, grant: UUID, note: str, now: datetime) -> StandingGrant:
    """Turn a proposal down, saying why."""
    actor.require(Permission.ACCESS_GRANT_APPROVE)
    if not note.strip():
        raise GrantProblem("note.missing")
    return _decide(actor, grant, State.REFUSED, note.strip(), now)


def withdraw(*, actor: Actor, grant: UUID, now: datetime) -> StandingGrant:
    """Take one's own proposal back before it is decided."""
    actor.require(Permission.ACCESS_GRANT_PROPOSE)
    with transaction.atomic():
        found = _locked(grant, state=State.PENDING)
        if found.proposed_by_id != actor.id:
            raise GrantProblem("grant.unknown")
        found.state, found.ended_at, found.ended_by_id = State.WITHDRAWN, now, actor.id
        found.save(update_fields=["state", "ended_at", "ended_by"])
        _record(actor, "grant.withdrawn", found)
    return found


def end(*, actor: Actor, grant: UUID, now: datetime) -> StandingGrant:
    """End a grant at once: its holder, the holder's head, the officer or the security administrator."""
    actor.require(Permission.ACCESS_GRANT_END)
    with transaction.atomic():
        found = _locked(grant, state=State.ACTIVE)
        if found.staff_id != actor.id and _standing(actor, found) is None:
            raise GrantProblem("grant.unknown")
        found.state, found.ended_at, found.ended_by_id = State.ENDED, now, actor.id
        found.save(update_fields=["state", "ended_at", "ended_by"])
        _record(actor, "grant.ended", found)
    return found


def lapse(*, actor: Actor, grant: UUID, now: datetime) -> None:
    """End a grant that was not confirmed when rights were reviewed; one that is over already stays as it is."""
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    with transaction.atomic():
        found = (
            StandingGrant.objects.select_for_update(of=("self",))
            .select_related("staff")
            .filter(id=grant, state=State.ACTIVE)
            .first()
        )
        if found:
            found.state, found.ended_at = State.ENDED, now
            found.ended_by_id = None if actor.kind is ActorKind.SERVICE else actor.id
            found.save(update_fields=["state", "ended_at", "ended_by"])
            _record(actor, "grant.ended", found)


def end_held(*, actor: Actor, grants: QuerySet[StandingGrant], now: datetime) -> int:
    """End these grants and proposals of a log-in that ends, moves or loses a role; how many.

    That somebody goes is decided in people, by whoever may; here nothing is left to decide. Runs within the caller's
    transaction.
    """
    found = list(grants.select_for_update(of=("self",)).select_related("staff").order_by("id"))
    for grant in found:
        waits = grant.state == State.PENDING
        grant.state = State.WITHDRAWN if waits else State.ENDED
        grant.ended_at, grant.ended_by_id = now, log_in_of(actor)
        grant.save(update_fields=["state", "ended_at", "ended_by"])
        _record(actor, "grant.withdrawn" if waits else "grant.ended", grant)
    return len(found)


def _decide(
    actor: Actor, grant: UUID, state: State, note: str, now: datetime, seen: str = ""
) -> StandingGrant:
    actor.require(Permission.ACCESS_GRANT_APPROVE)
    with transaction.atomic():
        found = _locked(grant, state=State.PENDING)
        if seen and seen != found.digest:
            raise GrantProblem("grant.changed")
        person = Staff.objects.values_list("person", flat=True).get(id=actor.id)
        if state is State.ACTIVE and found.until <= now:
            raise GrantProblem("grant.over")
        about = {found.staff.person, found.proposed_by.person}
        if person in about:
            raise GrantProblem("approver.same-person")
        if state is State.ACTIVE and found.seconded_by:
            if found.seconded_by.person == person or _seconded_for(person, found, found.seconded_by):
                raise GrantProblem("approver.twice")
            about.add(found.seconded_by.person)  # a deputy of the first approver is not a second one
        standing = _standing(actor, found, about)
        if standing is None:
            raise GrantProblem("grant.unknown")
        if state is State.ACTIVE and found.strict and found.seconded_by_id is None:
            found.seconded_by_id, found.seconded_at = actor.id, now
            found.save(update_fields=["seconded_by", "seconded_at"])
            event = "grant.seconded"
        else:
            found.state, found.decided_by_id, found.decided_at, found.decision_note = (
                state,
                actor.id,
                now,
                note,
            )
            found.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
            event = "grant.approved" if state is State.ACTIVE else "grant.refused"
        _record(actor, event, found)
        record_use(actor=actor, standing=standing, deed=event)
    return found


def _seconded_for(person: UUID, grant: StandingGrant, first: Staff) -> bool:
    """Whether the first approval was given in the stead of `person`, who then would approve twice."""
    their_own = {Role.OFFICER.value, Role.SECURITY_ADMIN.value} & set(first.roles)
    places = people.actor_of(first).department_ids if Role.HEAD.value in first.roles else frozenset()
    if their_own or grant.staff.department_id in places or grant.seconded_at is None:
        return False
    return delegations.stood_in(deputy=first.id, giver=person, at=grant.seconded_at)


def _standing(actor: Actor, grant: StandingGrant, about: Collection[UUID] = ()) -> Standing | None:
    """The officer and the security administrator answer for all, a head (or their deputy) for the own departments."""
    if actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN}:
        return Standing(None)
    return delegations.standing(actor=actor, department_id=grant.staff.department_id, about=about)


def _locked(grant: UUID, *, state: State) -> StandingGrant:
    """The grant, locked against a second decision at the same moment; only inside a transaction."""
    found = (
        StandingGrant.objects.select_for_update(of=("self",))
        .select_related("staff", "proposed_by", "seconded_by")
        .filter(id=grant)
        .first()
    )
    if found is None:
        raise GrantProblem("grant.unknown")
    if found.state != state:
        raise GrantProblem("grant.decided-already")
    return found


def _record(actor: Actor, event: str, grant: StandingGrant) -> None:
    journal.append(
        actor=actor,
        event=event,
        purpose=grant.purpose,
        data={
            "grant": str(grant.id),
            "purpose": grant.purpose,
            "fields": list(grant.fields),
            "limit": grant.daily_limit,
            "until": grant.until,
            "holder": str(grant.staff.pseudonym),
            "content": grant.digest,
        },
    )
