"""What passes between the demonstration's customers and staff, for a screen to be seen filled: messages, requests,
decisions at the customers' own door."""

from datetime import datetime

from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.models import RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.messages import sending
from shouxin.customers.messages import services as sent
from shouxin.customers.messages.models import Channel as Way
from shouxin.customers.messages.models import Kind as Sort
from shouxin.customers.registry import selecting
from shouxin.portal.entering import invitations
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.models import Way as Came
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as rights
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel as Asked
from shouxin.rights.cases.models import Check, Outcome
from shouxin.rights.cases.models import Kind as Asks
from tools.screens.cast import SALES, actor, own


def messages(now: datetime) -> None:
    """A draft of the clerk's, counted, and one that waits for somebody else."""
    for turn, (subject, body) in enumerate(
        (
            ("送货前的电话确认", "您订的家具本周送达，送货前一天我们会打电话与您确认时间。"),
            ("展厅年末营业时间", "十二月三十一日展厅营业到十八点，一月二日起照常。"),
        )
    ):
        clerk = actor("yuanfei")
        chosen = {own("yuanfei", turn=each).id for each in range(turn, turn + 5)}
        token = selecting.begin(actor=clerk, query={}, everything=False, now=now)
        selecting.tick(actor=clerk, token=token, shown=chosen, ticked=chosen, now=now)
        written = sent.Written(
            kind=Sort.SERVICE,
            channel=Way.EMAIL,
            purpose=SALES,
            sender="守信示例家具公司",
            subject=subject,
            body=body,
        )
        row = sent.draft(actor=clerk, token=token, written=written, now=now)
        sending.count(message=row.id, now=now)
        if turn:
            sent.submit(actor=clerk, message=row.id, origin="https://my.example.com", now=now)


def requests(now: datetime) -> None:
    """A deletion that waits for a second person, and a question that is answered."""
    clerk = actor("yuanfei")
    for kind, text, answer, turn in (
        (Asks.DELETE, "我搬走了，请删掉我的全部资料。", "", 5),
        (
            Asks.EXPLAIN_RULES,
            "为什么要留我的送货地址，留到什么时候？",
            "为送货和三包服务保存，订单完成三年后删除。",
            0,
        ),
    ):
        said = Words(text, "", "电话答复即可")
        asked = rights.Asked(kind, Asked.PHONE, said, own("yuanfei", turn=turn).id)
        case = rights.take(actor=clerk, case=rights.file(actor=clerk, asked=asked, now=now).case.id, now=now)
        if case.level:
            rights.check(actor=clerk, case=case.id, method=Check.Method.IN_PERSON, now=now)
        answering.propose(actor=clerk, case=case.id, answer=Answer(Outcome.GRANTED, text=answer), now=now)


def portal(now: datetime) -> None:
    """What the customer at the portal decided there, and what they complain of."""
    row = own("yuanfei")
    herself, page = customer_actor(row.id), pages.present(purpose="marketing", language="zh-Hans", now=now)
    consents.decide(
        actor=herself,
        customer=row.id,
        shown=page.sha256,
        ticked=frozenset({"general"}),
        how=How(Door.PORTAL),
        now=now,
    )
    consents.refuse_purpose(
        actor=herself, customer=row.id, purpose="customer_analysis", kind=RefusalKind.OBJECTED, now=now
    )
    said = Words("送货员当着邻居念了我的电话。", "", "电话答复即可")
    asked = rights.Asked(Asks.COMPLAINT, Asked.PORTAL, said, row.id)
    rights.file(actor=herself, asked=asked, now=now)


def at_the_portal(now: datetime) -> str:
    """The token of a session at the customers' door, and an invitation that nobody used yet."""
    row = own("yuanfei")
    invitations.make(actor=actor("yuanfei"), customer=row.id, now=now)
    with transaction.atomic():
        return entering.begin(row.id, Came.INVITATION, now)
