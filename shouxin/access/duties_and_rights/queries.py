"""The table of duties and rights, computed from what is in force at this moment, and who answers for the data held."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.duties_and_rights.rules import Finding, Held, Person, findings
from shouxin.access.grants.models import StandingGrant
from shouxin.access.grants.models import State as GrantState
from shouxin.core.policy import Actor, Permission, PurposeRule, PurposeStatus, Role
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.gate.facts import rules as rulebooks
from shouxin.people.duties.models import Duty
from shouxin.people.duties.queries import in_force, vacant, visible_departments
from shouxin.people.duties.rules import KEEP
from shouxin.people.models import Department, Staff
from shouxin.people.tree import whole_tree


@dataclass(frozen=True, slots=True)
class Line:
    """One department: what it is to do, what it can do, who approves there, and where the two differ."""

    department: Department
    duties: Sequence[Duty]
    roles: dict[Role, int]
    purposes: Sequence[PurposeRule]
    fields: frozenset[str]
    grants: int
    clients: int
    approvers: Sequence[str]
    customers: int
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Scope:
    """A department that holds customers' information, and who is responsible for it."""

    department: Department
    customers: int
    responsible: Duty | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked once for all departments."""

    now: datetime
    below: Callable[[UUID], frozenset[UUID]]
    staff: dict[UUID | None, list[Staff]]
    duties: dict[UUID, list[Duty]]
    answering: list[tuple[str, frozenset[UUID]]]
    customers: dict[UUID, int]
    grants: dict[UUID | None, int]
    clients: dict[UUID, int]
    purposes: list[PurposeRule]
    vacant: dict[UUID, dict[str, str]]


def table(actor: Actor, now: datetime) -> list[Line]:
    """One line per department that `actor` may look at."""
    actor.require(Permission.ACCESS_REVIEW_READ)
    places = list(visible_departments(actor))
    known = _known([place.id for place in places], now)
    return [_line(place, known) for place in places]


def _known(wanted: list[UUID], now: datetime) -> _Known:
    below = whole_tree()
    staff = Staff.objects.filter(is_active=True, department_id__in=wanted).order_by("display_name")
    heads = Staff.objects.filter(is_active=True, roles__contains=[Role.HEAD.value], department__isnull=False)
    duties: dict[UUID, list[Duty]] = {}
    found = Duty.objects.filter(department_id__in=wanted, ended_at__isnull=True)
    for duty in found.select_related("holder", "deputy").order_by("step"):
        duties.setdefault(duty.department_id, []).append(duty)
    return _Known(
        now,
        below,
        _by_department(staff),
        duties,
        [(head.display_name, below(head.department_id)) for head in heads if head.department_id],
        _customers(wanted),
        _grants(wanted, now),
        _clients(wanted, now),
        [p for p in rulebooks["rulebook"].purposes() if p.status is PurposeStatus.ACTIVE and p.roles],
        _vacant(wanted),
    )


def _line(place: Department, known: _Known) -> Line:
    mine = known.duties.get(place.id, [])
    people = [_person(one) for one in known.staff.get(place.id, [])]
    held = {role for one in people for role in one.roles}
    purposes = [
        rule
        for rule in known.purposes
        if rule.roles & held and (not rule.departments or place.id in rule.departments)
    ]
    approvers = sorted(name for name, places in known.answering if place.id in places)
    customers = known.customers.get(place.id, 0)
    return Line(
        place,
        [duty for duty in mine if duty.until is None or duty.until > known.now],
        {role: sum(role in one.roles for one in people) for role in Role if role in held},
        purposes,
        frozenset(key for rule in purposes for key in rule.fields),
        known.grants.get(place.id, 0),
        known.clients.get(place.id, 0),
        approvers,
        customers,
        findings(
            duties=[_written(duty, known) for duty in mine],
            staff=people,
            approvers=approvers,
            customers=customers,
            now=known.now,
            vacant=known.vacant.get(place.id, {}),
        ),
    )


def _written(duty: Duty, known: _Known) -> Held:
    works_at = duty.holder.department_id
    in_line = works_at is not None and duty.department_id in known.below(works_at)
    return Held(duty.step, _person(duty.holder, in_line=in_line), duty.until)


def scope_report(actor: Actor) -> list[Scope]:
    """The departments that hold customers' information, those without a responsible person first."""
    actor.require(Permission.ACCESS_REVIEW_READ)
    places = list(visible_departments(actor))
    held = _customers([place.id for place in places])
    keepers = {duty.department_id: duty for duty in in_force().filter(step=KEEP)}
    found = [Scope(place, held[place.id], keepers.get(place.id)) for place in places if place.id in held]
    return sorted(found, key=lambda one: (one.responsible is not None, one.department.name))


def without_responsible(actor: Actor) -> QuerySet[Department]:
    """The departments that hold customers' information for which nobody is responsible."""
    kept = in_force().filter(step=KEEP, department_id=OuterRef("id"))
    return (
        visible_departments(actor)
        .filter(Exists(_held().filter(owner_department_id=OuterRef("id"))))
        .exclude(Exists(kept))
    )


def _held() -> QuerySet[Customer]:
    return Customer.objects.exclude(visibility=Visibility.QUARANTINED)


def _customers(places: Sequence[UUID]) -> dict[UUID, int]:
    counted = _held().filter(owner_department_id__in=places).values_list("owner_department_id")
    return dict(counted.annotate(count=Count("id")).order_by())


def _grants(places: Sequence[UUID], now: datetime) -> dict[UUID | None, int]:
    live = StandingGrant.objects.filter(
        state=GrantState.ACTIVE, until__gt=now, staff__department_id__in=places
    )
    return dict(live.values_list("staff__department_id").annotate(count=Count("id")).order_by())


def _clients(places: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    live = ApiClient.objects.filter(state=ClientState.APPROVED, ends_at__gt=now, department_id__in=places)
    return dict(live.values_list("department_id").annotate(count=Count("id")).order_by())


def _vacant(places: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """By department the steps nobody took over after a move, with who answered for them."""
    found: dict[UUID, dict[str, str]] = {}
    for duty in vacant(places):
        found.setdefault(duty.department_id, {})[duty.step] = duty.holder.display_name
    return found


def _by_department(staff: Iterable[Staff]) -> dict[UUID | None, list[Staff]]:
    found: dict[UUID | None, list[Staff]] = {}
    for one in staff:
        found.setdefault(one.department_id, []).append(one)
    return found


def _person(staff: Staff, *, in_line: bool = True) -> Person:
    roles = frozenset(Role(role) for role in staff.roles)
    return Person(staff.id, staff.display_name, roles, staff.is_active, in_line)
