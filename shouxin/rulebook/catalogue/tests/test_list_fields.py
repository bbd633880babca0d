"""The screens of the catalogue: who opens them, what they show, and that a long list costs no more than a short one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.rulebook.catalogue import services
from shouxin.rulebook.catalogue.models import Field
from tests.world import World

PAGES = ("fields/", "fields/mobile/", "pack/", "law/", "bases/", "retention/", "masks/")


@pytest.fixture
def loaded(world: World) -> World:
    services.load_pack(services.START)
    return world


@pytest.mark.parametrize("page", PAGES)
def test_readers_of_the_rulebook_open_every_page(loaded: World, client: Client, page: str) -> None:
    for who, status in (("officer", 200), ("clerk", 200), ("system_admin", 403)):
        assert loaded.signed_in(client, who).get(f"/rules/{page}").status_code == status


def test_filters_narrow_the_list(loaded: World, client: Client) -> None:
    page = loaded.signed_in(client, "officer").get(
        "/rules/fields/", {"record": "order_line", "exposure": "private", "level": "3", "words": "line_"}
    )
    shown = {field.key for field in page.context["rows"]}
    assert shown == {"line_sales", "line_discount", "line_profit"}
    assert client.get("/rules/fields/", {"state": "forbidden"}).context["counted"].number > 0
    assert "没有符合条件的字段" in client.get("/rules/fields/", {"words": "不存在"}).content.decode()


def test_a_default_is_shown_as_a_default_and_law_as_law(loaded: World, client: Client) -> None:
    loaded.signed_in(client, "officer")
    assert "产品默认" in client.get("/rules/fields/id_number/").content.decode()
    assert "已核对原文" in client.get("/rules/fields/face_image/").content.decode()
    default = client.get("/rules/retention/", {"words": "R-PROSPECT"}).content.decode()
    assert "产品默认" in default
    assert "已核对原文" not in default
    unproven = client.get("/rules/law/", {"mark": "FROM KNOWLEDGE"})
    assert unproven.context["counted"].number > 0
    assert "待核对原文" in unproven.content.decode()


def test_a_field_shows_its_mask_on_a_made_up_example(loaded: World, client: Client) -> None:
    page = loaded.signed_in(client, "clerk").get("/rules/fields/mobile/").content.decode()
    assert "138****1234" in page
    assert "在目的内脱敏显示" in page


def test_the_list_costs_the_same_for_one_field_and_for_fifty(loaded: World, client: Client) -> None:
    loaded.signed_in(client, "officer").get("/rules/fields/")
    costs = []
    for words in ("mobile", ""):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/rules/fields/", {"words": words})
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert Field.objects.count() > 50


def test_the_pack_in_force_is_named_with_every_file_and_hash(loaded: World, client: Client) -> None:
    page = loaded.signed_in(client, "supervisor").get("/rules/pack/")
    assert page.context["packs"][0].sha256 in page.content.decode()
    assert "field-dictionary.csv" in page.content.decode()
    assert page.context["differing"] == []
    assert client.post("/rules/pack/load/").status_code == 403


def test_pages_follow_each_other_without_loss_in_every_order(loaded: World, client: Client) -> None:
    loaded.signed_in(client, "officer")
    every = set(Field.objects.values_list("key", flat=True))
    for sort in ("record", "key", "level"):
        seen, address = [], f"/rules/fields/?all=1&size=100&sort={sort}"
        while address:
            page = client.get(address)
            seen += [field.key for field in page.context["rows"]]
            following = page.context["next_href"]
            address = f"/rules/fields/{following}" if following else ""
        assert len(seen) == len(every)
        assert set(seen) == every
    back = client.get(f"/rules/fields/{page.context['previous_href']}").context["rows"]
    assert [field.key for field in back] == seen[-len(page.context["rows"]) - 100 :][:100]


def test_a_filter_of_the_law_is_kept_by_name(loaded: World, client: Client) -> None:
    loaded.signed_in(client, "officer")
    address = client.post("/lists/law/filters/", {"name": "待核对", "mark": "FROM KNOWLEDGE"})["Location"]
    page = client.get(address)
    assert {row.verification[:14] for row in page.context["rows"]} == {"FROM KNOWLEDGE"}
    nonsense = client.get("/rules/law/?after=%27;--&all=1").context["rows"]
    assert [row.code for row in nonsense] == [
        row.code for row in client.get("/rules/law/?all=1").context["rows"]
    ]
