"""What every browser journey stands on: Chromium, the product on a live server, and somebody sitting before it.

    page                a fresh browser window (1440 × 900, Chinese) at the live server, nobody signed in
    sign_in("clerk")    is at the workbench as a member of the cast (tests/world.py); come_in("clerk") by the door
    work_for(purpose)   chooses the working purpose in the header, by its key or its name
    screenshot("name")  keeps a picture of the whole page where pictures are asked for
    check_axe()         no accessibility finding of impact serious or critical on the page as it stands

Ask for `register` besides to have the rules in force and the cast's customers. Pictures are asked for by naming their
folder in JOURNEY_SCREENSHOTS (<folder>/<test file>/<name>.png): drawing a page whole takes longer than asking for it.
Of a journey that failed there is one in any case, in `artefacts/journeys`. A journey also fails when its page raised an
error in the browser or asked anything of another machine; `visitor.addresses` holds every address that was requested.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, Request, expect, sync_playwright

from tests.world import PASSWORD, World, note_proof

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# The same engine without a browser's own windows takes half of the processor's time; the whole browser does as well.
CHROMIUM = (
    shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
)
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds, on a busy machine
SHIM = HERE / "firefox.js"
PICTURES = os.environ.get("JOURNEY_SCREENSHOTS", "")
FAILED = pytest.StashKey[bool]()
# The watermark is there for photographs; it is hidden from screen readers and too pale to be read as text on purpose.
JUDGED = {"exclude": [[".sx-watermark"]]}
AXE = {"resultTypes": ["violations"]}  # what is sound is not told: telling takes time
# What browsers call an error and is none: a refusal is a page like any other to us, and what was still loading when a
# page was left is given up (Firefox says so of fonts, NS_BINDING_ABORTED).
NO_ERRORS = ("the server responded with a status of 4", "status=2152398850 ")
SERIOUS = frozenset({"serious", "critical"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.journey)


def pytest_runtest_setup() -> None:
    """Skipped here and not in a fixture, so that the summary has one line for all of them."""
    if CHROMIUM is None:
        pytest.skip(
            "browser journeys need Chromium: apt-get install -y chromium-headless-shell fonts-noto-cjk"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _folder() -> Path:
    return Path(PICTURES) if PICTURES else ROOT / "artefacts" / "journeys"


@dataclass
class Visitor:
    """Somebody before the screen: what they do, and what their browser noticed meanwhile."""

    page: Page
    base: str
    pictures: Path
    world: World | None = None
    addresses: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # paths that forms were posted to
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", self._requested)
        self.page.on("pageerror", lambda error: self._erred(str(error)))
        self.page.on("console", self._said)

    def _requested(self, request: Request) -> None:
        self.addresses.append(unquote(request.url))
        if request.method == "POST":
            self.sent.append(urlsplit(request.url).path)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self._erred(message.text)

    def _erred(self, text: str) -> None:
        if not any(one in text for one in NO_ERRORS):
            self.errors.append(text)

    def sign_in(self, who: str) -> Page:
        """At the workbench with a session as the door gives it: the second factor shown, or the password alone."""
        assert self.world
        client = self.world.signed_in(Client(), who, proved=False)
        note_proof(client, by="totp" if self.world.staff(who).second_factor_at else "password")
        session = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.base}])
        self.page.goto("/")
        return self.page

    def come_in(self, who: str) -> Page:
        """Through the door, leaving first when somebody is signed in."""
        self.page.context.clear_cookies(name="sessionid")
        self.page.goto("/sign-in/")
        self.page.fill("#id_username", who)
        self.page.fill("#id_password", PASSWORD)
        self.page.press("#id_password", "Enter")
        if self.world and self.world.staff(who).second_factor_at:
            self.page.wait_for_selector("#id_factor_code")
            self.page.fill("#id_factor_code", self.world.code(who))
            self.page.press("#id_factor_code", "Enter")
        self.page.wait_for_selector(".sx-top")
        self.page.wait_for_load_state()  # its scripts stand: what is chosen in the head leads on at once
        return self.page

    def work_for(self, purpose: str) -> None:
        """Choose the working purpose in the header, by its key or its name in the page's language."""
        with self.page.expect_navigation():
            self.page.select_option("#sx-purpose", purpose)

    def choose(self, entry: str) -> None:
        """Go by the side menu, opening the group that has `entry` as people do."""
        menu = self.page.get_by_role("navigation", name="主菜单")
        link = menu.get_by_role("link", name=entry, exact=True)
        if not link.count():
            menu.locator("details.sx-menu-fold", has_text=entry).locator("summary").click()
        link.first.click()

    def screenshot(self, name: str) -> None:
        if PICTURES:
            self.draw(name)

    def draw(self, name: str) -> None:
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def check_axe(self, rules: Sequence[str] = ()) -> None:
        """By all of its rules or by these. Axe comes from the locked tools, never from the network."""
        options = {**AXE, "runOnly": [*rules]} if rules else AXE
        self.page.wait_for_load_state()  # after a click the next page may be there without its document
        found = Axe().run(self.page, context=JUDGED, options=options).response["violations"]
        assert not [_finding(each) for each in found if each["impact"] in SERIOUS]

    def left_the_machine(self) -> list[str]:
        inside = (self.base, "data:", "about:", "blob:")
        return [address for address in self.addresses if not address.startswith(inside)]


def _finding(violation: dict[str, Any]) -> str:
    places = "; ".join(
        f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"]
    )
    return f"{violation['id']} ({violation['impact']}): {places}"


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """For the journeys of this worker one after another and no longer: other tests cannot live with its loop."""
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django would refuse the database to it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setenv("NODE_OPTIONS", f"--require {SHIM}")
        with sync_playwright() as started:
            expect.set_options(timeout=PATIENCE)
            yield started


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield started
    started.close()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def visitor(
    browser: Browser, live_server: Any, world: World, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """A browser window of its own; the cast is in the database."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport=DESKTOP,  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    found = Visitor(context.new_page(), live_server.url, _folder() / request.path.stem, world)
    found.watch()
    yield found
    if request.node.stash.get(FAILED, False):
        found.draw(f"failed-{request.node.name}")
    context.close()
    assert not found.errors
    assert not found.left_the_machine()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.page


@pytest.fixture
def sign_in(visitor: Visitor) -> Callable[[str], Page]:
    return visitor.sign_in


@pytest.fixture
def work_for(visitor: Visitor) -> Callable[[str], None]:
    return visitor.work_for


@pytest.fixture
def screenshot(visitor: Visitor) -> Callable[[str], None]:
    return visitor.screenshot


@pytest.fixture
def check_axe(visitor: Visitor) -> Callable[[], None]:
    return visitor.check_axe
