"""Somebody without an account, on their phone: reads the notice, agrees to one thing, refuses another; later comes in
by a code to the address they gave, and takes back what they agreed to."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.consents.models import Consent
from shouxin.customers.public_forms.models import PublicSubmission
from shouxin.customers.public_forms.tests.cast import ASKED, MARKETING, opened
from shouxin.customers.quality.tests.conftest import (
    Mailbox,
    mailbox,  # noqa: F401 - a fixture
)
from shouxin.portal.entering.tests.conftest import ADDRESS
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_use_my_information import sign_in
from tests.register import Register


def take_back(page: Page, box: Mailbox, check_axe: Callable[[], None]) -> None:
    """In by the address they gave, to their own choices."""
    page.wait_for_url("**/my/sign-in/")
    sign_in(page, box)
    expect(page.get_by_role("main")).to_contain_text("林**")
    page.get_by_role("link", name="我的选择").click()
    page.wait_for_url("**/my/choices/")
    check_axe()
    page.get_by_role("button", name="撤回对“营销推广”的同意").click()
    expect(page.get_by_role("status")).to_contain_text("撤回同意")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_person_registers_agrees_and_refuses(
    register: Register,
    visitor: Visitor,
    mailbox: Mailbox,  # noqa: F811
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    form = published(
        register.world,
        (*ASKED, ("email", "optional", False)),
        said={"purpose": MARKETING, "title_zh": "会员登记"},
    )
    row = opened(register.world, form)
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/my/f/{row.code}/")
    expect(page.get_by_role("heading", name="会员登记")).to_be_visible()
    boxes = page.get_by_role("checkbox")
    assert not any(box.is_checked() for box in boxes.all())
    expect(page.locator("#bots-answer")).to_be_hidden()  # the browser does the work instead
    expect(page.locator("#bots-empty")).not_to_be_in_viewport()
    check_axe()
    screenshot("form")
    page.emulate_media(color_scheme="dark")
    check_axe()
    screenshot("form-dark")
    page.get_by_label("姓名").fill("林黛玉")
    page.get_by_label("手机").fill("13900001111")
    page.get_by_label("邮箱").fill(ADDRESS)
    boxes.first.check()
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/done/")
    kept = PublicSubmission.objects.get()
    main = page.get_by_role("main")
    expect(main).to_contain_text(kept.number)
    expect(main.get_by_role("link").last).to_have_attribute(
        "href", visitor.page.url.split("/my/")[0] + "/my/sign-in/"
    )
    check_axe()
    screenshot("thanks")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    decided = dict(Consent.objects.filter(customer=kept.customer_id).values_list("kind", "state"))
    assert decided["general"] == "given"
    assert "refused" in decided.values()
    main.get_by_role("link").last.click()
    take_back(page, mailbox, check_axe)
    assert not Consent.objects.filter(customer=kept.customer_id, state="given").exists()
