"""Whatever happens in whatever order (joining, moving, granting, delegating, reviewing, leaving), nobody holds a right
that the rules forbid.

Random people try random deeds through the services the screens use; most are refused. After each deed everything in
force is read from the tables and judged by rules written down here once more, without the product's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant
from shouxin.access.reviews import rules as review_rules
from shouxin.access.reviews import services as reviews
from shouxin.access.reviews.models import ReviewLine
from shouxin.access.secrets import services as secrets
from shouxin.access.secrets.models import SecretReader
from shouxin.core.policy import NotAllowed, Role, Sight
from shouxin.core.policy.permissions import PERMISSIONS_OF
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.delegations import services as delegations
from shouxin.people.delegations.models import Delegation
from shouxin.people.duties import services as duties
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.problems import PeopleError
from shouxin.people.sights import services as sights
from shouxin.people.sights.models import SightSetting
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from tests.register import SALES, rules_in_force
from tests.world import World

REFUSED = (PeopleError, NotAllowed, grants.GrantProblem, reviews.ReviewProblem, secrets.SecretProblem)
WHO = (
    "clerk", "newcomer", "agent", "sales_head", "service_head", "top_head", "officer", "system_admin",
    "security_admin", "audit_admin",
)  # fmt: skip
PLACES = ("sales", "service", "it")
SECOND_LOG_IN = ("newcomer", "sales_head")  # of one person: every "not by the same person" meets it
ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
READERS = {"clerk", "head", "officer"}
CANNOT_BE_MISSED = {"system_admin", "security_admin", "head", "officer"}
Deed = tuple[str, int, int, int]


@dataclass
class Story:
    """What this test remembers by itself, to judge what the product does."""

    world: World
    now: datetime
    moved: dict[UUID, datetime] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def actor(self, number: int) -> Any:
        return self.world.actor(WHO[number % len(WHO)])

    def staff(self, number: int) -> UUID:
        return self.world.people[WHO[number % len(WHO)]].id

    def place(self, number: int) -> UUID:
        return self.world.departments[PLACES[number % len(PLACES)]].id


def one_of(found: Any, number: int) -> Any:
    """One of the rows there are, by a random number; no row is refused like an unknown one."""
    rows = list(found.order_by("pk"))
    if not rows:
        raise grants.GrantProblem("nothing")
    return rows[number % len(rows)]


def _grant_role(s: Story, a: int, b: int, c: int) -> None:
    people.grant_role(actor=s.actor(a), staff_id=s.staff(b), role=list(Role)[c % len(Role)])


def _confirm_role(s: Story, a: int, b: int, _c: int) -> None:
    waiting = RoleAssignment.objects.filter(confirmed_at=None, ended_at=None)
    people.confirm_role(actor=s.actor(a), assignment_id=one_of(waiting, b).id)


def _end_role(s: Story, a: int, b: int, _c: int) -> None:
    people.end_role(
        actor=s.actor(a), assignment_id=one_of(RoleAssignment.objects.filter(ended_at=None), b).id
    )


def _move(s: Story, a: int, b: int, c: int) -> None:
    before = Staff.objects.get(id=s.staff(b)).department_id
    people.move_staff(actor=s.actor(a), staff_id=s.staff(b), department=s.place(c))
    if before != s.place(c):
        s.moved[s.staff(b)] = s.now


def _leave(s: Story, a: int, b: int, _c: int) -> None:
    people.end_staff(actor=s.actor(a), staff_id=s.staff(b))


def _suspend(s: Story, a: int, b: int, _c: int) -> None:
    cause = Suspension.Cause.CONCERN
    suspensions.suspend(actor=s.actor(a), staff_id=s.staff(b), cause=cause, now=s.now)


def _resume(s: Story, a: int, b: int, _c: int) -> None:
    suspensions.resume(actor=s.actor(a), staff_id=s.staff(b), now=s.now)


def _propose(s: Story, a: int, _b: int, _c: int) -> None:
    grants.propose(
        actor=s.actor(a),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=s.now + timedelta(days=60),
        reason="日常联系客户",
        now=s.now,
    )


def _approve(s: Story, a: int, b: int, _c: int) -> None:
    asked = one_of(StandingGrant.objects.filter(state="pending"), b)
    allowed = answers_for(s, s.staff(a), asked.staff, oversight={"officer", "security_admin"})
    grants.approve(actor=s.actor(a), grant=asked.id, now=s.now)
    if not allowed:
        s.problems.append("a grant was approved by somebody who does not answer for it")


def _delegate(s: Story, a: int, b: int, c: int) -> None:
    delegations.give(
        actor=s.actor(a),
        deputy=s.staff(b),
        starts_at=s.now,
        until=s.now + timedelta(days=1 + c % 20),
        reason="",
        now=s.now,
    )


def _open_review(s: Story, a: int, _b: int, _c: int) -> None:
    reviews.open_now(actor=s.actor(a), now=s.now)


def _review(s: Story, a: int, b: int, c: int) -> None:
    line = one_of(ReviewLine.objects.filter(state__in=["open", "escalated"]), b)
    verb = reviews.end if c % 4 == 0 else reviews.confirm
    done = verb(actor=s.actor(a), line_id=line.id, now=s.now)
    if done.state != "gone" and person_of(s.staff(a)) == person_of(line.holder_id):
        s.problems.append("a right was reviewed by the person who holds it")


def _pass_days(s: Story, _a: int, _b: int, c: int) -> None:
    s.now += timedelta(days=1 + c % 16)
    reviews.lapse_overdue(now=s.now)


def _ask_sight(s: Story, a: int, b: int, c: int) -> None:
    wanted = [None, Sight.OWN, Sight.DEPARTMENT][c % 3]
    sights.ask(actor=s.actor(a), staff_id=s.staff(b), sight=wanted, now=s.now)


def _confirm_sight(s: Story, a: int, b: int, _c: int) -> None:
    waiting = SightSetting.objects.filter(confirmed_at=None, ended_at=None)
    sights.confirm(actor=s.actor(a), setting_id=one_of(waiting, b).id, now=s.now)


def _ask_name(s: Story, a: int, b: int, _c: int) -> None:
    secrets.ask(
        actor=s.actor(a),
        role=Role.CLERK,
        department=s.place(b),
        daily_rows=5,
        until=s.now + timedelta(days=30),
        reason="备货",
        now=s.now,
    )


def _approve_name(s: Story, a: int, b: int, _c: int) -> None:
    asked = one_of(SecretReader.objects.filter(state="pending"), b)
    secrets.decide(actor=s.actor(a), entry=asked.id, approve=True, now=s.now)


def _appoint(s: Story, a: int, b: int, c: int) -> None:
    duties.appoint(
        actor=s.actor(a),
        department=s.place(c),
        step="keep",
        holder=s.staff(b),
        deputy=None,
        until=None,
        now=s.now,
    )


DEEDS: dict[str, Callable[[Story, int, int, int], None]] = {
    "grant role": _grant_role,
    "confirm role": _confirm_role,
    "end role": _end_role,
    "move": _move,
    "leave": _leave,
    "suspend": _suspend,
    "resume": _resume,
    "propose": _propose,
    "approve": _approve,
    "delegate": _delegate,
    "open review": _open_review,
    "review": _review,
    "pass days": _pass_days,
    "ask sight": _ask_sight,
    "confirm sight": _confirm_sight,
    "ask name": _ask_name,
    "approve name": _approve_name,
    "appoint": _appoint,
}
# Who usually does it tries three times of four; else nearly everything is refused.
USUAL = {
    "grant role": "security_admin",
    "end role": "security_admin",
    "move": "system_admin",
    "leave": "system_admin",
    "suspend": "system_admin",
    "resume": "system_admin",
    "open review": "officer",
    "confirm role": "top_head",
    "approve": "top_head",
    "review": "top_head",
    "ask sight": "security_admin",
    "confirm sight": "top_head",
    "ask name": "sales_head",
    "approve name": "officer",
    "delegate": "sales_head",
    "propose": "clerk",
    "appoint": "officer",
}


def person_of(staff_id: UUID) -> UUID:
    return Staff.objects.values_list("person", flat=True).get(id=staff_id)


def above(department_id: UUID | None) -> Iterator[UUID]:
    """The department and those above it."""
    while department_id is not None:
        yield department_id
        department_id = Department.objects.values_list("parent_id", flat=True).get(id=department_id)


def answers_for(s: Story, approver: UUID, holder: Staff, *, oversight: set[str]) -> bool:
    """By this test's own reading: another person, who oversees, heads the line, or stands in for another such head."""
    one = Staff.objects.get(id=approver)
    if one.person == holder.person:
        return False
    if set(one.roles) & oversight:
        return True
    line = set(above(holder.department_id))
    stood_in = [
        given.giver
        for given in Delegation.objects.filter(deputy=one, ended_at=None).select_related("giver")
        if given.starts_at <= s.now < given.until and "head" in given.giver.roles
    ]
    heads = [one, *(giver for giver in stood_in if giver.person != holder.person)]
    return "head" in one.roles and any(head.department_id in line for head in heads)


