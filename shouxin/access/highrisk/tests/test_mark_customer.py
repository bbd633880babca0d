"""Marking a customer as of high risk switches everything on together; ending it switches everything off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shouxin.access.highrisk import queries, services
from shouxin.access.highrisk.models import RiskMark
from shouxin.access.highrisk.services import RiskProblem
from shouxin.access.highrisk.tests.conftest import Look, mark, mark_field, strict
from shouxin.core.policy import NotAllowed
from shouxin.gate.services import Refused
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.vault import own_keys
from shouxin.vault.models import DataKey, EpochKey
from tests.harness.jobs import run_queued
from tests.register import PHONE, Register, grant

pytestmark = pytest.mark.django_db


def code(look: Look, **named: object) -> str:
    with pytest.raises(Refused) as refused:
        look(**named)
    return refused.value.refusal.code


@pytest.mark.clause("C16.3")
def test_one_approval_switches_everything_on_and_another_off_again(register: Register, look: Look) -> None:
    grant(register)
    assert look(proved=False) == PHONE
    marked = mark(register)
    own = EpochKey.objects.get(customer_id=register["li"], state="own")
    assert set(DataKey.objects.filter(customer_id=register["li"]).values_list("epoch", flat=True)) == {
        own.epoch
    }
    assert code(look) == "risk.grant"  # the ordinary grant opens it no longer
    strict(register)
    assert code(look, proved=False) == "risk.second-factor"
    assert look() == PHONE
    events = [line.event for line in timeline(register["li"])]
    assert "risk.marked" in events
    assert "risk.read" in events

    act, now = register.world.actor, clock.now()
    services.propose_end(actor=act("officer"), mark=marked.id, reason="风险已消除", now=now)
    assert code(look, proved=False) == "risk.second-factor"  # until somebody else approves
    services.approve_end(actor=act("sales_head"), mark=marked.id, now=now)
    assert look(proved=False) == PHONE
    assert not EpochKey.objects.filter(state="own").exists()
    assert not DataKey.objects.filter(epoch=own.epoch).exists()


def test_a_strict_grant_opens_as_often_as_five_times_a_day(register: Register, look: Look) -> None:
    mark(register)
    strict(register)
    assert [look() for _ in range(5)] == [PHONE] * 5
    assert code(look) == "grant.daily-limit"


@pytest.mark.clause("C16.3")
def test_a_field_is_marked_for_everybody_and_its_keys_move_in_the_background(
    register: Register, look: Look
) -> None:
    grant(register)
    marked = mark_field(register)
    assert code(look) == "risk.grant"
    assert look(field="person_name", proved=False) is not None  # other fields are as they were
    assert queries.keys_left(marked) > 0
    run_queued()
    assert queries.keys_left(marked) == 0
    strict(register)
    assert look() == PHONE
    second = mark_field(register, "person_name")
    assert second.storage_group == marked.storage_group  # one key serves both
    act, now = register.world.actor, clock.now()
    for one in (marked, second):
        assert own_keys.remaining(storage_group=one.storage_group) == 0
        services.propose_end(actor=act("officer"), mark=one.id, reason="不再需要", now=now)
        services.approve_end(actor=act("sales_head"), mark=one.id, now=now)
        assert EpochKey.objects.filter(state="own").exists() is (one is marked)
    run_queued()
    assert not EpochKey.objects.filter(state__in=["own", "retiring"]).exists()
    assert look(proved=False) == PHONE


def test_each_read_alerts_officer_and_head_until_both_have_noted_it(register: Register, look: Look) -> None:
    mark(register)
    strict(register)
    look()
    act, now = register.world.actor, clock.now()
    officer, head = act("officer"), act("sales_head")
    (alert,) = queries.unseen(officer)
    assert (alert.fields, alert.reader_id) == (["mobile"], register.world.people["clerk"].id)
    assert list(queries.unseen(head)) == [alert]
    assert not queries.alerts(act("marketing_head")).exists()
    with pytest.raises(RiskProblem):
        services.note_alert(actor=act("marketing_head"), alert=alert.id, now=now)
    services.note_alert(actor=officer, alert=alert.id, now=now)
    assert (queries.unseen(officer).count(), queries.unseen(head).count()) == (0, 1)
    services.note_alert(actor=head, alert=alert.id, now=now)
    assert queries.unseen(head).count() == 0
    look()
    assert queries.unseen(officer).count() == 1


def test_an_alert_that_cannot_be_kept_keeps_the_value_back(
    register: Register, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(register)
    strict(register)

    def fail(*_: object, **__: object) -> None:
        raise IntegrityError

    from shouxin.access.highrisk.models import RiskAlert

    monkeypatch.setattr(RiskAlert.objects, "create", fail)
    with pytest.raises(IntegrityError):
        look()


@pytest.mark.parametrize(
    ("who", "problem"),
    [
        ("sales_head", "approver.same-person"),
        ("marketing_head", "mark.unknown"),  # another department's
    ],
)
def test_it_is_approved_by_another_who_answers_for_the_customer(
    register: Register, who: str, problem: str
) -> None:
    act, now = register.world.actor, clock.now()
    asked = services.propose_customer(
        actor=act("sales_head"), customer=register["li"], reason="风险", now=now
    )
    with pytest.raises(RiskProblem, match=problem):
        services.approve(actor=act(who), mark=asked.id, now=now)
    with pytest.raises(NotAllowed):
        services.approve(actor=act("security_admin"), mark=asked.id, now=now)
    assert not queries.is_marked(register["li"])


def test_the_same_person_under_another_log_in_does_not_approve(register: Register) -> None:
    act, now = register.world.actor, clock.now()
    asked = services.propose_customer(
        actor=act("sales_head"), customer=register["li"], reason="风险", now=now
    )
    officer, head = register.world.people["officer"], register.world.people["sales_head"]
    type(officer).objects.filter(id=officer.id).update(person=head.person)
    with pytest.raises(RiskProblem, match=r"approver\.same-person"):
        services.approve(actor=act("officer"), mark=asked.id, now=now)
    assert not queries.awaiting(act("officer")).exists()


@pytest.mark.parametrize(
    ("field", "reason", "problem"),
    [
        ("mobile", "  ", "reason.missing"),
        ("mobile", f"电话 {PHONE} 泄露", "reason.identifier"),
        ("company_name", "风险", "field.open"),
        ("no_such_field", "风险", "mark.unknown"),
    ],
)
def test_what_makes_no_sense_is_not_proposed(
    register: Register, field: str, reason: str, problem: str
) -> None:
    with pytest.raises(RiskProblem, match=problem):
        services.propose_field(
            actor=register.world.actor("officer"), field=field, reason=reason, now=clock.now()
        )


def test_one_marking_at_a_time_and_a_refused_or_withdrawn_one_changes_nothing(register: Register) -> None:
    act, now = register.world.actor, clock.now()

    def ask() -> RiskMark:
        return services.propose_customer(
            actor=act("sales_head"), customer=register["li"], reason="风险", now=now
        )

    first = ask()
    with pytest.raises(RiskProblem, match=r"mark\.open-already"):
        ask()
    services.refuse(actor=act("officer"), mark=first.id, note="证据不足", now=now)
    second = ask()
    services.withdraw(actor=act("sales_head"), mark=second.id)
    with pytest.raises(RiskProblem, match=r"mark\.decided-already"):
        services.approve(actor=act("officer"), mark=second.id, now=now)
    assert not EpochKey.objects.filter(state="own").exists()
    marked = mark(register)
    services.propose_end(actor=act("officer"), mark=marked.id, reason="误标", now=now + timedelta(hours=1))
    services.refuse(actor=act("sales_head"), mark=marked.id, note="仍有风险", now=now)
    assert queries.is_marked(register["li"])


def test_the_database_keeps_proposer_and_approver_apart(register: Register) -> None:
    marked = mark(register)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskMark.objects.filter(id=marked.id).update(decided_by=marked.proposed_by)
