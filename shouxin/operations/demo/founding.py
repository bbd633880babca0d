"""The organisation is founded as a real one is: two people use the set-up link and appoint everybody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from shouxin.core.policy import Actor, Role, service_actor
from shouxin.kit import clock
from shouxin.operations.demo import apps
from shouxin.operations.demo.organisation import DEPARTMENTS, clerks
from shouxin.operations.demo.shapes import DemoDepartment, Demonstration, DemoStaff
from shouxin.people import queries, services
from shouxin.people.duties import services as duties
from shouxin.people.duties.rules import STEPS
from shouxin.people.models import Department, Staff
from shouxin.people.rules import FIRST_FOUNDER, SECOND_FOUNDER, Founder
from shouxin.people.second_factor import queries as factors
from shouxin.people.second_factor import services as second_factor
from shouxin.rulebook.catalogue.services import load_pack
from shouxin.rulebook.policies.queries import in_force
from shouxin.rulebook.policies.services import acknowledge, load_policies
from shouxin.rulebook.purposes.defaults import adopt_defaults
from shouxin.vault import services as vault

OFFICER, MANAGER = "caomin", "luowei"
SYSTEM_ADMIN, SECURITY_ADMIN = "pengyu", "zengqi"
ROOT = "management"
CONTACT = "曹敏，privacy@example.com"
CLERKS_STEPS = frozenset({"collect", "enter", "use", "correct"})
# Which departments work for which purpose: staff of the others are refused, which is worth seeing.
PURPOSES = {
    "sales_contract": ("sales", "marketing"),
    "service": ("service", "sales"),
    "leasing": ("leasing",),
    "marketing": ("marketing", "sales"),
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """Departments and people as they stand in the database, by the keys of the demonstration."""

    departments: dict[str, UUID]
    people: dict[str, UUID]

    def actor(self, user_name: str) -> Actor:
        return queries.actor_by_id(self.people[user_name])


def found(made: Demonstration) -> Organisation:
    """Set up departments, people and their roles; within the caller's transaction."""
    staff = {person.user_name: person for person in made.staff}
    token = parse_qs(urlsplit(services.issue_setup_link()).query)["token"][0]
    founders = _founder(staff[OFFICER], *FIRST_FOUNDER), _founder(staff[MANAGER], *SECOND_FOUNDER)
    log_ins = {
        one.user_name: one
        for one in services.set_up(token=token, organisation=made.organisation, founders=founders)
    }
    first = queries.actor_of(log_ins[OFFICER + FIRST_FOUNDER[2]])
    departments = _departments(first, made.departments)
    manager = queries.actor_of(log_ins[MANAGER])  # only now: a head answers for the departments there are
    people = {name: log_ins[name].id for name in (OFFICER, MANAGER)}
    for person in made.staff:
        if person.user_name not in people:
            people[person.user_name] = _employ(first, manager, person, departments[person.department])
    organisation = Organisation(departments, people)
    _hand_over(organisation, made, [log_ins[f.user_name + f.suffix].id for f in founders])
    return organisation


def standing() -> Organisation:
    """The organisation as an earlier start left it."""
    ids = dict(Department.objects.values_list("name", "id"))
    departments = {d.key: ids[d.name] for d in DEPARTMENTS if d.name in ids}
    departments[ROOT] = Department.objects.filter(parent__isnull=True).earliest("created_at").id
    return Organisation(
        departments, dict(Staff.objects.filter(is_active=True).values_list("user_name", "id"))
    )


def _founder(
    person: DemoStaff, work: frozenset[Role], administration: frozenset[Role], suffix: str
) -> Founder:
    return Founder(person.user_name, person.name, person.password, work, administration, suffix)


def _departments(actor: Actor, wanted: Iterable[DemoDepartment]) -> dict[str, UUID]:
    """The set-up made the root and the departments that the rules name first; the others are added."""
    ids = dict(Department.objects.values_list("name", "id"))
    root = Department.objects.get(parent__isnull=True).id
    made = {}
    for one in wanted:
        if one.parent is None:
            made[one.key] = root
        elif one.name in ids:
            made[one.key] = ids[one.name]
        else:
            made[one.key] = services.create_department(actor=actor, name=one.name, parent=made[one.parent]).id
    return made


