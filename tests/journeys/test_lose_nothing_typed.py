"""What somebody has typed survives an ended log-in, another person's sign-in and a lost network, and is sent once."""

import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.registry.models import Customer
from shouxin.drafts.models import Draft
from tests.journeys.conftest import Visitor
from tests.register import SALES, Register
from tests.world import PASSWORD

NAME = "欧阳晓雯"
LATER = "00:10:00"  # long after the page was answered, so that it asks before sending
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}]) + document.cookie"


@pytest.fixture
def form(register: Register, visitor: Visitor) -> Page:
    """The clerk has typed a new customer's name, some minutes after opening the page."""
    assert register.world
    page = visitor.page
    page.clock.install()
    visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto("/customers/new/")
    page.fill("#id_person_name", NAME)
    page.clock.fast_forward(LATER)
    visitor.sent.clear()
    return page


def sent(visitor: Visitor) -> list[str]:
    """What was sent, without the draft that the page tries to keep every few seconds."""
    return [path for path in visitor.sent if not path.startswith("/drafts/keep/")]


def sign_in_beside(page: Page, who: str) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    beside = opened.value
    beside.fill("#id_username", who)
    beside.fill("#id_password", PASSWORD)
    beside.press("#id_password", "Enter")
    expect(beside.locator("h1")).to_have_text("已登录")
    beside.close()


def test_an_ended_login_loses_nothing_and_nobody_else_sends_it(form: Page, visitor: Visitor) -> None:
    before = Customer.objects.count()
    form.context.clear_cookies(name="sessionid")
    save = form.locator(".sx-form-actions .sx-btn-primary").first
    save.click()
    dialog = form.get_by_role("dialog", name="登录已到期，您填写的内容还在")
    expect(dialog).to_be_visible()
    assert sent(visitor) == []
    assert form.input_value("#id_person_name") == NAME
    assert NAME not in form.evaluate(STORED)

    sign_in_beside(form, "sales_head")
    dialog.get_by_role("button", name="已登录，继续提交").click()
    expect(dialog.get_by_text("现在登录的是另一个登录名")).to_be_visible()
    assert sent(visitor) == []
    assert not Draft.objects.exclude(owner__user_name="clerk").exists()

    form.context.clear_cookies(name="sessionid")
    sign_in_beside(form, "clerk")
    dialog.get_by_role("button", name="已登录，继续提交").click()
    expect(form.locator("h1")).not_to_contain_text("录入")
    assert visitor.sent.count("/customers/new/") == 1
    assert Customer.objects.count() == before + 1


def test_without_network_nothing_is_sent_and_when_it_is_back_it_is_sent_once(
    form: Page, visitor: Visitor
) -> None:
    before = Customer.objects.count()
    form.route("**/session/", lambda route: route.abort())
    form.locator(".sx-form-actions .sx-btn-primary").first.click()
    bar = form.locator(".sx-bar")
    expect(bar).to_contain_text("没有发送任何内容")
    form.locator(".sx-form-actions .sx-btn-primary").first.click()
    assert sent(visitor) == []
    assert form.input_value("#id_person_name") == NAME
    bar.get_by_role("button", name="不发送，继续编辑").click()
    expect(bar).to_be_hidden()
    form.locator(".sx-form-actions .sx-btn-primary").first.click()
    expect(bar).to_be_visible()
    form.unroute("**/session/")
    form.clock.fast_forward("00:05")
    expect(form.locator("h1")).not_to_contain_text("录入")
    assert visitor.sent.count("/customers/new/") == 1
    assert Customer.objects.count() == before + 1
    visitor.errors.clear()  # the browser reports each request that got no answer
