import shutil
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test import Client

from shouxin.core.policy import Actor, NotAllowed, Storage
from shouxin.journal.models import Entry
from shouxin.kit import startup
from shouxin.rulebook.catalogue import grading, loading, pack, queries, services
from shouxin.rulebook.catalogue.models import (
    Field,
    FieldChange,
    LegalArticle,
    LegalBasis,
    MaskingRule,
    Pack,
    ReferenceRow,
    RetentionRule,
)
from shouxin.rulebook.wording import SORTS
from tests.world import World


def test_every_row_of_the_pack_arrives(rules: services.Loaded) -> None:
    delivered = pack.read()
    assert Field.objects.count() == len(delivered.fields) == 134
    assert MaskingRule.objects.count() == len(delivered.rows("masking-rules"))
    assert RetentionRule.objects.count() == len(delivered.rows("retention-defaults"))
    assert LegalArticle.objects.count() == len(delivered.rows("law-register")) == 180
    assert ReferenceRow.objects.filter(table="identifier-rules").count() == 18
    assert rules.created > 400
    assert Entry.objects.filter(event="pack.loaded").count() == 1


def test_loading_twice_changes_nothing(rules: services.Loaded, officer: Actor) -> None:
    before = queries.revision()
    again = services.load_pack(officer)
    assert (again.created, again.updated, again.kept) == (0, 0, ())
    assert Pack.objects.count() == 1
    assert queries.revision() == before
    assert Entry.objects.filter(event="pack.loaded").count() == 1


def test_facts_and_marks_stand_as_delivered(rules: services.Loaded) -> None:
    assert Field.objects.get(key="id_number").verification == "PRODUCT DEFAULT"
    assert Field.objects.get(key="face_image").verification == "VERIFIED"
    assert RetentionRule.objects.get(code="R-AML-ID").min_value == 10
    assert LegalArticle.objects.get(code="PIPL-013").verification == "VERIFIED"


def test_only_public_fields_and_filter_columns_stand_in_clear(rules: services.Loaded) -> None:
    clear = [rule for rule in queries.fields().values() if rule.storage is Storage.CLEAR]
    assert all(rule.exposure == "public" or rule.key == "segment" for rule in clear)
    assert queries.fields()["mobile"].indexes == ("exact", "last4")


@pytest.mark.parametrize("key", ["religion", "card_auth_data", "otp", "password_hash", "face_image"])
def test_what_may_not_be_stored_is_forbidden(rules: services.Loaded, key: str) -> None:
    rule = queries.fields()[key]
    assert rule.storage is Storage.FORBIDDEN
    assert not rule.active


def test_prices_profit_quotation_financials_and_needs_are_trade_secrets(rules: services.Loaded) -> None:
    secret = {key for key, rule in queries.fields().items() if rule.trade_secret}
    assert secret >= {
        "line_sales",
        "line_discount",
        "line_profit",
        "quotation",
        "company_financials",
        "customer_needs",
    }
    assert "mobile" not in secret


def test_the_cn_pack_has_the_seven_grounds_and_no_legitimate_interests(rules: services.Loaded) -> None:
    bases = list(LegalBasis.objects.filter(jurisdiction="CN").order_by("code"))
    assert [basis.citation[-6:] for basis in bases] == [f"第1款第{n}项" for n in range(1, 8)]
    assert not [
        basis for basis in bases if "legitimate" in basis.name_en.lower() or "正当利益" in basis.name_zh
    ]
    assert [basis.code for basis in bases if basis.requires == "consent"] == ["CN-13-1-1"]


def edited_pack(tmp_path: Path, old: str, new: str) -> Path:
    """The current pack with one text replaced in the field dictionary, under a manifest of its own."""
    from tools.rule_pack import main

    folder = tmp_path / "cn-2027.01"
    shutil.copytree(pack.CURRENT, folder)
    table = folder / "field-dictionary.csv"
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new), "utf-8")
    main(folder)
    return folder


def test_an_altered_file_is_refused(db: None, officer: Actor, tmp_path: Path) -> None:
    folder = tmp_path / "cn-2026.11"
    shutil.copytree(pack.CURRENT, folder)
    with (folder / "thresholds.csv").open("a") as table:
        table.write("T-NEW,x\n")
    with pytest.raises(pack.PackBroken, match=r"thresholds\.csv"):
        services.load_pack(officer, folder=folder)
    assert not Pack.objects.exists()


