"""Each is reviewed by somebody else; a finding against it suspends the person until the officer lifts it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.access.emergency import queries, services
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension, Finding
from shouxin.access.emergency.services import EmergencyProblem
from shouxin.access.emergency.tests.conftest import Open
from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.delegations.models import Delegation
from shouxin.people.models import Staff
from tests.register import Register

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=40)


def judge(
    register: Register, access: EmergencyAccess, who: str = "sales_head", finding: Finding = Finding.JUSTIFIED
) -> EmergencyAccess:
    return services.review(
        actor=register.world.actor(who),
        access=access.id,
        finding=finding,
        note="已与客户核对",
        now=clock.now(),
    )


@pytest.mark.clause("B6.3.1")
@pytest.mark.parametrize("who", ["sales_head", "top_head", "officer"])
def test_somebody_else_says_whether_it_was_justified(register: Register, opened: Open, who: str) -> None:
    access = judge(register, opened(now=clock.now() - AGO), who)
    assert (access.finding, access.reviewed_by_id) == ("justified", register.world.people[who].id)
    assert not queries.awaiting(register.world.actor("officer")).exists()
    assert Entry.objects.get(event="emergency.reviewed").actor == register.world.people[who].pseudonym
    with pytest.raises(EmergencyProblem, match="reviewed-already"):
        judge(register, access, "officer")


def test_nobody_reviews_their_own_under_any_log_in(register: Register, opened: Open) -> None:
    access = opened("sales_head", now=clock.now() - AGO)
    person = register.world.staff("sales_head").person
    Staff.objects.filter(user_name__in=["officer", "top_head"]).update(person=person)
    for who in ("sales_head", "officer", "top_head"):
        with pytest.raises(EmergencyProblem, match="same-person"):
            judge(register, access, who)
        assert not queries.awaiting(register.world.actor(who)).exists()


def test_a_deputy_does_not_review_the_head_they_stand_in_for(register: Register, opened: Open) -> None:
    world, now = register.world, clock.now()
    Delegation.objects.create(
        giver=world.people["sales_head"], deputy=world.people["marketing_head"], reason="年假",
        given_at=now, starts_at=now - AGO, until=now + timedelta(days=3),
    )  # fmt: skip
    of_head, of_clerk = opened("sales_head", now=now - AGO), opened(now=now - AGO)
    with pytest.raises(EmergencyProblem, match=r"access\.unknown"):
        judge(register, of_head, "marketing_head")
    assert judge(register, of_clerk, "marketing_head").finding == "justified"


def test_nobody_else_reviews(register: Register, opened: Open) -> None:
    access = opened(now=clock.now() - AGO)
    for who in ("marketing_head", "service_head"):
        with pytest.raises(EmergencyProblem, match=r"access\.unknown"):
            judge(register, access, who)
    for who in ("clerk", "supervisor", "security_admin"):
        with pytest.raises(NotAllowed):
            judge(register, access, who)


def test_it_is_not_reviewed_while_it_is_open(register: Register, opened: Open) -> None:
    with pytest.raises(EmergencyProblem, match="still-open"):
        judge(register, opened())


def test_a_finding_against_it_suspends_the_person_until_the_officer_lifts_it(
    register: Register, opened: Open, client: Client
) -> None:
    judge(register, opened(now=clock.now() - AGO), finding=Finding.UNJUSTIFIED)
    with pytest.raises(EmergencyProblem, match="suspended"):
        opened()
    person = register.world.staff("clerk").person
    Staff.objects.filter(user_name="newcomer").update(person=person, roles=["clerk"])
    with pytest.raises(EmergencyProblem, match="suspended"):
        opened("newcomer")
    suspension = EmergencySuspension.objects.get()
    with pytest.raises(NotAllowed):
        services.lift(
            actor=register.world.actor("sales_head"), suspension=suspension.id, note="x", now=clock.now()
        )
    register.world.signed_in(client, "officer")
    assert "已暂停应急访问的人" in client.get("/access/emergency/").content.decode()
    client.post(f"/access/emergency/suspensions/{suspension.id}/lift/", {"lift_note": "已谈话并补训"})
    assert opened()


def test_the_officer_does_not_lift_their_own(register: Register, opened: Open) -> None:
    judge(register, opened(now=clock.now() - AGO), finding=Finding.UNJUSTIFIED)
    Staff.objects.filter(user_name="officer").update(person=register.world.staff("clerk").person)
    suspension = EmergencySuspension.objects.get()
    with pytest.raises(EmergencyProblem, match="same-person"):
        services.lift(
            actor=register.world.actor("officer"), suspension=suspension.id, note="x", now=clock.now()
        )


def test_an_overdue_review_stands_before_the_officer(
    register: Register, opened: Open, client: Client
) -> None:
    opened(now=clock.now() - timedelta(days=5))
    register.world.signed_in(client, "officer")
    assert "逾期未复核的应急访问" in client.get("/").content.decode()
    assert "王芳" in client.get("/access/emergency/?state=overdue").content.decode()
    judge(register, EmergencyAccess.objects.get())
    assert "逾期未复核的应急访问" not in client.get("/").content.decode()


def test_a_review_needs_grounds(register: Register, opened: Open, client: Client) -> None:
    access = opened(now=clock.now() - AGO)
    register.world.signed_in(client, "sales_head")
    path = f"/access/emergency/{access.id}/review/"
    assert client.post(path, {"finding": "justified", "review_note": " "}).status_code == 422
    assert client.post(path, {"finding": "justified", "review_note": "已回电核实"}).status_code == 302
    access.refresh_from_db()
    assert access.finding == "justified"


def test_the_database_refuses_ones_own_review(register: Register, opened: Open) -> None:
    access = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(id=access.id).update(
            reviewed_by_id=access.staff_id, reviewed_at=clock.now(), finding="justified", review_note="x"
        )
