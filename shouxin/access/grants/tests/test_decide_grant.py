"""A grant is put in force by another person who answers for the holder, once; it is refused only with a reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shouxin.access.grants import services
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.grants.services import GrantProblem
from shouxin.access.grants.tests.conftest import Propose
from shouxin.core.policy import NotAllowed
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.register import Register


@pytest.mark.parametrize("who", ["sales_head", "officer"])
def test_the_own_head_or_the_officer_approves(propose: Propose, register: Register, who: str) -> None:
    done = services.approve(actor=register.world.actor(who), grant=propose().id, now=clock.now())
    assert done.state == State.ACTIVE
    entry = of_events(["grant.approved"])[0]
    assert entry.actor == register.world.people[who].pseudonym
    assert entry.data["holder"] == str(register.world.people["clerk"].pseudonym)


def test_the_head_of_another_department_does_not_know_it(propose: Propose, register: Register) -> None:
    with pytest.raises(GrantProblem, match=r"grant\.unknown"):
        services.approve(actor=register.world.actor("service_head"), grant=propose().id, now=clock.now())


def test_nobody_approves_their_own_proposal(propose: Propose, register: Register) -> None:
    asked = propose(who="sales_head")
    with pytest.raises(GrantProblem, match=r"approver\.same-person"):
        services.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())


def test_nor_under_another_log_in(propose: Propose, register: Register) -> None:
    asked = propose()
    Staff.objects.filter(id=register.world.people["sales_head"].id).update(
        person=register.world.staff("clerk").person
    )
    with pytest.raises(GrantProblem, match=r"approver\.same-person"):
        services.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())


def test_the_database_refuses_a_grant_decided_by_its_holder(propose: Propose) -> None:
    asked = propose()
    with pytest.raises(IntegrityError, match="grant_decided_by_another"), transaction.atomic():
        StandingGrant.objects.filter(id=asked.id).update(
            state=State.ACTIVE, decided_by=asked.staff_id, decided_at=clock.now()
        )


def test_a_clerk_decides_nothing(propose: Propose, register: Register) -> None:
    with pytest.raises(NotAllowed):
        services.approve(actor=register.world.actor("clerk"), grant=propose().id, now=clock.now())


def test_a_refusal_needs_a_reason(propose: Propose, register: Register) -> None:
    head, asked = register.world.actor("sales_head"), propose()
    with pytest.raises(GrantProblem, match=r"note\.missing"):
        services.refuse(actor=head, grant=asked.id, note=" ", now=clock.now())
    assert (
        services.refuse(actor=head, grant=asked.id, note="范围过大", now=clock.now()).state == State.REFUSED
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_stands(propose: Propose, register: Register) -> None:
    asked, actors = propose(), [register.world.actor(who) for who in ("sales_head", "officer")]

    def decide(number: int) -> str:
        try:
            services.approve(actor=actors[number], grant=asked.id, now=clock.now())
        except GrantProblem as problem:
            return problem.codes[0]
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, range(2))) == ["approved", "grant.decided-already"]
    assert len(of_events(["grant.approved"])) == 1


def test_what_would_be_over_at_once_is_not_approved(propose: Propose, register: Register) -> None:
    asked, later = propose(days=2), clock.now() + timedelta(days=3)
    with pytest.raises(GrantProblem, match=r"grant\.over"):
        services.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=later)
    services.refuse(actor=register.world.actor("sales_head"), grant=asked.id, note="已过期", now=later)


def test_what_is_over_is_found_as_over_and_needs_no_ending(
    propose: Propose, register: Register, client: Client
) -> None:
    asked = propose()
    services.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())
    head = register.world.signed_in(client, "sales_head")
    address = f"/access/grants/{asked.id}/"
    assert "终止授权" in head.get(address).content.decode()
    assert address not in head.get("/access/grants/?state=over").content.decode()
    StandingGrant.objects.filter(id=asked.id).update(until=clock.now())
    page = head.get(address).content.decode()
    assert ("已到期" in page, "终止授权" in page) == (True, False)
    assert address in head.get("/access/grants/?state=over").content.decode()


def test_who_comes_second_reads_that_it_is_decided(
    propose: Propose, register: Register, client: Client
) -> None:
    asked = propose()
    services.refuse(actor=register.world.actor("officer"), grant=asked.id, note="字段过多", now=clock.now())
    head = register.world.signed_in(client, "sales_head")
    page = head.post(f"/access/grants/{asked.id}/approve/", follow=True).content.decode()
    assert ("该申请已被处理；请看本页现在的内容。" in page, "字段过多" in page) == (True, True)


@pytest.mark.parametrize("note", ["字段过多\x00", "一行\r\n" * 100])
def test_a_reason_is_kept_however_it_was_written(
    propose: Propose, register: Register, client: Client, note: str
) -> None:
    """A hundred lines fill the box as the browser counts them, and are sent with two characters at each end."""
    asked = propose()
    head = register.world.signed_in(client, "sales_head")
    page = head.post(f"/access/grants/{asked.id}/refuse/", {"note": note}, follow=True)
    assert page.status_code == 200
    assert StandingGrant.objects.get(id=asked.id).decision_note == note.replace("\r", "").strip("\n\x00")
