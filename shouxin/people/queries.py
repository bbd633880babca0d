"""Reading who works here: as actors for every other room, as names for the screens, as lists for the administrators."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shouxin.core.policy import (
    ADMINISTRATORS,
    Actor,
    ActorKind,
    Permission,
    Role,
    permissions_of,
    service_actor,
)
from shouxin.kit import clock
from shouxin.kit.registry import Registry
from shouxin.people import rules, tree
from shouxin.people.delegations.queries import Standing, answered_departments, person_behind, standing
from shouxin.people.models import Department, RoleAssignment, SetupLink, Staff
from shouxin.people.sights import rules as sights

if TYPE_CHECKING:
    from datetime import datetime

# Sign-in itself acts where nobody is known yet: a wrong user name, the set-up of an empty installation.
SIGN_IN = service_actor("sign-in")
SETUP = service_actor("setup")

subtree = tree.subtree

# Who besides staff acts under a pseudonym: rooms above sign up what they know (programs with a token).
name_sources: Registry[Callable[[Collection[UUID]], Mapping[UUID, str]]] = Registry("names behind pseudonyms")
# Accounts that are no log-ins (programs), by id: their name and the log-in that answers for them.
other_accounts: Registry[Callable[[Collection[UUID]], Mapping[UUID, tuple[str, UUID]]]] = Registry(
    "accounts that are no log-ins"
)


def actor_of(staff: Staff) -> Actor:
    """`staff` as the actor of this moment; a log-in that may not sign in has no rights at all."""
    works = rules.may_sign_in(
        is_active=staff.is_active, has_department=staff.department_id is not None, roles=staff.roles
    )
    roles = frozenset(Role(role) for role in staff.roles) if works else frozenset()
    return Actor(
        id=staff.id,
        kind=ActorKind.STAFF,
        pseudonym=staff.pseudonym,
        roles=roles,
        permissions=permissions_of(roles),
        department_id=staff.department_id if works else None,
        department_ids=_departments_of(staff.department_id, roles) if works else frozenset(),
        sight=sights.effective(roles, staff.sight),
    )


def _departments_of(department_id: UUID | None, roles: frozenset[Role]) -> frozenset[UUID]:
    if department_id is None:
        return frozenset()
    return subtree(department_id) if Role.HEAD in roles else frozenset({department_id})


def names_of(pseudonyms: Iterable[UUID]) -> dict[UUID, str]:
    """The names behind pseudonyms of the journal; unknown ones are left out."""
    wanted = set(pseudonyms)
    if not wanted:
        return {}
    found = dict(Staff.objects.filter(pseudonym__in=wanted).values_list("pseudonym", "display_name"))
    for source in name_sources.values() if wanted - set(found) else ():
        found.update(source(wanted - set(found)))
    return found


def called(text: str, limit: int) -> list[Staff]:
    """Whoever has this user name; else those who have exactly this name, past colleagues too."""
    log_in = list(Staff.objects.filter(user_name__iexact=text)[:1])
    return log_in or list(Staff.objects.filter(display_name__iexact=text).order_by("user_name")[:limit])


def log_in_behind(pseudonym: UUID) -> str | None:
    """The user name behind a pseudonym of the journal."""
    return Staff.objects.filter(pseudonym=pseudonym).values_list("user_name", flat=True).first()


def staff_choices() -> list[tuple[str, str]]:
    """Everybody active as (id, name), for a select box."""
    active = Staff.objects.filter(is_active=True).order_by("display_name")
    return [(str(key), name) for key, name in active.values_list("id", "display_name")]


def colleagues_of(department_id: UUID) -> list[tuple[str, str]]:
    """Active staff of one department who work with customers, as (id, name), for a select box."""
    found = Staff.objects.filter(
        is_active=True, department_id=department_id, roles__overlap=[Role.CLERK.value, Role.HEAD.value]
    ).order_by("display_name")
    return [(str(key), name) for key, name in found.values_list("id", "display_name")]


def actor_by_id(staff_id: UUID) -> Actor:
    """The actor behind a log-in's id, for background work and explanations.

    Raises:
        Staff.DoesNotExist: nobody active has this id.
    """
    return actor_of(Staff.objects.get(id=staff_id, is_active=True))


def same_person(one: UUID, other: UUID) -> bool:
    """Whether two log-ins (ids of staff) belong to one human being; for every "not by the same person" rule."""
    if one == other:
        return True
    persons = list(Staff.objects.filter(id__in=[one, other]).values_list("person", flat=True))
    return len(persons) == 2 and persons[0] == persons[1]  # noqa: PLR2004 - the two log-ins asked about


def person_of(actor: Actor) -> QuerySet[Staff, UUID]:
    """The person behind a log-in, for lists that leave out what is their own under whichever log-in."""
    return Staff.objects.filter(id=actor.id).values_list("person", flat=True)


def staff_exists() -> bool:
    """Whether anybody was ever set up here."""
    return Staff.objects.exists()


def staff_list(
    *,
    actor: Actor,
    words: str = "",
    department: UUID | None = None,
    role: Role | None = None,
    state: str = "",
) -> QuerySet[Staff]:
    """The staff that `actor` may see, narrowed, by name; a head sees the own departments only."""
    found = _visible_staff(actor).select_related("department")
    if words:
        found = found.filter(Q(display_name__icontains=words) | Q(user_name__icontains=words))
    if department is not None:
        found = found.filter(department_id__in=subtree(department))
    if role is not None:
        found = found.filter(roles__contains=[role.value])
    if state == "active":
        found = found.filter(is_active=True).exclude(roles=[])
    elif state == "idle":
        found = found.filter(is_active=True).filter(Q(roles=[]) | Q(department__isnull=True))
    elif state == "ended":
        found = found.filter(is_active=False)
    elif state == "handover":
        found = found.filter(is_active=False, left_at__isnull=True)
    elif state == "waiting":
        found = found.filter(id__in=waiting_roles(actor=actor).values("staff_id"))
    elif state == "remarks":
        found = found.filter(id__in=remarked_ids(actor))
    return found.order_by("display_name", "id")


def _visible_staff(actor: Actor) -> QuerySet[Staff]:
    actor.require(Permission.PEOPLE_STAFF_READ)
    wide = actor.roles & (ADMINISTRATORS | {Role.OFFICER, Role.SUPERVISOR})
    if wide:
        return Staff.objects.all()
    return Staff.objects.filter(department_id__in=actor.department_ids | answered_departments(actor))


def staff_member(*, actor: Actor, staff_id: UUID) -> Staff:
    """One member of staff that `actor` may see.

    Raises:
        Staff.DoesNotExist: unknown, or not for `actor`: both look alike.
    """
    return _visible_staff(actor).select_related("department").get(id=staff_id)


def log_ins_of(staff: Staff) -> list[Staff]:
    """The other log-ins of the same person."""
    return list(Staff.objects.filter(person=staff.person).exclude(id=staff.id).order_by("created_at"))


def assignments_of(staff: Staff) -> list[RoleAssignment]:
    """Every role ever asked for, newest first, with who granted, confirmed and ended it."""
    return list(staff.assignments.select_related("granted_by", "confirmed_by", "ended_by"))


def waiting_roles(*, actor: Actor) -> QuerySet[RoleAssignment]:
    """Roles granted but not yet confirmed, of the staff that `actor` may see."""
    return RoleAssignment.objects.filter(
        confirmed_at__isnull=True, ended_at__isnull=True, staff__in=_visible_staff(actor)
    )


def may_confirm(*, actor: Actor, assignment: RoleAssignment) -> bool:
    """Whether `actor` is a head who may confirm this role: not the granter, not the grantee, in the line above.

    Where no such head exists (the head of a top department needs a role), any other head may.
    """
    return confirming(actor=actor, assignment=assignment) is not None


def confirming(*, actor: Actor, assignment: RoleAssignment) -> Standing | None:
    """On whose strength `actor` may confirm this role: as a head in the line above, or as such a head's deputy."""
    if not actor.may(Permission.PEOPLE_ROLE_CONFIRM):
        return None
    granter = assignment.granted_by.person if assignment.granted_by else None
    about = {person for person in (granter, assignment.staff.person) if person}
    found = standing(actor=actor, department_id=assignment.staff.department_id, about=about)
    if found is not None:
        return found
    person = person_behind(actor)
    if person is None or person in about or _has_head_above(assignment.staff, granter):
        return None
    return Standing(None)


