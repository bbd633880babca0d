"""Two entries of one person become one: the last word of both holds, a withdrawal before all; undoing is exact."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import joining, pages, queries, services
from shouxin.customers.consents.models import Channel, Consent, Decision, Refusal, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.registry.merging import Merging
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.register import SALES, Register

MARKETING = "marketing"


def say(register: Register, name: str, *ticked: str, at: Any) -> None:
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=at)
    services.decide(
        actor=customer_actor(register[name]),
        customer=register[name],
        shown=page.sha256,
        ticked=frozenset(ticked),
        how=How(Channel.PORTAL),
        now=at,
    )


def take_back(register: Register, name: str, at: Any) -> None:
    services.withdraw(
        actor=customer_actor(register[name]),
        customer=register[name],
        purpose=MARKETING,
        how=How(Channel.PORTAL),
        now=at,
    )


def standing() -> set[tuple[Any, ...]]:
    return set(
        Consent.objects.values_list("customer_id", "kind", "state", "decision_id", "since", "until")
    ) | {(row.customer_id, row.purpose) for row in Refusal.objects.filter(lifted_at__isnull=True)}


def merged(register: Register) -> tuple[Merging, Any]:
    both = Merging(register["li"], register["zhang"], clock.now())
    with transaction.atomic():
        Customer.objects.filter(id=both.absorbed).update(absorbed_by=both.survivor)
        return both, joining.join(register.world.actor("sales_head"), both)


def parted(register: Register, both: Merging, kept: Any) -> None:
    with transaction.atomic():
        joining.part_again(register.world.actor("sales_head"), both, kept)
        Customer.objects.filter(id=both.absorbed).update(absorbed_by=None)


@pytest.mark.django_db
def test_of_two_entries_the_last_word_holds_for_both_until_they_part(register: Register) -> None:
    now = clock.now()
    say(register, "zhang", "general", at=now - timedelta(days=2))
    services.refuse_purpose(
        actor=customer_actor(register["li"]),
        customer=register["li"],
        purpose=SALES,
        kind=RefusalKind.OBJECTED,
        now=now,
    )
    before, evidence = standing(), Decision.objects.count()
    both, kept = merged(register)
    assert set(queries.consenting(MARKETING, [both.survivor, both.absorbed], now)) == {
        both.survivor,
        both.absorbed,
    }
    assert Refusal.objects.filter(purpose=SALES).count() == 2
    parted(register, both, kept)
    assert standing() == before
    assert Decision.objects.count() == evidence


@pytest.mark.django_db
def test_a_withdrawal_in_one_entry_beats_a_later_yes_in_the_other(register: Register) -> None:
    now = clock.now()
    say(register, "zhang", "general", at=now - timedelta(days=3))
    take_back(register, "zhang", now - timedelta(days=2))
    say(register, "li", "general", at=now - timedelta(days=1))
    before = standing()
    both, kept = merged(register)
    assert queries.consenting(MARKETING, [both.survivor, both.absorbed], now) == {}
    parted(register, both, kept)
    assert standing() == before
    # What the person says after the merge holds for both, and stays when they part again.
    both, kept = merged(register)
    say(register, "li", "general", at=clock.now())
    assert len(queries.consenting(MARKETING, [both.survivor, both.absorbed], clock.now())) == 2
    take_back(register, "li", clock.now())
    parted(register, both, kept)
    assert queries.consenting(MARKETING, [both.survivor, both.absorbed], clock.now()) == {}
