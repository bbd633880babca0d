"""The screens of a message: written, counted, handed in, approved by somebody else, watched, and its log read."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouxin.customers.attachments.tests.cast import pdf
from shouxin.customers.messages import sending, services
from shouxin.customers.messages.models import Message, Outcome, State
from shouxin.customers.messages.tests.cast import MARKETING, NOON, agree, with_mail
from shouxin.customers.messages.tests.conftest import Mailbox
from shouxin.customers.registry import selecting
from shouxin.kit import clock
from tests.harness.jobs import run_queued
from tests.message_rows import message_of
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
NEW = "/customers/messages/new/"
OFFER = {
    "kind": "commercial",
    "channel": "email",
    "purpose": MARKETING,
    "sender": "守信示例公司",
    "subject": "年末优惠",
    "body": "全网最低价",
    "terms": "",
}


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def chosen(register: Register, client: Client) -> str:
    """Two customers that the clerk ticked in the list; one of them agreed."""
    with_mail(register, "li", "zhang")
    agree(register, "li")
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": MARKETING})
    actor, ids, now = register.world.actor("clerk"), {register["li"], register["zhang"]}, clock.now()
    token = selecting.begin(actor=actor, query={}, everything=False, now=now)
    selecting.tick(actor=actor, token=token, shown=ids, ticked=ids, now=now)
    return token


def handed_in(client: Client, here: str, settings: Any) -> None:
    """Not before the public address is set: a name that a request brings along is nobody's word."""
    settings.PUBLIC_ADDRESS = ""
    assert "还没有设置对外网址" in page(client, here)
    client.post(here + "submit/")
    assert Message.objects.get().state == State.DRAFT
    settings.PUBLIC_ADDRESS = "https://crm.example.com"
    client.post(here + "submit/")


def test_a_message_from_the_list_to_its_log(
    register: Register, mailbox: Mailbox, client: Client, settings: Any
) -> None:
    token = chosen(register, client)
    assert f"{NEW}?sel={token}" in page(client, f"/customers/bulk/new/?sel={token}")
    assert "发给选定的 2 位客户" in page(client, f"{NEW}?sel={token}")
    assert client.post(NEW, {**OFFER, "sel": token, "sender": ""}).status_code == 422
    made = client.post(NEW, {**OFFER, "sel": token})
    message = Message.objects.get()
    here = f"/customers/messages/{message.id}/"
    assert made.headers["location"] == here
    assert "正在试算" in page(client, here)
    assert run_queued(services.QUEUE) == [services.COUNT]
    shown = page(client, here)
    assert "没有同意，或已撤回、到期" in shown
    assert "最低价（产品默认" in shown
    client.post(here + "submit/")
    assert Message.objects.get().state == State.DRAFT
    proof = SimpleUploadedFile("offer.pdf", pdf())
    client.post(here + "edit/", {**OFFER, "body": "八折", "terms": "原价 299 元", "proof": proof})
    sending.count(message=message.id, now=NOON)
    handed_in(client, here, settings)
    message.refresh_from_db()
    assert (message.state, message.origin) == (State.SUBMITTED, "https://crm.example.com")
    assert "由不为该目的工作的人批准" in page(client, here)
    assert client.post(here + "approve/", {"seen": message.sha256}).status_code == 403

    officer = register.world.signed_in(Client(), "officer")
    assert "年末优惠" in page(officer, "/")  # on the workbench
    assert "年末优惠" in page(officer, "/customers/messages/?show=waiting")
    assert "原价 299 元" in page(officer, here)
    assert officer.get(here + "proof/").content.startswith(b"%PDF")
    assert page(officer, here + "refuse/")
    officer.post(here + "approve/", {"seen": message.sha256})
    message.refresh_from_db()
    sending.work(message=message.id, now_is=lambda: NOON, lot=10)
    assert list(mailbox.letters) == ["li@mail.example"]
    done = page(client, here)
    assert "已完成" in done
    assert {"王芳", "周正"} <= {
        name for name in ("王芳", "周正") if name in done
    }  # who wrote it, who decided
    log = page(client, here + "log/")
    assert str(message.recipients.get(outcome="sent").decision)[:8] in log
    assert "没有同意，或已撤回、到期" in log
    assert "没有同意" not in page(client, here + "log/?outcome=sent")
    assert "li@mail.example" not in log
    for who in ("marketer", "agent"):
        other = register.world.signed_in(Client(), who)
        page(other, here, 404)


def test_a_statutory_notice_to_one_customer_goes_at_once_with_the_way_to_their_page(
    register: Register, mailbox: Mailbox, client: Client, settings: Any
) -> None:
    settings.PUBLIC_ADDRESS = "https://crm.example.com"
    with_mail(register, "li")
    register.world.signed_in(client, "sales_head").post("/purpose/", {"purpose": "legal_obligation"})
    li = register["li"]
    assert f"{NEW}?customer={li}" in page(client, f"/customers/{li}/")
    assert "发给选定的 1 位客户" in page(client, f"{NEW}?customer={li}")
    notice = {**OFFER, "kind": "statutory", "purpose": "legal_obligation", "subject": "告知变更"}
    body = "我们的隐私告知有新的版本，请查看。"
    assert client.post(NEW, {**notice, "body": body, "customer": str(li)}).status_code == 302
    message = Message.objects.get()
    night = NOON.replace(hour=18)  # two in the morning where the customer is
    sending.count(message=message.id, now=night)
    here = f"/customers/messages/{message.id}/"
    assert "https://crm.example.com/my/" in page(client, here)
    client.post(here + "submit/")
    services.approve(
        actor=register.world.actor("officer"),
        message=message.id,
        seen=Message.objects.get().sha256,
        now=night,
    )
    sending.work(message=message.id, now_is=lambda: night, lot=10)
    message.refresh_from_db()
    assert (message.state, message.total) == (State.DONE, 1)
    assert "https://crm.example.com/my/" in mailbox.body("li@mail.example")
    other = register.world.signed_in(Client(), "agent")
    assert other.get(f"{NEW}?customer={li}").status_code == 404


def test_who_is_on_a_call_list_has_not_been_told_yet(register: Register, client: Client) -> None:
    """No word of the list says that something was sent: the calls are still to be made."""
    now = clock.now()
    decided = {"decided_by": register.world.staff("sales_head"), "decided_at": now}
    clerk = register.world.staff("clerk")
    row = Message.objects.create(
        **message_of(clerk, now, channel="call", total=2, state=State.DONE, **decided)
    )
    for name, outcome in (("li", Outcome.SENT), ("zhang", Outcome.LEFT_OUT)):
        reason, sent = ("", now) if outcome == Outcome.SENT else ("stopped", None)
        row.recipients.create(
            customer_id=register[name], outcome=outcome, reason=reason, commercial=False, sent_at=sent
        )
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    here = f"/customers/messages/{row.id}/"
    for address in (here, here + "log/"):
        shown = page(client, address)
        assert ("可以致电" in shown, "未列入" in shown) == (True, True)
        assert "已发送" not in shown
        assert "未发送" not in shown
