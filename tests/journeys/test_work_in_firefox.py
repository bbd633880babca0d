"""In Firefox, as Debian ships it: through the door with a second factor, a customer served and
refused, a file imported from its upload to its last row."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.kit import clock
from tests.harness.jobs import WorkerProcess
from tests.journeys import test_import_without_scripts as importing
from tests.journeys import test_pass_second_factor as factor
from tests.journeys import test_serve_customer as serving
from tests.journeys.conftest import Visitor
from tests.register import FOOTING, ID_NUMBER, PHONE, Register, grant, kept
from tests.world import World

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(FIREFOX is None, reason="journeys in Firefox need it: apt-get install -y firefox-esr"),
]
MEMBER = {"person_name": "周婷", "mobile": "13955557777", "member_no": "HY-2026-0042"}


@pytest.fixture
def member(register: Register) -> Register:
    """The cast's customers, one with a member number among them, and 王芳's standing grant."""
    world = register.world
    entry = CustomerEntry(
        Kind.PERSON, kept(MEMBER), world.departments["sales"].id, Scope.DEPARTMENT, world.people["clerk"].id
    )
    done = services.store(actor=world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now())
    register.ids["member"] = done[0].customer
    grant(register)
    return register


@pytest.fixture(scope="module")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """Firefox without a window, driven over WebDriver BiDi."""
    started = playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
    yield started
    started.close()


@pytest.fixture
def browser(firefox: Browser) -> Browser:
    return firefox


@pytest.fixture
def in_english(visitor: Visitor, register: Register) -> Page:
    """A page in English; with its scripts, which the driver cannot turn off in Firefox."""
    visitor.page.context.add_cookies([{"name": "django_language", "value": "en", "url": visitor.base}])
    return visitor.page


def test_a_code_at_the_door_and_before_an_important_act(
    world: World, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    factor.test_a_code_at_the_door_and_before_an_important_act(world, visitor, screenshot, check_axe)


def test_a_clerk_serves_a_customer(
    member: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    page = visitor.come_in("clerk")
    visitor.work_for(serving.SALES_NAME)

    shown = {"李小明": "李**", PHONE: "李**", "5678": "李**", "HY-2026-0042": "周*"}
    for term, masked in shown.items():
        serving.find(page, term)
        expect(page.get_by_role("link", name=masked, exact=True)).to_be_visible()
        assert "李小明" not in page.locator("table").inner_text()
        assert PHONE not in page.locator("table").inner_text()
    assert not [address for address in visitor.addresses if any(term in address for term in shown)]
    screenshot("found")

    serving.find(page, "李小明")
    page.get_by_role("link", name="李**", exact=True).click()
    values = page.get_by_role("main")
    expect(values).to_contain_text("138****5678")
    for clear in ("李小明", PHONE, ID_NUMBER):
        expect(values).not_to_contain_text(clear)
    expect(page.get_by_role("button", name="查看手机号码明文")).to_have_count(0)

    serving.hold_contact(page, "客户来电、来访")
    expect(values).to_contain_text("接待中：客户来电、来访")
    screenshot("contact")

    page.get_by_role("button", name="查看手机号码明文").click()
    expect(values).to_contain_text(PHONE)
    expect(page.locator(".sx-watermark")).to_contain_text("王芳 clerk")
    check_axe()
    screenshot("revealed")

    page.get_by_role("link", name="返回档案").click()
    expect(values).not_to_contain_text(PHONE)
    timeline = page.get_by_role("region", name="时间线")
    expect(timeline).to_contain_text(f"查看明文：手机号码，目的 {serving.SALES_NAME}，事由 客户来电、来访")
    expect(timeline).to_contain_text("王芳")
    screenshot("timeline")
    page.get_by_role("button", name="查看姓名明文").click()  # the reason still stands
    expect(values).to_contain_text("李小明")


def test_a_file_is_imported(
    in_english: Page, start_worker: Callable[..., WorkerProcess], tmp_path: Path
) -> None:
    start_worker()
    importing.import_file(in_english, tmp_path, scripts=True)
