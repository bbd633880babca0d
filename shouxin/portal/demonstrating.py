"""What the demonstration's customers do at their own door: answer a survey, say what they want to hear of, and deny a
change that they never asked for. Imported only while a demonstration is being made."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from shouxin.core.policy import customer_actor
from shouxin.customers.messages import sending
from shouxin.customers.messages import services as messages
from shouxin.customers.messages.models import Channel, Kind
from shouxin.customers.messages.services import Written as Letter
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel as Came
from shouxin.customers.registry.models import Customer, Method, Visibility
from shouxin.customers.registry.models import Kind as Subject
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.kit import clock
from shouxin.kit.workdays import is_working_day
from shouxin.operations.demo.founding import Organisation
from shouxin.operations.demo.organisation import ORGANISATION
from shouxin.operations.demo.postbox import postbox
from shouxin.portal.changes import queries as changes
from shouxin.portal.changes import services as denying
from shouxin.portal.changes.models import Freeze
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.models import Session, Way
from shouxin.portal.surveys import services as surveys
from shouxin.portal.surveys.models import Survey
from shouxin.portal.surveys.rules import Kind as Asks
from shouxin.portal.surveys.rules import Question
from shouxin.portal.wishing import services as wishing
from shouxin.portal.wishing.models import Wish

CLERK, OTHER_CLERK, HEAD, SALES = "yuanfei", "panli", "songtao", "sales_contract"
QUESTIONS = (
    Question(Asks.SCORE, "您对送货和安装满意吗？"),
    Question(Asks.CHOICE, "您最看重什么？", ("准时", "安装质量", "价格", "售后")),
    Question(Asks.TEXT, "还有什么想告诉我们？"),
)
ANSWERS = (
    ("5", "准时", "师傅很细心"), ("4", "安装质量", ""), ("5", "安装质量", "旧家具也一起搬走了，方便"),
    ("3", "准时", "晚到了一个小时"), ("4", "价格", ""), ("5", "准时", ""), ("4", "售后", "希望有安装视频"),
    ("2", "准时", "改期没有提前说"), ("5", "安装质量", ""),
)  # fmt: skip
TOPICS = (("orders", "service"), ("orders",), ("orders", "safety", "privacy"), ("orders", "offers"))
ASKED, WISHING = 16, 24
ORIGIN, LINK = "https://my.example.com", re.compile(r"/my/survey/([\w-]+)/")


@transaction.atomic
def survey(organisation: Organisation) -> None:
    """A survey that is over, with more answers than a group needs to be shown, and one that is being written.

    It went out as every message does: approved by the head, asked about recipient by recipient, handed to the
    demonstration's own mail server. Those who got it answer by the link in their letter.
    """
    if Survey.objects.exists():
        return
    clerk, now = organisation.actor(CLERK), clock.now()
    last, noon = clock.today(now) + timedelta(days=20), _noon(now)
    sent = surveys.Written("送装满意度调查", QUESTIONS, anonymous=True, closes_on=last)
    made = surveys.make(actor=clerk, written=sent, now=noon)
    with postbox() as letters:
        _send(organisation, made.id, noon)
    links = [LINK.search(str(one.get_content())) for one in letters]
    for link, given in zip(filter(None, links), ANSWERS, strict=False):
        surveys.answer(token=link[1], given=given, now=now)
    surveys.close(actor=clerk, survey=made.id, now=now)
    written = surveys.Written("展厅接待回访", QUESTIONS[1:], anonymous=False, closes_on=last)
    surveys.make(actor=clerk, written=written, now=now)


def _send(organisation: Organisation, survey: UUID, at: datetime) -> None:
    clerk, head = organisation.actor(CLERK), organisation.actor(HEAD)
    text = "您好，想请您用一分钟说说这次送货和安装。答案匿名，不影响任何服务。"
    letter = Letter(Kind.SERVICE, Channel.EMAIL, SALES, ORGANISATION, "送货安装得怎么样？", text)
    row = messages.draft_to(actor=clerk, members=_people(clerk.id)[:ASKED], written=letter, now=at)
    surveys.enclose(actor=clerk, survey=survey, message=row.id, now=at)
    sending.count(message=row.id, now=at)
    row = messages.submit(actor=clerk, message=row.id, origin=ORIGIN, now=at)
    messages.approve(actor=head, message=row.id, seen=row.sha256, now=at)
    sending.work(message=row.id, now_is=lambda: at, lot=ASKED)


def _noon(now: datetime) -> datetime:
    """The last noon on a working day: nobody is written to at night."""
    at = timezone.localtime(now).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while not is_working_day(at.date()):
        at -= timedelta(days=1)
    return at


@transaction.atomic
def wish(organisation: Organisation) -> None:
    """Two dozen said what they want to hear of; what enough of them share is counted for the officer."""
    if Wish.objects.exists():
        return
    now = clock.now()
    for number, customer in enumerate(_people(organisation.people[CLERK])[:WISHING]):
        wishing.state_topics(me=customer_actor(customer), topics=TOPICS[number % len(TOPICS)], now=now)
    wishing.count(now=now)


@transaction.atomic
def deny(organisation: Organisation) -> None:
    """A clerk wrote another phone and address in; the customer saw it and said: this was not me."""
    if Freeze.objects.exists():
        return
    clerk, now = organisation.actor(OTHER_CLERK), clock.now()
    for customer in _people(clerk.id)[4:5]:
        row = Customer.objects.get(id=customer)
        registry.edit(
            actor=clerk,
            footing=Footing(SALES, Came.SERVICE, Method.HAND),
            customer=row.id,
            revision=row.revision,
            values={
                "mobile": Kept("15400009902", WELL_FORMED),
                "home_address": Kept("江苏省苏州市吴中区示范路66号3幢101室", WELL_FORMED),
            },
            now=now,
        )
        _deny(customer, now)


def _deny(customer: UUID, now: datetime) -> None:
    me = customer_actor(customer)
    entering.begin(customer, Way.INVITATION, now)
    session = Session.objects.get(customer_id=customer)
    for one in changes.shown(me, now).changes[:1]:
        denying.deny_change(me=me, entry=one.entry, session=session.id, now=now)


def _people(staff: UUID) -> list[UUID]:
    """This clerk's people, the newest first."""
    found = Customer.objects.filter(
        responsible_id=staff, kind=Subject.PERSON, visibility=Visibility.OPEN, absorbed_by__isnull=True
    )
    return list(found.order_by("-id").values_list("id", flat=True))


SCENES = (survey, wish, deny)
