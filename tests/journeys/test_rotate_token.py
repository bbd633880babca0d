"""An integrator's token is replaced while both work; the old one ends by one click when nothing uses it any more."""

import httpx
import pytest

from shouxin.access.clients import services
from shouxin.access.clients.rules import Wanted
from shouxin.kit import clock
from tests.journeys.conftest import PHONE, Visitor
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)


def _issued(register: Register) -> tuple[str, str]:
    """A client in force: its page and its token."""
    now, world = clock.now(), register.world
    wanted = Wanted(
        name="订单系统",
        purposes=[SALES],
        readable=["person_name", "mobile"],
        clear=[],
        writable=[],
        addresses=["127.0.0.1"],
        per_minute=60,
        daily_rows=100,
        starts_at=now,
        ends_at=now.replace(year=now.year + 1),
        reason="订单履约",
    )
    proposed = services.propose(
        actor=world.actor("sales_head"),
        owner=world.people["clerk"].id,
        department=world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    client, token = services.approve(actor=world.actor("officer"), client=proposed.id, now=now)
    return f"/access/clients/{client.id}/", token


def _asks(visitor: Visitor, token: str) -> int:
    body = {"purpose": SALES, "term": "13812345678"}
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{visitor.base}/api/v1/customers:search", headers=headers, json=body).status_code


def test_integrator_replaces_a_token_without_downtime(visitor: Visitor, register: Register) -> None:
    path, old = _issued(register)
    assert _asks(visitor, old) == 200
    page = visitor.sign_in("sales_head")
    page.goto(path)
    page.fill("#rotate_reason", "定期更换")
    page.get_by_role("button", name="申请更换").click()
    page.wait_for_selector("text=等待他人批准")
    visitor.screenshot("asked")
    visitor.check_axe()

    page = visitor.sign_in("officer")
    page.goto("/access/clients/?state=awaiting")
    page.get_by_role("link", name="订单系统").click()
    page.get_by_role("button", name="批准变更").click()
    new = page.inner_text("#token")
    assert (_asks(visitor, old), _asks(visitor, new)) == (200, 200)

    page = visitor.sign_in("sales_head")
    page.goto(path)
    shown = page.inner_text("main")
    assert new not in shown
    assert f"…{old[-4:]}" in shown
    assert f"…{new[-4:]}" in shown
    assert "并行中" in shown
    assert "127.0.0.1" in shown
    visitor.screenshot("overlap")
    visitor.check_axe()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.screenshot("overlap-phone")
    page.once("dialog", lambda dialog: dialog.accept())
    row = page.locator("tr", has_text=f"…{old[-4:]}")
    row.get_by_role("button", name="立即停用").click()
    page.wait_for_selector("text=令牌已停用")
    assert (_asks(visitor, old), _asks(visitor, new)) == (401, 200)
