"""A clerk's public spreadsheet becomes a register: every column decided, a cell mended, every row accounted for."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.intake.models import ImportBatch, Standing
from shouxin.customers.registry.models import Customer, Record
from tests.harness.jobs import WorkerProcess
from tests.journeys.conftest import DESKTOP, PHONE, Visitor
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
DATA = os.environ.get("SHOUXIN_TESTDATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="set SHOUXIN_TESTDATA to the folder of public test sets")
LONG = 300_000  # milliseconds: a run of ten thousand rows on a busy machine


def see(visitor: Visitor, name: str) -> None:
    """A picture wide and on a phone, light and dark, and what axe says of it."""
    page = visitor.page
    for colours, size in (("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        visitor.screenshot(f"{name}-{size['width']}-{colours}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than the window"
        if (colours, size) in ((("light", DESKTOP)), ("dark", PHONE)):
            visitor.check_axe()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@needs_data
def test_superstore_becomes_customers(
    visitor: Visitor,
    register: Register,
    sign_in: Callable[[str], Page],
    start_worker: Callable[..., WorkerProcess],
    tmp_path: Path,
) -> None:
    before = Customer.objects.count()
    start_worker()
    page = sign_in("clerk")
    page.click("text=导入客户")
    see(visitor, "01-upload")
    page.set_input_files("#file", Path(DATA) / "superstore-zh" / "superstore_zh.xls")
    page.click("text=上传并读取")
    page.wait_for_url("**/sheets/")
    for number, used in enumerate(("yes", "yes", "no")):  # 订单, 退货, 销售人员
        page.check(f"input[name=use-{number}][value={used}]")
    see(visitor, "02-sheets")
    page.click("text=下一步：列的对应")
    page.wait_for_url("**/columns/")
    expect(page.locator(".sx-row-open")).to_have_count(0)
    see(visitor, "03-columns")
    page.click("text=下一步：声明")
    page.wait_for_url("**/declaration/")
    page.click("text=销售合同")
    page.select_option("#id_channel", "migration")
    see(visitor, "04-declaration")
    page.click("text=下一步：检查")
    page.wait_for_url("**/check/")
    see(visitor, "05-check")
    page.click("text=开始检查")
    page.wait_for_url("**/check/")
    visitor.screenshot("06-checking")
    page.wait_for_url("**/preview/", timeout=LONG)
    see(visitor, "07-preview")
