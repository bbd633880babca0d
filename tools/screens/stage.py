"""What the demonstration does not hold and a screen needs to be seen filled: one deed per screen, through the
services that people use. A deed that fails is told and the others go on, so that a changed service costs one line
of the report and not the pictures."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from shouxin.access.clients import rules as client_rules
from shouxin.access.clients import services as clients
from shouxin.access.emergency import services as emergency
from shouxin.access.highrisk import services as highrisk
from shouxin.access.reviews import services as reviews
from shouxin.access.webhooks import rules as webhook_rules
from shouxin.access.webhooks import services as webhooks
from shouxin.core.policy import Actor, Role
from shouxin.core.policy.vocabulary import Sight
from shouxin.customers.attachments import services as attachments
from shouxin.customers.attachments.models import Attachment
from shouxin.customers.bulk import services as bulk
from shouxin.customers.collection import plans
from shouxin.customers.collection_forms import services as forms
from shouxin.customers.collection_forms.models import FormKind, FormVersion
from shouxin.customers.duplicates import services as duplicates
from shouxin.customers.handover import services as handover
from shouxin.customers.intake import drafts, jobs
from shouxin.customers.intake import services as intake
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.services import Declaration
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.quality import supplies
from shouxin.customers.registry import selecting
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Method, Scope, Source
from shouxin.customers.registry.rules import Kept
from shouxin.drafts import services as drafting
from shouxin.drafts.kinds import kinds as draft_kinds
from shouxin.kit import clock, ids
from shouxin.people import services as people
from shouxin.people.connections import services as connections
from shouxin.people.connections.models import Kind as ConnectionKind
from shouxin.people.delegations import services as delegations
from shouxin.people.leaving import services as leaving
from shouxin.people.second_factor import services as factors
from shouxin.people.sights import services as sights
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from shouxin.people.thresholds import services as thresholds
from shouxin.rulebook.policies import services as policies
from shouxin.rulebook.purposes import noticing
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from tools.screens import dialogue
from tools.screens.cast import SALES, actor, home, own, staff

PATIENCE_SECONDS = 120
REASON = "演示：年度集中维护期间临时需要"


def _client(now: datetime) -> None:
    """A program in force and one that waits; an address it is told at, with a message on its way."""
    head, department = actor("songtao"), home("songtao").id
    for name in ("订单系统", "呼叫中心"):
        wanted = client_rules.Wanted(
            name=name,
            purposes=[SALES],
            readable=["person_name", "mobile"],
            clear=["mobile"],
            writable=["person_name"],
            addresses=["127.0.0.1"],
            per_minute=60,
            daily_rows=1000,
            starts_at=now,
            ends_at=now + timedelta(days=90),
            reason="订单履约需要联系客户",
        )
        asked = clients.propose(
            actor=head, owner=staff("yuanfei").id, department=department, wanted=wanted, now=now
        )
        if name == "订单系统":
            clients.approve(actor=actor("caomin"), client=asked.id, now=now)
            _webhook(head, asked.id, now)


def _webhook(head: Actor, client: UUID, now: datetime) -> None:
    wanted = webhook_rules.Wanted(
        url="https://crm.example.com/hooks/shouxin",
        events=sorted(webhook_rules.EVENTS)[:2],
        networks=[],
        reason="客户变更后同步到订单系统",
    )
    asked = webhooks.propose(actor=head, client=client, wanted=wanted, now=now)
    webhooks.approve(actor=actor("caomin"), endpoint=asked.id, now=now)
    webhooks.ping(actor=head, endpoint=asked.id, now=now)


def _emergency(now: datetime) -> None:
    emergency.open_access(
        actor=actor("jianghao"),
        customer=own("jianghao").id,
        purpose=SALES,
        fields=["mobile"],
        reason="客户在医院，须马上联系送货",
        reason_class="delivery",
        minutes=15,
        now=now,
    )


def _reviews(now: datetime) -> None:
    reviews.open_now(actor=actor("caomin"), now=now)


def _risk(now: datetime) -> None:
    highrisk.propose_customer(
        actor=actor("songtao"), customer=own("panli").id, reason="近期多次冒名来电查询", now=now
    )


def _connections(now: datetime) -> None:
    settings = {"department": str(staff("songtao").department_id), "addresses": ["10.0.0.0/8"]}
    made = connections.draft(
        actor=actor("pengyu"), kind=ConnectionKind.SCIM, name="总部人员目录", settings=settings, now=now
    )
    connections.confirm(actor=actor("zengqi"), connection_id=made.id, drafted_at=made.drafted_at, now=now)
    connections.draft(
        actor=actor("pengyu"), kind=ConnectionKind.SCIM, name="分公司目录", settings=settings, now=now
    )


def _people(now: datetime) -> None:
    """Somebody who left, one who will, one who rests, one who lost a phone, and a wider view that waits."""
    department = home("yubo").id
    made = people.create_staff(
        actor=actor("pengyu"),
        user_name="zhoumo",
        display_name="周末",
        department=department,
        password=people.first_password(),
    )
    people.end_staff(actor=actor("pengyu"), staff_id=made.id)
    leaving.announce(
        actor=actor("pengyu"), staff_id=staff("panli").id, last_day=(now + timedelta(days=9)).date(), now=now
    )
    suspensions.suspend(
        actor=actor("zengqi"), staff_id=staff("weinan").id, cause=Suspension.Cause.ABSENCE, now=now
    )
    sights.ask(actor=actor("zengqi"), staff_id=staff("dongxue").id, sight=Sight.ALL, now=now)
    people.grant_role(actor=actor("zengqi"), staff_id=staff("tangjing").id, role=Role.CLERK)


def _guarding(now: datetime) -> None:
    thresholds.ask(actor=actor("zengqi"), key="list-rows", value=500, reason=REASON, now=now)
    factors.ask_reset(actor=actor("pengyu"), staff_id=staff("xiaolan").id, reason="手机遗失，已当面核对身份")
    delegations.give(
        actor=actor("songtao"),
        deputy=staff("tangjing").id,
        starts_at=now,
        until=now + timedelta(days=5),
        reason="出差期间由市场部经理代为审批",
        now=now,
    )


def _handover(now: datetime) -> None:
    chosen = [own("panli", turn=turn).id for turn in range(3)]
    handover.propose(
        actor=actor("songtao"),
        leaver=staff("panli").id,
        customers=chosen,
        successor=staff("yuanfei").id,
        now=now,
    )


def _rules(now: datetime) -> None:
    """A purpose, a notice and a policy at work; the officer's and the head's desks are not empty."""
    del now
    head, later = actor("songtao"), clock.now().date() + timedelta(days=20)
    purposes.draft_purpose(
        head,
        key="exhibition",
        departments=[home("songtao")],
        needs_of=SALES,
        **{**_like(SALES), "name_zh": "展会接待", "name_en": "Exhibitions"},
    )
    standing = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")
    noticing.draft_notice(
        head,
        key="customers",
        language="zh-Hans",
        template=standing.template,
        contact=standing.contact,
        effective_on=later,
    )
    texts = {"text_zh": "第一条 修订稿……", "text_en": "1. Revised…"}
    policies.draft_policy(head, key="staff_rules", effective_on=later, now=clock.now(), **texts)


def _like(key: str) -> dict[str, Any]:
    """What a purpose in force says, for another to begin with."""
    names = (
        *("handler", "use", "basis_id", "article_id", "roles", "services", "retention_rule_id", "notice_id"),
        *(
            f"{name}_{language}"
            for name in ("description", "subjects", "recipients")
            for language in ("zh", "en")
        ),
    )
    row = Purpose.objects.get(key=key)
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _collecting(now: datetime) -> None:
    head = actor("songtao")
    words = forms.Words(title_zh="旧家具回收登记", title_en="Old furniture", purpose=SALES)
    form = forms.draft(actor=head, kind=FormKind.REGISTRATION, words=words, now=now)
    for field, why in (("person_name", "登记须知道相对人"), ("mobile", "约定上门时间")):
        forms.ask(
            actor=head,
            version=form.id,
            field=field,
            necessity="required",
            reason_zh=why,
            mandatory=True,
            now=now,
        )
    survey = FormVersion.objects.filter(title_zh="送装服务回访").latest("number").form_id
    said = plans.Words(
        title="年末客户满意度",
        goal="了解全年服务的满意程度",
        group_text="今年下过单的客户",
        forms=(survey,),
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=40),
        maximum=300,
    )
    plans.draft(actor=head, words=said, now=now)


def _promises(now: datetime) -> None:
    for turn, text in enumerate(("周五前送达样品，并电话确认", "发票改开专票，寄到公司")):
        promises.make(
            actor=actor("yuanfei"),
            purpose=SALES,
            customer=own("yuanfei", turn=turn).id,
            kind=PromiseKind.PROMISE,
            text=text,
            owner=staff("yuanfei").id,
            due_on=now.date() + timedelta(days=turn + 1),
            now=now,
        )


def _outside(now: datetime) -> None:
    """A contract about data from outside, and a phone number of it that waits to be compared."""
    today, supplier = now.date(), "示例数据服务公司"
    supplies.enter(
        actor=actor("songtao"),
        name="企业联系方式核验",
        number="SC-2026-1",
        supplier=supplier,
        purpose=SALES,
        begins_on=today,
        ends_on=today + timedelta(days=90),
        declared="供应方已取得个人同意，见协议附件二",
        now=now,
    )
    row = own("yuanfei", turn=3)
    registry.edit(
        actor=actor("yuanfei"),
        footing=Footing(SALES, Channel.SERVICE, Method.HAND, Source.EXTERNAL, supplier),
        customer=row.id,
        revision=row.revision,
        values={"mobile": Kept("13999998888", 1)},
        now=now,
    )


def _removed_paper(now: datetime) -> None:
    paper = Attachment.objects.filter(customer__responsible_id=staff("yuanfei").id).order_by("id").last()
    if paper is not None:
        attachments.remove(actor=actor("yuanfei"), purpose=SALES, attachment=paper.id, now=now)


def _bulk(now: datetime) -> None:
    """An operation on three customers, and a form somebody began and left."""
    clerk = actor("yuanfei")
    chosen = {own("yuanfei", turn=turn).id for turn in range(3)}
    token = selecting.begin(actor=clerk, query={}, everything=False, now=now)
    selecting.tick(actor=clerk, token=token, shown=chosen, ticked=chosen, now=now)
    bulk.ask(
        actor=clerk,
        verb="segment",
        parameters={"segment": "消费者"},
        purpose=SALES,
        token=token,
        typed="3",
        now=now,
    )
    drafting.keep(
        actor=clerk,
        kind=draft_kinds["customer"],
        draft=ids.new(),
        revision=0,
        path="/customers/new/",
        typed=drafting.Typed([("person_name", "王先生")]),
        now=now,
    )


def _duplicates(now: datetime) -> None:
    duplicates.ask_run(actor=actor("songtao"), thorough=False, now=now)


def _imports(now: datetime) -> None:
    """A file at every step: read, mapped, checked, imported."""
    clerk = actor("yuanfei")
    for step, name in enumerate(("展会名片.csv", "老客户.csv", "门店登记.csv", "十一月新客户.csv")):
        batch = intake.receive(actor=clerk, pieces=[_table(step)], file_name=name, now=now)
        if step == 0:
            continue
        _decide(clerk, batch.id)
        if step > 1:
            row = ImportBatch.objects.get(id=batch.id)
            intake.request_check(actor=clerk, batch=batch.id, revision=row.draft_revision)
            jobs.work_check(batch=batch.id, now=now)
        if step > 2:  # noqa: PLR2004
            intake.start(actor=clerk, batch=batch.id, now=now)
            jobs.work_run(batch=batch.id, now=now)


def _table(step: int) -> bytes:
    out = io.StringIO(newline="")
    rows = [
        [f"K-{step}{n:02d}", f"王小{c}", f"1380013{step}{n:03d}", "上午联系"]
        for n, c in enumerate("一二三四五六")
    ]
    rows.append([f"K-{step}99", "李四光", "1380013", "号码不全"])
    csv.writer(out).writerows([["客户编号", "姓名", "手机号", "备注"], *rows])
    return out.getvalue().encode()


def _decide(clerk: Actor, batch: UUID) -> None:
    row = ImportBatch.objects.get(id=batch)
    sheets = drafts.opened(row).sheets
    intake.map_columns(
        actor=clerk,
        batch=batch,
        revision=row.draft_revision,
        columns={plan.name: [key or "" for key in plan.columns] for plan in sheets},
        used={plan.name: bool(plan.used) for plan in sheets},
    )
    declared: dict[str, Any] = {"department": staff("yuanfei").department_id, "scope": Scope.DEPARTMENT}
    intake.declare(
        actor=clerk,
        batch=batch,
        revision=row.draft_revision + 1,
        declaration=Declaration(purpose=SALES, channel=Channel.MIGRATION, source=Source.INTERNAL, **declared),
    )


DEEDS: tuple[Callable[[datetime], None], ...] = (
    _client, _emergency, _reviews, _risk, _connections, _collecting, _promises, _outside, _removed_paper,
    _duplicates, _imports, _bulk, _rules, _guarding, _people, _handover,
    dialogue.messages, dialogue.requests, dialogue.portal,
)  # fmt: skip


def play() -> Iterator[str]:
    """Do them all; a line for each that failed."""
    for deed in DEEDS:
        try:
            deed(clock.now())
        except Exception as problem:  # noqa: BLE001 - one screen less is no reason to lose the others
            yield f"{deed.__name__.strip('_')}: {type(problem).__name__}: {problem}"


def settle() -> None:
    """Wait until the background has done what it was asked to do, so that a picture does not show half of it.

    Messages to a receiver that is not there are tried for days and not waited for.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name <> %s AND (status = 'doing'"
                " OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())))",
                [webhooks.DELIVER],
            )
            (left,) = cursor.fetchone() or (0,)
        if not left:
            return
        time.sleep(0.5)
    raise RuntimeError(f"{left} jobs are still not done")