def _employ(first: Actor, manager: Actor, person: DemoStaff, department: UUID) -> UUID:
    """Create the log-in, let the roles be granted by one person and confirmed by another, choose an own password."""
    staff = services.create_staff(
        actor=first,
        user_name=person.user_name,
        display_name=person.name,
        department=department,
        password=services.first_password(),
    )
    _appoint(first, manager, staff.id, person.roles)
    services.change_password(actor=queries.actor_by_id(staff.id), password=person.password)
    return staff.id


def _appoint(granter: Actor, confirmer: Actor, staff_id: UUID, roles: Iterable[Role]) -> None:
    for role in roles:
        asked = services.grant_role(actor=granter, staff_id=staff_id, role=role)
        services.confirm_role(actor=confirmer, assignment_id=asked.id)


def _hand_over(organisation: Organisation, made: Demonstration, retiring: Iterable[UUID]) -> None:
    """From the founders' own administrative log-ins to the three administrators; everybody takes their place."""
    system, security = organisation.actor(SYSTEM_ADMIN), organisation.actor(SECURITY_ADMIN)
    for log_in in retiring:
        services.end_staff(actor=system, staff_id=log_in)
    officer, manager = organisation.people[OFFICER], organisation.actor(MANAGER)
    services.move_staff(actor=system, staff_id=officer, department=organisation.departments["compliance"])
    _appoint(security, manager, officer, [Role.OFFICER])
    surplus = Staff.objects.get(id=manager.id).assignments.get(role=Role.CLERK, ended_at__isnull=True)
    services.end_role(actor=security, assignment_id=surplus.id)
    for one in made.departments:
        head = organisation.people[one.head]
        if one.parent is not None and Role.HEAD in organisation.actor(one.head).roles:
            services.change_department(
                actor=system,
                department_id=organisation.departments[one.key],
                name=one.name,
                parent=organisation.departments[one.parent],
                head=head,
                is_active=True,
            )


def _acknowledge(organisation: Organisation) -> None:
    """Everybody has read the rules for staff and promised to keep them."""
    now = clock.now()
    for user_name in organisation.people:
        for version in in_force(now):
            acknowledge(
                actor=organisation.actor(user_name), version_id=version.id, seen=version.sha256, now=now
            )


def put_rules_in_force(organisation: Organisation, made: Demonstration, *, effective_on: date) -> None:
    """Keys, catalogue, notice and purposes: drafted by the general manager, approved by the officer."""
    vault.make_root_key()
    vault.set_up(actor=service_actor("setup"))
    officer = organisation.actor(OFFICER)
    load_pack(officer)
    load_policies(officer, now=clock.now())
    _acknowledge(organisation)
    mine = {
        purpose: list(Department.objects.filter(id__in=[organisation.departments[key] for key in keys]))
        for purpose, keys in PURPOSES.items()
    }
    adopt_defaults(
        organisation.actor(MANAGER),
        officer,
        organisation=made.organisation,
        contact=CONTACT,
        departments=mine,
        effective_on=effective_on,
    )


def appoint_duties(organisation: Organisation) -> None:
    """Who answers for which step in the departments that hold customers; the others stand as differences to mend."""
    for key in ("sales", "service", "leasing", "marketing"):
        head = next(one.head for one in DEPARTMENTS if one.key == key)
        for step, user_name in ((step, clerks(key)[0] if step in CLERKS_STEPS else head) for step in STEPS):
            duties.appoint(
                actor=organisation.actor(head),
                department=organisation.departments[key],
                step=step,
                holder=organisation.people[user_name],
                deputy=None,
                until=None,
                now=clock.now(),
            )


def set_up_factors(organisation: Organisation) -> None:
    """A second factor for everybody whose role needs one; `shouxin demo code` shows what their app would show."""
    for staff in Staff.objects.filter(id__in=organisation.people.values()):
        if factors.must_set_up(staff):
            secret = apps.new_secret()
            actor = queries.actor_of(staff)
            second_factor.set_up_totp(actor=actor, secret=secret, code=apps.code_at(secret, clock.now()))
