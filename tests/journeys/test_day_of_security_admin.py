"""A security administrator's day: a lost phone, a connection to confirm, a source locked out by mistake, the keys."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from procrastinate.contrib.django.models import ProcrastinateJob

from shouxin.kit import clock
from shouxin.people.connections import services as connections
from shouxin.people.connections.models import Connection
from shouxin.people.connections.models import Kind as ConnectionKind
from shouxin.people.guarding.models import Source
from shouxin.people.models import RoleAssignment
from shouxin.people.second_factor import services as factors
from shouxin.people.second_factor.models import FactorReset
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "198.51.100.7"


@pytest.fixture
def waiting(register: Register) -> Register:
    """吴磊 asked for a reset and drafted a connection; an address was shut out after guessing."""
    world, now = register.world, clock.now()
    world.code("audit_admin")  # who has an app, and lost it
    factors.ask_reset(
        actor=world.actor("system_admin"),
        staff_id=world.people["audit_admin"].id,
        reason="手机遗失，已当面核对身份",
    )
    connections.draft(
        actor=world.actor("system_admin"),
        kind=ConnectionKind.SCIM,
        name="总部人员目录",
        settings={"department": str(world.departments["sales"].id), "addresses": ["10.1.0.0/16"]},
        now=now,
    )
    Source.objects.create(
        kind=Source.Kind.SIGN_IN,
        source=ADDRESS,
        total=30,
        blocks=1,
        window_at=now,
        until=now + timedelta(minutes=15),
        first_at=now,
        last_at=now,
        slowed_at=now,
        blocked_at=now,
    )
    return register


def confirm_a_reset(day: Day) -> None:
    """By keyboard; the question is asked before anything happens."""
    day.card("待我确认的二次认证重置")
    day.says("冯涛", "手机遗失，已当面核对身份", "吴磊")
    day.look("resets")
    day.page.once("dialog", lambda dialog: dialog.accept())
    day.keys.press("确认重置")
    day.says("已处理")
    assert FactorReset.objects.get().state == "done"


def confirm_a_connection(day: Day) -> None:
    day.card("待我确认的外部连接")
    day.go("总部人员目录")
    day.says("10.1.0.0/16", "销售部")
    day.look("connection")
    day.page.once("dialog", lambda dialog: dialog.accept())
    day.press("确认生效")
    day.says("只显示这一次")
    assert Connection.objects.get().state == "active"


def let_in_again(day: Day) -> None:
    """The figure of what is shut out opens exactly that."""
    day.card("正被限制的来源")
    expect(day.main.locator("tbody tr")).to_have_count(1)
    day.says(ADDRESS, "猜测密码")
    day.look("sources")
    day.page.once("dialog", lambda dialog: dialog.accept())
    day.press("解除")
    assert Source.objects.get(source=ADDRESS).until is None


def look_at_the_keys(day: Day) -> None:
    """Rotation goes to the background and says so; the search index is one tab away."""
    page = day.page
    day.jump("my")
    day.says("密钥服务正常", "纪元密钥", "在用")
    day.look("keys")
    page.once("dialog", lambda dialog: dialog.accept())
    day.press("轮换密钥")
    day.says("轮换已开始，在后台进行")
    day.go(page.get_by_role("navigation", name="同组页面").get_by_role("link", name="密文检索索引"))
    day.says("现在的索引")
    day.look("index")
    page.once("dialog", lambda dialog: dialog.accept())
    day.press("重建索引")
    day.look("index-asked")
    queued = set(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True))
    assert {name.split(".")[0] for name in queued} >= {"vault"}


def grant_a_role(day: Day) -> None:
    day.menu("人员")
    day.go("高远")
    day.page.get_by_label("授予角色").select_option("clerk")
    day.look("granting")
    day.press("授予")
    day.says("待确认")
    assert RoleAssignment.objects.filter(staff__user_name="newcomer", confirmed_at=None).count() == 1


def test_a_day_of_a_security_administrator(waiting: Register, visitor: Visitor) -> None:
    day = Day(visitor, "security_admin")
    day.begin()
    confirm_a_reset(day)
    confirm_a_connection(day)
    let_in_again(day)
    grant_a_role(day)
    look_at_the_keys(day)
    day.end()
    assert waiting.world
