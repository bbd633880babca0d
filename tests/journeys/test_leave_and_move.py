"""Somebody leaves and hands over; somebody moves: what was theirs is somebody else's, and closed to them at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from shouxin.customers.registry.models import Customer
from shouxin.people.models import Staff
from tests.journeys.conftest import CHROMIUM, DESKTOP, PHONE, Visitor
from tests.register import SALES, Register, acknowledge, grant

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: apt-get install -y chromium fonts-noto-cjk"
)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def colleague(register: Register) -> Staff:
    """Somebody else in sales, with the cast's password."""
    found = Staff.objects.create(
        user_name="colleague",
        display_name="方圆",
        department=register.world.departments["sales"],
        roles=["clerk"],
        password=register.world.staff("clerk").password,
        must_change_password=False,
    )
    acknowledge(found)
    register.world.people["colleague"] = found
    return found


def announce(visitor: Visitor, clerk: Staff) -> None:
    """The head announces it; the supervisor reads what was read."""
    page = visitor.sign_in("sales_head")
    page.goto(f"/people/staff/{clerk.id}/")
    page.get_by_role("link", name="登记预告离职").click()
    page.fill("[name=last_day]", (timezone.localdate() + timedelta(days=10)).isoformat())
    visitor.screenshot("announce")
    visitor.check_axe()
    press(page, "登记")
    expect(page.locator("main")).to_contain_text("王芳")
    visitor.sign_in("supervisor")
    page.get_by_role("link", name="预告离职的人员").click()
    page.get_by_role("link", name="离岗报告").click()
    visitor.screenshot("report")
    visitor.check_axe()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.screenshot("report-phone")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_a_leaver_hands_over(visitor: Visitor, register: Register) -> None:
    clerk, successor = register.world.people["clerk"], colleague(register)
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto("/customers/")
    announce(visitor, clerk)
    visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto("/customers/")
    expect(page.locator(".sx-alert-warn")).to_contain_text("已登记您预告离职")
    visitor.sign_in("sales_head")
    visitor.work_for(SALES)
    page.goto("/")
    page.get_by_role("link", name="有客户待交接的人员").click()
    page.get_by_role("link", name="王芳").click()
    visitor.screenshot("hand-over")
    visitor.check_axe()
    page.select_option("[name=successor]", str(successor.id))
    with page.expect_navigation():
        page.get_by_role("button", name="交接全部").click()
    visitor.sign_in("colleague")
    page.get_by_role("link", name="待我接收的客户").click()
    visitor.screenshot("incoming")
    visitor.check_axe()
    press(page, "接收所选")
    assert Customer.objects.filter(responsible=successor).count() == 2
    end(visitor, clerk)


def end(visitor: Visitor, clerk: Staff) -> None:
    page = visitor.sign_in("system_admin")
    page.goto(f"/people/staff/{clerk.id}/end/")
    visitor.screenshot("end")
    page.fill("[name=typed]", "clerk")
    press(page, "停用")
    clerk.refresh_from_db()
    assert not clerk.is_active


def test_a_mover_starts_anew_in_the_other_department(visitor: Visitor, register: Register) -> None:
    grant(register)
    clerk, world = register.world.people["clerk"], register.world
    page = visitor.sign_in("system_admin")
    page.goto(f"/people/staff/{clerk.id}/")
    expect(page.locator("main")).to_contain_text("改由 陈刚 代管")
    visitor.screenshot("move")
    page.select_option("[name=department]", str(world.departments["marketing"].id))
    page.once("dialog", lambda dialog: dialog.accept())
    press(page, "调整")
    assert Customer.objects.filter(responsible=clerk).count() == 0
    visitor.sign_in("security_admin")
    page.goto(f"/people/staff/{clerk.id}/")
    page.select_option("[name=role]", "clerk")
    press(page, "授予")
    visitor.sign_in("marketing_head")
    page.get_by_role("link", name="待我确认的角色").click()
    press(page, "确认所选")
    visitor.sign_in("clerk")
    visitor.work_for(SALES)
    answer = page.goto(f"/customers/{register['li']}/")
    assert answer is not None
    assert answer.status == 404
