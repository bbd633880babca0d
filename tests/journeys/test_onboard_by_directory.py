"""Ten people come by SCIM: one administrator connects the directory, another confirms, the head confirms each role."""

import httpx
import pytest

from shouxin.people.models import Staff
from tests.journeys.conftest import PHONE, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
NAMES = ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八一", "冯九", "陈十")


def connect(visitor: Visitor) -> str:
    """One administrator drafts the connection, the other confirms it; its token."""
    page = visitor.sign_in("system_admin")
    page.goto("/people/connections/")
    visitor.screenshot("empty")
    page.get_by_role("link", name="SCIM 人员同步").click()
    page.fill("#id_connection_name", "人事目录")
    page.select_option("#id_department", label="　销售部")
    page.fill("#id_addresses", "127.0.0.1")
    visitor.screenshot("draft")
    visitor.check_axe()
    page.get_by_role("button", name="提交确认").click()
    page.wait_for_selector("text=等待另一位管理员")

    page = visitor.sign_in("security_admin")
    page.goto("/people/connections/?state=awaiting")
    page.get_by_role("link", name="人事目录").click()
    page.once("dialog", lambda dialog: dialog.accept())
    visitor.screenshot("confirm")
    page.get_by_role("button", name="确认生效").click()
    token = page.inner_text("#token")
    visitor.screenshot("token")
    visitor.check_axe()
    return token


def send(visitor: Visitor, token: str) -> None:
    """The directory sends ten people and their group."""
    with httpx.Client(
        base_url=f"{visitor.base}/scim/v2", headers={"Authorization": f"Bearer {token}"}
    ) as directory:
        made = [
            directory.post(
                "/Users",
                json={"schemas": [USER], "userName": f"new{n}", "displayName": name, "active": True},
            )
            for n, name in enumerate(NAMES)
        ]
        assert {answer.status_code for answer in made} == {201}
        members = [{"value": answer.json()["id"]} for answer in made]
        group = {"schemas": [GROUP], "displayName": "客户经理", "members": members}
        assert directory.post("/Groups", json=group).status_code == 201


def test_ten_people_are_onboarded_by_the_directory(visitor: Visitor) -> None:
    send(visitor, connect(visitor))
    page = visitor.page
    page.get_by_role("link", name="外部连接").first.click()
    page.get_by_role("link", name="人事目录").click()
    page.select_option("select[name=role]", label="经办")
    page.get_by_role("button", name="设定").click()
    page.wait_for_selector("text=逐一确认")
    visitor.screenshot("groups")
    visitor.check_axe()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.screenshot("groups-phone")
    visitor.check_axe()

    page = visitor.sign_in("sales_head")
    for name in NAMES:
        page.goto("/people/staff/?state=waiting")
        page.get_by_role("link", name=name).click()
        page.get_by_role("button", name="确认").click()
        page.wait_for_selector("text=角色已确认")
    assert Staff.objects.filter(user_name__startswith="new", roles=["clerk"], is_active=True).count() == len(
        NAMES
    )
