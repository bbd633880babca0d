"""Region profiles: drafted by one, approved by another, only stricter, in force at once."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import Actor, NotAllowed, Role
from shouxin.core.policy.regions import RegionRule, of_customer, of_region, raised
from shouxin.kit import clock
from shouxin.rulebook.catalogue import queries as catalogue
from shouxin.rulebook.catalogue import services as packs
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.regions import queries, services
from shouxin.rulebook.regions.models import RegionField, RegionVersion
from shouxin.rulebook.regions.rules import Hours, Raise
from tests.world import World

HOURS = Hours("Asia/Tokyo", (1, 2, 3, 4, 5), time(9), time(18))
GENDER = Raise("gender", 4, sensitive=True, reason="当地习惯")


def drafted(actor: Actor, *raises: Raise, jurisdiction: str = "JP") -> RegionVersion:
    return services.draft_region(
        actor, jurisdiction=jurisdiction, hours=HOURS, raises=raises, note="当地习惯", now=clock.now()
    )


def approved(actor: Actor, version: RegionVersion) -> RegionVersion:
    return services.approve_region(actor, version_id=version.id, seen=version.sha256, now=clock.now())


def test_it_holds_once_another_person_approved(
    rules: packs.Loaded, officer: Actor, head: Actor, clerk: Actor
) -> None:
    version = drafted(head, GENDER)
    assert queries.in_force_rules() == {}
    with pytest.raises(NotAllowed):
        approved(head, version)
    with pytest.raises(NotAllowed):
        drafted(clerk, GENDER)
    approved(officer, version)
    assert queries.in_force_rules()["JP"]["gender"] == RegionRule(4, sensitive=True)


def test_the_drafter_does_not_approve(rules: packs.Loaded, officer: Actor) -> None:
    with pytest.raises(Refused, match="needs_two"):
        approved(officer, drafted(officer, GENDER))
    with pytest.raises(IntegrityError), transaction.atomic():
        RegionVersion.objects.update(approved_by=officer.pseudonym, approved_at=clock.now())


def test_what_was_not_seen_is_not_approved(rules: packs.Loaded, officer: Actor, head: Actor) -> None:
    version = drafted(head, GENDER)
    with pytest.raises(Refused, match=r"region\.changed"):
        services.approve_region(officer, version_id=version.id, seen="0" * 64, now=clock.now())


def test_a_profile_never_lowers(rules: packs.Loaded, officer: Actor, head: Actor) -> None:
    for lower in (
        Raise("gender", 2, sensitive=False, reason="放宽"),  # as it stands
        Raise("id_number", 2, sensitive=False, reason="放宽"),
        Raise("id_number", None, sensitive=True, reason="本来就敏感"),
    ):
        with pytest.raises(Refused, match="not_stricter"):
            drafted(head, lower)
    with pytest.raises(Refused, match="public_field"):
        drafted(head, Raise("company_name", 4, sensitive=True, reason="从严"))
    for key, rule in catalogue.fields().items():
        loose = raised(rule, {key: RegionRule(level=1, sensitive=False)})
        assert loose == rule  # even if one stood in the database
    with pytest.raises(IntegrityError), transaction.atomic():
        RegionField.objects.create(version=drafted(head, GENDER), field_id="mobile", level=1, reason="放宽")


def test_what_was_approved_stays(rules: packs.Loaded, officer: Actor, head: Actor) -> None:
    version = approved(officer, drafted(head, GENDER))
    for change in (
        lambda: RegionVersion.objects.filter(id=version.id).update(until_hour=time(23)),
        lambda: RegionField.objects.update(level=2),
        lambda: RegionField.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()


def test_a_part_of_a_country_falls_back_to_the_country() -> None:
    regions = {"US": {"gender": RegionRule(3)}, "US-CA": {"gender": RegionRule(4)}}
    assert of_region(regions, "US-CA")["gender"].level == 4
    assert of_region(regions, "US-NY")["gender"].level == 3
    assert of_region(regions, "CN") == {}


def test_of_several_regions_each_field_is_held_to_the_strictest() -> None:
    regions = {
        "EU": {"gender": RegionRule(3), "mobile": RegionRule(0, sensitive=True)},
        "US-CA": {"gender": RegionRule(4), "email": RegionRule(4)},
    }
    both = of_customer(regions, "EU", ["US-CA", "CN"])
    assert both == {
        "gender": RegionRule(4),
        "mobile": RegionRule(0, sensitive=True),
        "email": RegionRule(4),
    }
    assert of_customer(regions, "EU", []) == regions["EU"]


def test_the_pack_proposes_and_binds_nobody(rules: packs.Loaded, officer: Actor) -> None:
    made = services.load_regions(packs.START, now=clock.now())
    assert {one.jurisdiction for one in made} == {"EU", "HK", "US-CA"}
    assert all(one.verification and one.pack_id for one in made)
    assert queries.in_force_rules() == {}
    assert services.load_regions(packs.START, now=clock.now()) == []
    eu = next(one for one in made if one.jurisdiction == "EU")
    assert {row.verification for row in queries.law(officer, "EU")} == {"VERIFIED"}
    approved(officer, eu)
    nationality = catalogue.fields()["nationality"]
    assert raised(nationality, queries.in_force_rules()["EU"]).sensitive


def test_two_drafts_of_one_region_do_not_wait_at_once(rules: packs.Loaded, head: Actor) -> None:
    drafted(head, GENDER)
    with pytest.raises(Refused, match="not_possible"):
        drafted(head)


def test_on_the_screen_from_draft_to_force(world: World, client: Client) -> None:
    packs.load_pack(packs.START)
    lines: dict[str, Any] = {
        "line-TOTAL_FORMS": 1,
        "line-INITIAL_FORMS": 0,
        "line-0-field": "gender",
        "line-0-level": "4",
        "line-0-sensitive": "on",
        "line-0-reason": "当地习惯",
    }
    said = {
        "jurisdiction": "JP",
        "timezone": "Asia/Tokyo",
        "weekdays": [1, 2, 3, 4, 5],
        "from_hour": "09:00",
        "until_hour": "18:00",
        "note": "当地习惯",
    }
    world.signed_in(client, "sales_head")
    answer = client.post("/rules/regions/new/", {**said, **lines})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "4 级，敏感" in page
    assert "周一至周五 09:00–18:00（当地，Asia/Tokyo）" in page
    version = RegionVersion.objects.get()
    world.signed_in(client, "officer")
    assert "JP" in client.get("/rules/regions/", {"state": "awaiting"}).content.decode()
    address = f"/rules/regions/versions/{version.id}/approve/"
    assert client.post(address, {"seen": version.sha256}).status_code == 302
    assert queries.in_force()["JP"].number == 1
    again = client.get("/rules/regions/new/", {"region": "JP"}).content.decode()
    assert "当地习惯" in again


def test_a_looser_version_says_so_before_it_is_approved(
    rules: packs.Loaded, officer: Actor, head: Actor, person: Callable[..., Actor]
) -> None:
    from shouxin.rulebook.regions.presenting import shown

    approved(officer, drafted(head, GENDER))
    second = drafted(person(Role.HEAD))
    assert list(shown(second).looser) == ["性别"]