def forbidden(s: Story) -> list[str]:
    """Every right in force that the rules forbid."""
    found = list(s.problems)
    everybody = {one.id: one for one in Staff.objects.all()}
    live = list(RoleAssignment.objects.filter(ended_at=None))
    for one in everybody.values():
        found += _about_log_in(s, one, [a for a in live if a.staff_id == one.id])
    found += _about_roles(everybody, live) + _about_grants(s, everybody) + _about_names(everybody)
    for role in ("system_admin", "security_admin"):
        if not any(role in one.roles and one.is_active for one in everybody.values()):
            found.append(f"nobody is {role} any more")
    return found + _about_reviews(s, everybody, live)


def _about_roles(everybody: dict[UUID, Staff], live: list[RoleAssignment]) -> list[str]:
    found = []
    for a in live:
        if a.confirmed_at and a.granted_by_id and a.confirmed_by_id:
            ids = (a.staff_id, a.granted_by_id, a.confirmed_by_id)
            if len({everybody[key].person for key in ids}) < 3:
                found.append("a role was asked for, confirmed and held by fewer than three people")
    for d in Delegation.objects.filter(ended_at=None):
        if "head" not in everybody[d.giver_id].roles and not everybody[d.giver_id].suspended_at:
            found.append("a delegation of somebody who is no head")
        if everybody[d.giver_id].person == everybody[d.deputy_id].person:
            found.append("a delegation to oneself")
    return found


