"""Whose law applies to a customer is derived from what is stored, says on what it rests, and follows every change."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from django.test import Client

from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Customer, Kind, Scope
from shouxin.kit import clock
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


def stored(register: Register, values: Mapping[str, str]) -> Customer:
    clerk = register.world.actor("clerk")
    entry = CustomerEntry(
        Kind.PERSON, kept(values), register.world.departments["sales"].id, Scope.DEPARTMENT, clerk.id
    )
    (done,) = services.store(actor=clerk, footing=FOOTING, entries=[entry], now=clock.now())
    return Customer.objects.get(id=done.customer)


def changed(register: Register, customer: UUID, values: Mapping[str, str | None]) -> Customer:
    row = Customer.objects.get(id=customer)
    new = {key: kept({key: text})[key] if text else None for key, text in values.items()}
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values=new,
        now=clock.now(),
    )
    return Customer.objects.get(id=customer)


@pytest.mark.parametrize(
    ("values", "jurisdiction"),
    [
        ({"person_name": "李雷"}, "CN"),
        ({"mobile": "13812345678"}, "CN"),
        ({"mobile": "+49 30 901820"}, "EU"),
        ({"mobile": "+44 20 7946 0958"}, "GB"),
        ({"landline": "+852 2123 4567"}, "HK"),
        ({"mobile": "+81 3-1234-5678"}, "JP"),
        ({"country": "FR"}, "EU"),
        ({"country": "越南"}, "VN"),
        ({"home_address": "10 Rue de Rivoli\n75001 Paris\nFrance"}, "EU"),
        ({"home_address": "200 N Spring St\nLos Angeles, CA 90012"}, "US-CA"),
        ({"home_address": "北京市海淀区中关村大街1号"}, "CN"),
        ({"home_address": "日本东京都千代田区1-1"}, "JP"),
    ],
)
def test_one_sign_decides(register: Register, values: dict[str, str], jurisdiction: str) -> None:
    row = stored(register, {"person_name": "某人", **values})
    assert row.jurisdiction == jurisdiction
    assert set(row.jurisdiction_signs) == set(values) - {"person_name"}


@pytest.mark.parametrize(
    ("values", "jurisdiction"),
    [
        ({"mobile": "13812345678", "country": "DE"}, "EU"),
        ({"mobile": "+1 415 555 2671", "home_address": "北京市朝阳区建国路1号"}, "CN"),
        ({"mobile": "+81 3-1234-5678", "country": "HK"}, "HK"),
    ],
)
def test_where_signs_disagree_the_strictest_applies(
    register: Register, values: dict[str, str], jurisdiction: str
) -> None:
    row = stored(register, {"person_name": "某人", **values})
    assert row.jurisdiction == jurisdiction
    assert len(row.also_under) == 1


def test_it_follows_every_change(register: Register) -> None:
    row = stored(register, {"person_name": "Hans Müller", "mobile": "+49 30 901820"})
    assert row.jurisdiction == "EU"
    assert changed(register, row.id, {"mobile": "13812345678"}).jurisdiction == "CN"
    assert changed(register, row.id, {"country": "Deutschland"}).jurisdiction == "EU"
    gone = changed(register, row.id, {"country": None, "mobile": None})
    assert (gone.jurisdiction, gone.jurisdiction_signs) == ("CN", {})


def test_a_number_stored_with_a_fault_is_no_sign(register: Register) -> None:
    from shouxin.customers.registry.rules import UNVERIFIED, Kept

    clerk = register.world.actor("clerk")
    values = kept({"person_name": "某人"}) | {"mobile": Kept("+49 1", UNVERIFIED, "phone.foreign")}
    entry = CustomerEntry(
        Kind.PERSON, values, register.world.departments["sales"].id, Scope.DEPARTMENT, clerk.id
    )
    (done,) = services.store(actor=clerk, footing=FOOTING, entries=[entry], now=clock.now())
    assert Customer.objects.get(id=done.customer).jurisdiction_signs == {}


def test_the_page_says_what_it_rests_on(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    row = stored(register, {"person_name": "某人", "mobile": "13812345678", "country": "DE"})
    page = client.get(f"/customers/{row.id}/").content.decode()
    assert "欧盟与欧洲经济区" in page
    assert "手机号码 → 中国" in page
    assert "所在国家/地区 → 德国" in page
    assert "从严适用" in page
    presumed = client.get(f"/customers/{register['zhang']}/").content.decode()
    assert "依据：手机号码 → 中国" in presumed
    nobody = stored(register, {"person_name": "无号"})
    assert "推定" in client.get(f"/customers/{nobody.id}/").content.decode()
