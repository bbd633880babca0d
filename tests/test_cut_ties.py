"""Whoever leaves or moves loses everything in that very moment, whatever was open."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from shouxin.access.clients import door
from shouxin.access.clients import services as clients
from shouxin.access.clients.models import ApiClient, ClientState, ClientToken
from shouxin.access.clients.rules import Wanted
from shouxin.access.emergency import services as emergency
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.reviews import services as reviews
from shouxin.core.policy import Action, Actor, Role
from shouxin.core.text import Text
from shouxin.gate import services as gate
from shouxin.gate.models import Contact
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.people import services
from shouxin.people.duties import services as duties
from shouxin.people.leaving import closing, ties
from shouxin.people.leaving.services import LAST_DAY
from shouxin.people.leaving.ties import Going, Tie, Tied
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.services import PeopleError
from shouxin.rulebook.policies import queries as policies
from shouxin.rulebook.policies.models import Acknowledgement
from shouxin.rulebook.policies.services import acknowledge
from tests.register import SALES, Register, grant

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"


def contact(register: Register, actor: Actor | None = None) -> Contact:
    return gate.open_contact(
        actor=actor or register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        reason_class="order",
        note="",
        now=clock.now(),
    )


def program(register: Register) -> str:
    """An API client that the clerk answers for; its token."""
    now = clock.now()
    wanted = Wanted(
        name="订单同步",
        purposes=(SALES,),
        readable=("person_name", "mobile"),
        clear=("mobile",),
        writable=(),
        addresses=(f"{ADDRESS}/32",),
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=30),
        reason="订单系统每天取数",
        per_minute=60,
        daily_rows=1000,
    )
    asked = clients.propose(
        actor=register.world.actor("sales_head"),
        owner=register.world.people["clerk"].id,
        department=register.world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    return clients.approve(actor=register.world.actor("officer"), client=asked.id, now=now)[1]


def urgent(register: Register) -> UUID:
    return emergency.open_access(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        fields=["mobile"],
        reason="客户来电称送货地址有误，司机已在路上",
        reason_class="order",
        minutes=15,
        now=clock.now(),
    ).id


def end(register: Register, who: str = "clerk") -> None:
    services.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people[who].id)


def cut_off(register: Register, who: str = "clerk") -> None:
    """Gone in the directory, while they still answer for something."""
    duties.appoint(
        actor=register.world.actor("officer"),
        department=register.world.departments["sales"].id,
        step="keep",
        holder=register.world.people[who].id,
        deputy=None,
        until=None,
        now=clock.now(),
    )
    closing.close_or_cut_off(actor=LAST_DAY, staff_id=register.world.people[who].id, now=clock.now())


def move(register: Register, who: str = "clerk", to: str = "marketing") -> None:
    services.move_staff(
        actor=register.world.actor("system_admin"),
        staff_id=register.world.people[who].id,
        department=register.world.departments[to].id,
    )


@pytest.mark.parametrize("goes", [end, move, cut_off])
def test_grants_contacts_and_programs_end_with_the_log_in(register: Register, goes: object) -> None:
    granted, held, token = grant(register), contact(register), program(register)
    door.come_in(token=token, address=ADDRESS, now=clock.now())
    goes(register)  # type: ignore[operator]
    assert StandingGrant.objects.get(id=granted).state == State.ENDED
    assert Contact.objects.get(id=held.id).ends_at <= clock.now()
    client = ApiClient.objects.get()
    assert client.state == ClientState.ENDED
    assert not ClientToken.objects.filter(client=client, digest__isnull=False).exists()
    with pytest.raises(Problem) as turned_away:
        door.come_in(token=token, address=ADDRESS, now=clock.now())
    assert turned_away.value.status == 401
    told = of_events(["staff.ended", "staff.moved", "staff.access_cut"])[0].data
    assert {key: told[key] for key in ("grants", "contacts", "clients")} == {
        "grants": 1,
        "contacts": 1,
        "clients": 1,
    }


def end_role(register: Register, who: str = "clerk", role: str = "clerk", by: str = "security_admin") -> None:
    found = RoleAssignment.objects.get(staff=register.world.people[who], role=role, ended_at=None)
    services.end_role(actor=register.world.actor(by), assignment_id=found.id)


def test_a_grant_ends_with_the_role_and_does_not_come_back_with_it(register: Register) -> None:
    granted, held, opened = grant(register), contact(register), urgent(register)
    end_role(register)
    over = StandingGrant.objects.get(id=granted)
    assert (over.state, over.ended_by) == (State.ENDED, register.world.people["security_admin"])
    assert Contact.objects.get(id=held.id).ends_at <= clock.now()
    assert EmergencyAccess.objects.get(id=opened).ended_at is not None
    events = ["grant.ended", "contact.closed", "emergency.ended"]
    told = of_events(events)
    assert sorted(line.event for line in told) == sorted(events)
    assert {line.actor for line in told} == {register.world.people["security_admin"].pseudonym}
    clerk = register.world.people["clerk"].id
    people = register.world.actor
    asked = services.grant_role(actor=people("security_admin"), staff_id=clerk, role=Role.CLERK)
    services.confirm_role(actor=people("sales_head"), assignment_id=asked.id)
    contact(register)
    with pytest.raises(gate.Refused, match=r"grant\.missing"):
        gate.open_sealed(
            actor=people("clerk"),
            purpose=SALES,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.REVEAL,
            reason="order",
            now=clock.now(),
        )


def test_a_role_that_lapses_in_a_review_takes_its_grants_too(register: Register) -> None:
    granted = grant(register)
    reviews.open_now(actor=register.world.actor("officer"), now=clock.now())
    reviews.lapse_overdue(now=clock.now() + timedelta(days=15))
    assert StandingGrant.objects.get(id=granted).state == State.ENDED
    assert not register.world.staff("clerk").roles


def test_what_another_role_carries_goes_on(register: Register) -> None:
    """A head who also did a clerk's work keeps what the head's role is enough for."""
    head = register.world.people["sales_head"]
    services.grant_role(actor=register.world.actor("security_admin"), staff_id=head.id, role=Role.CLERK)
    waiting = RoleAssignment.objects.get(staff=head, role="clerk")
    services.confirm_role(actor=register.world.actor("top_head"), assignment_id=waiting.id)
    granted = grant(register, who="sales_head", approver="officer")
    end_role(register, "sales_head")
    assert StandingGrant.objects.get(id=granted).state == State.ACTIVE
    end_role(register, "sales_head", "head")
    assert StandingGrant.objects.get(id=granted).state == State.ENDED


@pytest.mark.parametrize("goes", [end, move, cut_off])
def test_an_emergency_does_not_outlast_the_place(
    register: Register, goes: Callable[[Register], None]
) -> None:
    opened = urgent(register)
    goes(register)
    found = EmergencyAccess.objects.get(id=opened)
    assert found.ended_at is not None
    assert found.reviewed_at is None  # it is looked at all the same


def test_a_proposal_that_waits_is_withdrawn_not_left_for_the_new_department(register: Register) -> None:
    grant(register)
    StandingGrant.objects.update(state=State.PENDING, decided_by=None, decided_at=None)
    move(register)
    assert StandingGrant.objects.get().state == State.WITHDRAWN


def test_what_would_end_is_said_before_it_does(register: Register, client: Client) -> None:
    grant(register)
    program(register)
    page = register.world.signed_in(client, "system_admin").get(
        f"/people/staff/{register.world.people['clerk'].id}/end/"
    )
    shown = page.content.decode()
    assert "1 份用数授权及申请终止" in shown
    assert "订单同步" in shown


def test_a_tie_that_holds_takes_the_whole_change_back(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_actor: object, _going: Going) -> dict[str, int]:
        raise Tied("handover.no-head", Text("先指定负责人。", "Name a head first."))

    granted = grant(register)
    monkeypatch.setitem(ties.ties._entries, "zz", Tie(lambda _going: [], held))
    with pytest.raises(PeopleError, match="no-head"):
        move(register)
    assert register.world.staff("clerk").department == register.world.departments["sales"]
    assert StandingGrant.objects.get(id=granted).state == State.ACTIVE


@pytest.mark.parametrize("goes", [end, move, cut_off])
def test_an_open_page_opens_nothing_any_more(register: Register, client: Client, goes: object) -> None:
    """Attack: the form of a customer's page was loaded before; it is sent after."""
    grant(register)
    contact(register)
    register.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    address = f"/customers/{register['li']}/"
    assert client.get(address).status_code == 200
    goes(register)  # type: ignore[operator]
    answer = client.post(f"{address}reveal/", {"field": "mobile", "record": str(register["li"])})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    assert client.get(address).status_code == 302


