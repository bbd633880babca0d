"""A head's day: what waits is approved or declined, a leaver's customers are handed over, many are dealt with at once,
and every figure opens exactly what it counts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant, State
from shouxin.customers.bulk.models import BulkOperation
from shouxin.customers.handover.models import Handover
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.harness.jobs import run_queued
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.journeys.test_leave_and_move import colleague
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
SALES_NAME = "销售跟进/履行合同"


def ask(register: Register, who: str, reason: str, days: int = 20) -> StandingGrant:
    now = clock.now()
    return grants.propose(
        actor=register.world.actor(who),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=now + timedelta(days=days),
        reason=reason,
        now=now,
    )


@pytest.fixture
def successor(register: Register) -> Staff:
    """方圆 works in sales too; both have asked for something."""
    found = colleague(register)
    ask(register, "clerk", "日常联系客户")
    ask(register, "colleague", "好奇")
    return found


def decide(day: Day) -> None:
    """One is approved by keyboard, one declined with a reason; what is approved is said with its hash."""
    page, keys = day.page, day.keys
    card = day.card_of("待我审批的用数授权")
    expect(card.locator("b").first).to_have_text("2")
    day.go(card.get_by_role("link").filter(has_text="王芳").first)
    asked = StandingGrant.objects.get(reason="日常联系客户")
    day.says("日常联系客户", asked.digest, "申请之后没有变化")
    day.look("asked")
    keys.press("批准")
    day.says("已通过")
    day.go("下一份")
    day.says("好奇")
    page.get_by_label("拒绝理由").fill("与工作无关")
    day.press("拒绝")
    day.says("已拒绝", "与工作无关")
    assert set(StandingGrant.objects.values_list("reason", "state")) == {
        ("日常联系客户", State.ACTIVE),
        ("好奇", State.REFUSED),
    }


def look_at_the_team(day: Day) -> None:
    """Of the whole team: as many as the card says stand in the list it opens."""
    day.home()
    day.go("本团队")
    card = day.card_of("即将到期的用数授权")
    count = card.locator("b").first.inner_text()
    day.go(card.locator(".sx-bench-count"))
    expect(day.main.locator("tbody tr")).to_have_count(int(count))
    day.says("王芳")
    day.look("ending")


def hand_over(day: Day, successor: Staff) -> None:
    """王芳 leaves: it is announced on her page, and her customers go to 方圆."""
    page = day.page
    day.jump("renyuan")
    day.go("王芳")
    day.look("person")
    day.go("登记预告离职")
    page.fill("[name=last_day]", (timezone.localdate() + timedelta(days=10)).isoformat())
    day.look("announcing")
    day.press("登记")
    day.says("预告离职")
    day.card("有客户待交接的人员")
    day.go("王芳")
    day.look("handing-over")
    page.get_by_label("接收人").select_option(str(successor.id))
    day.go(page.get_by_role("button", name="交接全部"))
    day.says("待接收")
    assert set(Handover.objects.values_list("successor_id", "state")) == {(successor.id, "proposed")}


def deal_with_many(day: Day, head: Staff) -> None:
    """All that match but one; the number is typed; one leaves, and finds the progress again."""
    page = day.page
    day.menu("客户")
    day.look("list")
    day.press("选择全部符合条件的")
    day.says("已选全部符合条件的")
    page.locator("tbody [type=checkbox]").last.uncheck()
    day.press("批量处理…")
    day.go(page.get_by_role("link").filter(has_text="交给同事负责"))
    page.get_by_label("负责人").select_option(str(head.id))
    number = Customer.objects.filter(owner_department=head.department_id).count() - 1
    page.get_by_label("确认").fill(str(number))
    day.look("many")
    day.press("开始处理")
    day.says(f"0 / {number}", "可以离开本页")
    day.look("going")
    day.home()
    run_queued("bulk")
    day.jump("plcz")
    day.go("交给同事负责")
    day.says(f"{number} / {number}")
    assert BulkOperation.objects.get().done == number


def test_a_day_of_a_head(register: Register, successor: Staff, visitor: Visitor) -> None:
    day = Day(visitor, "sales_head", SALES_NAME)
    day.begin()
    decide(day)
    look_at_the_team(day)
    hand_over(day, successor)
    deal_with_many(day, register.world.people["sales_head"])
    day.end()
