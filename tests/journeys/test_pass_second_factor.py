"""The second factor in a browser: codes typed at the door, a passkey made and shown, an important act confirmed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, expect

from shouxin.people.models import FactorDemand
from shouxin.people.second_factor import queries, session
from tests.journeys.conftest import PHONE, Visitor
from tests.world import PASSWORD, World, have_keys

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authenticator(visitor: Visitor) -> Iterator[Any]:
    """A security key in Chromium that says yes to everything."""
    tools = visitor.page.context.new_cdp_session(visitor.page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield tools, made["authenticatorId"]
    tools.detach()


def knock(page: Page, who: str) -> None:
    """Name and password at the door."""
    page.context.clear_cookies(name="sessionid")
    page.goto("/sign-in/")
    page.fill("#id_username", who)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def forget_proof(page: Page) -> None:
    """As if the last proof were eleven minutes old."""
    from django.contrib.sessions.backends.db import SessionStore

    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    kept = SessionStore(session_key=key)
    proof = kept[session.PROVED]
    kept[session.PROVED] = {**proof, "at": proof["at"] - int(timedelta(minutes=11).total_seconds())}
    kept.save()


def make_passkey(page: Page) -> None:
    page.goto("/second-factor/passkey/")
    page.fill("#id_name", "办公室安全密钥")
    page.get_by_role("button", name="创建通行密钥").click()
    expect(page.locator(".sx-factor-codes li")).to_have_count(10)


def test_a_code_at_the_door_and_before_an_important_act(
    world: World, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    code, page = world.code("security_admin"), visitor.page
    knock(page, "security_admin")
    expect(page.locator("h1")).to_have_text("二次认证")
    check_axe()
    screenshot("second-step")
    page.fill("#id_factor_code", "000000" if code != "000000" else "111111")
    page.press("#id_factor_code", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    page.fill("#id_factor_code", code)
    page.press("#id_factor_code", "Enter")
    expect(page.locator("h1")).to_contain_text("工作台")
    page.goto("/people/second-factor/")
    check_axe()
    screenshot("who-needs-one")
    forget_proof(page)
    page.get_by_role("button", name="经办: 改为必须").click()
    expect(page.locator("h1")).to_have_text("确认是您本人")
    check_axe()
    screenshot("asked-again")
    assert not FactorDemand.objects.exists()
    page.fill("#id_factor_code", world.code("security_admin"))
    page.press("#id_factor_code", "Enter")
    expect(page.get_by_role("button", name="经办: 申请改为可不设")).to_be_visible()
    assert FactorDemand.objects.get().role == "clerk"


def test_a_passkey_is_made_and_shown_instead_of_a_code(
    world: World,
    visitor: Visitor,
    authenticator: Any,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    have_keys()
    page = visitor.come_in("clerk")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/second-factor/passkey/")
    check_axe()
    screenshot("make-passkey")
    make_passkey(page)
    check_axe()
    screenshot("recovery-codes")
    page.get_by_role("link", name="已保存，继续").click()
    page.goto("/second-factor/")
    expect(page.locator("main")).to_contain_text("办公室安全密钥")
    screenshot("mine")
    knock(page, "clerk")
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.locator("h1")).to_contain_text("工作台")
    factor = queries.factors_of(world.people["clerk"].id)[0]
    assert (factor.kind, factor.used_at is not None) == ("passkey", True)


def test_a_passkey_answers_its_own_challenge_once(world: World, visitor: Visitor, authenticator: Any) -> None:
    have_keys()
    page, sent = visitor.come_in("clerk"), list[str]()

    def note(request: Request) -> None:
        if request.method == "POST" and "second-step" in request.url:
            sent.append(parse_qs(request.post_data or "").get("factor_passkey", [""])[0])

    make_passkey(page)
    page.on("request", note)
    knock(page, "clerk")
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.locator("h1")).to_contain_text("工作台")
    assert len(sent) == 1
    knock(page, "clerk")
    page.wait_for_selector("[data-passkey-answer]", state="attached")
    page.evaluate("answer => { document.querySelector('[data-passkey-answer]').value = answer; }", sent[0])
    page.evaluate("document.querySelector('[data-passkey-answer]').form.submit()")
    expect(page.get_by_role("alert").first).to_contain_text("不正确")


def test_the_passkey_of_another_opens_nothing(world: World, visitor: Visitor, authenticator: Any) -> None:
    have_keys()
    tools, key = authenticator
    page = visitor.come_in("marketer")
    make_passkey(page)
    theirs = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    make_passkey(visitor.come_in("clerk"))
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    tools.send("WebAuthn.addCredential", {"authenticatorId": key, "credential": theirs[0]})
    knock(page, "clerk")
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.locator("[data-passkey-problem]")).to_contain_text("没有收到通行密钥")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("登录")
