"""A message as the cast writes it, and the moments at which it may arrive."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shouxin.core.policy import customer_actor
from shouxin.customers.attachments.tests.cast import pdf
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.services import How
from shouxin.customers.messages import drivers, sending, services
from shouxin.customers.messages.drivers import Parcel
from shouxin.customers.messages.models import Channel, Kind, Message
from shouxin.customers.messages.services import Proof, Written
from shouxin.customers.registry import selecting
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.register import FOOTING, SALES, Register, kept

MARKETING = "marketing"
NOON = datetime(2026, 12, 2, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
NIGHT = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)  # 23:00
ORIGIN = "https://shouxin.example"
OFFER = Written(
    kind=Kind.COMMERCIAL,
    channel=Channel.EMAIL,
    purpose=MARKETING,
    sender="守信示例公司",
    subject="办公椅年末优惠",
    body="办公椅本月八折，到店出示本邮件即可。",
    terms="2026-12-31 前有效，原价 299 元，每人限两把。",
    proof=Proof("offer.pdf", pdf()),
)

# About somebody's own dealings, and offering nothing.
NOTICE: dict[str, Any] = {
    "kind": Kind.SERVICE,
    "purpose": SALES,
    "subject": "您的订单有了消息",
    "body": "您订的办公椅将在本周送达。",
    "terms": "",
    "proof": None,
}


def put(register: Register, name: str, **values: str) -> None:
    """These values of one customer."""
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register[name],
        revision=Customer.objects.get(id=register[name]).revision,
        values=kept(values),
        now=clock.now(),
    )


def with_mail(register: Register, *names: str) -> None:
    """These customers have a mail address."""
    for name in names:
        put(register, name, email=f"{name}@mail.example")


def agree(register: Register, *names: str) -> None:
    for name in names:
        now = clock.now()
        page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
        consents.decide(
            actor=customer_actor(register[name]),
            customer=register[name],
            shown=page.sha256,
            ticked=frozenset({"general"}),
            how=How(Door.PORTAL),
            now=now,
        )


def withdraw(register: Register, name: str) -> None:
    consents.withdraw(
        actor=customer_actor(register[name]),
        customer=register[name],
        purpose=MARKETING,
        how=How(Door.PORTAL),
        now=clock.now(),
    )


def select(register: Register, who: str, *names: str) -> str:
    actor, ids = register.world.actor(who), {register[name] for name in names}
    token = selecting.begin(actor=actor, query={}, everything=False, now=NOON)
    selecting.tick(actor=actor, token=token, shown=ids, ticked=ids, now=NOON)
    return token


def drafted(
    register: Register, *names: str, who: str = "clerk", at: datetime = NOON, **other: Any
) -> Message:
    row = services.draft(
        actor=register.world.actor(who),
        token=select(register, who, *names),
        written=replace(OFFER, **other),
        now=at,
    )
    sending.count(message=row.id, now=at)
    row.refresh_from_db()
    return row


def approved(
    register: Register, *names: str, who: str = "clerk", at: datetime = NOON, **other: Any
) -> Message:
    row = drafted(register, *names, who=who, at=at, **other)
    row = services.submit(actor=register.world.actor(who), message=row.id, origin=ORIGIN, now=at)
    return services.approve(actor=register.world.actor("officer"), message=row.id, seen=row.sha256, now=at)


def send(message: Message, at: datetime = NOON, lot: int = 100) -> Message:
    sending.work(message=message.id, now_is=lambda: at, lot=lot)
    message.refresh_from_db()
    return message


def said(message: Message) -> dict[Any, tuple[str, str]]:
    """What became of each customer, and why."""
    return {row.customer_id: (row.outcome, row.reason) for row in message.recipients.all()}


def caught(monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """What would have left by mail; nothing does."""
    parcels: list[Parcel] = []

    def deliver(parcel: Parcel) -> str:
        parcels.append(parcel)
        return "id"

    monkeypatch.setitem(drivers.DRIVERS, Channel.EMAIL, deliver)
    return parcels
