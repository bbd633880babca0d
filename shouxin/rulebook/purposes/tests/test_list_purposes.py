"""The record of processing activities on the screen."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.purposes import services
from shouxin.rulebook.purposes.defaults import adopt_defaults
from tests.world import World


@pytest.fixture
def adopted(world: World) -> World:
    catalogue.load_pack(catalogue.START)
    adopt_defaults(world.actor("sales_head"), world.actor("officer"), organisation="示例公司", contact="周正")
    return world


@pytest.mark.clause("A1.1")
def test_a_record_shows_basis_article_fields_retention_and_notice(adopted: World, client: Client) -> None:
    page = adopted.signed_in(client, "audit_admin").get("/rules/purposes/sales_contract/").content.decode()
    for part in (
        "个人信息保护法 第13条第1款第2项",
        "订立合同必须知道相对人",
        "客户关系终止",
        "客户个人信息处理告知",
        "产品默认",
        "承运人",
        "陈刚",
    ):
        assert part in page


def test_the_list_costs_the_same_for_one_purpose_and_for_eight(adopted: World, client: Client) -> None:
    services.retire_purpose(adopted.actor("officer"), key="marketing", reason="暂不推广")
    adopted.signed_in(client, "officer").get("/rules/purposes/")
    costs = []
    for status in ("retired", ""):
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/rules/purposes/", {"status": status})
        costs.append(len(queries))
    assert page.context["counted"].number == 9
    assert costs[0] == costs[1]


def test_an_organisation_without_purposes_is_told_what_to_do(world: World, client: Client) -> None:
    page = world.signed_in(client, "sales_head").get("/rules/purposes/").content.decode()
    assert "采用默认目的" in page
    assert world.signed_in(client, "system_admin").get("/rules/purposes/").status_code == 403
    assert world.signed_in(client, "clerk").get("/rules/purposes/").status_code == 200
    assert client.get("/rules/purposes/new/").status_code == 403
    assert client.get("/rules/purposes/defaults/").status_code == 403
