"""A survey from its making to its end: make, open, enclose in a message, answer once, close."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from shouxin.core.policy import Actor, Permission, customer_actor, service_actor
from shouxin.core.text import Text
from shouxin.customers.messages import enclosing
from shouxin.customers.messages import services as messages
from shouxin.customers.messages.models import Recipient
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit import clock, ids
from shouxin.people.thresholds.queries import value
from shouxin.portal.surveys import rules
from shouxin.portal.surveys.errors import SurveyProblem
from shouxin.portal.surveys.keeping import sealed
from shouxin.portal.surveys.models import Answer, ApartAnswer, Asked, Invite, State, Survey
from shouxin.portal.surveys.rules import Question
from shouxin.rights.satisfaction.rules import LEAST
from shouxin.vault import parcels

KEEPER = service_actor("surveys")
KIND = "survey"
P = Permission


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wants to ask; whether it is anonymous is said once and for all."""

    title: str
    questions: Sequence[Question]
    anonymous: bool
    closes_on: date


def make(*, actor: Actor, written: Written, now: datetime) -> Survey:
    """A survey, still to be enclosed in a message.

    Raises:
        SurveyProblem: no title, unsuited questions, or a last day that is past.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    if not written.title.strip() or not rules.suited(written.questions):
        raise SurveyProblem("questions.unsuited")
    if written.closes_on < clock.today(now):
        raise SurveyProblem("closes.past")
    with transaction.atomic():
        row = Survey.objects.create(
            title=written.title.strip(),
            questions=[one.kept() for one in written.questions],
            anonymous=written.anonymous,
            made_by_id=actor.id,
            made_at=now,
            closes_on=written.closes_on,
        )
        _record(actor, "made", row)
    return row


def enclose(*, actor: Actor, survey: UUID, message: UUID, now: datetime) -> Survey:
    """Have a draft carry a link of their own for each of its customers; the survey begins with its first message.

    The message goes the way of every other: approved by somebody else, and judged for each recipient as it is sent.

    Raises:
        SurveyProblem: not one's own, over, or a message that cannot carry it.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, survey)
        if row.state == State.CLOSED:
            raise SurveyProblem("survey.state")
        try:
            messages.enclose(actor=actor, message=message, enclosed=enclosing.written(KIND, row.id))
        except MessageProblem:
            raise SurveyProblem("message.unsuited") from None
        if row.state == State.DRAFT:
            row.state, row.opened_at = State.OPEN, now
            row.save(update_fields=["state", "opened_at"])
        _record(actor, "enclosed", row, message=str(message))
    return row


def close(*, actor: Actor, survey: UUID, now: datetime) -> Survey:
    """Take no more answers; from here on the results are shown.

    Raises:
        SurveyProblem: not one's own, or not open.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, survey)
        if row.state != State.OPEN:
            raise SurveyProblem("survey.state")
        _close(actor, row, now)
    return row


def close_over(*, now: datetime) -> int:
    """Close what is past its last day; how many there were."""
    closed = 0
    for survey in Survey.objects.filter(state=State.OPEN, closes_on__lt=clock.today(now)).order_by("id"):
        with transaction.atomic():
            row = Survey.objects.select_for_update(of=("self",)).get(id=survey.id)
            if row.state == State.OPEN:
                _close(KEEPER, row, now)
                closed += 1
    return closed


def answer(*, token: str, given: Sequence[str], now: datetime) -> Survey:
    """Answer, once. Of an anonymous survey nothing is kept beside the answer by which it could be put to somebody.

    Raises:
        SurveyProblem: the link is over, or an answer does not suit its question.
    """
    with transaction.atomic():
        open_ones = Invite.objects.filter(token_digest=digest_of(token), survey__state=State.OPEN)
        invite = open_ones.select_for_update(of=("self",)).first()
        if invite is None:
            raise SurveyProblem("link.over")
        row = Survey.objects.get(id=invite.survey_id)
        questions = [Question.read(one) for one in row.questions]
        said = [one.strip() for one in given]
        if len(said) != len(questions) or not any(said):
            raise SurveyProblem("answer.unsuited")
        if not all(question.takes(one) for question, one in zip(questions, said, strict=True)):
            raise SurveyProblem("answer.unsuited")
        if row.anonymous:
            _keep_apart(row, invite, said, now)
        else:
            _keep(row, invite, said, now)
        invite.delete()
    return row


def _keep_apart(row: Survey, invite: Invite, said: Sequence[str], now: datetime) -> None:
    kept = ApartAnswer(survey=row, day=clock.today(now), group_id=_group(row, invite.customer_id))
    key = parcels.new_key(kept.id)
    kept.key_suite, kept.wrapped_key, kept.sealed = key.suite.id, key.wrapped, sealed(key, said)
    kept.save(force_insert=True)


def _keep(row: Survey, invite: Invite, said: Sequence[str], now: datetime) -> None:
    kept = Answer(id=ids.new(), survey=row, customer_id=invite.customer_id, at=now)
    key = parcels.new_key(kept.id)
    kept.key_suite, kept.wrapped_key, kept.sealed = key.suite.id, key.wrapped, sealed(key, said)
    kept.save(force_insert=True)
    actor, data = customer_actor(invite.customer_id), {"survey": str(row.id)}
    journal.append(actor=actor, event="survey.answered", customer=invite.customer_id, data=data)


def _group(row: Survey, customer: UUID) -> UUID | None:
    """The customer's department, where enough of its customers are among those the survey goes to."""
    department = Customer.objects.values_list("owner_department", flat=True).get(id=customer)
    asked = Recipient.objects.filter(
        message__enclosed=enclosing.written(KIND, row.id), customer__owner_department=department
    )
    return department if asked.count() >= value(LEAST) else None


