"""A grant fit for high risk is approved by two people, is short, and allows few reads a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shouxin.access.grants import queries, services
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.grants.services import GrantProblem
from shouxin.access.grants.tests.conftest import Propose, Reveal
from shouxin.gate.services import Refused
from shouxin.kit import clock
from tests.register import PHONE, Register

SHORT = {"strict": True, "daily_limit": 5, "days": 7}


def test_it_works_after_the_second_approval_only(
    register: Register, propose: Propose, reveal: Reveal
) -> None:
    act, asked = register.world.actor, propose(**SHORT)
    services.approve(actor=act("sales_head"), grant=asked.id, now=clock.now())
    with pytest.raises(Refused):
        reveal()
    assert not queries.awaiting(act("sales_head")).exists()
    with pytest.raises(GrantProblem, match=r"approver\.twice"):
        services.approve(actor=act("sales_head"), grant=asked.id, now=clock.now())
    assert queries.awaiting(act("officer")).exists()
    done = services.approve(actor=act("officer"), grant=asked.id, now=clock.now())
    assert done.state == State.ACTIVE
    assert reveal() == PHONE


@pytest.mark.parametrize("named", [{**SHORT, "days": 8}, {**SHORT, "daily_limit": 6}])
def test_longer_or_more_is_not_proposed(propose: Propose, named: dict[str, object]) -> None:
    with pytest.raises(GrantProblem, match=r"strict\.range"):
        propose(**named)


def test_one_person_under_two_log_ins_is_not_two(register: Register, propose: Propose) -> None:
    act, asked = register.world.actor, propose(**SHORT)
    services.approve(actor=act("sales_head"), grant=asked.id, now=clock.now())
    officer, head = register.world.people["officer"], register.world.people["sales_head"]
    type(officer).objects.filter(id=officer.id).update(person=head.person)
    with pytest.raises(GrantProblem, match=r"approver\.twice"):
        services.approve(actor=act("officer"), grant=asked.id, now=clock.now())


def test_the_database_knows_no_strict_grant_of_one_approver(register: Register, propose: Propose) -> None:
    asked = propose(**SHORT)
    head = register.world.people["sales_head"]
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingGrant.objects.filter(id=asked.id).update(state=State.ACTIVE, decided_by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingGrant.objects.filter(id=asked.id).update(
            state=State.ACTIVE, decided_by=head, seconded_by=head
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingGrant.objects.filter(id=asked.id).update(until=clock.now() + timedelta(days=9))
