"""Whatever is given, withdrawn, restricted or runs out, in whatever order: nothing is read or given away without a
live basis."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import leaving, pages, services
from shouxin.customers.consents.models import Channel, Consent, Refusal, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.companies import PARTNER, entered, revised
from tests.register import SALES, Register

MARKETING = "marketing"
GIVING = ("give", "give for a day", "give to the company")
DEEDS = st.lists(
    st.sampled_from((*GIVING, "take back from it", "refuse", "withdraw", "restrict", "allow", "wait")),
    max_size=8,
)
YES: frozenset[str] = frozenset({"general"})
TICKED = {**dict.fromkeys(GIVING, YES), "refuse": frozenset[str]()}


@dataclass
class Said:
    """What the person said so far, as anybody would keep it on a sheet of paper."""

    now: datetime
    until: datetime | None = None  # of the consent; None: there is none
    restricted: bool = False
    company: bool = False  # may be given it

    def may_read(self, purpose: str) -> bool:
        if purpose == MARKETING:
            return self.until is not None and self.until > self.now
        return not self.restricted


def do(said: Said, deed: str, register: Register, box: str) -> None:
    li, forever = register["li"], said.now + timedelta(days=10_000)
    herself = customer_actor(li)
    if deed in {*GIVING, "refuse"}:
        page = pages.present(purpose=MARKETING, language="zh-Hans", now=said.now)
        ends = said.now + timedelta(days=1) if deed == "give for a day" else None
        services.decide(
            actor=herself,
            customer=li,
            shown=page.sha256,
            ticked=TICKED[deed] | ({box} if deed == "give to the company" else frozenset()),
            how=How(Channel.PORTAL, until=ends),
            now=said.now,
        )
        said.until = None if deed == "refuse" else ends or forever
        said.company = deed == "give to the company"
    elif deed == "take back from it" and said.company:
        how = How(Channel.PORTAL)
        services.withdraw(actor=herself, customer=li, purpose=MARKETING, how=how, now=said.now, box=box)
        said.company = False
    elif deed == "withdraw" and said.until is not None:
        how = How(Channel.PORTAL)
        services.withdraw(actor=herself, customer=li, purpose=MARKETING, how=how, now=said.now)
        said.until, said.company = None, False
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


def is_given(register: Register, company: UUID, now: datetime) -> bool:
    li = register["li"]
    found = leaving.to_company(purpose=MARKETING, recipient=company, customers=[li], now=now)
    return "mobile" in found.fields.get(li, ())


@pytest.fixture
def company(register: Register) -> UUID:
    """Somebody whom the purpose may give it to, where the person agrees."""
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    return partner.id


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_nothing_is_read_or_given_without_a_live_basis_at_that_moment(
    register: Register, company: UUID, deeds: list[str]
) -> None:
    Consent.objects.all().delete()
    Refusal.objects.all().delete()
    said = Said(clock.now())
    for deed in deeds:
        do(said, deed, register, f"provision:{company}")
        for purpose in (MARKETING, SALES):
            assert is_read(register, purpose, said.now) == said.may_read(purpose), (deeds, deed, purpose)
        assert is_given(register, company, said.now) == said.company, (deeds, deed)
