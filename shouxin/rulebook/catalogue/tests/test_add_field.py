"""A field of the organisation's own starts closed, and opens only after people have decided about it."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal.models import Entry
from shouxin.rulebook.catalogue import queries, services
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, FieldChange
from tests.world import World

SAID: Mapping[str, Any] = {
    "name_zh": "宠物名字",
    "name_en": "Name of the pet",
    "subject_type": "natural",
    "record": "profile",
    "classification": "用户数据",
    "category": "其他信息",
    "source_class": "internal",
    "identifier_role": "other",
    "uses": ["service"],
    "masking_rule": "M-NONE",
    "retention_rule": "R-COMPLAINT",
    "legal_basis_default": "13(1)(2) contract",
    "consent_type": "none",
    "validator": "LINE",
    "sector": "all",
    "note_zh": "",
    "note_en": "",
}


@pytest.mark.clause("C20.4")
def test_a_new_field_starts_closed(rules: services.Loaded, officer: Actor) -> None:
    field = services.add_field(officer, key="pet_name", **SAID)
    assert (field.level, field.exposure, field.storage) == (5, "private", "sealed")
    assert (field.is_personal, field.is_sensitive, field.is_trade_secret, field.active) == (
        None,
        None,
        None,
        False,
    )
    rule = queries.fields()["pet_name"]
    assert rule.personal
    assert rule.sensitive
    assert "pet_name" not in queries.active_fields()


@pytest.mark.parametrize("missing", ["retention_rule", "masking_rule", "uses", "legal_basis_default"])
def test_no_attribute_may_be_left_out(rules: services.Loaded, officer: Actor, missing: str) -> None:
    said = {name: value for name, value in SAID.items() if name != missing}
    with pytest.raises(TypeError, match=missing):
        services.add_field(officer, key="pet_name", **said)
    assert not Field.objects.filter(key="pet_name").exists()


def test_an_undecided_field_is_not_activated(rules: services.Loaded, officer: Actor) -> None:
    services.add_field(officer, key="pet_name", **SAID)
    with pytest.raises(Refused) as refused:
        services.activate_field(officer, key="pet_name")
    assert refused.value.code == "field.undecided"
    assert "商业秘密" in refused.value.text.zh
    services.decide_flag(officer, key="pet_name", flag="personal", value=True, reason="指向个人")
    services.decide_flag(officer, key="pet_name", flag="trade_secret", value=False, reason="不涉及经营")
    assert services.activate_field(officer, key="pet_name").active


def test_every_step_is_in_the_history_and_in_the_journal(rules: services.Loaded, officer: Actor) -> None:
    services.add_field(officer, key="pet_name", **SAID)
    services.decide_flag(officer, key="pet_name", flag="personal", value=True, reason="指向个人")
    assert [change.event for change in FieldChange.objects.filter(field_id="pet_name")] == [
        "field.flag_decided",
        "field.added",
    ]
    field = Field.objects.get(key="pet_name")
    assert field.personal_decided_by == officer.pseudonym
    assert field.personal_decided_at is not None
    assert Entry.objects.filter(event__in=["field.added", "field.flag_decided"]).count() == 2


def test_a_clerk_adds_nothing(rules: services.Loaded, clerk: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.add_field(clerk, key="pet_name", **SAID)


def test_the_officer_adds_decides_and_activates_on_screens(world: World, client: Client) -> None:
    services.load_pack(services.START)
    world.signed_in(client, "officer")
    empty = client.post("/rules/fields/new/", {"key": "pet_name"})
    assert empty.status_code == 422
    assert set(empty.context["form"].errors) >= set(SAID) - {"note_zh", "note_en"}
    assert client.post("/rules/fields/new/", {"key": "Pet-Name", **SAID}).status_code == 422
    assert client.post("/rules/fields/new/", {"key": "pet_name", **SAID}).status_code == 302
    page = client.get("/rules/fields/pet_name/").content.decode()
    assert "尚未判定" in page
    assert "/fields/pet_name/activate/" not in page
    refused = client.post("/rules/fields/pet_name/activate/")
    assert refused.status_code == 422
    assert "第501条" in refused.content.decode()
    for flag in ("personal", "trade_secret"):
        said = {"flag": flag, "value": "yes", "reason": "经评估"}
        assert client.post("/rules/fields/pet_name/decide/", said).status_code == 302
    assert client.post("/rules/fields/pet_name/activate/").status_code == 302
    page = client.get("/rules/fields/pet_name/").content.decode()
    assert "周正" in page  # who decided, and when
    assert Field.objects.get(key="pet_name").active


def test_a_reader_finds_no_verbs_and_is_refused_them(world: World, client: Client) -> None:
    services.load_pack(services.START)
    world.signed_in(client, "supervisor")
    assert client.get("/rules/fields/new/").status_code == 403
    assert client.post("/rules/fields/mobile/deactivate/", {"reason": uuid.uuid4().hex}).status_code == 403
    assert "/fields/mobile/change/" not in client.get("/rules/fields/mobile/").content.decode()
