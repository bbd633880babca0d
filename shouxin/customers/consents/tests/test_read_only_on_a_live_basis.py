"""Whatever is given, withdrawn, restricted or runs out, in whatever order: nothing is read without a live basis."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import pages, services
from shouxin.customers.consents.models import Channel, Consent, Refusal, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import SALES, Register

MARKETING = "marketing"
DEEDS = st.lists(
    st.sampled_from(["give", "give for a day", "refuse", "withdraw", "restrict", "allow", "wait"]), max_size=8
)


@dataclass
class Said:
    """What the person said so far, as anybody would keep it on a sheet of paper."""

    now: datetime
    until: datetime | None = None  # of the consent; None: there is none
    restricted: bool = False

    def may_read(self, purpose: str) -> bool:
        if purpose == MARKETING:
            return self.until is not None and self.until > self.now
        return not self.restricted


def do(said: Said, deed: str, register: Register) -> None:
    li, forever = register["li"], said.now + timedelta(days=10_000)
    herself = customer_actor(li)
    if deed in {"give", "give for a day", "refuse"}:
        page = pages.present(purpose=MARKETING, language="zh-Hans", now=said.now)
        ends = said.now + timedelta(days=1) if deed == "give for a day" else None
        services.decide(
            actor=herself,
            customer=li,
            shown=page.sha256,
            ticked=frozenset() if deed == "refuse" else frozenset({"general"}),
            how=How(Channel.PORTAL, until=ends),
            now=said.now,
        )
        said.until = None if deed == "refuse" else ends or forever
    elif deed == "withdraw" and said.until is not None:
        how = How(Channel.PORTAL)
        services.withdraw(actor=herself, customer=li, purpose=MARKETING, how=how, now=said.now)
        said.until = None
    elif deed == "restrict":
        kind = RefusalKind.RESTRICTED
        services.refuse_purpose(actor=herself, customer=li, purpose=SALES, kind=kind, now=said.now)
        said.restricted = True
    elif deed == "allow":
        services.allow_again(actor=herself, customer=li, purpose=SALES, now=said.now)
        said.restricted = False
    said.now += timedelta(days=2) if deed == "wait" else timedelta(minutes=1)


def is_read(register: Register, purpose: str, now: datetime) -> bool:
    try:
        opened = gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=purpose,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.VIEW,
            reason="",
            now=now,
        )
    except gate.Refused:
        return False
    return "mobile" in opened.permit.forms[register["li"]]


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_no_read_happens_without_a_live_basis_at_that_moment(register: Register, deeds: list[str]) -> None:
    Consent.objects.all().delete()
    Refusal.objects.all().delete()
    said = Said(clock.now())
    for deed in deeds:
        do(said, deed, register)
        for purpose in (MARKETING, SALES):
            assert is_read(register, purpose, said.now) == said.may_read(purpose), (deeds, deed, purpose)
