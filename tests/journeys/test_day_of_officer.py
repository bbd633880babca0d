"""A day of whoever is responsible for personal information protection (个人信息保护负责人): a purpose to be approved,
what was seen of high risk and in emergencies, why somebody was let through, a grade raised, a duty given."""

from typing import Any

import pytest
from playwright.sync_api import expect

from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.highrisk.models import RiskAlert
from shouxin.access.highrisk.tests.conftest import look, mark, strict  # noqa: F401 - a fixture
from shouxin.people.models import Duty
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import Purpose
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.journeys.test_pass_second_factor import forget_proof
from tests.register import SALES, Register
from tests.test_decide_through_delegation import emergency_of

pytestmark = pytest.mark.django_db(transaction=True)


def drafted(register: Register) -> None:
    """陈刚 has drafted and submitted a purpose like the one of sales."""
    row, head = Purpose.objects.get(key=SALES), register.world.actor("sales_head")
    names = (
        "handler",
        "use",
        "basis_id",
        "article_id",
        "roles",
        "services",
        "retention_rule_id",
        "notice_id",
    )
    texts = [f"{name}_{one}" for name in ("description", "subjects", "recipients") for one in ("zh", "en")]
    like: dict[str, Any] = {name: getattr(row, name) for name in (*names, *texts) if hasattr(row, name)}
    like |= {"name_zh": "展会接待", "name_en": "Exhibitions"}
    purposes.draft_purpose(
        head, key="exhibition", departments=[register.world.departments["sales"]], needs_of=SALES, **like
    )
    purposes.submit_purpose(head, key="exhibition")


@pytest.fixture
def busy(register: Register, look: Any) -> Register:  # noqa: F811
    """王芳 has looked at a customer of high risk and used emergency access."""
    drafted(register)
    emergency_of(register, "clerk")
    mark(register)
    strict(register)
    look()
    return register


def approve_a_purpose(day: Day) -> None:
    """The last proof is eleven minutes old: it is asked for again, and the approval goes on by itself."""
    day.card("待我审批的处理目的")
    day.look("purposes")
    day.go("展会接待")
    day.look("purpose")
    day.go("批准")
    day.look("approving")
    forget_proof(day.page)
    day.keys.press("批准")
    expect(day.page.locator("h1")).to_have_text("确认是您本人")
    day.look("asked-again")
    day.prove()
    day.says("已批准，可以启用")
    assert Purpose.objects.get(key="exhibition").status == "approved"


def look_at_alarms(day: Day) -> None:
    """What must not wait stands on every page."""
    page = day.page
    day.go(page.locator(".sx-top").get_by_role("link", name="应急访问：告警与待我复核"))
    day.go("王芳")
    day.says("没有查看任何明文", "客户来电称送货地址有误")
    page.get_by_label("属实，必要").check()
    page.get_by_label("依据").fill("已与王芳核对")
    day.look("emergency")
    day.press("提交复核")
    day.says("复核已记录")
    assert EmergencyAccess.objects.get().finding == "justified"
    day.go(page.locator(".sx-top").get_by_role("link", name="高风险查看提醒"))
    day.says("王芳", "手机号码")
    day.look("alerts")
    day.press("注明已阅")
    assert RiskAlert.objects.get().officer is not None


def explain(day: Day) -> None:
    """From the alert to the customer, masked, and to why the clerk was let through."""
    page = day.page
    day.go("客户档案")
    day.says("李**")
    day.look("customer")
    day.go("权限判定说明")
    page.locator("#id_about").select_option(label="王芳")
    page.locator("#id_purpose").select_option(label="销售跟进/履行合同")
    day.press("说明")
    day.says("结论", "逐字段")
    day.look("explained")


def raise_a_grade(day: Day) -> None:
    page = day.page
    day.jump("zdml")
    page.get_by_label("名称或编码").fill("segment")
    day.press("筛选")
    day.look("fields")
    before = Field.objects.get(key="segment")
    day.go(day.main.locator("tbody a").first)
    day.look("field")
    day.go("提高级别")
    page.locator("[name=level]").select_option(str(before.level + 1))
    page.locator("[name=reason]").fill("分群名称能说明购买力")
    day.press("查看影响")
    day.says("影响")
    day.look("raising")
    day.press("确认：提高级别")
    day.says("级别已提高")
    assert Field.objects.get(key="segment").level == before.level + 1


def appoint(day: Day, register: Register) -> None:
    page = day.page
    day.jump("职责")
    day.look("duties")
    sales = day.main.locator("section").filter(has_text="销售部")
    day.go(sales.get_by_role("link", name="指定职责"))
    page.locator("[name=holder]").select_option(str(register.world.people["sales_head"].id))
    day.look("appointing")
    day.go(day.main.locator("form .sx-btn-primary"))
    day.says("陈刚")
    assert Duty.objects.filter(holder=register.world.people["sales_head"]).exists()


def test_a_day_of_an_officer(busy: Register, visitor: Visitor) -> None:
    day = Day(visitor, "officer")
    day.begin()
    approve_a_purpose(day)
    look_at_alarms(day)
    explain(day)
    raise_a_grade(day)
    appoint(day, busy)
    day.end()
