"""Whoever read is told: a colleague who compared two customers, a program with a token, our own programs that write."""

import pytest
from django.db import transaction

from shouxin.core.policy import Action
from shouxin.customers.messages.models import Channel, Kind
from shouxin.customers.messages.tests.cast import approved, put
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from tests.register import SALES, Register

SECRET = "aml_risk_rating"


@pytest.mark.django_db(transaction=True)
def test_merges_programs_and_messages_are_among_the_readings(register: Register) -> None:
    clerk, li, zhang = register.world.actor("clerk"), register["li"], register["zhang"]
    gate.open_sealed(  # as two suspected to be one stand side by side
        actor=clerk,
        purpose=SALES,
        customers=[li, zhang],
        fields=["person_name", "mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        profile="detail",
        detail={"page": "profile"},
    )
    put(register, "li", email="li@mail.example")
    message = approved(register, "li", kind=Kind.SERVICE, purpose=SALES, terms="", proof=None)
    row = message.recipients.get()
    message.recipients.update(outcome="sent", sent_at=clock.now(), field="email", record=li)
    with transaction.atomic():
        said = {"purpose": SALES, "fields": ["mobile", SECRET], "reason": "sync", "grants": []}
        journal.append(actor=clerk, event="field.read", customer=li, purpose=SALES, data=said)
        journal.append(
            actor=clerk,
            event="message.sent",
            customer=li,
            purpose=SALES,
            data={
                "message": str(message.id),
                "recipient": str(row.id),
                "channel": Channel.EMAIL.value,
                "purpose": SALES,
                "consent": "none",
            },
        )
    page = browser(register).get("/my/reads/").content.decode()
    for said_there in ("看到打码后的内容", "程序读取", "程序发送消息，没有人看到", "系统程序在内部的处理"):
        assert said_there in page
    assert "洗钱" not in page
    other = browser(register, "zhang").get("/my/reads/").content.decode()
    assert "看到打码后的内容" in other
    assert "程序读取" not in other
