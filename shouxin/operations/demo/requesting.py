"""What the demonstration's customers asked for by right: one request that nobody took, two in hand, one complaint;
and what two of them think."""

from uuid import UUID

from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.registry.models import Customer, Kind, Visibility
from shouxin.kit import clock
from shouxin.operations.demo.founding import Organisation
from shouxin.people import queries as people
from shouxin.rights.cases import services as rights
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check
from shouxin.rights.cases.models import Kind as Asks
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.cases.services import Asked
from shouxin.rights.feedback import services as feedback
from shouxin.rights.feedback.keeping import Said
from shouxin.rights.feedback.models import Category

COPY = Words("请把你们保存的我的信息复制一份给我。", "", "本人来取")
EXPLAIN = Words("为什么要留我的送货地址，留到什么时候？", "", "电话答复即可")
CORRECT = Words("地址写错了楼号，请更正。", "", "下次送货前")
SLOW = Said("取号以后等了半小时，能不能先在网上预约？")
QUIET = Said("窗口离得太近，旁边的人听得见我的号码。")
COMPLAINT = Words("送货员当着邻居念了我的电话。", "", "电话答复即可")


@transaction.atomic
def request(_organisation: Organisation) -> None:
    """Filed at the customers' door, by telephone and at the counter; two are taken on, one of them identified."""
    if Case.objects.exists():
        return
    now = clock.now()
    known = Customer.objects.filter(
        kind=Kind.PERSON, visibility=Visibility.OPEN, absorbed_by__isnull=True, responsible__isnull=False
    )
    chosen: list[tuple[UUID, UUID | None]] = list(
        known.order_by("-id").values_list("id", "responsible_id")[:4]
    )
    if len(chosen) < 4:  # noqa: PLR2004 - one customer for each request
        return
    (copying, _), (explained, teller), (corrected, clerk), (hurt, _) = chosen
    rights.file(actor=customer_actor(copying), asked=Asked(Asks.COPY, Channel.PORTAL, COPY, copying), now=now)
    rights.file(
        actor=customer_actor(hurt), asked=Asked(Asks.COMPLAINT, Channel.PORTAL, COMPLAINT, hurt), now=now
    )
    for customer, by, kind, channel, words in (
        (explained, teller, Asks.EXPLAIN_RULES, Channel.PHONE, EXPLAIN),
        (corrected, clerk, Asks.CORRECT, Channel.COUNTER, CORRECT),
    ):
        actor = people.actor_by_id(by)  # type: ignore[arg-type] # only those with somebody responsible were asked for
        case = rights.file(actor=actor, asked=Asked(kind, channel, words, customer), now=now).case
        row = rights.take(actor=actor, case=case.id, now=now)
        if row.level:
            rights.check(actor=actor, case=row.id, method=Check.Method.IN_PERSON, now=now)
    feedback.file(actor=customer_actor(explained), category=Category.SERVICE, said=SLOW, now=now)
    feedback.file(actor=PUBLIC, category=Category.PRIVACY, said=QUIET, now=now)