def _about_grants(s: Story, everybody: dict[UUID, Staff]) -> list[str]:
    found = []
    for g in StandingGrant.objects.filter(state="active"):
        holder = everybody[g.staff_id]
        if not holder.is_active:
            found.append("a grant outlives its holder")
        if g.decided_by_id and everybody[g.decided_by_id].person == holder.person:
            found.append("a grant approved by its own holder")
        if g.decided_at and g.staff_id in s.moved and g.decided_at < s.moved[g.staff_id]:
            found.append("a grant of the old department outlives the move")
    return found


def _about_names(everybody: dict[UUID, Staff]) -> list[str]:
    return [
        "a name in the register of trade secrets approved by who asked"
        for e in SecretReader.objects.filter(state="active")
        if e.decided_by_id and everybody[e.decided_by_id].person == everybody[e.asked_by_id].person
    ]


def _about_log_in(s: Story, one: Staff, live: list[RoleAssignment]) -> list[str]:
    found, roles = [], set(one.roles)
    if "audit_admin" in roles and roles & {"system_admin", "security_admin"}:
        found.append("the audit administrator administers")
    if roles & ADMINISTRATORS and roles & READERS:
        found.append("an administrator reads customers")
    if not roles <= {a.role for a in live if a.confirmed_at}:
        found.append("a role that nobody confirmed")
    if roles and (not one.is_active or one.suspended_at or one.department_id is None):
        found.append("a role of somebody who left, is suspended, or belongs nowhere")
    if one.id in s.moved and any(a.confirmed_at and a.confirmed_at < s.moved[one.id] for a in live):
        found.append("a role of the old department outlives the move")
    actor = s.world.actor(next(key for key, row in s.world.people.items() if row.id == one.id))
    allowed = {p for role in roles for p in PERMISSIONS_OF[Role(role)]}
    if not actor.permissions <= allowed:
        found.append("more permissions than the roles give")
    if one.sight and not SightSetting.objects.filter(staff=one, sight=one.sight, ended_at=None).exists():
        found.append("a view that nobody set")
    return found