def test_a_newer_pack_keeps_what_the_organisation_set(
    rules: services.Loaded, officer: Actor, tmp_path: Path
) -> None:
    services.change_field(officer, key="employer", name_zh="单位", reason="本单位用语")
    folder = edited_pack(tmp_path, "employer,工作单位,Employer,", "employer,就职单位,Employer name,")
    loaded = services.load_pack(officer, folder=folder)
    field = Field.objects.get(key="employer")
    assert (field.name_zh, field.name_en) == ("单位", "Employer name")
    assert loaded.kept == (("employer", "name_zh"),)
    assert loading.differences(field) == [("name_zh", "就职单位", "单位")]
    assert FieldChange.objects.filter(field=field, event="pack.loaded").first().after == {  # type: ignore[union-attr]
        "name_en": "Employer name"
    }


@pytest.mark.clause("C20.4")
def test_a_newer_pack_never_loosens_protection(
    rules: services.Loaded, officer: Actor, tmp_path: Path
) -> None:
    before = dict(queries.fields())
    row = next(
        line
        for line in (pack.CURRENT / "field-dictionary.csv").read_text().split("\n")
        if line.startswith("income,")
    )
    looser = row.replace(",y,y,", ",y,n,").replace(",3,private,", ",1,public,").replace("M-AMOUNT", "M-NONE")
    loaded = services.load_pack(officer, folder=edited_pack(tmp_path, row, looser))
    assert dict(queries.fields()) == before
    assert {key for key, _ in loaded.kept} == {"income"}
    assert {name for _, name in loaded.kept} >= {"level", "exposure", "is_sensitive", "masking_rule_id"}


def test_a_clerk_may_not_load_rules(db: None, clerk: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.load_pack(clerk)


def test_the_start_loads_what_came_with_the_version_once(db: None) -> None:
    assert "rulebook.pack" in startup.steps
    for _again in range(2):
        startup.steps["rulebook.pack"]()
    assert Pack.objects.count() == 1
    assert Pack.objects.get().loaded_by == services.START.pseudonym
    assert Entry.objects.filter(event="pack.loaded").count() == 1


def test_the_officer_loads_on_the_screen_and_nothing_is_loosened(world: World, client: Client) -> None:
    services.load_pack(services.START)
    grading.raise_grade(world.actor("officer"), key="gender", level=5, reason="从严")
    before = dict(queries.fields())
    world.signed_in(client, "officer")
    answer = client.post("/rules/pack/load/", follow=True)
    assert "没有变化" in answer.content.decode()
    assert dict(queries.fields()) == before
    assert [field.key for field, _ in client.get("/rules/pack/").context["differing"]] == ["gender"]


def test_an_altered_file_is_named_on_the_screen_and_refused(
    world: World, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cn-2026.11"
    shutil.copytree(pack.CURRENT, folder)
    (folder / "law-register.csv").write_text("id\n", "utf-8")
    read = pack.read
    monkeypatch.setattr(pack, "read", lambda _folder=None: read(folder))
    world.signed_in(client, "officer")
    assert "law-register.csv" in client.get("/rules/pack/").content.decode()
    answer = client.post("/rules/pack/load/", follow=True)
    assert "没有载入" in answer.content.decode()
    assert not Pack.objects.exists()


def test_what_pages_show_of_it_stands_in_both_languages() -> None:
    """Notes on fields, the sorts of information and the titles of laws."""
    delivered = pack.read()
    for row in delivered.fields.values():
        assert bool(row["note_zh"]) == bool(row["note_en"]), row["field_key"]
        sorts = {row["gb43697_class"], row["gb35273_category"], row["gb45574_category"]} - {""}
        assert sorts <= set(SORTS), row["field_key"]
        assert not any("一" <= sign <= "鿿" for sign in row["note_en"]), row["field_key"]
    for row in delivered.rows("law-register"):
        assert row["instrument_en"], row["id"]
        assert not any("一" <= sign <= "鿿" for sign in row["instrument_en"]), row["id"]


def test_what_an_english_only_pack_delivered_is_replaced_and_own_notes_stay(
    rules: services.Loaded, officer: Actor
) -> None:
    """As the tables stood before a pack spoke both languages, then migrated and started again."""
    for key, own in (("education", ""), ("health", "本单位的说明")):
        row = Field.objects.get(key=key)
        old = {name: value for name, value in row.pack_row.items() if name not in {"note_zh", "note_en"}}
        row.pack_row, row.note_zh, row.note_en = old | {"note": "off"}, own or "off", ""
        row.save()
    LegalArticle.objects.update(instrument_en="", pack_row=RawSQL("pack_row - 'instrument_en'", ()))
    with connection.cursor() as cursor:
        cursor.execute(import_module("shouxin.rulebook.migrations.0012_both_languages").FORWARD)
    Pack.objects.update(sha256="0" * 64)
    services.load_pack(officer)
    assert Field.objects.get(key="education").note_zh == "默认停用。"
    assert Field.objects.get(key="education").note_en == "Off by default."
    assert Field.objects.get(key="health").note_zh == "本单位的说明"
    assert not LegalArticle.objects.filter(instrument_en="").exists()
