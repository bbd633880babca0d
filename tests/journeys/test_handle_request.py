"""A customer asks at the counter that everything be deleted: taken down, identified, proposed, approved, watched."""

import pytest
from playwright.sync_api import expect

from shouxin.core.policy import GroupState
from shouxin.rights.cases.models import Case, State
from shouxin.vault import queries as vault
from tests.journeys.conftest import PHONE, Visitor
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_deletion_from_the_counter_to_the_watch(visitor: Visitor, register: Register) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for("销售跟进/履行合同")
    page.goto(f"/customers/{register['li']}/")
    page.locator("#rights").get_by_role("link", name="登记行权申请").click()
    page.get_by_label("要求", exact=False).first.select_option(label="删除")
    page.get_by_label("要求的内容").fill("我搬走了，请删掉我的全部资料")
    page.get_by_label("联系方式").fill("li@example.cn")
    visitor.check_axe()
    visitor.screenshot("taken-down")
    page.get_by_role("button", name="登记这件申请").click()
    expect(page.locator("main")).to_contain_text("查询码只显示这一次")
    page.locator("#verbs").get_by_role("button", name="受理").click()
    page.get_by_label("核验方式").select_option(label="当面核对本人与证件")
    page.get_by_role("button", name="登记核验").click()
    expect(page.locator("main")).to_contain_text("身份核验通过")
    expect(page.locator("main")).to_contain_text("同意删除会怎样")
    visitor.check_axe()
    visitor.screenshot("foreseen")
    page.get_by_label("结果").select_option(label="同意")
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator("main")).to_contain_text("等待他人审批")

    page = visitor.sign_in("sales_head")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    row = Case.objects.get()
    page.goto("/rights/?show=awaiting")
    visitor.screenshot("waiting")
    visitor.check_axe()
    page.get_by_role("link", name=row.number).click()
    visitor.screenshot("to-approve")
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator("main")).to_contain_text("已停止使用，等待删除")
    visitor.check_axe()
    row.refresh_from_db()
    assert row.state == State.WATCHING
    states = vault.states([register["li"]])[register["li"]]
    assert set(states.values()) == {GroupState.LOCKED}
    page.get_by_role("link", name="查看答复书").click()
    expect(page.locator("main")).to_contain_text("个人信息保护法 第47条第1款")
    visitor.screenshot("letter")
