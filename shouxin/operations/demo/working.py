"""What is going on when somebody first looks: promises falling due, relations, a value from outside, things asked.

Everything is asked for by one person and waits for another, so that every workbench has something to decide.
"""

from datetime import timedelta

from django.db import transaction

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant
from shouxin.access.highrisk import services as highrisk
from shouxin.access.highrisk.models import RiskMark
from shouxin.customers.cleanup import services as cleanup
from shouxin.customers.cleanup.models import CleanupRun
from shouxin.customers.duplicates import services as duplicates
from shouxin.customers.duplicates.models import DuplicateRun
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind, Promise
from shouxin.customers.quality.models import OutsideValue
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method, Source
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.customers.relationships import services as relationships
from shouxin.customers.relationships.models import Kind as RelationshipKind
from shouxin.customers.relationships.models import Relationship, Side
from shouxin.customers.segments import services as segments
from shouxin.customers.segments.models import Run
from shouxin.kit import clock
from shouxin.operations.demo.founding import SECURITY_ADMIN, Organisation
from shouxin.people.thresholds import services as thresholds
from shouxin.people.thresholds.models import ThresholdChange

SALES, SERVICE, LEASING = "sales_contract", "service", "leasing"
# Who promised what, for which purpose, and in how many days it is due.
PROMISES = (
    ("yuanfei", SALES, Kind.PROMISE, "今天下班前回复升降桌的到货日期", 0),
    ("yuanfei", SALES, Kind.PROMISE, "送两把样椅到现场试坐", 1),
    ("yuanfei", SALES, Kind.NEED, "会议室要能坐十二人，周内出两个方案", 3),
    ("yuanfei", SALES, Kind.PROMISE, "补开发票并寄出", 6),
    ("yuanfei", SALES, Kind.NEED, "明年一季度扩租一层，想看整层报价", 12),
    ("panli", SALES, Kind.PROMISE, "更换有划痕的桌面", 0),
    ("panli", SALES, Kind.NEED, "想要可移动的隔断", 5),
    ("jianghao", SALES, Kind.PROMISE, "月底前给出年度框架协议的草稿", 4),
    ("duanrui", LEASING, Kind.PROMISE, "续租合同寄给对方盖章", 0),
    ("duanrui", LEASING, Kind.NEED, "到期前想换成窄扶手的椅子", 2),
    ("weinan", LEASING, Kind.PROMISE, "清点退租家具并回电", 7),
)
# Grants that end soon, with the days they last.
SHORT_GRANTS = (("yubo", SERVICE, "xieyun", 6), ("panli", SERVICE, "songtao", 13))
SUPPLIER = "上海办公空间博览有限公司"


@transaction.atomic
def promise(organisation: Organisation) -> None:
    """The newest customers of each clerk have been promised something, or need it."""
    if Promise.objects.exists():
        return
    turns: dict[str, int] = {}
    for who, purpose, kind, text, days in PROMISES:
        actor = organisation.actor(who)
        mine = Customer.objects.filter(responsible_id=actor.id).order_by("-id")
        turn = turns[who] = turns.get(who, -1) + 1
        customer = mine[turn : turn + 1].first()
        if customer is not None:
            promises.make(
                actor=actor,
                purpose=purpose,
                customer=customer.id,
                kind=kind,
                text=text,
                owner=actor.id,
                due_on=clock.today() + timedelta(days=days),
                now=clock.now(),
            )


@transaction.atomic
def relate(organisation: Organisation) -> None:
    """Customers of a clerk who have to do with each other."""
    if Relationship.objects.exists():
        return
    actor = organisation.actor("yuanfei")
    mine = list(Customer.objects.filter(responsible_id=actor.id, kind="organisation").order_by("-id")[:4])
    for one, other in zip(mine[::2], mine[1::2], strict=False):
        relationships.relate(
            actor=actor,
            purpose=SALES,
            customer=one.id,
            other=other.id,
            kind=RelationshipKind.PARENT,
            side=Side.FIRST,
            since=clock.today() - timedelta(days=200),
            now=clock.now(),
        )


@transaction.atomic
def offer(organisation: Organisation) -> None:
    """A fair's organiser names other numbers than ours: they wait for somebody else to compare."""
    if OutsideValue.objects.exists():
        return
    actor = organisation.actor("yuanfei")
    footing = Footing(SALES, Channel.SALES, Method.HAND, Source.EXTERNAL, SUPPLIER)
    mine = Customer.objects.filter(responsible_id=actor.id, kind="person")
    for row, phone in zip(mine.order_by("-id")[5:7], ("13900000021", "13900000022"), strict=False):
        registry.edit(
            actor=actor,
            footing=footing,
            customer=row.id,
            revision=row.revision,
            values={"mobile": Kept(phone, WELL_FORMED)},
            now=clock.now(),
        )


@transaction.atomic
def ask(organisation: Organisation) -> None:
    """A high-risk marking waits for the officer, and so does a limit; two grants in force end soon."""
    now = clock.now()
    if not RiskMark.objects.exists():
        head = organisation.actor("songtao")
        marked = Customer.objects.filter(responsible_id=organisation.people["panli"]).order_by("-id").first()
        if marked is not None:
            highrisk.propose_customer(
                actor=head, customer=marked.id, reason="曾有人冒充本人来电套取送货地址", now=now
            )
    if not ThresholdChange.objects.exists():
        reason = "四季度盘点结束，列表行数收紧"
        admin = organisation.actor(SECURITY_ADMIN)
        thresholds.ask(actor=admin, key="list-rows", value=1500, reason=reason, now=now)
    for who, purpose, approver, days in SHORT_GRANTS:
        actor = organisation.actor(who)
        if not StandingGrant.objects.filter(staff_id=actor.id, purpose=purpose).exists():
            asked = grants.propose(
                actor=actor,
                purpose=purpose,
                fields=["mobile"],
                daily_limit=10,
                until=now + timedelta(days=days),
                reason="售后回访期间需要联系客户",
                now=now,
            )
            grants.approve(actor=organisation.actor(approver), grant=asked.id, now=now)


@transaction.atomic
def tidy(organisation: Organisation) -> None:
    """Duplicates, clean-up lists and segments are asked for; the background does them."""
    head, now = organisation.actor("songtao"), clock.now()
    if not DuplicateRun.objects.exists():
        duplicates.ask_run(actor=head, thorough=False, now=now)
    if not CleanupRun.objects.exists():
        cleanup.ask_run(actor=head, now=now)
    if not Run.objects.exists():
        segments.ask(actor=head)