def test_an_actor_held_from_before_reveals_no_value_of_the_old_department(register: Register) -> None:
    """Attack: work that began before the move goes on with the actor of then."""
    grant(register)
    contact(register)
    before = register.world.actor("clerk")

    def revealed() -> None:
        gate.open_sealed(
            actor=before,
            purpose=SALES,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.REVEAL,
            reason="order",
            now=clock.now(),
        )

    revealed()
    move(register)
    with pytest.raises(gate.Refused, match=r"contact\.missing"):
        revealed()
    contact(register, before)
    with pytest.raises(gate.Refused, match=r"grant\.missing"):
        revealed()


def test_who_comes_back_begins_as_on_the_first_day(register: Register) -> None:
    """Department, role and acknowledgement anew; what was granted before stays ended."""
    people, clerk = register.world.actor, register.world.people["clerk"].id
    granted = grant(register)
    end(register)
    closing.rejoin(
        actor=people("system_admin"),
        staff_id=clerk,
        department=register.world.departments["sales"].id,
        password=None,
        now=clock.now(),
    )
    assert people("clerk").permissions == frozenset()
    asked = services.grant_role(actor=people("security_admin"), staff_id=clerk, role=Role.CLERK)
    services.confirm_role(actor=people("sales_head"), assignment_id=asked.id)
    with pytest.raises(gate.Refused, match=r"readiness\.missing"):
        contact(register)
    assert len(policies.to_acknowledge(clerk)) == 1
    for version in policies.to_acknowledge(clerk):
        acknowledge(actor=people("clerk"), version_id=version.id, seen=version.sha256, now=clock.now())
    contact(register)
    assert StandingGrant.objects.get(id=granted).state == State.ENDED
    assert Acknowledgement.objects.filter(staff=clerk).count() == 2  # the earlier one is kept as it was


def test_the_product_itself_can_end_a_log_in_without_a_name_beside_it(register: Register) -> None:
    grant(register)
    program(register)
    with transaction.atomic():
        services.close_log_in(LAST_DAY, register.world.people["clerk"].id)
    staff: Staff = register.world.staff("clerk")
    assert not staff.is_active
    assert not staff.assignments.filter(ended_by__isnull=False).exists()
    assert of_events(["staff.ended"])[0].actor == LAST_DAY.pseudonym
