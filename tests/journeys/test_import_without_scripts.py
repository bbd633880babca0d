"""Every step of an import by keyboard, in English, in a browser that runs no scripts at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from shouxin.customers.intake.models import BatchState, ImportBatch
from tests.harness.jobs import WorkerProcess
from tests.journeys.conftest import DESKTOP, PICTURES
from tests.register import Register
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
CSV = "客户编号,姓名,手机号,内部代码\nK-1,王小丫,13800138000,a\nK-2,李四光,1380013,b\nK-3,,13900139000,c\n"
LONG = 120_000  # milliseconds, for the worker to start on a busy machine


@pytest.fixture
def still(browser: Browser, live_server: Any, register: Register) -> Iterator[Page]:
    """A page without scripts."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport=DESKTOP,  # type: ignore[arg-type]
        locale="en-US",
        java_script_enabled=False,
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def press(page: Page, name: str) -> None:
    """Reach a button with the keyboard and press it."""
    page.get_by_role("button", name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def see(page: Page, name: str) -> None:
    if PICTURES:
        folder = Path(PICTURES) / Path(__file__).stem
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_an_import_needs_no_scripts(
    still: Page, start_worker: Callable[..., WorkerProcess], tmp_path: Path
) -> None:
    start_worker()
    import_file(still, tmp_path, scripts=False)


def import_file(still: Page, tmp_path: Path, *, scripts: bool) -> None:
    """From the door to the last row; where scripts run, a cell is mended without leaving the page."""
    file = tmp_path / "customers.csv"
    file.write_text(CSV, encoding="utf-8")
    still.goto("/sign-in/")
    still.fill("#id_username", "clerk")
    still.fill("#id_password", PASSWORD)
    still.press("#id_password", "Enter")
    still.goto("/customers/imports/new/")
    see(still, "01-upload")
    still.set_input_files("#file", file)
    press(still, "Upload and read")
    still.wait_for_url("**/sheets/")
    see(still, "02-sheets")
    press(still, "Next: columns")
    still.wait_for_url("**/columns/")
    still.select_option("[name=c-0-3]", "-")
    see(still, "03-columns")
    press(still, "Next: declaration")
    still.wait_for_url("**/declaration/")
    still.check("[name=purpose][value=sales_contract]")
    see(still, "04-declaration")
    press(still, "Start the check")
    still.wait_for_url("**/preview/", timeout=LONG)
    see(still, "05-preview")
    still.fill("[name=cell-1][form=f-0-4]", "赵六")
    still.keyboard.press("Enter")
    if scripts:
        still.wait_for_function("!document.querySelector('#r-4 [aria-invalid=true]')")
    else:
        still.wait_for_url("**#r-4")
    see(still, "06-mended")
    still.fill("#sx-typed", "3")
    still.keyboard.press("Enter")
    still.wait_for_url("**/result/", timeout=LONG)
    see(still, "07-result")
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.created_count, batch.refused_count) == (BatchState.DONE, 3, 0)
    still.get_by_role("link", name="First report").or_(still.locator("a[href$='/report/']")).first.click()
    see(still, "08-report")
