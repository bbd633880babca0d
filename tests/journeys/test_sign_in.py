"""The first minute: through the door to the workbench."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor


def test_signing_in_leads_to_the_workbench(
    page: Page,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    page.goto("/customers/")
    expect(page.locator("h1")).to_have_text("登录")
    check_axe()
    screenshot("sign-in")
    visitor.come_in("clerk")
    expect(page.locator("h1")).to_contain_text("工作台")
    expect(page.get_by_role("navigation", name="主菜单")).to_contain_text("客户")
    check_axe()
    screenshot("workbench")
