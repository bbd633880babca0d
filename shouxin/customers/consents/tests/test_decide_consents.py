"""A consent opens what was ticked until it is withdrawn or runs out, and is shown again as it was seen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import facts, pages, queries, services
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, Consent, Decision, RefusalKind, State
from shouxin.customers.consents.services import How
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import Channel as Door
from shouxin.customers.registry.models import Customer, Kind, Method, Scope
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import Register, kept

MARKETING = "marketing"
COUNTER = How(Channel.COUNTER)


def seen(register: Register, name: str = "li", field: str = "mobile") -> bool:
    """Whether the marketing clerk sees the field of this customer, masked, on a page of the purpose."""
    try:
        opened = gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=MARKETING,
            customers=[register[name]],
            fields=[field],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    except gate.Refused as refused:
        if refused.refusal.code != "consent.missing":
            raise
        return False
    return field in opened.permit.forms[register[name]]


def decided(register: Register, *ticked: str, name: str = "li", **how: Any) -> Decision:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    return services.decide(
        actor=customer_actor(register[name]),
        customer=register[name],
        shown=page.sha256,
        ticked=frozenset(ticked),
        how=replace(COUNTER, **how),
        now=now,
    )


@pytest.mark.django_db(transaction=True)
def test_a_consent_opens_from_giving_to_withdrawing(register: Register) -> None:
    assert not seen(register)
    decided(register, "general")
    assert seen(register)
    services.withdraw(
        actor=customer_actor(register["li"]),
        customer=register["li"],
        purpose=MARKETING,
        how=How(Channel.PORTAL),
        now=clock.now(),
    )
    assert not seen(register)
    events = [line.event for line in timeline(register["li"], limit=10)]
    assert {"consent.decided", "consent.withdrawn"} <= set(events)


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_sensitive_information_needs_a_tick_of_its_own(register: Register) -> None:
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    alone = [box for box in page.boxes if box.kind == "sensitive"]
    assert all(len(box.fields) == 1 for box in alone)
    general = page.boxes[0]
    assert not {key for box in alone for key in box.fields} & set(general.fields)
    if alone:
        decided(register, "general")
        assert not Consent.objects.filter(kind="sensitive", state=State.GIVEN).exists()
        with pytest.raises(ConsentProblem, match="bundled"):
            decided(register, alone[0].key)


def test_a_consent_that_ran_out_opens_nothing(register: Register) -> None:
    made = decided(register, "general", until=clock.now() + timedelta(days=1))
    later = clock.now() + timedelta(days=2)
    assert queries.consenting(MARKETING, [register["li"]], clock.now()) == {register["li"]: made.id}
    assert queries.consenting(MARKETING, [register["li"]], later) == {}


def test_evidence_shows_again_what_was_seen_and_never_changes(register: Register) -> None:
    made = decided(register, "general")
    again = pages.again(made.shown)
    assert again == pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(id=made.id).update(decided=State.REFUSED)


def test_refusing_is_written_down_and_not_asked_again_for_ninety_days(register: Register) -> None:
    decided(register)
    clerk, now = register.world.actor("clerk"), clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)

    def ask(at: Any) -> None:
        services.decide(
            actor=clerk,
            customer=register["li"],
            shown=page.sha256,
            ticked=frozenset({"general"}),
            how=COUNTER,
            now=at,
        )

    with pytest.raises(ConsentProblem, match=r"asked\.recently"):
        ask(now + timedelta(days=89))
    ask(now + timedelta(days=91))
    assert queries.consenting(MARKETING, [register["li"]], now + timedelta(days=92))


def test_nobody_decides_for_somebody_else(register: Register) -> None:
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    for actor in (customer_actor(register["zhang"]), register.world.actor("agent")):
        with pytest.raises(ConsentProblem, match=r"customer\.unknown"):
            services.decide(
                actor=actor,
                customer=register["li"],
                shown=page.sha256,
                ticked=frozenset({"general"}),
                how=COUNTER,
                now=clock.now(),
            )


@pytest.mark.clause("C3.2")
@pytest.mark.django_db(transaction=True)
def test_a_newcomer_is_stored_with_the_consent_that_came_with_the_values(register: Register) -> None:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    entry = CustomerEntry(
        Kind.PERSON,
        kept({"person_name": "周敏", "mobile": "13500001234"}),
        register.world.departments["marketing"].id,
        Scope.DEPARTMENT,
    )
    footing = Footing(MARKETING, Door.SURVEY, Method.HAND)
    marketer, before = register.world.actor("marketer"), Customer.objects.count()
    with pytest.raises(gate.Refused) as refused:
        registry.store(actor=marketer, footing=footing, entries=[entry], now=now)
    assert refused.value.refusal.code == "consent.missing"
    assert Customer.objects.count() == before
    agreed = services.agreement(
        shown=page.sha256, ticked=frozenset({"general"}), how=How(Channel.FORM), now=now
    )
    done = registry.store(
        actor=marketer, footing=replace(footing, agreement=agreed), entries=[entry], now=now
    )[0]
    assert Consent.objects.get(customer=done.customer, kind="general").state == State.GIVEN
    told = [line.event for line in reversed(timeline(done.customer, limit=10))]
    assert told.index("consent.decided") < told.index("customer.created")


@pytest.mark.django_db(transaction=True)
def test_a_purpose_is_refused_at_once_and_what_the_law_demands_is_named(register: Register) -> None:
    herself, now = customer_actor(register["li"]), clock.now()
    sales = {
        "actor": register.world.actor("clerk"),
        "purpose": "sales_contract",
        "customers": [register["li"]],
        "fields": ["mobile"],
        "action": Action.VIEW,
        "reason": "",
    }
    gate.open_sealed(**sales, now=now)  # type: ignore[arg-type]
    services.refuse_purpose(
        actor=herself, customer=register["li"], purpose="sales_contract", kind=RefusalKind.RESTRICTED, now=now
    )
    with pytest.raises(gate.Refused) as refused:
        gate.open_sealed(**sales, now=clock.now())  # type: ignore[arg-type]
    assert refused.value.refusal.code == "purpose.refused"
    with pytest.raises(ConsentProblem) as goes_on:
        services.refuse_purpose(
            actor=herself,
            customer=register["li"],
            purpose="legal_obligation",
            kind=RefusalKind.OBJECTED,
            now=now,
        )
    assert "第13条" in goes_on.value.text.zh
    services.allow_again(actor=herself, customer=register["li"], purpose="sales_contract", now=clock.now())
    gate.open_sealed(**sales, now=clock.now())  # type: ignore[arg-type]


def test_nothing_stands_without_the_purpose_itself(register: Register) -> None:
    """A consent to a sensitive field alone opens nothing; with the purpose, each field by the notice it was shown."""
    clerk = register.world.actor("clerk")
    apart, wanted = ("sensitive", ["id_number"], "b"), ("general", ["mobile", "email"], "a")
    assert facts.read_fields([apart], clerk) == {}
    assert facts.read_fields([("general", [], "c")], clerk) == {}
    assert facts.read_fields([apart, wanted, ("recipients", [], "c")], clerk) == {
        "consented": {"mobile", "email", "id_number"},
        "agreed_under": ("a", "b"),
    }
