"""Whatever is given, withdrawn, restricted, denied or runs out, in whatever order: nothing is read or given away, and
no message leaves, without a live basis at that moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shouxin.core.policy import Action, Actor, customer_actor
from shouxin.customers.consents import leaving, pages, services
from shouxin.customers.consents.models import Channel, Consent, Refusal, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.messages.models import Message
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.messages.tests.cast import MARKETING, NOON, NOTICE, approved, put, send
from shouxin.customers.messages.tests.conftest import Mailbox, mailbox
from shouxin.customers.registry import restricting
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import ids
from shouxin.portal.changes import services as changes
from shouxin.portal.changes import settling
from shouxin.portal.changes.models import Freeze
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Check
from tests.companies import PARTNER, entered, revised
from tests.register import SALES, Register

__all__ = ["mailbox"]
STEP, A_WHILE = (
    timedelta(minutes=1),
    timedelta(minutes=5),
)  # everything within the hours in which messages may arrive
GENERAL = "general"
FOREVER = timedelta(days=10_000)


@dataclass
class Said:
    """What the person said so far, as anybody would keep it on a sheet of paper."""

    register: Register
    box: Mailbox
    company: UUID  # that may be given it, where they agree
    now: datetime = NOON
    until: datetime | None = None  # of the consent; None: there is none
    refused: bool = False  # the purpose of sales
    restricted: bool = False  # everything
    given: bool = False  # to the company too
    change: UUID | None = None  # of the mail address, not denied so far
    freeze: UUID | None = None  # "this is not mine": it is out of use until staff settled it
    written: list[Message] = field(default_factory=list)  # approved, waiting to be sent

    def may(self, purpose: str) -> bool:
        if self.restricted:
            return False
        if purpose == MARKETING:
            return self.until is not None and self.until > self.now
        return not self.refused

    def may_write(self, purpose: str) -> bool:
        """By mail, so not to an address that was denied."""
        return self.may(purpose) and self.freeze is None

    def may_be_given(self) -> bool:
        return self.given and not self.restricted

    @property
    def li(self) -> Actor:
        return customer_actor(self.register["li"])


def decide(said: Said, *ticked: str, until: datetime | None = None) -> None:
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=said.now)
    services.decide(
        actor=said.li,
        customer=said.li.id,
        shown=page.sha256,
        ticked=frozenset(ticked),
        how=How(Channel.PORTAL, until=until),
        now=said.now,
    )
    said.until = (until or said.now + FOREVER) if ticked else None
    said.given = len(ticked) > 1


def give_for_a_while(said: Said) -> None:
    decide(said, GENERAL, until=said.now + A_WHILE)


def withdraw(said: Said) -> None:
    if said.until is not None:
        how = How(Channel.PORTAL)
        services.withdraw(actor=said.li, customer=said.li.id, purpose=MARKETING, how=how, now=said.now)
        said.until, said.given = None, False


def take_back(said: Said) -> None:
    if said.given:
        how, box = How(Channel.PORTAL), f"provision:{said.company}"
        services.withdraw(
            actor=said.li, customer=said.li.id, purpose=MARKETING, how=how, now=said.now, box=box
        )
        said.given = False


def refuse_sales(said: Said) -> None:
    kind = RefusalKind.RESTRICTED
    services.refuse_purpose(actor=said.li, customer=said.li.id, purpose=SALES, kind=kind, now=said.now)
    said.refused = True


def allow_sales(said: Said) -> None:
    services.allow_again(actor=said.li, customer=said.li.id, purpose=SALES, now=said.now)
    said.refused = False


def restrict(said: Said, *, restricted: bool = True) -> None:
    head = said.register.world.actor("sales_head")
    restricting.restrict(
        actor=head, customers=[said.li.id], reason="own_request", now=said.now, restricted=restricted
    )
    said.restricted = restricted


def deny(said: Said) -> None:
    """The person says at their own door that this address is not theirs."""
    if said.change is not None:
        row = changes.deny_change(me=said.li, entry=said.change, session=ids.new(), now=said.now)
        said.change, said.freeze = None, row.id


def settle(said: Said) -> None:
    """Staff looked into it: the change was right."""
    if said.freeze is None:
        return
    clerk, case = said.register.world.actor("clerk"), Freeze.objects.get(id=said.freeze).case
    assert case
    cases.take(actor=clerk, case=case.id, now=said.now)
    case.refresh_from_db()
    if case.state == "identity":
        cases.check(actor=clerk, case=case.id, method=Check.Method.IN_PERSON, now=said.now)
    settling.keep(actor=clerk, freeze=said.freeze, now=said.now)
    said.freeze = None


def write(said: Said) -> None:
    """An offer and a message about an order are approved now, to be sent whenever it is their turn."""
    messages: list[tuple[str, dict[str, Any]]] = [(MARKETING, {}), (SALES, NOTICE)]
    for purpose, other in messages:
        if said.may_write(purpose):
            said.written.append(approved(said.register, "li", at=said.now, **other))
        else:
            with pytest.raises(MessageProblem, match="nobody"):
                approved(said.register, "li", at=said.now, **other)


def send_written(said: Said) -> None:
    """Everything that waits is handed to the mail server, or not, by what holds in this moment."""
    for message in said.written:
        said.box.letters.clear()
        send(message, said.now)
        assert bool(said.box.letters) is said.may_write(message.purpose), message.purpose
    said.written.clear()


def wait(said: Said) -> None:
    said.now += A_WHILE * 2


DEEDS: dict[str, Callable[[Said], None]] = {
    "give": lambda said: decide(said, GENERAL),
    "give for a while": give_for_a_while,
    "give to the company": lambda said: decide(said, GENERAL, f"provision:{said.company}"),
    "take back from it": take_back,
    "say no": decide,
    "withdraw": withdraw,
    "refuse sales": refuse_sales,
    "allow sales": allow_sales,
    "restrict": restrict,
    "release": lambda said: restrict(said, restricted=False),
    "deny": deny,
    "settle": settle,
    "wait": wait,
    "write": write,
    "send": send_written,
}


def is_read(said: Said, purpose: str, field: str) -> bool:
    try:
        opened = gate.open_sealed(
            actor=said.register.world.actor("clerk"),
            purpose=purpose,
            customers=[said.li.id],
            fields=[field],
            action=Action.VIEW,
            reason="",
            now=said.now,
        )
    except gate.Refused:
        return False
    return field in opened.permit.forms[said.li.id]


def is_given(said: Said) -> bool:
    found = leaving.to_company(
        purpose=MARKETING, recipient=said.company, customers=[said.li.id], now=said.now
    )
    return "mobile" in found.fields.get(said.li.id, ())


@pytest.fixture
def company(register: Register) -> UUID:
    """Somebody whom the purpose may give it to, where the person agrees."""
    (partner,) = entered(register.world, PARTNER)
    revised(register.world, MARKETING, named=[partner])
    return partner.id


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(list(DEEDS)), max_size=10))
@example(deeds=["give to the company", "restrict"])
@example(deeds=["deny"])
@example(deeds=["deny", "give for a while", "settle", "write", "restrict"])
def test_nothing_is_read_given_or_sent_without_a_live_basis_at_that_moment(
    register: Register, company: UUID, mailbox: Mailbox, deeds: list[str]
) -> None:
    Consent.objects.all().delete()
    Refusal.objects.all().delete()
    Customer.objects.filter(id=register["li"]).update(restricted=False)
    said = Said(register, mailbox, company)
    said.freeze = Freeze.objects.filter(settled_at=None).values_list("id", flat=True).first()
    settle(said)
    put(register, "li", email=f"li{Message.objects.count()}@mail.example")
    said.change = next(line.id for line in timeline(said.li.id, limit=50) if line.event == "customer.changed")
    for deed in ["give", "write", *deeds, "send"]:
        DEEDS[deed](said)
        said.now += STEP
        for purpose in (MARKETING, SALES):
            assert is_read(said, purpose, "mobile") == said.may(purpose), (deeds, deed, purpose)
            assert is_read(said, purpose, "email") == said.may_write(purpose), (deeds, deed, purpose)
        assert is_given(said) == said.may_be_given(), (deeds, deed)
