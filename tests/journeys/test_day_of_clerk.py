"""A clerk's day: what is due, a customer by a chat line, a contact, an application granted meanwhile, a promise kept,
a form begun and gone on with, and in the evening the trail of it all."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant, State
from shouxin.customers.handover import services as handover
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind, Promise
from shouxin.customers.registry.models import Customer
from shouxin.drafts.models import Draft
from shouxin.kit import clock
from shouxin.people.leaving import services as leaving
from shouxin.people.notices import looking
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.journeys.test_leave_and_move import colleague
from tests.register import ID_NUMBER, PHONE, SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
SALES_NAME = "销售跟进/履行合同"
CHAT = f"您好，我是李小明，电话 {PHONE}，样册还没收到"
PROMISED = "周五前把样册送到前台"


@pytest.fixture
def due(register: Register) -> Register:
    """王芳 promised 李小明 something for today; 方圆 leaves, and 张伟 is to be hers."""
    world, now = register.world, clock.now()
    leaver, head = colleague(register), world.actor("sales_head")
    Customer.objects.filter(id=register["zhang"]).update(responsible=leaver)
    leaving.announce(actor=head, staff_id=leaver.id, last_day=timezone.localdate(), now=now)
    handover.propose(
        actor=head,
        leaver=leaver.id,
        customers=[register["zhang"]],
        successor=world.people["clerk"].id,
        now=now,
    )
    promises.make(
        actor=world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        kind=Kind.PROMISE,
        text=PROMISED,
        owner=world.people["clerk"].id,
        due_on=timezone.localdate(),
        now=now,
    )
    return register


def find_and_receive(day: Day) -> None:
    """By keyboard from a pasted chat line to the masked page, in a contact."""
    page, keys = day.page, day.keys
    day.jump("czkh")
    keys.write(page.get_by_label("查找客户", exact=True), CHAT)
    keys.press("查找")
    day.says("从粘贴的文字中识别出 1 个号码")
    day.look("found")
    keys.press("李**", "link")
    keys.pick(page.get_by_label("事由"), "customer_called")
    keys.press("开始接待")
    day.says("接待中", "138****5678")
    for clear in ("李小明", PHONE, ID_NUMBER):
        expect(day.main).not_to_contain_text(clear)
    day.says("您的授权不包括")
    day.look("received")


def apply(day: Day, register: Register) -> None:
    """The page says what is lacking and leads to asking for it; somebody else approves meanwhile; the bell tells."""
    page, keys = day.page, day.keys
    keys.press("申请授权", "link")
    expect(page.get_by_label("处理目的").last).to_have_value(SALES)
    for field in ("mobile", "person_name"):
        keys.tick(page.locator(f"[name=fields_asked][value={field}]"))
    keys.write(page.get_by_label("工作需要"), "日常联系客户")
    day.look("applying")
    keys.press("提交申请")
    day.says("待审批", "由谁审批")
    asked = StandingGrant.objects.get()
    assert (asked.state, asked.purpose) == (State.PENDING, SALES)
    assert sorted(asked.fields) == ["mobile", "person_name"]
    day.look("applied")
    grants.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())
    looking.look(now=clock.now())
    day.home()
    day.told("您的申请已有结果")
    day.says("已通过", "陈刚")


def use_it(day: Day) -> None:
    """Back to the customer who still waits; a number is read within the contact, and what was said is noted."""
    page = day.page
    day.card("接待中")
    day.keys.press("查看手机号码明文")
    day.says(PHONE)
    expect(page.locator(".sx-watermark")).to_contain_text("王芳 clerk")
    day.look("revealed")
    day.go("返回档案")
    expect(day.main).not_to_contain_text(PHONE)
    story = page.get_by_role("region", name="时间线")
    expect(story).to_contain_text(f"查看明文：手机号码，目的 {SALES_NAME}，事由 客户来电、来访")
    expect(story).to_contain_text("王芳")
    day.press("查看姓名明文")  # the reason still stands
    day.says("李小明")
    day.go("返回档案")
    page.get_by_label("往来记录", exact=True).fill("样册今天下午送到")
    day.press("记下并结束接待")
    day.says("已记下", "样册今天下午送到")


def keep_the_promise(day: Day) -> None:
    day.card("今天要办的需求与承诺")
    day.says(PROMISED)
    day.look("due")
    day.page.locator('input[name="chosen"]').check()
    day.press("所选已兑现")
    day.says("没有要办的需求或承诺")
    assert Promise.objects.get().state == "kept"


def take_over(day: Day, register: Register) -> None:
    """What a leaver looked after is offered, and taken."""
    day.card("待我接收的客户")
    day.says("方圆")
    day.look("offered")
    day.press("接收所选")
    taken = Customer.objects.get(id=register["zhang"])
    assert taken.responsible_id == register.world.people["clerk"].id


def begin_a_form(day: Day) -> None:
    """Called away in the middle of it; the workbench has it when one comes back."""
    page = day.page
    day.card("录入客户")
    page.get_by_label("姓名").first.fill("王小波")
    expect(page.locator("[data-keep-told]")).to_contain_text("已保存")
    day.look("begun")
    day.card("未提交的草稿")
    day.look("drafts")
    day.go(page.get_by_role("link", name="接着填：录入客户"))
    expect(page.get_by_label("姓名").first).to_have_value("王小波")
    day.says("接着填")
    assert Draft.objects.count() == 1


def test_a_day_of_a_clerk(due: Register, visitor: Visitor) -> None:
    day = Day(visitor, "clerk", SALES_NAME)
    day.begin()
    find_and_receive(day)
    apply(day, due)
    use_it(day)
    keep_the_promise(day)
    take_over(day, due)
    begin_a_form(day)
    day.card("打开")
    trail = day.page.get_by_role("region", name="谁看过").first
    expect(trail).to_contain_text("手机号码")
    day.go("全部，含脱敏查看")
    day.says("您本人", "手机号码", SALES_NAME)
    day.look("who-read")
    day.end()
    said = ("李小明", PHONE, "王小波")
    assert not [one for one in visitor.addresses if any(text in one for text in said)]
