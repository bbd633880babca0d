"""Requests of individuals, and what customers are told of, in every state that a card of the workbench counts."""

from datetime import datetime, timedelta

from shouxin.core.policy import customer_actor
from shouxin.customers.public_forms.tests import cast as public_forms
from shouxin.kit import clock
from shouxin.portal.unstated.models import Ground
from shouxin.rights.cases import answering
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Kind, Outcome
from shouxin.rights.cases.tests.cast import filed, in_hand
from shouxin.rights.feedback import services as feedback
from shouxin.rights.feedback.keeping import Said
from shouxin.rights.feedback.models import Category, Feedback
from tests.register import Register


def everything(register: Register, now: datetime) -> None:
    """One request that nobody took, one in hand, one over its day, one whose answer waits for a second person."""
    Ground.objects.create(purpose="no_longer", field="mobile")  # kept for a purpose that fell away
    filed(register, Kind.COPY)
    in_hand(register, Kind.SUPPLEMENT)
    over = in_hand(register, Kind.CORRECT)
    Case.objects.filter(id=over.id).update(due_on=clock.today(now) - timedelta(days=1))
    answered = in_hand(register, Kind.CORRECT, customer="zhang")
    answering.propose(
        actor=register.world.actor("clerk"),
        case=answered.id,
        answer=Answer(Outcome.REFUSED, "others"),
        now=now,
    )
    _from_outside(register, now)


def _from_outside(register: Register, now: datetime) -> None:
    """Feedback to be answered, one of it over its day; and a form that somebody asked to make public."""
    said, li = Said("送货员很细心"), customer_actor(register["li"])
    feedback.file(actor=li, category=Category.SERVICE, said=said, now=now)
    late = feedback.file(actor=li, category=Category.SERVICE, said=said, now=now).item
    Feedback.objects.filter(id=late.id).update(due_on=clock.today(now) - timedelta(days=1))
    public_forms.proposed(register.world)
