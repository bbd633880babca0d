"""A clerk's public spreadsheet becomes a register: every column decided, a cell mended, every row accounted for."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
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
LONG = 180_000  # milliseconds: a run of ten thousand rows on a busy machine


def see(visitor: Visitor, name: str) -> None:
    """Wide and light, on a phone and dark: a picture, and what axe says of it."""
    page = visitor.page
    for colours, size in (("light", DESKTOP), ("dark", PHONE)):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        visitor.screenshot(f"{name}-{size['width']}-{colours}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than the window"
        visitor.check_axe()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.fixture
def walk(
    visitor: Visitor,
    register: Register,
    sign_in: Callable[[str], Page],
    start_worker: Callable[..., WorkerProcess],
) -> "Walk":
    """A clerk at the workbench, and a worker in the background."""
    start_worker()
    return Walk(visitor, sign_in("clerk"), Customer.objects.count())


@dataclass
class Walk:
    """The way of one file; each part begins on the page where the one before ended."""

    visitor: Visitor
    page: Page
    before: int

    def prepare(self) -> None:
        page = self.page
        page.click("text=导入客户")
        see(self.visitor, "01-upload")
        page.set_input_files("#file", Path(DATA) / "superstore-zh" / "superstore_zh.xls")
        page.click("text=上传并读取")
        page.wait_for_url("**/sheets/")
        for number, used in enumerate(("yes", "yes", "no")):  # 订单, 退货, 销售人员
            page.check(f"input[name=use-{number}][value={used}]")
        see(self.visitor, "02-sheets")
        page.click("text=下一步：列的对应")
        page.wait_for_url("**/columns/")
        expect(page.locator(".sx-row-open")).to_have_count(0)
        see(self.visitor, "03-columns")
        page.click("text=下一步：声明")
        page.wait_for_url("**/declaration/")
        page.check("input[name=purpose][value=sales_contract]")
        page.select_option("#id_channel", "migration")
        see(self.visitor, "04-declaration")
        page.click("text=开始检查")

    def check_and_mend(self) -> None:
        page = self.page
        self.visitor.screenshot("06-checking")
        page.wait_for_url("**/preview/", timeout=LONG)
        see(self.visitor, "07-preview")
        page.click("text=只看有问题的行")
        see(self.visitor, "08-problems")
        page.goto(page.url.split("?")[0])
        page.locator("tr#r-2 >> text=修改").click()
        page.fill("input[name=cell-8][form=f-0-2]", "杭州市")
        see(self.visitor, "09-mending")
        page.locator("tr#r-2 >> text=改好").click()
        expect(page.locator("tr#r-2")).to_contain_text("已改")

    def run(self, batch: ImportBatch) -> None:
        page = self.page
        page.fill("#sx-typed", str(batch.rows_total))
        page.press("#sx-typed", "Enter")
        page.wait_for_url("**/run/")
        see(self.visitor, "10-running")
        page.wait_for_url("**/result/", timeout=LONG)
        see(self.visitor, "11-result")
        expect(page.locator(".sx-total")).to_contain_text("790 + 0 + 9353 + 153 + 0 = 10296")

    def fetch_refused(self, target: Path) -> None:
        with self.page.expect_download() as waiting:
            self.page.click("text=下载 XLSX")
        waiting.value.save_as(target)
        sheet = openpyxl.load_workbook(target).active
        assert sheet is not None
        assert sheet.max_row == 154
        assert sheet["A1"].value == "订单 ID"
        assert "属于几个客户" in str(sheet["D2"].value)


@needs_data
@pytest.mark.clause("B6.2.1")
def test_superstore_becomes_customers(walk: Walk, sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    walk.prepare()
    walk.check_and_mend()
    batch = ImportBatch.objects.get()
    walk.run(batch)
    batch.refresh_from_db()
    assert batch.rows_done == 10_000 + 296
    assert Customer.objects.count() == walk.before + 790
    assert Record.objects.filter(batch_id=batch.id, kind="order").count() == 4_979
    walk.fetch_refused(tmp_path / "refused.xlsx")
    walk.page.click("text=首日体检报告")
    see(walk.visitor, "12-report")
    walk.page.emulate_media(media="print")
    walk.visitor.screenshot("12-report-printed")
    walk.page.emulate_media(media="screen")
    page = sign_in("sales_head")
    page.click("text=待确认的导入批次")
    see(walk.visitor, "13-waiting")
    expect(page.locator("main")).not_to_contain_text("superstore")
    page.click("text=确认或驳回")
    see(walk.visitor, "14-decision")
    page.fill("#t-confirm", "790")
    page.press("#t-confirm", "Enter")
    page.wait_for_url("**/result/")
    see(walk.visitor, "15-confirmed")
    batch.refresh_from_db()
    assert batch.standing == Standing.CONFIRMED
    assert not [address for address in walk.visitor.addresses if re.search("superstore|杭州", address)]