def _has_head_above(staff: Staff, granter: UUID | None) -> bool:
    heads = Staff.objects.filter(is_active=True, roles__contains=[Role.HEAD.value], department__isnull=False)
    apart = [
        head
        for head in heads
        if rules.may_confirm(confirmer=head.person, granter=granter, grantee=staff.person)
    ]
    return any(staff.department_id in subtree(head.department_id) for head in apart if head.department_id)


def remarked_ids(actor: Actor) -> list[UUID]:
    """Log-ins whose roles are only allowed because the organisation is small."""
    held = _visible_staff(actor).filter(is_active=True, roles__len__gte=2).values_list("id", "roles")
    return [staff_id for staff_id, roles in held if rules.remarks([Role(role) for role in roles])]


def departments() -> QuerySet[Department]:
    """All departments with the number of people now working there."""
    return Department.objects.select_related("head").annotate(
        people=Count("staff", filter=Q(staff__is_active=True))
    )


def department_tree() -> list[tuple[int, Department]]:
    """Every department once, depth first, with its depth: ready to be shown as an indented list."""
    children: dict[UUID | None, list[Department]] = {}
    for department in departments().order_by("name"):
        children.setdefault(department.parent_id, []).append(department)
    found: list[tuple[int, Department]] = []
    stack = [(0, department) for department in reversed(children.get(None, []))]
    while stack:
        depth, department = stack.pop()
        found.append((depth, department))
        stack += [(depth + 1, child) for child in reversed(children.get(department.id, []))]
    return found


def recent_failures(*, address: str, since: "datetime") -> int:
    """How often sign-in has failed from one network address since a moment, over all names."""
    from axes.models import AccessAttempt

    rows = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return sum(rows.values_list("failures_since_start", flat=True))


def token_digest(token: str) -> bytes:
    """What is kept of a one-time token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def setup_link_of(token: str) -> SetupLink | None:
    """The set-up link of `token` while it can still be used."""
    usable = Q(token_hash=token_digest(token), used_at__isnull=True, expires_at__gt=clock.now())
    return None if staff_exists() else SetupLink.objects.filter(usable).first()
