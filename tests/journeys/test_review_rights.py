"""The quarterly confirmation of rights: a head goes through the lines by keyboard, and what nobody confirmed lapses."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shouxin.access.reviews import rules, services
from shouxin.access.reviews.models import Review
from shouxin.core.policy import Role
from shouxin.kit import clock
from tests.register import Register, grant
from tests.world import PASSWORD

PHONE = {"width": 390, "height": 844}


@pytest.mark.clause("C5.4", "D2.2")
def test_a_head_confirms_line_by_line_and_the_rest_lapses(
    register: Register,
    page: Page,
    sign_in: Callable[[str], Page],
    screenshot: Callable[[str], Any],
    check_axe: Callable[[], None],
) -> None:
    world = register.world
    grant(register)
    sign_in("officer")
    page.goto("/access/reviews/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="立即复核全部权限").click()
    expect(page.get_by_role("link", name="销售部")).to_be_visible()
    review = Review.objects.get(department=world.departments["sales"])

    sign_in("sales_head")
    page.get_by_role("link", name="待我复核的权限").click()
    page.get_by_role("link", name="销售部").click()
    expect(page.get_by_text("前逐条确认仍需要的权限")).to_be_visible()
    waiting = page.get_by_role("button", name="仍需要，确认")
    # 王芳's role, view and grant; the head's own are not the head's to confirm.
    expect(waiting).to_have_count(3)
    check_axe()
    screenshot("lines")
    for left in (2, 1):
        expect(waiting.first).to_be_focused()
        page.keyboard.press("Enter")
        expect(waiting).to_have_count(left)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    screenshot("lines-on-a-phone")
    page.set_viewport_size({"width": 1440, "height": 900})

    services.lapse_overdue(now=clock.now() + rules.LASTS + timedelta(days=1))
    assert world.actor("clerk").roles == {Role.CLERK}
    sign_in("officer")
    page.goto(f"/access/reviews/{review.id}/")
    expect(page.get_by_role("row", name=re.compile("^陈刚.*角色"))).to_contain_text("逾期")
    expect(page.get_by_role("row", name=re.compile("^王芳.*常设用数授权"))).to_contain_text("已确认")
    expect(page.get_by_role("row", name=re.compile("^王芳.*可见范围"))).to_contain_text("逾期失效")
    check_axe()
    screenshot("evidence")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载表格（CSV）").click()
    assert download.value.suggested_filename.startswith(f"review-{review.period}")

    knock(page, "agent")
    expect(page.get_by_text("尚不能使用")).to_be_visible()  # whose role lapsed does not come in


def knock(page: Page, who: str) -> None:
    """Name and password at the door, whatever comes of it."""
    page.context.clear_cookies(name="sessionid")
    page.goto("/sign-in/")
    page.fill("#id_username", who)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
