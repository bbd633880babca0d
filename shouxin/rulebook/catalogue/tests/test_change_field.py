"""Changing, grading and retiring fields: stricter at once, looser only by two people, everything kept."""

import pytest
from django.test import Client

from shouxin.core.policy import Actor
from shouxin.journal.models import Entry
from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue import grading, queries, services
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, FieldChange
from tests.world import World

RAISE = "/rules/fields/gender/raise/"


def test_raising_a_level_holds_at_once(rules: services.Loaded, officer: Actor) -> None:
    assert queries.fields()["gender"].level == 2
    grading.raise_grade(officer, key="gender", level=4, reason="投诉后从严")
    assert queries.fields()["gender"].level == 4
    change = FieldChange.objects.filter(field_id="gender").first()
    assert change is not None
    assert (change.before, change.after) == ({"level": 2}, {"level": 4})
    assert Entry.objects.filter(event="field.level_raised").count() == 1


def test_raising_is_no_way_to_lower(rules: services.Loaded, officer: Actor) -> None:
    with pytest.raises(Refused, match="level_not_higher"):
        grading.raise_grade(officer, key="gender", level=1, reason="想放宽")


def test_a_flag_of_a_field_in_use_is_never_taken_back(rules: services.Loaded, officer: Actor) -> None:
    with pytest.raises(Refused, match="flag_settled"):
        services.decide_flag(officer, key="line_profit", flag="trade_secret", value=False, reason="公开了")
    assert queries.fields()["line_profit"].trade_secret


@pytest.mark.clause("C4.3")
def test_marketing_is_not_added_while_consents_cannot_be_known(
    rules: services.Loaded, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouxin.gate.facts.is_available", lambda name: name != "consent")
    with pytest.raises(Refused) as refused:
        services.change_field(
            officer, key="home_address", uses=["business", "marketing", "service"], reason="推广"
        )
    assert refused.value.code == "field.marketing_needs_consent"
    assert "第14条" in refused.value.article


def test_a_retired_field_leaves_every_purpose(rules: services.Loaded, officer: Actor) -> None:
    services.deactivate_field(officer, key="employer", reason="不再需要")
    assert "employer" not in queries.active_fields()
    assert not Field.objects.get(key="employer").active


def test_changes_are_told_with_names_and_reasons_on_the_screen(world: World, client: Client) -> None:
    services.load_pack(services.START)
    world.signed_in(client, "officer")
    assert client.post(RAISE, {"level": 4, "reason": "投诉后从严", "confirmed": "yes"}).status_code == 302
    page = client.get("/rules/fields/gender/").content.decode()
    assert "提高级别" in page
    assert "2 → 4" in page
    assert "投诉后从严" in page
    assert "周正" in page
    assert "与规则包不同" in page
    refused = client.post(RAISE, {"level": 1, "reason": "想放宽"})
    assert refused.status_code == 422
    assert "新级别必须高于现级别" in refused.content.decode()


def test_the_journal_names_the_field_in_words(rules: services.Loaded, officer: Actor) -> None:
    grading.raise_grade(officer, key="gender", level=4, reason="投诉后从严")
    line = of_events(["field.level_raised"])[0]
    assert line.sentence("zh-hans") == "字段 性别 的级别由 2 提高到 4，立即生效。"
    assert "Raised the level of Gender from 2 to 4" in line.sentence("en")