def link(survey: UUID, customer: UUID, now: datetime) -> str:
    """For one recipient, in the transaction that sends to them: at most one survey in so many months, whichever.

    Raises:
        enclosing.NotFor: the survey is over, or they were asked lately.
    """
    row = Survey.objects.filter(id=survey, state=State.OPEN, closes_on__gte=clock.today(now)).first()
    if row is None:
        raise enclosing.NotFor("survey.over")
    made = Asked.objects.bulk_create([Asked(customer_id=customer, survey=row, at=now)], ignore_conflicts=True)
    last = Asked.objects.select_for_update(of=("self",)).get(customer_id=made[0].customer_id)
    if (last.survey_id, last.at) != (row.id, now):
        if rules.is_too_soon(last.at, value(rules.MONTHS), now):
            raise enclosing.NotFor("survey.lately")
        last.survey, last.before, last.at = row, last.at, now
        last.save(update_fields=["survey", "before", "at"])
    token = secrets.token_urlsafe(24)
    Invite.objects.filter(survey=row, customer_id=customer).delete()
    Invite.objects.create(survey=row, customer_id=customer, token_digest=digest_of(token), sent_at=now)
    return reverse("my:survey", args=[token])


def take_back(survey: UUID, customer: UUID) -> None:
    """The message did not leave: nobody was asked."""
    with transaction.atomic():
        Invite.objects.filter(survey_id=survey, customer_id=customer).delete()
        mine = (
            Asked.objects.select_for_update(of=("self",))
            .filter(customer_id=customer, survey_id=survey)
            .first()
        )
        if mine is not None and mine.before is not None:
            mine.at, mine.before = mine.before, None
            mine.save(update_fields=["at", "before"])
        elif mine is not None:
            mine.delete()


enclosing.enclosures.register(
    KIND,
    enclosing.Enclosure(
        Text("请点此作答，只能用一次：", "Answer here, once:"),
        link,
        take_back,
        {
            "survey.lately": Text("期限内已收到过调查", "Was asked in a survey lately"),
            "survey.over": Text("调查已经结束", "The survey is over"),
        },
    ),
)


def digest_of(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _close(actor: Actor, row: Survey, now: datetime) -> None:
    row.state, row.closed_at = State.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
    Invite.objects.filter(survey=row).delete()
    _record(actor, "closed", row)


def _mine(actor: Actor, survey: UUID) -> Survey:
    row = Survey.objects.select_for_update(of=("self",)).filter(id=survey, made_by_id=actor.id).first()
    if row is None:
        raise SurveyProblem("survey.unknown")
    return row


def _record(actor: Actor, verb: str, row: Survey, **more: str) -> None:
    journal.append(actor=actor, event=f"survey.{verb}", data={"survey": str(row.id), **more})
