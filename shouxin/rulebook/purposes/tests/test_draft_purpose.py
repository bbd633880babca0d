"""Drafting a purpose: complete before it is handed over, minimal in its fields, frozen afterwards."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import queries, services
from shouxin.rulebook.purposes.models import Notice, Purpose
from tests.world import World

SAID: Mapping[str, Any] = {
    "key": "repair",
    "name_zh": "上门维修",
    "name_en": "Repair at home",
    "description_zh": "安排师傅上门维修。",
    "subjects_zh": "个人客户",
    "handler": "守信示例公司",
    "basis_id": "CN-13-1-2",
    "article_id": "PIPL-013",
    "use": "service",
    "roles": ["clerk"],
    "retention_rule_id": "R-COMPLAINT",
}
FORM: Mapping[str, Any] = {
    **{name: value for name, value in SAID.items() if not name.endswith("_id")},
    "basis": "CN-13-1-2",
    "article": "PIPL-013",
    "retention_rule": "R-COMPLAINT",
    "notice": "customers",
}


@pytest.fixture
def draft(rules: catalogue.Loaded, head: Actor) -> Purpose:
    return services.draft_purpose(head, **SAID)


@pytest.mark.clause("C20.4")
def test_a_new_purpose_is_a_draft_and_allows_nothing(draft: Purpose, clerk: Actor) -> None:
    assert draft.status == "draft"
    assert queries.active_purposes(clerk) == ()


@pytest.mark.clause("A1.1")
def test_an_incomplete_draft_is_not_submitted_and_says_what_is_missing(draft: Purpose, head: Actor) -> None:
    with pytest.raises(Refused) as refused:
        services.submit_purpose(head, key="repair")
    assert refused.value.code == "purpose.fields"
    services.edit_purpose(head, key="repair", basis_id=None, article_id=None, roles=[])
    codes = {problem.code for problem in services.problems(Purpose.objects.get(key="repair"))}
    assert codes == {"purpose.basis", "purpose.article", "purpose.actors", "purpose.fields"}


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        ("home_address", {"reason_zh": " "}, "purpose.reason"),
        ("religion", {"reason_zh": "想知道"}, "purpose.forbidden"),
        ("line_profit", {"reason_zh": "想知道"}, "purpose.use"),
        ("health", {"reason_zh": "想知道"}, "purpose.sensitive_reason"),
        ("no_such", {"reason_zh": "想知道"}, "field.unknown"),
    ],
)
def test_a_field_is_listed_only_with_reason_and_right(
    draft: Purpose, head: Actor, field: str, said: dict[str, Any], code: str
) -> None:
    if field == "health":
        services.edit_purpose(head, key="repair", use="")
    with pytest.raises(Refused) as refused:
        services.set_need(head, key="repair", field=field, necessity="optional", **said)
    assert refused.value.code == code
    assert not draft.needs.exists()


def test_what_was_submitted_is_frozen(draft: Purpose, head: Actor) -> None:
    services.set_need(head, key="repair", field="mobile", necessity="required", reason_zh="预约上门")
    services.submit_purpose(head, key="repair")
    with pytest.raises(Refused, match="not_a_draft"):
        services.edit_purpose(head, key="repair", name_zh="别的")
    with pytest.raises(Refused, match="not_a_draft"):
        services.drop_need(head, key="repair", field="mobile")


def test_a_clerk_drafts_nothing(rules: catalogue.Loaded, clerk: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.draft_purpose(clerk, **SAID)


def test_a_head_drafts_from_an_existing_purpose_on_screens(world: World, client: Client) -> None:
    catalogue.load_pack(catalogue.START)
    Notice.objects.create(key="customers", title_zh="客户告知")
    services.draft_purpose(world.actor("sales_head"), **SAID)
    services.set_need(
        world.actor("sales_head"), key="repair", field="mobile", necessity="required", reason_zh="预约上门"
    )
    world.signed_in(client, "service_head")
    page = client.get("/rules/purposes/new/", {"from": "repair"})
    assert page.context["form"]["name_zh"].value() == "上门维修"
    kept = client.post("/rules/purposes/new/?from=repair", {**FORM, "key": "recall", "name_zh": "召回"})
    assert kept.status_code == 302
    assert [need.field_id for need in queries.needs_of(world.actor("officer"), "recall")] == ["mobile"]
    added = client.post(
        "/rules/purposes/recall/fields/",
        {"field": "person_name", "necessity": "optional", "reason_zh": "称呼客户"},
    )
    assert added.status_code == 302
    assert client.post("/rules/purposes/recall/fields/mobile/drop/").status_code == 302
    assert [need.field_id for need in queries.needs_of(world.actor("officer"), "recall")] == ["person_name"]
    assert client.post("/rules/purposes/recall/edit/", {**FORM, "name_zh": "产品召回"}).status_code == 302
    assert client.post("/rules/purposes/recall/submit/").status_code == 302
    assert client.get("/rules/purposes/recall/edit/").status_code == 404
    assert Purpose.objects.get(key="recall").status == "submitted"
    assert of_events(["purpose.submitted"])[0].sentence("zh-hans") == "提交处理目的 产品召回 待审批。"


def test_reserved_words_and_half_filled_forms_are_refused(world: World, client: Client) -> None:
    catalogue.load_pack(catalogue.START)
    world.signed_in(client, "sales_head")
    for said, field in (({**FORM, "key": "new"}, "key"), ({"key": "repair"}, "basis")):
        page = client.post("/rules/purposes/new/", said)
        assert page.status_code == 422
        assert field in page.context["form"].errors


def test_a_word_finds_an_entry_of_a_long_list_without_scripts(
    rules: catalogue.Loaded, world: World, client: Client
) -> None:
    """What fits stands on top; a word that fits one entry chooses it, and one that fits several puts those on top."""
    Notice.objects.create(key="customers", title_zh="客户告知")
    head = world.signed_in(client, "sales_head")
    page = head.get("/rules/purposes/new/").content.decode()
    articles, periods = page.split('name="article"')[1], page.split('name="retention_rule"')[1]
    assert articles.index("PIPL-013") < articles.index("PIPL-005") < articles.index("NDSR-")
    assert periods.index("R-COMPLAINT") < periods.index("R-ACC-BANK")
    typed = {
        **FORM,
        "article": "",
        "article_words": "pipl-013",
        "retention_rule": "",
        "retention_rule_words": "会计",
    }
    asked = head.post("/rules/purposes/new/", typed)
    assert asked.status_code == 422
    again = asked.content.decode().split('name="retention_rule"')[1]
    assert "已列在最前" in again
    assert again.index("R-ACC-VOUCHER") < again.index("R-CUST-BASE")
    head.post("/rules/purposes/new/", {**typed, "retention_rule_words": "投诉与客服"})
    kept = Purpose.objects.get(key="repair")
    assert (kept.article_id, kept.retention_rule_id) == ("PIPL-013", "R-COMPLAINT")
