"""Surveys and their results; of groups too small nothing is told, nor anything by which they could be worked out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.customers.messages import enclosing
from shouxin.customers.messages import rules as messages
from shouxin.customers.messages.models import Message, Recipient
from shouxin.customers.messages.models import State as Sending
from shouxin.customers.registry.models import Customer
from shouxin.people.models import Department
from shouxin.people.thresholds.queries import value
from shouxin.portal.surveys import rules
from shouxin.portal.surveys.keeping import given_in
from shouxin.portal.surveys.models import Answer, ApartAnswer, Invite, State, Survey
from shouxin.portal.surveys.rules import Kind, Question, Result
from shouxin.portal.surveys.services import KIND, digest_of
from shouxin.rights.satisfaction.rules import LEAST, tells_total, withheld


def visible(actor: Actor) -> QuerySet[Survey]:
    """All of them: questions and numbers, never what one person said."""
    actor.require(Permission.CUSTOMERS_MESSAGE_READ)
    return Survey.objects.select_related("made_by").order_by("-made_at", "-id")


def open_to(token: str) -> Survey | None:
    """The survey that this link answers; None when it was used or the survey is over."""
    found = Invite.objects.filter(token_digest=digest_of(token), survey__state=State.OPEN)
    invite = found.select_related("survey").first()
    return invite.survey if invite else None


def drafts(actor: Actor) -> QuerySet[Message]:
    """The drafts of one's own that could carry it."""
    found = Message.objects.filter(staff_id=actor.id, state=Sending.DRAFT, enclosed="")
    return found.exclude(kind__in=messages.AT_ONCE).exclude(channel=messages.CALL).order_by("-id")


def sent(survey: Survey) -> int:
    """To how many it went."""
    enclosed = enclosing.written(KIND, survey.id)
    return Recipient.objects.filter(message__enclosed=enclosed, outcome__in=["sent", "unclear"]).count()


def answered(survey: Survey) -> int:
    rows = ApartAnswer.objects if survey.anonymous else Answer.objects
    return rows.filter(survey=survey).count()


@dataclass(frozen=True, slots=True)
class Told:
    """One question with what everybody answered, and each group (None: withheld); words in no order that tells."""

    question: Question
    whole: Result | None
    groups: Sequence[tuple[str, Result | None]]
    texts: Sequence[str]


def results(survey: Survey) -> list[Told]:
    """What was answered, once the survey is over: before, one answer could be told from the difference it makes."""
    if survey.state != State.CLOSED:
        return []
    given = _answers(survey)
    return [_told(question, given, place) for place, question in enumerate(_questions(survey))]


def _questions(survey: Survey) -> list[Question]:
    return [Question.read(one) for one in survey.questions]


def _told(question: Question, given: Sequence[tuple[UUID | None, list[str]]], place: int) -> Told:
    by_group: dict[UUID | None, list[str]] = defaultdict(list)
    for group, said in given:
        if said[place]:
            by_group[group].append(said[place])
    sizes, least = {group: len(said) for group, said in by_group.items()}, value(LEAST)
    whole, told = [one for said in by_group.values() for one in said], tells_total(sizes, least)
    if question.kind is Kind.TEXT:
        texts = sorted(whole, key=lambda one: sha256(one.encode()).digest()) if told else []
        return Told(question, rules.result(question, whole) if told else None, [], texts)
    hidden, names = withheld(sizes, least), dict(Department.objects.values_list("id", "name"))
    groups = [
        (names[group], None if group in hidden else rules.result(question, said))
        for group, said in by_group.items()
        if group is not None
    ]
    total = rules.result(question, whole) if told else None
    return Told(question, total, sorted(groups, key=lambda one: one[0]), [])


def _answers(survey: Survey) -> list[tuple[UUID | None, list[str]]]:
    if survey.anonymous:
        return [(row.group_id, given_in(row)) for row in ApartAnswer.objects.filter(survey=survey)]
    rows = list(Answer.objects.filter(survey=survey))
    wanted = Customer.objects.filter(id__in=[row.customer_id for row in rows])
    places = dict(wanted.values_list("id", "owner_department"))
    return [(places.get(row.customer_id), given_in(row)) for row in rows]
