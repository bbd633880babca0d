"""Somebody scores once what was done for them; bad scores come to the supervisor, and few are never shown."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import customer_actor
from shouxin.gate.models import Contact
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.rights.cases import accusing, answering, queries, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import remark_of
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import filed, in_hand
from shouxin.rights.packages import services as packages
from shouxin.rights.satisfaction import queries as scores
from shouxin.rights.satisfaction import rules
from shouxin.rights.satisfaction import services as satisfaction
from shouxin.rights.satisfaction.models import ContactScore
from shouxin.rights.satisfaction.tests.cast import contact, serve
from tests.register import Register


@pytest.mark.django_db
@pytest.mark.clause("B2.3", "D19.2")
def test_a_low_score_of_any_request_comes_to_the_supervisor_once(register: Register) -> None:
    world, now, me = register.world, clock.now(), customer_actor(register["li"])
    row = in_hand(register, Kind.ACCESS)
    answering.propose(
        actor=world.actor("clerk"), case=row.id, answer=Answer(Outcome.REFUSED, "excessive"), now=now
    )
    answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    again = answering.rate(actor=me, case=row.id, score=2, remark="没有说清为什么", now=now)
    assert (again.state, again.escalated, remark_of(again)) == (State.HANDLING, True, "没有说清为什么")
    assert "没有说清".encode() not in bytes(Case.objects.get().remark or b"")
    with pytest.raises(CaseProblem, match="rated"):
        answering.rate(actor=me, case=row.id, score=5, now=now)
    supervisor = world.actor("supervisor")
    assert queries.to_take(supervisor).get() == row
    with pytest.raises(CaseProblem, match="escalated"):
        services.take(actor=world.actor("officer"), case=row.id, now=now)
    services.take(actor=supervisor, case=row.id, now=now)
    given = Answer(Outcome.GRANTED, "", "当面交付")
    packages.assemble(actor=supervisor, case=row.id, now=now)
    packages.freeze(actor=supervisor, case=row.id, withheld={}, now=now)
    # handing out takes two, whoever looks at it again
    assert answering.propose(actor=supervisor, case=row.id, answer=given, now=now).state == State.DECIDING
    done = answering.approve(actor=world.actor("officer"), case=row.id, now=now)
    assert (done.state, done.score) == (State.ANSWERED, 2)


@pytest.mark.django_db
def test_what_was_refused_to_the_unknown_is_opened_with_identity_first(register: Register) -> None:
    world, now = register.world, clock.now()
    row = filed(register, Kind.COPY).case
    services.take(actor=world.actor("clerk"), case=row.id, now=now)
    answering.propose(
        actor=world.actor("clerk"), case=row.id, answer=Answer(Outcome.REFUSED, "identity"), now=now
    )
    answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    again = answering.rate(actor=customer_actor(register["li"]), case=row.id, score=1, now=now)
    assert (again.state, again.verified_at) == (State.IDENTITY, None)
    supervisor = world.actor("supervisor")
    services.take(actor=supervisor, case=row.id, now=now)
    assert (
        services.check(actor=supervisor, case=row.id, method=Check.Method.IN_PERSON, now=now).state
        == State.HANDLING
    )
    Case.objects.filter(id=row.id).update(
        state="answered", outcome="refused", reason="identity", closed_at=now
    )
    with pytest.raises(IntegrityError), transaction.atomic():  # nothing is opened again but for a score
        Case.objects.filter(id=row.id).update(state="identity", closed_at=None, escalated=False)


@pytest.mark.django_db
def test_where_the_same_was_asked_again_that_one_goes_to_the_supervisor(register: Register) -> None:
    world, now = register.world, clock.now()
    row = in_hand(register, Kind.KNOW)
    answering.propose(
        actor=world.actor("clerk"), case=row.id, answer=Answer(Outcome.GRANTED, "", "见告知书"), now=now
    )
    other = filed(register, Kind.KNOW).case
    rated = answering.rate(actor=customer_actor(register["li"]), case=row.id, score=1, now=now)
    other.refresh_from_db()
    assert (rated.state, other.escalated) == (State.ANSWERED, True)
    assert queries.to_take(world.actor("supervisor")).get() == other


@pytest.mark.django_db
@pytest.mark.clause("B2.3", "D19.2")
@pytest.mark.parametrize("kind", [Kind.KNOW, Kind.DELETE])
def test_a_low_score_is_never_used_up_for_nothing(register: Register, kind: Kind) -> None:
    """Whatever became of what was asked again meanwhile: proposed, or waiting for its destruction."""
    world, now, me = register.world, clock.now(), customer_actor(register["li"])
    no = Answer(Outcome.REFUSED, "excessive")
    row = in_hand(register, kind)
    answering.propose(actor=world.actor("clerk"), case=row.id, answer=no, now=now)
    answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    other = in_hand(register, kind)
    again = no if kind is Kind.KNOW else Answer(Outcome.GRANTED)
    answering.propose(actor=world.actor("clerk"), case=other.id, answer=again, now=now)
    if kind is Kind.DELETE:
        other = answering.approve(actor=world.actor("sales_head"), case=other.id, now=now)
        assert other.state == State.WATCHING
    rated = answering.rate(actor=me, case=row.id, score=1, now=now)
    other.refresh_from_db()
    came = rated if kind is Kind.DELETE else other
    assert (came.state, came.escalated, came.handler, came.outcome) == (State.HANDLING, True, None, "")
    assert queries.to_take(world.actor("supervisor")).get() == came
    assert not queries.awaiting(world.actor("sales_head")).exists()
    services.take(actor=world.actor("supervisor"), case=came.id, now=now)


@pytest.mark.django_db
def test_a_low_score_for_what_the_supervisor_answered_opens_it_again(register: Register) -> None:
    world, now = register.world, clock.now()
    satisfaction.score(
        actor=customer_actor(register["li"]), contact=contact(register, now, register["li"]), score=1, now=now
    )
    row, supervisor = Case.objects.get(), world.actor("supervisor")
    services.take(actor=supervisor, case=row.id, now=now)
    said = Answer(Outcome.GRANTED, "", "已道歉")
    assert answering.propose(actor=supervisor, case=row.id, answer=said, now=now).state == State.ANSWERED
    again = answering.rate(actor=customer_actor(register["li"]), case=row.id, score=1, now=now)
    assert (again.state, again.handler) == (State.HANDLING, None)


@pytest.mark.django_db
@pytest.mark.clause("B2.3", "D19.2")
def test_nobody_scores_their_own_work_in_the_persons_name(register: Register) -> None:
    world, now = register.world, clock.now()
    row = filed(register, Kind.KNOW, who="sales_head").case
    for who in ("clerk", "officer"):  # who began with it, and who took it over
        services.take(actor=world.actor(who), case=row.id, now=now)
    services.check(actor=world.actor("officer"), case=row.id, method=Check.Method.IN_PERSON, now=now)
    said = Answer(Outcome.REFUSED, "excessive")
    answering.propose(actor=world.actor("officer"), case=row.id, answer=said, now=now)
    answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    for who in ("officer", "sales_head"):
        page = world.signed_in(Client(), who).get(f"/rights/{row.id}/").content.decode()
        assert "登记评价" not in page
        with pytest.raises(CaseProblem, match="involved"):
            answering.rate(actor=world.actor(who), case=row.id, score=5, now=now)
    assert Case.objects.get().score is None
    top = world.signed_in(Client(), "top_head")
    assert "登记评价" in top.get(f"/rights/{row.id}/").content.decode()
    top.post(f"/rights/{row.id}/rate/", {"score": "4", "remark": ""})
    assert Case.objects.get().rated_by == world.people["top_head"]
    assert "何静 代为登记" in top.get(f"/rights/{row.id}/").content.decode()
    mine = answering.rate(actor=customer_actor(register["li"]), case=answered(register).id, score=4, now=now)
    assert mine.rated_by is None


def answered(register: Register) -> Case:
    row = in_hand(register, Kind.EXPLAIN_RULES)
    said = Answer(Outcome.GRANTED, "", "见告知书")
    return answering.propose(actor=register.world.actor("clerk"), case=row.id, answer=said, now=clock.now())


@pytest.mark.django_db
@pytest.mark.clause("D19.2")
def test_a_score_counts_for_whoever_answered_or_is_accused(register: Register) -> None:
    """Not for the department that looks after the customer, and not for where somebody works by now."""
    world, now, me = register.world, clock.now(), customer_actor(register["li"])
    row = in_hand(register, Kind.COMPLAINT, who="officer")
    said = Answer(Outcome.GRANTED, "", "见告知书")
    answering.propose(actor=world.actor("officer"), case=row.id, answer=said, now=now)
    answering.approve(actor=world.actor("top_head"), case=row.id, now=now)
    Staff.objects.filter(id=world.people["officer"].id).update(department=world.departments["it"])
    answering.rate(actor=me, case=row.id, score=1, now=now)
    assert row.department == world.departments["sales"]
    assert counted_for(register) == ["compliance"]
    services.take(actor=world.actor("supervisor"), case=row.id, now=now)
    accusing.name(actor=world.actor("supervisor"), case=row.id, department=world.departments["service"].id)
    assert counted_for(register) == ["service"]


def counted_for(register: Register) -> list[str]:
    ((_month, lines),) = scores.months(register.world.actor("officer"), clock.now())
    found = [line.department for line in lines if line.department]
    return [key for one in found for key, row in register.world.departments.items() if row == one]


@pytest.mark.django_db
def test_being_served_is_scored_once_by_whoever_was_served(register: Register) -> None:
    world, now, me = register.world, clock.now(), customer_actor(register["li"])
    called = contact(register, now, register["li"])
    contact(register, now, register["li"], days=40)  # long over
    assert [one.id for one in scores.contacts_of(me, now)] == [called]
    with pytest.raises(CaseProblem, match="unknown"):
        satisfaction.score(actor=customer_actor(register["zhang"]), contact=called, score=1, now=now)
    satisfaction.score(actor=me, contact=called, score=1, remark="等了一小时", now=now)
    assert scores.contacts_of(me, now) == []
    with pytest.raises(CaseProblem, match="unknown"):
        satisfaction.score(actor=me, contact=called, score=5, now=now)
    twice = ContactScore.objects.get()
    twice.pk = twice.customer_id
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(force_insert=True)
    made = ContactScore.objects.get().case
    assert made is not None
    assert (made.kind, made.escalated, made.accused) == ("complaint", True, world.departments["sales"])
    assert queries.to_take(world.actor("supervisor")).get() == made
    for who in ("clerk", "sales_head"):
        with pytest.raises(CaseProblem):
            services.take(actor=world.actor(who), case=made.id, now=now)


@pytest.mark.django_db
def test_scores_stand_by_department_and_month_and_few_are_not_shown(register: Register) -> None:
    world, now = register.world, clock.now()
    officer = world.signed_in(Client(), "officer")
    assert "还没有评分" in officer.get("/rights/satisfaction/").content.decode()
    for _ in range(4):
        serve(register, now)
        Contact.objects.update(opened_at=now - timedelta(days=40))  # the next one is another day's
    ((_month, lines),) = scores.months(world.actor("officer"), now)
    assert [(line.count, line.average) for line in lines] == [(None, None), (None, None)]
    serve(register, now)
    ((_month, lines),) = scores.months(world.actor("officer"), now)
    assert [(line.count, line.average, line.low) for line in lines] == [(5, 4.0, 0), (5, 4.0, 0)]
    ((_month, own),) = scores.months(world.actor("sales_head"), now)
    assert [line.department.name for line in own if line.department] == [world.departments["sales"].name]
    assert scores.months(world.actor("clerk"), now) == []
    assert "4.0" in officer.get("/rights/satisfaction/").content.decode()


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 12), max_size=8), st.integers(2, 6))
def test_no_group_that_is_too_small_can_be_worked_out(sizes: Mapping[int, int], least: int) -> None:
    hidden = rules.withheld(sizes, least)
    assert {key for key, size in sizes.items() if 0 < size < least} <= hidden
    missing = sum(sizes[key] for key in hidden)  # what whoever knows the total can work out
    if hidden and rules.tells_total(sizes, least) and missing < sum(sizes.values()):
        assert len(hidden) > 1
        assert missing >= least
