"""A whole day before the screen: from the door to signing out, by nothing but what the screen offers.

    day = Day(visitor, "clerk", "销售跟进/履行合同")
    day.begin()             through the door, to the workbench, working for that purpose
    day.card("待我审批")      a card, a figure or a task of the workbench
    day.menu("查找客户")      the side menu; day.jump("ckh") Ctrl+K and the initials
    day.told("申请已有结果")   the bell, and the notice in it
    day.look("found")       a picture of the page and axe, once for each page of a kind
    day.end()               signing out by the menu of one's own name, with what must not have happened on the way

No address is typed but the door's. A page that answers with an error, says something in the browser's console or is
wider than its window fails the day at its end.
"""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Response, expect

from tests.journeys.conftest import Visitor
from tests.journeys.keyboard import Keys

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
ERROR = 400
PATIENCE = 5  # a page that reloads itself in the very moment takes a click with it
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Day:
    """One person at work."""

    def __init__(self, visitor: Visitor, who: str, purpose: str = "") -> None:
        self.visitor, self.who, self.purpose = visitor, who, purpose
        self.page: Page = visitor.page
        self.main = self.page.get_by_role("main")
        self.keys = Keys(self.page)
        self.failed: list[str] = []
        self.wide: list[str] = []
        self._judged: set[str] = set()
        self.page.on("response", self._answered)

    def _answered(self, response: Response) -> None:
        if response.status >= ERROR:
            self.failed.append(f"{response.status} {response.request.method} {response.url}")

    def begin(self) -> None:
        self.visitor.come_in(self.who)
        if self.purpose:
            self.visitor.work_for(self.purpose)
        self.look("morning")

    def look(self, name: str) -> None:
        """Keep a picture; a page of each kind is also judged by axe."""
        self.visitor.screenshot(name)
        if (wide := self.page.evaluate(WIDER)) > 0:
            self.wide.append(f"{name}: {wide} px")
        kind = ID.sub("…", urlsplit(self.page.url).path)
        if kind not in self._judged:
            self._judged.add(kind)
            self.visitor.check_axe()

    def home(self) -> None:
        """By the name of the product, which stands on every page, those that look for news by themselves too."""
        for _ in range(PATIENCE):
            with self.page.expect_navigation():
                self.page.locator("a.sx-brand").click()
            if urlsplit(self.page.url).path == "/":
                break
        expect(self.page.locator("h1")).to_contain_text("工作台")

    def card(self, title: str) -> None:
        """From the workbench to what a card, a figure or a task says."""
        if urlsplit(self.page.url).path != "/":
            self.home()
        self.go(self.main.get_by_role("link").filter(has_text=title).first)

    def card_of(self, title: str) -> Locator:
        """The card of the workbench with this title."""
        return self.main.locator(".sx-bench-card").filter(has_text=title).first

    def go(self, what: Locator | str, role: str = "link") -> None:
        """Press what leads to another page."""
        found = what
        if isinstance(found, str):
            found = self.main.get_by_role(role, name=found, exact=True).first  # type: ignore[arg-type]
        with self.page.expect_navigation():
            found.click()

    def press(self, name: str) -> None:
        self.go(name, "button")

    def menu(self, entry: str) -> None:
        with self.page.expect_navigation():
            self.visitor.choose(entry)

    def jump(self, words: str) -> None:
        """Ctrl+K, some letters, Enter."""
        self.page.keyboard.press("Control+k")
        term = self.page.locator(".sx-jump-term")
        expect(term).to_be_focused()
        self.page.keyboard.type(words)
        expect(self.page.locator(".sx-jump-list [aria-selected=true]")).to_be_visible()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def told(self, title: str) -> None:
        """Open the bell and follow what it says."""
        bell = self.page.locator("details.sx-bell")
        bell.locator("summary").click()
        with self.page.expect_navigation():
            bell.get_by_role("link").filter(has_text=title).first.click()

    def prove(self) -> None:
        """Show the second factor where an act asks for it again; until then the act was refused, and said so."""
        assert self.failed.pop() == f"403 POST {self.page.url}"
        assert self.visitor.world
        self.page.fill("#id_factor_code", self.visitor.world.code(self.who))
        with self.page.expect_navigation():
            self.page.press("#id_factor_code", "Enter")

    def says(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).to_contain_text(text)

    def end(self) -> None:
        self.page.locator("details.sx-user summary").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="退出登录").click()
        expect(self.page.locator("#id_username")).to_be_visible()
        assert self.failed == []
        assert self.wide == []
