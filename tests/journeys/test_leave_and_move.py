"""Somebody moves: what was theirs is somebody else's, and closed to them at once."""

import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.registry.models import Customer
from shouxin.people.models import Staff
from tests.journeys.conftest import CHROMIUM, Visitor
from tests.register import SALES, Register, acknowledge, grant

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: apt-get install -y chromium-headless-shell fonts-noto-cjk"
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
