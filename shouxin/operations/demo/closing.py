"""What is finished, and what was not good enough: a copy ready to be fetched, a complaint that a low score opened
again, one from nobody we know, an opinion answered, and what customers say of being received."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, customer_actor
from shouxin.customers.registry.models import Customer, Kind, Visibility
from shouxin.gate.models import Contact
from shouxin.kit import clock
from shouxin.operations.demo.founding import OFFICER, Organisation
from shouxin.rights.cases import accusing, answering
from shouxin.rights.cases import services as rights
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Outcome
from shouxin.rights.cases.models import Kind as Asks
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.cases.services import Asked
from shouxin.rights.feedback import services as feedback
from shouxin.rights.feedback.models import Feedback, State
from shouxin.rights.packages import services as packages
from shouxin.rights.packages.models import Package
from shouxin.rights.satisfaction import services as satisfaction
from shouxin.rights.satisfaction.models import ContactScore

CLERK, HEAD = "yuanfei", "songtao"
ALL = Words("我想看看你们保存了我的哪些信息。", "", "门户里领取")
LATE = Words("约好上午送货，等到晚上才来，也没有人打电话。", "", "电话答复即可")
ANSWERED = Answer(Outcome.GRANTED, text="已核实为排车失误，运费退还，今后改期一律提前一天电话告知。")
STILL = "运费到现在也没有退。"
STRANGER = Words("我不是你们的客户，却收到你们的送货通知，请查清号码从哪里来。", "徐先生", "xu@example.com")
SCORES = ((5, "讲得很清楚"), (4, ""), (5, ""), (4, "等了一会儿"), (2, "问了三个人才有答复"), (5, ""))


@transaction.atomic
def hand_out(organisation: Organisation) -> None:
    """Asked to see everything: put together, looked through, approved by the head; it waits to be fetched."""
    if Package.objects.exists():
        return
    clerk, now = organisation.actor(CLERK), clock.now()
    for customer in _people(clerk, 1, after=9):
        case = _established(clerk, Asked(Asks.ACCESS, Channel.COUNTER, ALL, customer), now)
        packages.assemble(actor=clerk, case=case.id, now=now)
        packages.freeze(actor=clerk, case=case.id, withheld={}, now=now)
        answer = Answer(Outcome.GRANTED, text="材料已备好，请在门户领取，七日内有效。")
        answering.propose(actor=clerk, case=case.id, answer=answer, now=now)
        answering.approve(actor=organisation.actor(HEAD), case=case.id, now=now)


@transaction.atomic
def complain(organisation: Organisation) -> None:
    """One complaint was answered badly and is the supervisor's now; another came from somebody without an account."""
    if Case.objects.filter(channel=Channel.PUBLIC).exists():
        return
    clerk, now = organisation.actor(CLERK), clock.now()
    for customer in _people(clerk, 1, after=10):
        herself = customer_actor(customer)
        filed = rights.file(
            actor=herself, asked=Asked(Asks.COMPLAINT, Channel.PORTAL, LATE, customer), now=now
        )
        rights.take(actor=clerk, case=filed.case.id, now=now)
        accusing.name(actor=clerk, case=filed.case.id, department=None)
        answering.propose(actor=clerk, case=filed.case.id, answer=ANSWERED, now=now)
        answering.approve(actor=organisation.actor(OFFICER), case=filed.case.id, now=now)
        answering.rate(actor=herself, case=filed.case.id, score=1, now=now, remark=STILL)
    rights.file(actor=PUBLIC, asked=Asked(Asks.COMPLAINT, Channel.PUBLIC, STRANGER), now=now)


@transaction.atomic
def answer_opinion(organisation: Organisation) -> None:
    """Of the two opinions one is answered."""
    waiting = Feedback.objects.filter(state=State.OPEN).order_by("filed_at")
    if waiting.count() > 1:
        row = waiting[0]
        answer = "已开通网上预约，预约成功后到店优先办理，谢谢您的建议。"
        feedback.answer(actor=organisation.actor(OFFICER), item=row.id, text=answer, now=clock.now())


@transaction.atomic
def score(_organisation: Organisation) -> None:
    """Those who were received say how it was; one low score went to the supervisor as a complaint."""
    if ContactScore.objects.exists():
        return
    now = clock.now()
    known = Customer.objects.filter(kind=Kind.PERSON).values("id")
    over = Contact.objects.filter(ends_at__lte=now, customer_id__in=known).order_by("opened_at")
    for contact, (points, remark) in zip(over, SCORES, strict=False):
        actor = customer_actor(contact.customer_id)
        satisfaction.score(actor=actor, contact=contact.id, score=points, now=now, remark=remark)


def _established(clerk: Actor, asked: Asked, now: datetime) -> Case:
    """A request taken down, taken on and its person seen with their identity card."""
    case = rights.file(actor=clerk, asked=asked, now=now).case
    row = rights.take(actor=clerk, case=case.id, now=now)
    return rights.check(actor=clerk, case=row.id, method=Check.Method.IN_PERSON, now=now)


def _people(clerk: Actor, count: int, *, after: int) -> list[UUID]:
    """Some of this clerk's people, the newest first, beyond those who appear elsewhere."""
    found = Customer.objects.filter(
        responsible_id=clerk.id, kind=Kind.PERSON, visibility=Visibility.OPEN, absorbed_by__isnull=True
    )
    everybody = list(found.order_by("-id").values_list("id", flat=True))
    return (everybody[after:] or everybody)[:count]
