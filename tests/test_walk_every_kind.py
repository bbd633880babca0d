"""Every kind of request goes its way on the staff side: taken down, identified, answered, approved, put in a letter."""

import re

import pytest
from django.test import Client

from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.rights.cases import answering, rules
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import CLOSED, Case, Check, Kind, Outcome, Requester, State
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages import rules as packages
from shouxin.rights.packages import services as packing
from tests.register import FOOTING, Register, kept

pytestmark = pytest.mark.django_db
FIELDS = {Kind.CORRECT: ["home_address"], Kind.SUPPLEMENT: ["home_address"]}


def put_together(register: Register, case: Case) -> None:
    clerk = register.world.actor("clerk")
    packing.assemble(actor=clerk, case=case.id, now=clock.now())
    packing.freeze(actor=clerk, case=case.id, withheld={}, now=clock.now())


def corrected(register: Register) -> None:
    """Staff put right what the person said was wrong; that is what granting it means."""
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values=kept({"home_address": "北京市朝阳区建国路1号"}),
        now=clock.now(),
    )


def prepared(register: Register, kind: Kind, handler: str) -> Case:
    """Taken down, taken on, identified as its kind and whoever asks demand, and made ready to be granted."""
    who = {Kind.INQUIRY: Requester.AUTHORITY, Kind.DECEASED: Requester.RELATIVE}.get(kind, Requester.SELF)
    case = in_hand(register, kind, who=handler, requester=who, fields=FIELDS.get(kind, []))
    for method in sorted(rules.STANDING_OF[who]):
        case = cases.check(
            actor=register.world.actor(handler), case=case.id, method=Check.Method(method), now=clock.now()
        )
    if kind in packages.KINDS:
        put_together(register, case)
    if kind in FIELDS:
        corrected(register)
    return case


@pytest.mark.parametrize("kind", list(Kind))
def test_a_request_is_answered_and_the_letter_says_so(register: Register, kind: Kind) -> None:
    handler = "officer" if kind in {Kind.INQUIRY, Kind.DECEASED} else "clerk"
    case = prepared(register, kind, handler)
    conditions = tuple(rules.CONDITIONS) if kind is Kind.PORT else ()
    row = answering.propose(
        actor=register.world.actor(handler),
        case=case.id,
        answer=Answer(Outcome.GRANTED, "", "已按您的要求办理。", conditions),
        now=clock.now(),
    )
    assert (row.state == State.DECIDING) is rules.needs_second(kind, Outcome.GRANTED, escalated=False)
    if row.state == State.DECIDING:
        row = answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=clock.now())
    assert row.state in CLOSED or row.state == State.WATCHING
    browser = register.world.signed_in(Client(), "officer")
    page = browser.get(f"/rights/{case.id}/").content.decode()
    assert str(Kind(kind).label) in page
    letters = re.findall(rf'href="(/rights/{case.id}/letter/[^"]*)"', page)
    told = browser.get(letters[0]).content.decode()
    assert case.number in told
    assert "已按您的要求办理" in told
