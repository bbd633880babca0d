"""Who holds what at one moment, read from the tables, and the rules on it, written down without the product's.

Nothing here calls a query or a rule of the product: what a head answers for, who stands in for whom and what may not
meet in one log-in is worked out anew, so that a mistake there does not hide itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.access.clients.models import ApiClient
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension
from shouxin.access.grants.models import StandingGrant
from shouxin.access.reviews.models import ReviewLine
from shouxin.access.secrets.models import SecretReader
from shouxin.customers.registry.models import Customer
from shouxin.people.delegations.models import Delegation
from shouxin.people.duties.models import Duty
from shouxin.people.leaving.models import Departure
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.sights.models import SightSetting
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion

ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
READERS = {"clerk", "head", "officer"}
SELLERS = {"clerk", "head"}  # whom the purpose of sales is for
CANNOT_BE_MISSED = {"system_admin", "security_admin", "head", "officer"}
LAST_OF_A_KIND = ("system_admin", "security_admin")


@dataclass
class Book:
    """Everything that stands at `at`."""

    at: datetime

    def __post_init__(self) -> None:
        self.staff = {one.id: one for one in Staff.objects.order_by("created_at", "id")}
        self.parent = dict(Department.objects.order_by("id").values_list("id", "parent_id"))
        self.roles = list(RoleAssignment.objects.filter(ended_at=None).order_by("id"))
        self.given = list(Delegation.objects.order_by("id"))
        self.delegations = [one for one in self.given if one.ended_at is None]
        self.grants = list(StandingGrant.objects.filter(state__in=["pending", "active"]).order_by("id"))
        self.clients = list(ApiClient.objects.filter(state__in=["proposed", "approved"]).order_by("id"))
        self.emergencies = list(EmergencyAccess.objects.order_by("id"))
        self.barred = list(EmergencySuspension.objects.filter(lifted_at=None).order_by("id"))
        self.lines = list(ReviewLine.objects.select_related("review").order_by("id"))
        self.sights = list(SightSetting.objects.filter(ended_at=None).order_by("id"))
        self.names = list(SecretReader.objects.filter(state__in=["pending", "active"]).order_by("id"))
        self.duties = list(Duty.objects.filter(ended_at=None).order_by("id"))
        self.customers = {one.id: one for one in Customer.objects.order_by("id")}
        self.departures = list(Departure.objects.filter(withdrawn_at=None, ended_at=None).order_by("id"))
        self.acknowledged = set(Acknowledgement.objects.values_list("staff_id", "stay", "version_id"))
        self.policies = set(PolicyVersion.objects.filter(pack__isnull=False).values_list("id", flat=True))

    def person(self, log_in: UUID) -> UUID:
        return self.staff[log_in].person

    def same(self, *log_ins: UUID) -> bool:
        """Whether two of these log-ins belong to one human being."""
        return len({self.person(one) for one in log_ins}) < len(log_ins)

    def line(self, department: UUID | None) -> list[UUID | None]:
        """The department and those above it."""
        found: list[UUID | None] = []
        while department is not None:
            found.append(department)
            department = self.parent[department]
        return found

    def under(self, department: UUID | None) -> set[UUID]:
        """The department and those below it."""
        return {place for place in self.parent if department in self.line(place)}

    def works(self, log_in: UUID) -> bool:
        one = self.staff[log_in]
        return bool(one.is_active and one.suspended_at is None and one.department_id and one.roles)

    def rests(self, log_in: UUID) -> bool:
        return self.staff[log_in].suspended_at is not None

    def is_one(self, log_in: UUID, *roles: str) -> bool:
        return self.works(log_in) and not set(roles).isdisjoint(self.staff[log_in].roles)

    def heads(self, log_in: UUID, department: UUID | None) -> bool:
        """Whether somebody is head of the department or of one above it."""
        return self.is_one(log_in, "head") and self.staff[log_in].department_id in self.line(department)

    def stood_in(self, deputy: UUID) -> list[UUID]:
        """The heads in whose place somebody decides now: both are heads, and the days have begun and not run out."""
        return [
            one.giver_id
            for one in self.delegations
            if one.deputy_id == deputy and one.starts_at <= self.at < one.until and self.is_one(one.giver_id, "head")
        ]  # fmt: skip

    def answers(self, log_in: UUID, department: UUID | None, about: Collection[UUID] = ()) -> bool:
        """As head, or in another head's place; neither may be one of the persons it is about."""
        if department is None or not self.is_one(log_in, "head") or self.person(log_in) in about:
            return False
        givers = [giver for giver in self.stood_in(log_in) if self.person(giver) not in about]
        return any(self.heads(one, department) for one in [log_in, *givers])

    def once_answered(self, log_in: UUID, department: UUID | None) -> bool:
        """Whether somebody stood in for a head of the department and does so no more."""
        return self.is_one(log_in, "head") and any(
            one.deputy_id == log_in and self.heads(one.giver_id, department)
            for one in self.given
            if one.ended_at is not None or one.until <= self.at
        )

    def apart(self, roles: Collection[str]) -> bool:
        """Whether these may meet in one log-in."""
        held = set(roles)
        audits = "audit_admin" in held and held & (ADMINISTRATORS - {"audit_admin"})
        return not audits and not (held & ADMINISTRATORS and held & READERS)

    def last(self, log_in: UUID, lost: Collection[str], kinds: Collection[str] = LAST_OF_A_KIND) -> bool:
        """Whether nobody would be one of these kinds any more."""
        return any(
            role in lost
            and role in self.staff[log_in].roles
            and not any(self.is_one(other, role) for other in self.staff if other != log_in)
            for role in kinds
        )

    def holds_much(self, log_in: UUID) -> bool:
        """Whether something hangs on somebody: a program, a grant, a running emergency, another head's place."""
        rights = [one.owner_id for one in self.clients if one.state == "approved"]
        rights += [one.staff_id for one in self.grants if one.state == "active"]
        rights += [one.staff_id for one in self.emergencies if self.running(one)]
        rights += [key for one in self.delegations for key in (one.giver_id, one.deputy_id)]
        return log_in in rights

    def held(self, log_in: UUID) -> list[RoleAssignment]:
        """Roles confirmed or waiting."""
        return [one for one in self.roles if one.staff_id == log_in]

    def log_ins(self, log_in: UUID) -> list[UUID]:
        """Those of the same person that are in use."""
        return [one.id for one in self.staff.values() if one.person == self.person(log_in) and one.is_active]

    def ready(self, log_in: UUID) -> bool:
        """Whether somebody has acknowledged the rules since they joined, or came back."""
        stay = self.staff[log_in].stay
        return all((log_in, stay, version) in self.acknowledged for version in self.policies)

    def owns(self, log_in: UUID, customer: UUID) -> bool:
        """Whether a customer is somebody's own: they answer for it, or nobody does and it is of their department."""
        found = self.customers[customer]
        return found.responsible_id == log_in or (
            found.responsible_id is None and self.sees(log_in, customer)
        )

    def owns_some(self, log_in: UUID) -> bool:
        return any(self.owns(log_in, customer) for customer in self.customers)

    def sees(self, log_in: UUID, customer: UUID) -> bool:
        """Whether a customer is somebody's own, or of their departments, as far as they see."""
        one, found = self.staff[log_in], self.customers[customer]
        if found.responsible_id == log_in:
            return True
        heads = "head" in one.roles
        if one.sight == "own" or (found.scope == "own" and found.responsible_id and not heads):
            return False
        places = self.under(one.department_id) if heads else {one.department_id}
        return found.owner_department_id in places

    def sells(self, log_in: UUID, customer: UUID) -> bool:
        """Whether somebody may work with a customer at all."""
        return self.is_one(log_in, *SELLERS) and self.ready(log_in) and self.sees(log_in, customer)

    def opens(self, log_in: UUID, customer: UUID) -> str:
        """On the strength of what somebody sees the customer's number clear; nothing when they must not."""
        if not self.sells(log_in, customer):
            return ""
        if any(
            one.customer_id == customer and one.staff_id == log_in and self.running(one)
            for one in self.emergencies
        ):
            return "emergency"
        live = [one for one in self.grants if one.staff_id == log_in and one.state == "active"]
        return "grant" if self.owns(log_in, customer) and any(one.until > self.at for one in live) else ""

    def running(self, access: EmergencyAccess) -> bool:
        return access.ended_at is None and access.until > self.at

    def may_open_emergency(self, log_in: UUID) -> bool:
        person = self.person(log_in)
        recent = [
            one
            for one in self.emergencies
            if self.person(one.staff_id) == person and one.opened_at > self.at - timedelta(days=1)
        ]
        return len(recent) < 3 and person not in {one.person for one in self.barred}

    def comes_in(self, client: UUID) -> bool:
        """Whether a program's token opens anything: approved, within its dates, its responsible person at work."""
        found = next((one for one in self.clients if one.id == client and one.state == "approved"), None)
        if found is None or not found.starts_at <= self.at < found.ends_at:
            return False
        owner = self.staff[found.owner_id]
        return owner.is_active and owner.suspended_at is None

    def decides_line(self, log_in: UUID, line: ReviewLine) -> bool:
        """The head in line or a deputy; the officer for what no head can; never the person it is about."""
        holder, place = line.holder_id, line.review.department_id
        if not self.is_one(log_in, "head", "officer") or self.same(log_in, holder):
            return False
        if self.answers(log_in, place, {self.person(holder)}):
            return True
        heads = [one for one in self.staff if self.heads(one, place) and not self.same(one, holder)]
        mine = self.is_one(log_in, "officer") and (self.is_one(holder, "head") or line.state == "escalated")
        officers = [one for one in self.staff if self.is_one(one, "officer") and not self.same(one, holder)]
        return mine or (not heads and (self.is_one(log_in, "officer") or not officers))
