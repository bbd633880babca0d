"""The same journeys in Firefox, as Debian ships it: through the door with a second factor, a customer served and
refused, a file imported from its upload to its last row."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.harness.jobs import WorkerProcess
from tests.journeys import test_import_without_scripts as importing
from tests.journeys import test_pass_second_factor as factor
from tests.journeys import test_serve_customer as serving
from tests.journeys.conftest import Visitor
from tests.register import Register
from tests.world import World

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
SHIM = Path(__file__).with_name("firefox.js")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(FIREFOX is None, reason="journeys in Firefox need it: apt-get install -y firefox-esr"),
]
member = serving.member


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Firefox without a window, driven over WebDriver BiDi."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setenv("NODE_OPTIONS", f"--require {SHIM}")
        with sync_playwright() as playwright:
            firefox = playwright.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)
            yield firefox
            firefox.close()


@pytest.fixture
def in_english(visitor: Visitor, register: Register) -> Page:
    """A page in English; with its scripts, which the driver cannot turn off in Firefox."""
    visitor.page.context.add_cookies([{"name": "django_language", "value": "en", "url": visitor.base}])
    return visitor.page


def test_a_code_at_the_door_and_before_an_important_act(
    world: World, visitor: Visitor, screenshot: Callable[[str], Path], check_axe: Callable[[], None]
) -> None:
    factor.test_a_code_at_the_door_and_before_an_important_act(world, visitor, screenshot, check_axe)


def test_a_clerk_serves_a_customer(
    member: Register, visitor: Visitor, screenshot: Callable[[str], Path], check_axe: Callable[[], None]
) -> None:
    serving.test_a_clerk_serves_a_customer(member, visitor, screenshot, check_axe)


def test_a_file_is_imported(
    in_english: Page, start_worker: Callable[..., WorkerProcess], tmp_path: Path
) -> None:
    start_worker()
    importing.import_file(in_english, tmp_path, scripts=True)
