"""Offers are picked for whoever agreed to that alone; everybody else gets the same terms unpicked, one click away from
those who agreed; switching off takes the profile along, and none is worked out again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.models import Decision, State
from shouxin.customers.consents.services import How
from shouxin.customers.messages import drivers
from shouxin.customers.messages.models import Channel, Recipient
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.messages.tests.cast import OFFER, ORIGIN, agree, approved, send, with_mail
from shouxin.customers.segments import services as segments
from shouxin.customers.segments.models import Segment
from shouxin.customers.segments.rules import PERSONAL
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import Register

PICKED = "您是新朋友，这把办公椅先为您留一把。"


def agree_to_be_picked(register: Register, name: str) -> None:
    now = clock.now()
    page = pages.present(purpose=PERSONAL, language="zh-Hans", now=now)
    consents.decide(
        actor=customer_actor(register[name]),
        customer=register[name],
        shown=page.sha256,
        ticked=frozenset({"general"}),
        how=How(Door.PORTAL),
        now=now,
    )


@pytest.mark.clause("C19.2")
@pytest.mark.django_db(transaction=True)
def test_offers_are_picked_by_consent_and_the_switch_takes_the_profile(
    register: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    agree_to_be_picked(register, "li")
    segments.refresh(now=clock.now())
    assert {row.customer_id: row.stage for row in Segment.objects.all()}[register["li"]] == "prospect"
    parcels: dict[str, Any] = {}
    monkeypatch.setitem(
        drivers.DRIVERS, Channel.EMAIL, lambda parcel: parcels.update({parcel.to: parcel}) or "id"
    )
    message = approved(register, "li", "zhang", personal=PICKED, personal_stage="prospect")
    send(message)
    mine, plain = parcels["li@mail.example"].content, parcels["zhang@mail.example"].content
    assert PICKED in mine.body
    assert PICKED not in plain.body
    assert plain.body == OFFER.body
    assert (mine.terms, mine.subject, mine.sender) == (plain.terms, plain.subject, plain.sender)
    rows = {row.customer_id: row for row in Recipient.objects.filter(message=message)}
    said = Decision.objects.get(customer=register["li"], purpose=PERSONAL, kind="general")
    assert (rows[register["li"]].personal, rows[register["zhang"]].personal) == (said.id, None)

    # The version that is not picked is as near as the offer itself, and so is the switch.
    link = re.search(rf"{ORIGIN}(/customers/p/\S+)", mine.body)
    assert link
    page = client.get(link[1]).content.decode()
    assert OFFER.body in page
    assert OFFER.terms in page
    for name in ("李小明", "li@mail.example"):
        assert name not in page
    assert Segment.objects.filter(customer=register["li"]).exists()  # looking switches nothing
    done = client.post(link[1])
    assert "已关闭个性化" in done.content.decode()
    assert client.post(link[1]).status_code == 200  # twice is as good as once
    assert client.post("/customers/p/AAAA/").status_code == 404
    assert not Segment.objects.filter(customer=register["li"]).exists()
    events = [line.event for line in timeline(register["li"], limit=5)]
    assert {"segments.removed", "consent.withdrawn"} <= set(events)
    assert Decision.objects.filter(
        customer=register["li"], purpose=PERSONAL, decided=State.WITHDRAWN
    ).exists()
    segments.refresh(now=clock.now() + timedelta(minutes=1))
    assert not Segment.objects.filter(customer=register["li"]).exists()  # and none is worked out again
    assert Segment.objects.filter(customer=register["zhang"]).exists()
    parcels.clear()
    send(approved(register, "li", personal=PICKED, personal_stage="prospect"))
    assert parcels["li@mail.example"].content.body == OFFER.body  # the offer itself goes on


@pytest.mark.django_db(transaction=True)
def test_a_picked_version_needs_a_stage_and_its_purpose(register: Register) -> None:
    with_mail(register, "li")
    agree(register, "li")
    mistakes: tuple[dict[str, Any], ...] = (
        {"personal_stage": ""},
        {"kind": "service", "purpose": "sales_contract", "personal_stage": "new"},
    )
    for wrong in mistakes:
        with pytest.raises(MessageProblem):
            approved(register, "li", personal=PICKED, **wrong)
