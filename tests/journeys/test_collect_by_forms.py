"""A plan that closes itself while the counter is collecting, and a survey with its optional questions left empty."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shouxin.customers.collection.tests.cast import today
from shouxin.customers.collection_forms.models import FormKind
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer
from tests.journeys.conftest import PHONE, Visitor
from tests.register import SALES, Register

REASON = "没有它就联系不上客户"
SURVEY = (
    ("person_name", "required", True),
    ("mobile", "optional", False),
    ("gender", "optional", False),
    ("customer_needs", "optional", False),
)


def build_form(visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]) -> None:
    """By the head of sales, field by field, with one field too many at first."""
    page = visitor.sign_in("sales_head")
    page.goto("/customers/forms/new/")
    page.fill("#id_title_zh", "到店登记")
    page.select_option("#id_purpose", SALES)
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**/fields/")
    for field, reason in (
        ("mobile", REASON),
        ("person_name", "不知道是谁就无法登记"),
        ("marital_status", ""),
    ):
        page.select_option("#id_field", field)
        page.locator("#id_reason_zh").fill(reason)
        if field == "person_name":
            page.select_option("#id_necessity", "required")
            page.get_by_label("必填", exact=True).check()
        page.get_by_role("button", name="列入", exact=True).click()
    expect(page.get_by_text("“婚姻状况”没有列入目的")).to_be_visible()
    screenshot("builder-refused")
    check_axe()
    page.get_by_role("button", name="移出婚姻状况").click()
    up = page.get_by_role("button", name="上移姓名")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr").first).to_contain_text("姓名")
    screenshot("builder")
    page.get_by_role("link", name="完成").click()
    page.get_by_role("link", name="提交审批").click()
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_role("status")).to_contain_text("已提交")


def publish_form(visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]) -> None:
    page = visitor.sign_in("officer")
    page.get_by_role("link", name="待审批的收集表单").first.click()
    page.get_by_role("link", name="到店登记").click()
    page.get_by_role("link", name="批准发布").click()
    check_axe()
    page.get_by_role("button", name="批准发布").click()
    page.get_by_role("link", name="必要性表").click()
    expect(page.get_by_text("不知道是谁就无法登记")).to_be_visible()
    screenshot("necessity-table")


def plan_two_people(
    visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("sales_head")
    page.goto("/customers/collection/new/")
    page.fill("#id_title", "周末到店活动")
    page.get_by_label("收集目标").fill("登记两位到店客户")
    page.get_by_label("到店登记").check()
    page.get_by_label("目标人群说明").fill("到店的个人客户")
    page.locator("[name=group_kinds][value=person]").check()
    page.get_by_label("开始日期").fill(str(today()))
    page.get_by_label("结束日期").fill(str(today() + timedelta(days=2)))
    page.get_by_label("人数上限").fill("2")
    screenshot("plan-drafted")
    check_axe()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("link", name="提交审批").click()
    page.get_by_role("button", name="提交审批").click()
    page = visitor.sign_in("officer")
    page.get_by_role("link", name="待审批的收集计划").first.click()
    page.get_by_role("link", name="周末到店活动").click()
    page.get_by_role("link", name="批准计划").click()
    page.get_by_role("button", name="批准计划").click()


def test_a_plan_closes_itself_when_it_is_full(
    register: Register,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    build_form(visitor, screenshot, check_axe)
    publish_form(visitor, screenshot, check_axe)
    plan_two_people(visitor, screenshot, check_axe)
    page = visitor.sign_in("clerk")
    for name in ("史湘云", "贾探春"):
        page.goto("/customers/collect/")
        page.locator("section", has=page.get_by_role("heading", name="进行中的收集计划")).get_by_role(
            "link", name="到店登记"
        ).click()
        page.get_by_label("已向客户出示或读出上面的告知").check()
        page.get_by_label("姓名").fill(name)
        if name == "史湘云":
            expect(page.locator("[data-autosave-told]")).to_have_text("草稿已加密保存")
            screenshot("counter")
            check_axe()
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("已保存，新建了客户档案。")
    page.goto("/customers/collection/")
    page.get_by_role("link", name="周末到店活动").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已停止")
    expect(page.get_by_text("2 / 2 人")).to_be_visible()
    expect(page.get_by_text("停止：达到人数上限")).to_be_visible()
    screenshot("plan-full")
    check_axe()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    screenshot("plan-full-phone")
    page.goto("/customers/collect/")
    expect(page.get_by_role("heading", name="进行中的收集计划")).to_have_count(0)
    screenshot("choose-phone")


@pytest.mark.clause("B5.1.1", "C10.2")
def test_a_survey_is_filled_at_the_counter_with_optional_questions_empty(
    register: Register,
    visitor: Visitor,
    work_for: Callable[[str], None],
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    form = published(register.world, SURVEY, kind=FormKind.SURVEY, said={"title_zh": "满意度调研"})
    page, before = visitor.sign_in("clerk"), Customer.objects.count()
    work_for(form.purpose)
    page.goto("/customers/collect/")
    page.get_by_role("link", name="满意度调研").click()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#id_person_name_error, #id_told_error").first).to_be_visible()
    page.get_by_label("已向客户出示或读出上面的告知").check()
    page.get_by_label("姓名").fill("妙玉")
    screenshot("survey-phone")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已保存，新建了客户档案。")
    assert Customer.objects.count() == before + 1
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("region", name="填写过的表单")).to_contain_text("满意度调研")
    page.locator("details.sx-source summary").first.click()
    expect(page.locator("details.sx-source").first).to_contain_text("满意度调研 第 1 版")
    screenshot("customer")
    check_axe()
    # The pages load nothing from elsewhere (the visitor makes sure) and set no cookie beyond session and form token.
    names = {cookie.get("name") for cookie in page.context.cookies()}
    assert names <= {"sessionid", "csrftoken", "django_language"}
    policy = page.goto("/customers/collect/")
    assert policy is not None
    assert "default-src 'self'" in policy.headers["content-security-policy"]
