"""A supervisor's day: what a leaver has read, how far the review of rights is, who has not acknowledged the rules, and
who read one customer."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from shouxin.access.reviews import services as reviews
from shouxin.core.policy import Action
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.leaving import services as leaving
from shouxin.people.models import Staff
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.register import PHONE, SALES, Register, grant

pytestmark = pytest.mark.django_db(transaction=True)
SALES_NAME = "销售跟进/履行合同"


@pytest.fixture
def leaver(register: Register) -> Register:
    """王芳 read a customer's number and leaves; 尤晚 has not acknowledged the rules; a review is open."""
    world, now = register.world, clock.now()
    grant(register)
    clerk, li = world.actor("clerk"), register["li"]
    gate.open_contact(actor=clerk, customer=li, purpose=SALES, reason_class="order", note="", now=now)
    gate.open_sealed(
        actor=clerk,
        purpose=SALES,
        customers=[li],
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=now,
    )
    leaving.announce(
        actor=world.actor("sales_head"),
        staff_id=world.people["clerk"].id,
        last_day=timezone.localdate() + timedelta(days=10),
        now=now,
    )
    reviews.open_now(actor=world.actor("officer"), now=clock.now())
    Staff.objects.create(
        user_name="latecomer",
        display_name="尤晚",
        department=world.departments["service"],
        roles=["clerk"],
        password="!",
    )
    return register


def read_a_report(day: Day, customer: str) -> None:
    """From the workbench to what a leaver has read, and on to everything about one of the customers."""
    page = day.page
    day.card("预告离职的人员")
    day.look("departures")
    day.go("离岗报告")
    day.says("王芳", "手机号码", SALES_NAME, customer)
    expect(day.main).not_to_contain_text(PHONE)
    day.look("report")
    with page.expect_download() as table:
        day.main.get_by_role("button", name="下载 CSV").click()
    assert table.value.suggested_filename.endswith(".csv")


def who_read_it(day: Day, customer: str) -> None:
    """By the number of the customer in the report, by keyboard; the entry leads on to the person."""
    page, keys = day.page, day.keys
    day.jump("rz")
    keys.write(page.get_by_label("客户档案号"), customer)
    keys.press("查询")
    day.says("查询条件", "手机号码")
    day.look("of-one-customer")
    row = day.main.locator("tbody tr").filter(has_text="查看明文").first
    expect(row).to_contain_text("王芳")
    day.go(row.get_by_role("link").first)
    day.look("entry")
    day.press("此人的全部记录")
    day.says("查询条件：人员 王芳")


def watch_the_reviews(day: Day) -> None:
    day.menu("权限复核")
    day.look("reviews")
    day.go("销售部")
    day.says("王芳", "常设用数授权")
    day.look("review")


def watch_the_rules(day: Day) -> None:
    """The card counts who is missing, and opens exactly them."""
    day.home()
    card = day.card_of("未确认守则的登录名")
    expect(card.locator("b").first).to_have_text("1")
    day.go(card.locator(".sx-bench-count"))
    expect(day.main.locator("tbody tr")).to_have_count(1)
    day.says("尤晚")
    day.look("coverage")


def test_a_day_of_a_supervisor(leaver: Register, visitor: Visitor) -> None:
    day, customer = Day(visitor, "supervisor"), str(leaver["li"])
    day.begin()
    read_a_report(day, customer)
    who_read_it(day, customer)
    watch_the_reviews(day)
    watch_the_rules(day)
    day.end()
    assert not [one for one in visitor.addresses if customer in one]
