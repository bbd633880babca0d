"""Ten people join by spreadsheet, until one of them opens the first customer page."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from shouxin.people.models import Staff
from tests.journeys.conftest import CHROMIUM, PHONE, Visitor
from tests.register import Register

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: apt-get install -y chromium-headless-shell fonts-noto-cjk"
)
OWN = "eleven herons over the weir 7"


def filled(template: bytes, rows: list[tuple[str, str, str, str]]) -> Any:
    """The template as somebody at a desk fills it in."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            sheet.cell(number, column, text)
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "staff.xlsx", "mimeType": kind, "buffer": out.getvalue()}


def upload(page: Page, file: Any) -> None:
    page.goto("/people/join/")
    page.set_input_files("[name=file]", files=[file])
    with page.expect_navigation():
        page.get_by_role("button", name="检查").click()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def create_log_ins(visitor: Visitor) -> str:
    """The system administrator: template, a mistake, the table with it marked, the right table, the slips."""
    page = visitor.sign_in("system_admin")
    page.goto("/people/staff/")
    page.get_by_role("link", name="按表格新建").click()
    visitor.screenshot("upload")
    with page.expect_download() as loading:
        page.get_by_role("link", name="下载模板").click()
    template = Path(loading.value.path()).read_bytes()
    rows = [(f"xin{n}", f"新人{n}", "销售部", "经办") for n in range(10)]
    upload(page, filled(template, [*rows[:9], ("xin9", "新人9", "销货部", "经办")]))
    expect(page.locator("td.sx-cell-bad")).to_contain_text("没有这个部门")
    visitor.screenshot("problems")
    visitor.check_axe()
    with page.expect_download() as loading:
        page.get_by_role("button", name="下载标出问题的表格").click()
    back = load_workbook(io.BytesIO(Path(loading.value.path()).read_bytes())).worksheets[0]
    assert "没有这个部门" in str(back.cell(11, 5).value)
    assert not Staff.objects.filter(user_name__startswith="xin").exists()
    upload(page, filled(template, rows))
    press(page, "新建 10 个登录名")
    expect(page.locator(".sx-slip")).to_have_count(10)
    visitor.check_axe()
    slip = page.locator(".sx-slip").filter(has_text="新人3")
    password = slip.locator("dd.sx-code").nth(1).inner_text()
    page.evaluate("document.querySelectorAll('dd.sx-code').forEach(e => { e.textContent = '……'; })")
    visitor.screenshot("slips")
    return password


def test_ten_people_join_and_one_opens_a_customer(visitor: Visitor, register: Register) -> None:
    password = create_log_ins(visitor)
    page = visitor.sign_in("security_admin")
    page.get_by_role("link", name="待我授予的角色").click()
    visitor.screenshot("proposed")
    press(page, "授予所选")
    visitor.sign_in("sales_head")
    page.get_by_role("link", name="待我确认的角色").click()
    visitor.screenshot("waiting")
    visitor.check_axe()
    press(page, "确认所选")
    assert Staff.objects.filter(user_name__startswith="xin", roles=["clerk"]).count() == 10
    first_day(visitor, register, password)


def first_day(visitor: Visitor, register: Register, password: str) -> None:
    """The newcomer changes the first password, reads the rules on a phone, and is led on to the customer."""
    page = visitor.page
    page.context.clear_cookies(name="sessionid")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/sign-in/")
    page.fill("#id_username", "xin3")
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    expect(page.locator("h1")).to_contain_text("修改密码")
    for name, value in (("old", password), ("new", OWN), ("again", OWN)):
        page.fill(f"[name={name}]", value)
    page.press("[name=again]", "Enter")
    expect(page.locator("h1")).to_contain_text("工作台")
    with page.expect_navigation():
        page.get_by_role("button", name="销售跟进/履行合同").click()
    page.goto(f"/customers/{register['zhang']}/")
    expect(page.locator("h1")).to_contain_text("阅读并确认守则")
    visitor.screenshot("rules")
    visitor.check_axe()
    page.check("[name=promise]")
    press(page, "确认")
    assert page.url.endswith(f"/customers/{register['zhang']}/")
    expect(page.locator("main")).not_to_contain_text("张伟")  # masked, until there is a grant
    expect(page.locator("h1")).to_be_visible()
