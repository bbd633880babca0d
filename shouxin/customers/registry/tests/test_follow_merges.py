"""A customer merged into another: found and read as the one that stands for it, and as nobody by itself."""

import pytest
from django.test import Client

from shouxin.customers.registry import merging, queries, services
from shouxin.customers.registry.models import Customer, Scope
from shouxin.customers.registry.search import search
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import FOOTING, PEOPLE, SALES, Register, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(register: Register) -> Register:
    """Zhang and huaxin with its order were merged into li: the columns alone, as a merge leaves them."""
    Customer.objects.filter(id__in=[register["zhang"], register["huaxin"]]).update(absorbed_by=register["li"])
    return register


def seen(register: Register, who: str = "clerk") -> set[object]:
    return set(queries.visible(register.world.actor(who)).values_list("id", flat=True))


def test_lists_and_searches_know_only_who_stands_for_them(merged: Register) -> None:
    assert merged["li"] in seen(merged)
    assert merged["zhang"] not in seen(merged)
    for term in (PEOPLE["zhang"]["mobile"], PEOPLE["zhang"]["customer_no"], "91350100M000100Y43"):
        found = search(actor=merged.world.actor("clerk"), purpose=SALES, term=term, now=clock.now())
        assert [view.row.id for view in found.customers] == [merged["li"]], term


@pytest.mark.django_db(transaction=True)
def test_the_page_of_who_stands_shows_every_record_and_the_others_lead_there(
    merged: Register, client: Client
) -> None:
    merged.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    answer = client.get(f"/customers/{merged['huaxin']}/", follow=True)
    assert answer.redirect_chain == [(f"/customers/{merged['li']}/", 302)]
    page = answer.content.decode()
    assert "已并入下面这位客户" in page
    assert "CN-2026-0001" in page
    assert f"/customers/{merged['huaxin']}/records/{merged.records['order']}/edit/" in page
    for place in ("edit", "assign", "contact/new"):
        assert client.get(f"/customers/{merged['huaxin']}/{place}/").status_code == 302
    edit = f"/customers/{merged['huaxin']}/records/{merged.records['order']}/edit/"
    assert client.get(edit).status_code == 200


def test_one_reading_asks_as_for_the_one_that_stands(merged: Register) -> None:
    """Attack: a customer of the head's own was merged away; nobody else reads it by its old id."""
    Customer.objects.filter(id=merged["li"]).update(
        scope=Scope.OWN, responsible=merged.world.people["sales_head"]
    )
    assert queries.find_merged(merged.world.actor("clerk"), merged["zhang"]) is None
    with pytest.raises(gate.Refused):
        gate.admit(
            actor=merged.world.actor("clerk"),
            purpose=SALES,
            customers=[merged["zhang"]],
            fields=[],
            now=clock.now(),
        )
    assert queries.find_merged(merged.world.actor("sales_head"), merged["zhang"]) is not None


def test_a_restriction_of_either_holds_for_both(merged: Register) -> None:
    Customer.objects.filter(id=merged["li"]).update(restricted=True)
    with pytest.raises(gate.Refused, match="restricted"):
        gate.admit(
            actor=merged.world.actor("clerk"),
            purpose=SALES,
            customers=[merged["zhang"]],
            fields=[],
            now=clock.now(),
        )


def test_who_was_merged_is_not_written_to(merged: Register) -> None:
    row = Customer.objects.get(id=merged["zhang"])
    with pytest.raises(services.EditConflict):
        services.edit(
            actor=merged.world.actor("clerk"),
            footing=FOOTING,
            customer=row.id,
            revision=row.revision,
            values=kept({"mobile": "13900000000"}),
            now=clock.now(),
        )
    with pytest.raises(services.EditConflict):
        services.assign(
            actor=merged.world.actor("clerk"),
            customer=row.id,
            responsible=None,
            scope=Scope.ORGANISATION,
            purpose=SALES,
            now=clock.now(),
        )


def test_families_are_told_for_one_and_for_many(merged: Register) -> None:
    li, zhang, huaxin, service = (merged[name] for name in ("li", "zhang", "huaxin", "service"))
    assert merging.family(li) == [li, *sorted([zhang, huaxin])]
    assert merging.families([li, service]) == {li: [li, *sorted([zhang, huaxin])], service: [service]}
    assert merging.standing([zhang, service]) == {zhang: li, service: service}
