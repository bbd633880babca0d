"""A customer is found by where they live, where things are delivered, and where a company is registered."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.crypto.indexes import KINDS
from shouxin.customers.registry import services
from shouxin.customers.registry.search import search
from shouxin.kit import clock
from shouxin.vault.models import SearchToken
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


def found(register: Register, term: str, who: str = "clerk") -> set[UUID]:
    result = search(actor=register.world.actor(who), purpose=SALES, term=term, now=clock.now())
    return {view.row.id for view in result.customers}


def moved(register: Register, name: str, field: str, address: str, revision: int = 1) -> UUID:
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register[name],
        revision=revision,
        values=kept({field: address}),
        now=clock.now(),
    )
    return register[name]


def test_a_home_is_found_by_estate_and_building_and_no_more_after_moving(register: Register) -> None:
    zhang = moved(register, "zhang", "home_address", "江苏省苏州市姑苏区人民路312号金桂花园3幢2单元501室")
    for term in ("金桂花园", "桂花园3栋", "金桂花园３号楼", "人民路312号", "苏州市姑苏区人民路312号"):
        assert found(register, term) == {zhang}, term
    for term in ("金桂花园5栋", "人民路12号", "人民路", "姑苏区", "杭州市人民路312号"):
        assert found(register, term) == set(), term
    moved(register, "zhang", "home_address", "江苏省苏州市姑苏区干将路8号橡树湾1栋101室", 2)
    assert found(register, "金桂花园") == set()
    assert found(register, "橡树湾1号楼") == {zhang}


def test_a_foreign_home_is_found_by_street_and_number(register: Register) -> None:
    zhang = moved(register, "zhang", "home_address", "Flat 3, 221B Baker Street, London NW1 6XE")
    assert found(register, "221b baker st") == found(register, "Baker Street 221B") == {zhang}
    assert found(register, "21b baker street") == found(register, "London") == set()


def test_an_order_is_found_by_where_it_goes(register: Register) -> None:
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["huaxin"],
        revision=1,
        record=register.records["order"],
        values=kept({"delivery_address": "福建省福州市鼓楼区五四路128号恒力城2层"}),
        now=clock.now(),
    )
    assert found(register, "五四路128号") == found(register, "恒力城") == {register["huaxin"]}


def test_a_registered_address_in_clear_is_found_the_same_way(register: Register) -> None:
    huaxin = moved(register, "huaxin", "registered_address", "福建省福州市台江区江滨中大道378号宸鸿国际中心")
    assert found(register, "江滨中大道378号") == found(register, "宸鸿国际") == {huaxin}
    assert found(register, "江滨中大道37号") == found(register, "台江区") == set()


def test_an_address_costs_few_tokens_that_nobody_can_tell_from_chance(register: Register) -> None:
    moved(register, "zhang", "home_address", "江苏省苏州市姑苏区人民路312号金桂花园3幢2单元501室")
    tokens = SearchToken.objects.filter(customer_id=register["zhang"], kind=KINDS["address"].number)
    # The road with its number, two windows of the estate; short tokens may coincide under the key of the day.
    assert 1 <= tokens.count() <= 3


def test_out_of_scope_nobody_is_found_by_an_address(register: Register) -> None:
    moved(register, "zhang", "home_address", "江苏省苏州市姑苏区人民路312号金桂花园3幢2单元501室")
    assert found(register, "金桂花园", "agent") == set()


def test_a_road_without_its_number_is_answered_with_what_would_find(
    register: Register, client: Client
) -> None:
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    told = browser.post("/customers/find/", {"term": "中关村大街"}).content.decode()
    assert "请加上门牌号" in told
    assert "没有找到" not in told
    assert "李**" in browser.post("/customers/find/", {"term": "中关村大街1号"}).content.decode()