def _about_reviews(s: Story, everybody: dict[UUID, Staff], live: list[RoleAssignment]) -> list[str]:
    found = []
    standing = {a.id for a in live}
    granted = set(StandingGrant.objects.filter(state="active").values_list("id", flat=True))
    for line in ReviewLine.objects.select_related("review"):
        if line.state == "open" and line.review.due_at <= s.now:
            found.append("a right is neither confirmed nor lapsed after its deadline")
        if line.state == "lapsed" and line.kind == "role" and line.subject in standing:
            found.append("a lapsed role still stands")
        if line.state == "lapsed" and line.kind == "grant" and line.subject in granted:
            found.append("a lapsed grant still stands")
        if line.state == "escalated" and line.what.get("role") not in CANNOT_BE_MISSED:
            found.append("a right was kept that could have lapsed")
        if line.decided_by_id and everybody[line.decided_by_id].person == everybody[line.holder_id].person:
            found.append("a right confirmed by its own holder")
    return found


OFTEN = ("grant role", "confirm role", "propose", "approve", "open review", "review", "review")
NUMBERS = st.integers(0, 39)
deeds = st.tuples(st.sampled_from([*sorted(DEEDS), *OFTEN]), NUMBERS, NUMBERS, NUMBERS)


@pytest.fixture
def story(world: World, monkeypatch: pytest.MonkeyPatch) -> Story:
    rules_in_force(world)
    person = world.staff(SECOND_LOG_IN[1]).person
    Staff.objects.filter(id=world.people[SECOND_LOG_IN[0]].id).update(person=person)
    return Story(world, clock.now())


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=st.lists(deeds, min_size=40, max_size=60))
def test_nobody_ever_holds_a_right_that_the_rules_forbid(
    story: Story, monkeypatch: pytest.MonkeyPatch, done: list[Deed]
) -> None:
    s = Story(story.world, story.now + timedelta(seconds=1))
    monkeypatch.setattr(clock, "now", lambda: s.now)
    with transaction.atomic():
        for name, a, b, c in done:
            s.now += timedelta(seconds=1)
            # Numbers beyond the people are the one who usually does this.
            doer = WHO.index(USUAL[name]) if a >= len(WHO) and name in USUAL else a
            try:
                with transaction.atomic():
                    DEEDS[name](s, doer, b, c)
            except REFUSED:
                continue
            assert forbidden(s) == [], (name, WHO[doer % len(WHO)], WHO[b % len(WHO)], c)
        transaction.set_rollback(True)


def test_the_judge_sees_what_is_wrong(story: Story) -> None:
    """Each rule of the judge fires when something of the kind is forced into the tables."""
    world, now = story.world, story.now
    assert forbidden(story) == []
    clerk = world.people["clerk"]
    Staff.objects.filter(id=clerk.id).update(roles=["clerk", "supervisor"])
    assert "a role that nobody confirmed" in forbidden(story)
    Staff.objects.filter(id=clerk.id).update(roles=["clerk"])
    StandingGrant.objects.create(
        staff=clerk,
        purpose=SALES,
        fields=["mobile"],
        reason="x",
        state="active",
        proposed_by=clerk,
        proposed_at=now,
        until=now + timedelta(days=9),
        decided_by=world.people["top_head"],
        decided_at=now,
    )
    assert forbidden(story) == []
    story.moved[clerk.id] = now + timedelta(seconds=1)
    assert "a grant of the old department outlives the move" in forbidden(story)
    Staff.objects.filter(id=world.people["top_head"].id).update(person=clerk.person)
    assert "a grant approved by its own holder" in forbidden(story)
    Staff.objects.filter(id=clerk.id).update(is_active=False, roles=[])
    assert "a grant outlives its holder" in forbidden(story)
    reviews.open_now(actor=world.actor("officer"), now=now + timedelta(hours=1))
    story.now = now + review_rules.LASTS + timedelta(days=1)
    assert "a right is neither confirmed nor lapsed after its deadline" in forbidden(story)
