"""A newer rule pack is seen before it is loaded, and proves afterwards that it loosened nothing."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from shouxin.core.policy import Actor
from shouxin.journal.queries import of_events
from shouxin.rulebook.catalogue import pack, queries, services, upgrade
from shouxin.rulebook.catalogue import rules as decisions
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, Pack, PackProof
from tests.world import World
from tools.rule_pack import main as write_manifest

Row = dict[str, str]
LOOSEST = {
    "level_1_5": "1",
    "exposure_class": "public",
    "storage_rule": "clear",
    "masking_rule": "M-NONE",
    "is_pi": "n",
    "is_sensitive": "n",
    "is_trade_secret": "n",
    "uses": "business marketing service",
    "indexes": "exact last4",
    "consent_type": "none",
    "active": "y",
}


def newer(tmp_path: Path, change: Callable[[Row], Row]) -> Path:
    """The delivered pack with every row of the field dictionary put through `change`, under its own manifest."""
    folder = tmp_path / "cn-2027.01"
    shutil.copytree(pack.CURRENT, folder)
    table = folder / "field-dictionary.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(row) for row in rows)
    write_manifest(folder)
    return folder


def stricter(row: Row) -> Row:
    return {**row, "level_1_5": "4"} if row["field_key"] in {"gender", "employer"} else row


@pytest.mark.clause("C20.4")
def test_a_pack_that_would_loosen_everything_loosens_nothing(
    rules: services.Loaded, officer: Actor, tmp_path: Path
) -> None:
    before = upgrade.effective()
    folder = newer(tmp_path, lambda row: {**row, **LOOSEST})
    seen = upgrade.preview(pack.read(folder))
    assert {line.verdict for line in seen.lines if line.attribute in upgrade.COMPARED} == {"loosened"}
    assert {line.attribute for line in seen.lines} >= {"level", "exposure", "storage", "consent_type"}
    assert upgrade.effective() == before  # looking changes nothing
    services.load_pack(officer, folder=folder)
    assert upgrade.effective() == before
    proof = PackProof.objects.first()
    assert proof is not None
    assert proof.digest_before == proof.digest_after == upgrade.digest(before)
    assert (proof.compared, proof.lines) == (len(before) * len(upgrade.COMPARED), [])
    told = of_events(["pack.proved"])[0].data
    assert (told["before"], told["loosened"]) == (proof.digest_before, 0)


def test_what_a_pack_tightens_is_seen_applied_and_proved(
    rules: services.Loaded, officer: Actor, tmp_path: Path
) -> None:
    folder = newer(tmp_path, stricter)
    seen = upgrade.preview(pack.read(folder))
    assert {(line.field, line.attribute, line.verdict) for line in seen.lines} == {
        ("gender", "level", "tightened"),
        ("employer", "level", "tightened"),
    }
    services.load_pack(officer, folder=folder)
    assert queries.fields()["gender"].level == 4
    proof = PackProof.objects.first()
    assert proof is not None
    assert ["gender", "level", 2, 4, "tightened"] in proof.lines
    assert proof.digest_before != proof.digest_after == upgrade.digest(upgrade.effective())


def test_a_loading_that_would_loosen_is_undone_whole(
    rules: services.Loaded, officer: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if what keeps values from being loosened were broken."""
    before = upgrade.effective()
    folder = newer(
        tmp_path, lambda row: {**row, "consent_type": "none"} if row["field_key"] == "income" else row
    )
    monkeypatch.setattr(decisions, "loosened", lambda _before, _after: [])
    honest = upgrade._direction
    monkeypatch.setattr(
        upgrade,
        "_direction",
        lambda one, other: "loosened" if one == {"consent_type": "separate"} else honest(one, other),
    )
    with pytest.raises(Refused, match=r"pack\.loosens"):
        services.load_pack(officer, folder=folder)
    assert upgrade.effective() == before
    assert Pack.objects.count() == PackProof.objects.count() == 1


def test_a_proof_is_never_changed(rules: services.Loaded) -> None:
    for act in (lambda: PackProof.objects.update(compared=0), lambda: PackProof.objects.all().delete()):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            act()


def test_a_newer_pack_waits_until_somebody_saw_it_and_confirmed(
    world: World, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert services.load_at_start()
    folder = newer(tmp_path, stricter)
    read = pack.read
    monkeypatch.setattr(pack, "read", lambda _folder=None: read(folder))
    assert not services.load_at_start()
    assert Field.objects.get(key="gender").level == 2
    world.signed_in(client, "officer")
    assert "看过预览并确认后才载入" in client.get("/rules/pack/").content.decode()
    page = client.get("/rules/pack/load/").content.decode()
    assert "从严" in page
    assert "性别" in page
    unseen = client.post("/rules/pack/load/", {"seen": "0" * 64}).content.decode()
    assert "请先看过预览再确认" in unseen
    assert Field.objects.get(key="gender").level == 2
    assert client.post("/rules/pack/load/", {"seen": read(folder).sha256}).status_code == 302
    assert Field.objects.get(key="gender").level == 4
    proof = PackProof.objects.first()
    assert proof is not None
    shown = client.get(f"/rules/pack/proofs/{proof.id}/").content.decode()
    assert "与载入后相同" in shown
    assert proof.digest_after in shown
    assert services.load_at_start()
