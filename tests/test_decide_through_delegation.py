"""Attack: a head names a deputy of their choice and has them decide what the head may not decide alone.

By the pages, as people would: whatever the deputy is told, the thing itself must not have happened.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from shouxin.access.clients import services as clients
from shouxin.access.clients.models import ApiClient
from shouxin.access.clients.rules import Wanted
from shouxin.access.emergency import services as emergency
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants import queries as grant_queries
from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.highrisk import queries as risk_queries
from shouxin.access.highrisk import services as risks
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.highrisk.models import State as RiskState
from shouxin.access.reviews import services as reviews
from shouxin.access.reviews.models import LineState, ReviewLine
from shouxin.core.policy import Permission, Role, permissions_of
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.delegations import services as delegations
from shouxin.people.models import RoleAssignment, Staff
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
HEAD, DEPUTY = "sales_head", "service_head"
FINDING = {"finding": "justified", "review_note": "已核对"}


@pytest.fixture
def given(register: Register) -> Register:
    """陈刚 (销售部) has named 孙丽 (客服部) his deputy."""
    now = clock.now()
    delegations.give(
        actor=register.world.actor(HEAD),
        deputy=register.world.people[DEPUTY].id,
        starts_at=now,
        until=now + timedelta(days=7),
        reason="出差",
        now=now,
    )
    return register


def page_of(register: Register, who: str) -> Client:
    return register.world.signed_in(Client(), who)


def asked(register: Register, who: str, *, strict: bool = False) -> UUID:
    now = clock.now()
    made = grants.propose(
        actor=register.world.actor(who),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=now + timedelta(days=5),
        reason="联系客户",
        now=now,
        strict=strict,
    )
    return made.id


def state(grant: UUID) -> str:
    return StandingGrant.objects.get(id=grant).state


def approve(register: Register, who: str, grant: UUID) -> None:
    page_of(register, who).post(f"/access/grants/{grant}/approve/")


def test_the_deputy_does_approve_for_the_giver_s_people(given: Register) -> None:
    grant = asked(given, "clerk")
    approve(given, DEPUTY, grant)
    assert state(grant) == State.ACTIVE


def test_the_head_s_own_grant_is_not_the_deputy_s_to_approve(given: Register) -> None:
    grant = asked(given, HEAD)
    for who in (HEAD, DEPUTY):
        approve(given, who, grant)
        assert state(grant) == State.PENDING
    approve(given, "officer", grant)
    assert state(grant) == State.ACTIVE


@pytest.mark.parametrize("order", [(HEAD, DEPUTY), (DEPUTY, HEAD)])
def test_head_and_deputy_are_not_the_two_approvers_of_a_strict_grant(
    given: Register, order: tuple[str, str]
) -> None:
    grant, (first, second) = asked(given, "clerk", strict=True), order
    approve(given, first, grant)
    approve(given, second, grant)
    assert state(grant) == State.PENDING
    if second == DEPUTY:
        assert not grant_queries.awaiting(given.world.actor(DEPUTY)).exists()
    approve(given, "officer", grant)
    assert state(grant) == State.ACTIVE


def test_the_head_s_own_role_is_not_the_deputy_s_to_confirm(given: Register) -> None:
    role = people.grant_role(
        actor=given.world.actor("security_admin"), staff_id=given.world.people[HEAD].id, role=Role.CLERK
    )
    page_of(given, DEPUTY).post(f"/people/roles/{role.id}/confirm/")
    assert RoleAssignment.objects.get(id=role.id).confirmed_at is None


def test_lines_of_a_review_about_giver_or_deputy_are_not_confirmed_through_the_other(given: Register) -> None:
    grants.approve(actor=given.world.actor("officer"), grant=asked(given, HEAD), now=clock.now())
    Staff.objects.filter(user_name="newcomer").update(person=given.world.staff(DEPUTY).person)
    people.confirm_role(
        actor=given.world.actor("top_head"),
        assignment_id=people.grant_role(
            actor=given.world.actor("security_admin"),
            staff_id=given.world.people["newcomer"].id,
            role=Role.CLERK,
        ).id,
    )
    reviews.open_now(actor=given.world.actor("officer"), now=clock.now() + timedelta(seconds=1))
    page = page_of(given, DEPUTY)
    about = ReviewLine.objects.filter(holder__user_name__in=[HEAD, "newcomer"])
    assert set(about.values_list("kind", flat=True)) >= {"role", "grant", "sight"}
    for line in about:
        page.post(f"/access/reviews/lines/{line.id}/confirm/")
        page.post(f"/access/reviews/lines/{line.id}/end/")
    assert set(about.values_list("state", flat=True)) == {LineState.OPEN}
    theirs = ReviewLine.objects.get(holder__user_name="clerk", kind="role")
    page.post(f"/access/reviews/lines/{theirs.id}/confirm/")
    assert ReviewLine.objects.get(id=theirs.id).state == LineState.CONFIRMED


def emergency_of(register: Register, who: str) -> EmergencyAccess:
    return emergency.open_access(
        actor=register.world.actor(who),
        customer=register["zhang"],
        purpose=SALES,
        fields=["mobile"],
        reason="客户来电称送货地址有误",
        reason_class="delivery",
        minutes=15,
        now=clock.now() - timedelta(minutes=40),
    )


def test_the_head_s_own_emergency_is_not_the_deputy_s_to_review(given: Register) -> None:
    mine, theirs = emergency_of(given, HEAD), emergency_of(given, "clerk")
    for who in (HEAD, DEPUTY):
        page_of(given, who).post(f"/access/emergency/{mine.id}/review/", FINDING)
    assert EmergencyAccess.objects.get(id=mine.id).reviewed_at is None
    page_of(given, DEPUTY).post(f"/access/emergency/{theirs.id}/review/", FINDING)
    assert EmergencyAccess.objects.get(id=theirs.id).reviewed_by_id == given.world.people[DEPUTY].id


def marked(register: Register, by: str = HEAD) -> RiskMark:
    return risks.propose_customer(
        actor=register.world.actor(by), customer=register["li"], reason="有人冒充家属", now=clock.now()
    )


def verb(register: Register, who: str, mark: RiskMark, doing: str) -> str:
    page_of(register, who).post(f"/access/risk/{mark.id}/{doing}/")
    return RiskMark.objects.get(id=mark.id).state


def test_the_protection_of_high_risk_does_not_end_by_head_and_deputy(given: Register) -> None:
    mark = marked(given)
    assert verb(given, DEPUTY, mark, "approve") == RiskState.PROPOSED
    assert not risk_queries.awaiting(given.world.actor(DEPUTY)).exists()
    assert verb(given, "officer", mark, "approve") == RiskState.ACTIVE
    risks.propose_end(actor=given.world.actor(HEAD), mark=mark.id, reason="不再需要", now=clock.now())
    assert verb(given, DEPUTY, mark, "end-approve") == RiskState.ENDING
    assert verb(given, "officer", mark, "end-approve") == RiskState.ENDED


def test_a_deputy_asks_for_no_marking_that_the_giver_could_then_approve(given: Register) -> None:
    with pytest.raises(risks.RiskProblem, match=r"mark\.unknown"):
        marked(given, DEPUTY)
    mark = marked(given, "officer")
    assert verb(given, HEAD, mark, "approve") == RiskState.ACTIVE
    with pytest.raises(risks.RiskProblem, match=r"mark\.unknown"):
        risks.propose_end(actor=given.world.actor(DEPUTY), mark=mark.id, reason="x", now=clock.now())


def test_the_alert_of_the_head_s_own_read_is_not_noted_by_the_deputy(given: Register) -> None:
    at: dict[str, Any] = {
        "customer_id": given["li"],
        "department": given.world.departments["sales"],
        "purpose": SALES,
        "fields": ["mobile"],
        "at": clock.now(),
    }
    own = RiskAlert.objects.create(reader=given.world.people[HEAD], **at)
    other = RiskAlert.objects.create(reader=given.world.people["clerk"], **at)
    assert list(risk_queries.unseen(given.world.actor(DEPUTY))) == [other]
    for alert in (own, other):
        page_of(given, DEPUTY).post(f"/access/risk/alerts/{alert.id}/seen/")
    assert RiskAlert.objects.get(id=own.id).head_id is None
    assert RiskAlert.objects.get(id=other.id).head_id == given.world.people[DEPUTY].id


def test_a_client_is_not_approved_by_who_asked_nor_by_any_deputy(given: Register) -> None:
    now = clock.now()
    wanted = Wanted(
        name="订单同步",
        purposes=(SALES,),
        readable=("person_name",),
        clear=(),
        writable=(),
        addresses=("203.0.113.7/32",),
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="取数",
        per_minute=60,
        daily_rows=100,
    )
    client = clients.propose(
        actor=given.world.actor(HEAD),
        owner=given.world.people["clerk"].id,
        department=given.world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    assert not [role for role in Role if role is not Role.OFFICER and _approves(role)]
    for who in (HEAD, DEPUTY, "top_head", "security_admin"):
        page_of(given, who).post(f"/access/clients/{client.id}/approve/")
        assert ApiClient.objects.get(id=client.id).state == "proposed"
    # the officer is the head's second log-in: still the same person
    Staff.objects.filter(user_name="officer").update(person=given.world.staff(HEAD).person)
    page_of(given, "officer").post(f"/access/clients/{client.id}/approve/")
    assert ApiClient.objects.get(id=client.id).state == "proposed"


def _approves(role: Role) -> bool:
    return Permission.API_CLIENT_APPROVE in permissions_of([role])
