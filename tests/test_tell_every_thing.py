"""The page of every kind of thing says where it stands and how far it has got, tells its story in sentences with the
way to each one's proof, and what somebody may not do there is absent or says why."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted
from shouxin.access.highrisk import services as risks
from shouxin.access.reviews import services as reviews
from shouxin.access.secrets import services as secrets
from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.rules import CHANGED
from shouxin.access.webhooks.rules import Wanted as Told
from shouxin.core.policy import Role, Sight, customer_actor
from shouxin.customers.collection.tests import cast as plans
from shouxin.customers.collection_forms import services as forms
from shouxin.customers.collection_forms.tests import cast
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.services import How
from shouxin.customers.duplicates.tests import test_merge_customers as merging
from shouxin.customers.intake.tests import cast as intake
from shouxin.customers.quality import supplies
from shouxin.journal.queries import of_events, of_thing
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.connections import services as connections
from shouxin.people.connections.models import Kind
from shouxin.people.delegations import services as delegations
from shouxin.people.duties import services as duties
from shouxin.people.second_factor import services as factors
from shouxin.people.sights import services as sights
from shouxin.people.thresholds import services as thresholds
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.policies import services as policies
from shouxin.rulebook.policies.models import PolicyVersion
from shouxin.rulebook.purposes import noticing
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.rulebook.regions import services as regions
from shouxin.rulebook.regions.tests.test_raise_by_region import HOURS
from shouxin.vault import rebuilding
from tests.register import SALES, Register
from tests.test_decide_through_delegation import asked, emergency_of

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Thing:
    """How a thing is made, what its page says, to whom, and what another reader is told of a verb."""

    made: Callable[[Register], str]  # gives the address of its page
    standing: str
    sentence: str
    reader: str = "officer"
    other: str = ""
    why: str = ""
    never: str = ""  # an address that the other reader finds no form or link to


def actor(register: Register, who: str) -> Any:
    return register.world.actor(who)


def risk(register: Register) -> str:
    made = risks.propose_customer(
        actor=actor(register, "sales_head"), customer=register["zhang"], reason="有人冒充", now=clock.now()
    )
    return f"/access/risk/{made.id}/"


def review(register: Register) -> str:
    opened = reviews.open_now(actor=actor(register, "officer"), now=clock.now())
    mine = next(one for one in opened if one.department_id == register.world.departments["sales"].id)
    return f"/access/reviews/{mine.id}/"


def program(register: Register) -> Any:
    now = clock.now()
    wanted: dict[str, Any] = {
        "name": "订单系统",
        "purposes": [SALES],
        "readable": ["person_name"],
        "clear": [],
        "writable": [],
        "addresses": ["10.1.2.3"],
        "per_minute": 60,
        "daily_rows": 100,
        "starts_at": now,
        "ends_at": now + MONTH,
        "reason": "订单履约",
    }
    return clients.propose(
        actor=actor(register, "sales_head"),
        owner=register.world.people["clerk"].id,
        department=register.world.departments["sales"].id,
        wanted=Wanted(**wanted),
        now=now,
    )


def webhook(register: Register) -> str:
    client, _token = clients.approve(
        actor=actor(register, "officer"), client=program(register).id, now=clock.now()
    )
    wanted = Told(url="https://93.184.216.34/hook", events=[CHANGED], networks=(), reason="同步")
    made = webhooks.propose(
        actor=actor(register, "sales_head"), client=client.id, wanted=wanted, now=clock.now()
    )
    return f"/access/webhooks/{made.id}/"


def connection_of(register: Register) -> str:
    settings = {"department": str(register.world.departments["sales"].id), "addresses": ["10.0.0.0/8"]}
    made = connections.draft(
        actor=actor(register, "system_admin"), kind=Kind.SCIM, name="目录", settings=settings, now=clock.now()
    )
    return f"/people/connections/{made.id}/"


def delegation(register: Register) -> str:
    now = clock.now()
    made = delegations.give(
        actor=actor(register, "sales_head"),
        deputy=register.world.people["service_head"].id,
        starts_at=now,
        until=now + timedelta(days=3),
        reason="出差",
        now=now,
    )
    return f"/people/delegations/{made.id}/"


def reset(register: Register) -> str:
    register.world.code("clerk")
    made = factors.ask_reset(
        actor=actor(register, "system_admin"), staff_id=register.world.people["clerk"].id, reason="丢了手机"
    )
    return f"/people/second-factor/resets/{made.id}/"


def threshold(register: Register) -> str:
    thresholds.ask(
        actor=actor(register, "security_admin"), key="notices_kept", value=90, reason="够用", now=clock.now()
    )
    return "/people/thresholds/notices_kept/"


def sight(register: Register) -> str:
    staff = register.world.people["clerk"].id
    sights.ask(actor=actor(register, "security_admin"), staff_id=staff, sight=Sight.OWN, now=clock.now())
    return f"/people/staff/{staff}/sight/"


def duty(register: Register) -> str:
    made = duties.appoint(
        actor=actor(register, "officer"),
        department=register.world.departments["sales"].id,
        step="collect",
        holder=register.world.people["clerk"].id,
        deputy=None,
        until=None,
        now=clock.now(),
    )
    return f"/people/duties/{made.id}/"


def batch(register: Register) -> str:
    made = intake.imported(register, intake.table(("客户编号", "姓名"), ("K-1", "欧阳春")), "a.csv")
    return f"/customers/imports/{made.id}/result/"


def consent(register: Register) -> str:
    me, now = customer_actor(register["li"]), clock.now()
    page = pages.present(purpose="marketing", language="zh-hans", now=now)
    ticked = frozenset({"general"})
    how = How(Channel.COUNTER)
    consents.decide(actor=me, customer=me.id, shown=page.sha256, ticked=ticked, how=how, now=now)
    return f"/customers/{register['li']}/consents/"


def merge(register: Register) -> str:
    twin = merging.store(register, merging.TWIN)
    return f"/customers/duplicates/merges/{merging.merge(register, register['li'], twin).id}/"


def index(register: Register) -> str:
    rebuilding.begin(actor=actor(register, "security_admin"), planned=None)
    return "/keys/index/"


def named(register: Register) -> str:
    made = secrets.ask(
        actor=actor(register, "sales_head"),
        role=Role.CLERK,
        department=register.world.departments["sales"].id,
        daily_rows=100,
        until=clock.now() + MONTH,
        reason="报价",
        now=clock.now(),
    )
    return f"/access/secrets/{made.id}/"


def person(register: Register) -> str:
    staff = register.world.people["newcomer"].id
    people.grant_role(actor=actor(register, "security_admin"), staff_id=staff, role=Role.CLERK)
    return f"/people/staff/{staff}/"


def form(register: Register) -> str:
    made = cast.drafted(register.world)
    forms.submit(actor=actor(register, "sales_head"), version=made.id, now=clock.now())
    return f"/customers/forms/{made.id}/"


def plan(register: Register) -> str:
    made = plans.running_plan(register.world, cast.published(register.world))
    return f"/customers/collection/{made.id}/"


def supply(register: Register) -> str:
    made = supplies.enter(
        actor=actor(register, "sales_head"),
        name="客户数据供应",
        number="SC-1",
        supplier="甲公司",
        purpose=SALES,
        begins_on=clock.today(),
        ends_on=clock.today() + MONTH,
        declared="供应方已取得个人同意",
        now=clock.now(),
    )
    return f"/customers/supplies/{made.id}/"


def policy(register: Register) -> str:
    known = PolicyVersion.objects.get()
    made = policies.draft_policy(
        actor(register, "officer"),
        key=known.key,
        text_zh="只为工作。",
        text_en="For work alone.",
        effective_on=clock.today() + MONTH,
        now=clock.now(),
    )
    return f"/rules/policies/versions/{made.id}/"


def notice(register: Register) -> str:
    standing = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").get()
    made = noticing.draft_notice(
        actor(register, "officer"),
        key="customers",
        language="zh-Hans",
        template=standing.template,
        contact=standing.contact,
        effective_on=clock.today(),
    )
    return f"/rules/notices/versions/{made.id}/"


def region(register: Register) -> str:
    made = regions.draft_region(
        actor(register, "sales_head"),
        jurisdiction="JP",
        hours=HOURS,
        raises=[],
        note="当地习惯",
        now=clock.now(),
    )
    return f"/rules/regions/versions/{made.id}/"


def field(register: Register) -> str:
    catalogue.change_field(
        actor(register, "officer"), key="mobile", reason="本单位另有说明", note_zh="本单位的说明"
    )
    return "/rules/fields/mobile/"


THINGS = {
    "grant": Thing(
        lambda register: f"/access/grants/{asked(register, 'clerk')}/",
        "待审批",
        "申请常设用数授权",
        other="clerk",
        why="不能批准自己的申请",
        never="/approve/",
    ),
    "high risk": Thing(
        risk, "待批准", "申请标为高风险", other="sales_head", why="不能批准自己的申请", never="/approve/"
    ),
    "emergency": Thing(
        lambda register: f"/access/emergency/{emergency_of(register, 'clerk').id}/",
        "待复核",
        "应急访问",
        other="clerk",
        why="不能复核自己的应急访问",
        never="/review/",
    ),
    "consents": Thing(consent, "已同意", "本人对目的"),
    "review": Thing(review, "复核中", "的权限复核"),
    "client": Thing(
        lambda register: f"/access/clients/{program(register).id}/",
        "待审批",
        "申请",
        other="sales_head",
        why="不能批准自己的申请",
        never="/approve/",
    ),
    "webhook": Thing(
        webhook, "待审批", "申请", other="sales_head", why="不能批准自己的申请", never="/approve/"
    ),
    "connection": Thing(
        connection_of,
        "确认前不起作用",
        "起草连接",
        reader="supervisor",
        other="system_admin",
        why="由安全管理员确认",
        never="/confirm/",
    ),
    "delegation": Thing(
        delegation,
        "代理中",
        "代理确认和审批",
        other="supervisor",
        why="由委托人、代理人、个人信息保护负责人或安全管理员收回",
        never="/end/",
    ),
    "reset of a factor": Thing(
        reset,
        "确认前旧的方式照旧有效",
        "重置",
        other="system_admin",
        why="由安全管理员、部门负责人或个人信息保护负责人确认",
        never="/confirm/",
    ),
    "threshold": Thing(
        threshold,
        "待确认 · 改为 90",
        "通知保留",
        other="security_admin",
        why="您提出的须由另一人确认",
        never="/confirm/",
    ),
    "sight": Thing(
        sight,
        "待确认 · 仅本人",
        "可见范围",
        other="security_admin",
        why="您设定的须由另一人确认",
        never="/confirm/",
    ),
    "person": Thing(person, "无角色，不能登录", "授予", other="supervisor", never="/end/"),
    "duty": Thing(
        duty, "在任 · 无期限", "指定", other="clerk", why="由本部门或上级部门的负责人", never="/end/"
    ),
    "import batch": Thing(
        batch,
        "待部门确认",
        "导入完成",
        other="clerk",
        why="由归口部门的负责人确认",
        never="/decision/",
    ),
    "merge": Thing(
        merge,
        "已合并",
        "另一份客户档案并入本档案",
        other="clerk",
        why="由可以合并客户的人员撤销",
        never="/undo/",
    ),
    "search index": Thing(
        index,
        "重建中",
        "重建",
        other="officer",
        why="由安全管理员重建",
        never="/rebuild/",
    ),
    "register of names": Thing(
        named,
        "待审批",
        "列入商业秘密名录",
        other="sales_head",
        why="不能批准自己的申请",
        never="/approve/",
    ),
    "form": Thing(
        form, "待审批", "提交表单", other="sales_head", why="您起草或提交的须由另一人批准", never="/publish/"
    ),
    "plan": Thing(plan, "还有", "收集计划", other="clerk", never="/stop/"),
    "supply contract": Thing(supply, "有效", "供应合同"),
    "purpose": Thing(
        lambda _register: f"/rules/purposes/{SALES}/",
        "已启用",
        "启用处理目的",
        other="supervisor",
        never="/retire/",
    ),
    "policy": Thing(
        policy,
        "批准前不起作用",
        "起草守则",
        why="您起草的版本须由另一人批准",
        other="officer",
        never="/approve/",
    ),
    "notice": Thing(
        notice, "待审批", "起草告知", why="您起草的版本须由另一人批准", other="officer", never="/approve/"
    ),
    "region": Thing(
        region, "待审批", "地区规则", other="supervisor", why="由个人信息保护负责人批准", never="/approve/"
    ),
    "field": Thing(field, "已启用", "修改", other="supervisor", never="/change/"),
    "rule pack": Thing(
        lambda _register: "/rules/pack/", "已是最新", "载入规则包", other="supervisor", never="/load/"
    ),
}


def look(register: Register, who: str, address: str) -> str:
    client = register.world.signed_in(Client(), who)
    session = client.session
    session["purpose"] = SALES
    session.save()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("name", THINGS)
def test_a_page_says_where_its_thing_stands_and_how_that_is_proved(register: Register, name: str) -> None:
    thing = THINGS[name]
    address = thing.made(register)
    page = look(register, thing.reader, address)
    assert thing.standing in page
    story = page[page.index('id="story"') :].split("</section>")[0]
    assert thing.sentence in story
    assert "/journal/" in story
    if thing.other:
        page = look(register, thing.other, address)
        assert thing.why in page
        assert not re.search(f'(?:action|href)="[^"]*{re.escape(thing.never)}', page)
        told = re.search(r"现在不能：([^<]+)", page)
        assert bool(told) == bool(thing.why), told and told[1]


def test_a_story_takes_one_statement_whatever_else_happened(register: Register) -> None:
    grants = [asked(register, "clerk"), asked(register, "agent")]
    with CaptureQueriesContext(
        connection,
    ) as statements:
        told = of_thing(["grant.proposed"], {"grant": str(grants[0])})
    assert len(statements) == 1
    assert [line.data["grant"] for line in told] == [str(grants[0])]
    assert len(of_events(["grant.proposed"])) >= 2
