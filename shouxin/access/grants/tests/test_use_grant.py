"""What a standing grant opens: named fields of one's own customers, so many times a day, until it ends."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.access.grants import services
from shouxin.access.grants.services import GrantProblem
from shouxin.access.grants.tests.conftest import Propose, Reveal
from shouxin.customers.registry.models import Customer
from shouxin.gate.services import Refused
from shouxin.kit import clock
from tests.register import PHONE, SALES, Register, grant


def test_it_opens_as_often_as_it_says_and_again_tomorrow(register: Register, reveal: Reveal) -> None:
    grant(register, limit=2)
    assert [reveal(), reveal()] == [PHONE, PHONE]
    with pytest.raises(Refused) as refused:
        reveal()
    assert refused.value.refusal.code == "grant.daily-limit"
    assert reveal(later=timedelta(days=1)) == PHONE


def test_the_page_says_whose_it_is_how_often_more_and_how_to_call_without_looking(
    register: Register, client: Client
) -> None:
    grant(register, limit=5)
    clerk = register.world.signed_in(client, "clerk")
    clerk.post("/purpose/", {"purpose": SALES})
    here = f"/customers/{register['li']}/"
    clerk.post(f"{here}contact/", {"reason_class": "order"})
    for left in ("4", "3"):
        page = clerk.post(f"{here}reveal/", {"field": "mobile"}).content.decode()
        assert PHONE in page
        assert "李**" in page
        assert f"今天还可以查看 {left} 次" in page
        assert f'href="{here}#dial"' in page


@pytest.mark.parametrize(
    ("customer", "field", "code"),
    [
        ("zhang", "mobile", "grant.not-own"),  # a colleague's
        ("li", "id_number", "grant.sensitive"),
        ("li", "home_address", "grant.missing"),  # not among the fields it names
    ],
)
def test_it_opens_nothing_else(
    register: Register, reveal: Reveal, customer: str, field: str, code: str
) -> None:
    grant(register)
    Customer.objects.filter(id=register["zhang"]).update(responsible=register.world.people["sales_head"])
    with pytest.raises(Refused) as refused:
        reveal(customer=customer, field=field)
    assert refused.value.refusal.code == code
    assert refused.value.refusal.article
    assert refused.value.refusal.ways_out


def test_it_opens_nothing_after_its_end(register: Register, reveal: Reveal) -> None:
    grant(register)
    with pytest.raises(Refused):
        reveal(later=timedelta(days=31))


@pytest.mark.parametrize("who", ["clerk", "sales_head", "officer", "security_admin"])
def test_one_click_ends_it_at_once(register: Register, reveal: Reveal, who: str) -> None:
    held = grant(register)
    assert reveal() == PHONE
    services.end(actor=register.world.actor(who), grant=held, now=clock.now())
    with pytest.raises(Refused):
        reveal()


def test_a_stranger_does_not_end_it(register: Register) -> None:
    held = grant(register)
    with pytest.raises(GrantProblem, match=r"grant\.unknown"):
        services.end(actor=register.world.actor("service_head"), grant=held, now=clock.now())


def test_a_proposal_is_taken_back_by_whoever_made_it(propose: Propose, register: Register) -> None:
    asked = propose()
    with pytest.raises(GrantProblem, match=r"grant\.unknown"):
        services.withdraw(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())
    services.withdraw(actor=register.world.actor("clerk"), grant=asked.id, now=clock.now())
    with pytest.raises(GrantProblem, match=r"grant\.decided-already"):
        services.approve(actor=register.world.actor("officer"), grant=asked.id, now=clock.now())
