"""Two people take an empty installation to its first working day: every step is on somebody's workbench."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shouxin.people import services as people
from shouxin.people.models import Staff
from shouxin.rulebook.jobs import load_delivered_pack
from shouxin.vault.jobs import make_first_keys
from tests.journeys.conftest import CHROMIUM, DESKTOP, PHONE, Visitor, _folder
from tests.world import code_of

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: apt-get install -y chromium-headless-shell fonts-noto-cjk"
)
OFFICER, HEAD = "northern hills at dusk 1", "a quiet lake in autumn 2"
AUDIT = "a lamp beside the harbour wall 6"
ADMIN, CLERK = "the old bridge over the river 3", "seven cranes above the marsh 5"


class Empty:
    """An installation as its first start leaves it: keys and rules are there, nobody is."""

    def __init__(self, browser: Browser, base: str, pictures: Path) -> None:
        load_delivered_pack()
        make_first_keys()
        self.link = people.issue_setup_link()
        self._browser, self._base, self._pictures = browser, base, pictures
        self.visitors: list[Visitor] = []
        self.led: list[str] = []  # who was led through setting up a second factor

    def window(self, size: dict[str, int] = DESKTOP) -> Visitor:
        context = self._browser.new_context(
            base_url=self._base,
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        found = Visitor(context.new_page(), self._base, self._pictures)
        found.watch()
        self.visitors.append(found)
        return found

    def sign_in(self, who: str, password: str, *, new: str = "", size: dict[str, int] = DESKTOP) -> Visitor:
        """Through the door; with `new`, past the change of the first password; past setting up a second factor."""
        visitor = self.window(size)
        page = visitor.page
        page.goto("/sign-in/")
        page.fill("#id_username", who)
        page.fill("#id_password", password)
        page.press("#id_password", "Enter")
        if new:
            expect(page.locator("h1")).to_contain_text("修改密码")
            for name, value in (("old", password), ("new", new), ("again", new)):
                page.fill(f"[name={name}]", value)
            page.press("[name=again]", "Enter")
        page.wait_for_load_state()
        if page.url.endswith("/second-factor/app/"):
            self._set_up_factor(visitor, who)
        expect(page.locator("h1")).to_contain_text("工作台")
        return visitor

    def _set_up_factor(self, visitor: Visitor, who: str) -> None:
        """As the page leads: scan (here: read the key), type the first code, keep the recovery codes."""
        page = visitor.page
        expect(page.locator(".sx-factor-picture svg")).to_be_visible()
        visitor.check_axe()
        visitor.screenshot(f"second-factor-{who}")
        page.fill(
            "[name=code]", code_of((page.locator("#factor-secret").text_content() or "").replace(" ", ""))
        )
        page.press("[name=code]", "Enter")
        expect(page.locator(".sx-factor-codes li")).to_have_count(10)
        page.get_by_role("link", name="已保存，继续").click()
        self.led.append(who)


@pytest.fixture
def empty(browser: Browser, transactional_db: None, live_server: Any) -> Iterator[Empty]:
    found = Empty(browser, live_server.url, _folder() / Path(__file__).stem)
    yield found
    for visitor in found.visitors:
        visitor.page.context.close()
        assert not visitor.errors
        assert not visitor.left_the_machine()


def do_next(page: Page) -> None:
    """Take the step that the workbench offers."""
    page.goto("/")
    with page.expect_navigation():
        page.locator(".sx-setup-mine a").first.click()


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.sx-btn-primary").first.click()


def found_the_organisation(empty: Empty) -> None:
    visitor = empty.window()
    page = visitor.page
    page.goto(empty.link)
    assert "token" not in page.url
    visitor.check_axe()
    visitor.screenshot("set-up")
    page.fill("[name=organisation]", "北辰文具有限公司")
    for which, user, name, password in (("first", "wang", "王晓", OFFICER), ("second", "li", "李青", HEAD)):
        page.fill(f"[name={which}_name]", name)
        page.fill(f"[name={which}_user]", user)
        page.fill(f"[name={which}_password]", password)
    send(page)
    expect(page.locator("main")).to_contain_text("wang-admin")


def adopt_the_purposes(empty: Empty, head: Visitor) -> None:
    head.screenshot("head-first-step")
    head.check_axe()
    do_next(head.page)
    head.page.fill("[name=organisation]", "北辰文具有限公司")
    head.page.fill("[name=contact]", "王晓")
    send(head.page)
    officer = empty.sign_in("wang", OFFICER, size=PHONE)
    officer.screenshot("officer-next-step")
    do_next(officer.page)
    send(officer.page)
    officer.page.goto("/")
    expect(officer.page.locator(".sx-setup-done").first).to_contain_text("采用处理目的和告知")


def employ_a_clerk(empty: Empty, head: Visitor) -> str:
    admin = empty.sign_in("wang-admin", OFFICER, new=ADMIN)
    do_next(admin.page)
    admin.page.fill("[name=display_name]", "赵明")
    admin.page.fill("[name=user_name]", "zhao")
    admin.page.select_option("[name=department]", label="　销售部")
    send(admin.page)
    first = admin.page.locator("main .sx-code").last.inner_text()
    do_next(admin.page)
    admin.page.locator("main").get_by_role("link", name="赵明").click()
    admin.page.select_option("[name=role]", "clerk")
    with admin.page.expect_navigation():
        admin.page.get_by_role("button", name="授予").click()
    head.page.goto("/")
    head.page.get_by_role("link", name="待我确认的角色").click()
    head.page.locator("main").get_by_role("link", name="赵明").click()
    with head.page.expect_navigation():
        head.page.get_by_role("button", name="确认").click()
    return first


def test_two_people_set_the_organisation_up(empty: Empty) -> None:
    found_the_organisation(empty)
    head = empty.sign_in("li", HEAD)
    adopt_the_purposes(empty, head)
    first = employ_a_clerk(empty, head)
    clerk = empty.sign_in("zhao", first, new=CLERK)
    page = clerk.page
    with page.expect_navigation():
        page.get_by_role("button", name="销售跟进/履行合同").click()
    clerk.screenshot("clerk-next-step")
    clerk.check_axe()
    do_next(page)
    expect(page.locator("h1")).to_contain_text("阅读并确认守则")
    clerk.screenshot("clerk-rules")
    clerk.check_axe()
    page.check("[name=promise]")
    send(page)
    assert "/customers/" in page.url
    assert Staff.objects.filter(is_active=True).count() == 5
    empty.sign_in("li-audit", HEAD, new=AUDIT)
    assert empty.led == ["wang", "wang-admin", "li-audit"], "both people, wherever their roles need it"
