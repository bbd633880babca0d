"""A grade is lowered by three people: who proposes it and two who approve, the officer being one of them."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import Actor, Exposure, NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.rulebook.catalogue import effects, grading, queries, services
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, FieldChange, LevelLowering
from tests.world import World

KEY = "home_address"
REASON = "只留到区县，不再到门牌"


def lowered(officer: Actor, key: str = KEY, level: int = 2) -> LevelLowering:
    return grading.propose_lowering(officer, key=key, level=level, reason=REASON)


@pytest.fixture
def ordinary(rules: services.Loaded) -> str:
    """A field that is personal but not sensitive, of level 3, and stays above by no law."""
    found = Field.objects.filter(level=3, is_sensitive=False, active=True, exposure="private")
    return found.exclude(verification__startswith="VERIFIED").order_by("key")[0].key


@pytest.mark.clause("C4.0")
def test_it_takes_two_others_and_a_reason(
    ordinary: str, officer: Actor, head: Actor, security: Actor
) -> None:
    with pytest.raises(Refused, match=r"reason\.missing"):
        grading.propose_lowering(officer, key=ordinary, level=2, reason=" ")
    lowered(officer, ordinary)
    with pytest.raises(Refused, match="needs_two"):
        grading.approve_lowering(officer, key=ordinary)
    grading.approve_lowering(head, key=ordinary)
    assert queries.fields()[ordinary].level == 3
    with pytest.raises(Refused, match="needs_two"):
        grading.approve_lowering(head, key=ordinary)
    grading.approve_lowering(security, key=ordinary)
    assert queries.fields()[ordinary].level == 2
    change = FieldChange.objects.filter(field_id=ordinary, event="field.level_lowered").get()
    three = {officer.pseudonym, head.pseudonym, security.pseudonym}
    assert {change.actor, change.second_actor, change.third_actor} == three
    assert change.reason == REASON
    assert Entry.objects.filter(event="field.level_lowered").count() == 1


def test_without_the_officer_among_them_it_stays(
    ordinary: str, head: Actor, security: Actor, person: Callable[..., Actor]
) -> None:
    lowered(head, ordinary)
    grading.approve_lowering(security, key=ordinary)
    with pytest.raises(Refused, match="needs_officer"):
        grading.approve_lowering(person(Role.HEAD), key=ordinary)
    assert queries.fields()[ordinary].level == 3


def test_a_clerk_neither_asks_nor_approves(ordinary: str, clerk: Actor, officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        lowered(clerk, ordinary)
    lowered(officer, ordinary)
    with pytest.raises(NotAllowed):
        grading.approve_lowering(clerk, key=ordinary)


def test_who_asked_takes_it_back_and_nobody_else(ordinary: str, officer: Actor, head: Actor) -> None:
    lowered(officer, ordinary)
    with pytest.raises(Refused, match="lowering_not_own"):
        grading.withdraw_lowering(head, key=ordinary)
    grading.withdraw_lowering(officer, key=ordinary)
    with pytest.raises(Refused, match="no_lowering"):
        grading.approve_lowering(head, key=ordinary)


def test_a_refused_one_leaves_the_level(ordinary: str, officer: Actor, head: Actor) -> None:
    lowered(officer, ordinary)
    grading.reject_lowering(head, key=ordinary, reason="仍需到门牌")
    assert LevelLowering.objects.get().confirmed is False
    assert queries.fields()[ordinary].level == 3


def test_raised_meanwhile_the_old_proposal_is_stale(
    ordinary: str, officer: Actor, head: Actor, security: Actor
) -> None:
    lowered(officer, ordinary)
    grading.approve_lowering(head, key=ordinary)
    grading.raise_grade(officer, key=ordinary, level=4, reason="投诉后从严")
    with pytest.raises(Refused, match="lowering_stale"):
        grading.approve_lowering(security, key=ordinary)
    assert queries.fields()[ordinary].level == 4


def test_what_the_law_or_sensitivity_sets_is_a_floor(rules: services.Loaded, officer: Actor) -> None:
    verified = Field.objects.get(key="income")
    assert verified.verification.startswith("VERIFIED")
    with pytest.raises(Refused, match="floor") as refused:
        lowered(officer, "income")
    assert "GB/T 45574" in refused.value.article
    sensitive = Field.objects.get(key="id_number")
    assert (sensitive.verification, sensitive.is_sensitive) == ("PRODUCT DEFAULT", True)
    with pytest.raises(Refused, match="floor"):
        lowered(officer, "id_number")


def test_what_somebody_marked_is_a_floor(
    ordinary: str, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shouxin.core.text import Text

    marked = {"test": lambda rule: Text("标为高风险", "marked") if rule.key == ordinary else None}
    monkeypatch.setattr(effects, "floors", marked)
    with pytest.raises(Refused, match="floor"):
        lowered(officer, ordinary)


def test_the_class_is_lowered_the_same_way_and_values_stay_sealed(
    ordinary: str, officer: Actor, head: Actor, security: Actor
) -> None:
    storage = queries.fields()[ordinary].storage
    grading.propose_lowering(officer, key=ordinary, level=3, exposure="semi_public", reason=REASON)
    for one in (head, security):
        grading.approve_lowering(one, key=ordinary)
    assert queries.fields()[ordinary].exposure is Exposure.SEMI_PUBLIC
    assert queries.fields()[ordinary].storage is storage


def test_the_database_refuses_what_two_did_not_approve(ordinary: str, officer: Actor, head: Actor) -> None:
    with pytest.raises(IntegrityError, match="two approvers"), transaction.atomic():
        Field.objects.filter(key=ordinary).update(level=1)
    with pytest.raises(IntegrityError, match="two approvers"), transaction.atomic():
        Field.objects.filter(key=ordinary).update(exposure="public")
    proposal = lowered(officer, ordinary)
    for first in (officer.pseudonym, None, head.pseudonym):
        forged = {
            "confirmed": True,
            "officer_took_part": True,
            "first_by": first,
            "closed_by": head.pseudonym,
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            LevelLowering.objects.filter(id=proposal.id).update(**forged)


def test_what_was_sealed_never_stands_in_clear_again(ordinary: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Field.objects.filter(key=ordinary).update(storage="clear", indexes=[])


def test_three_people_on_the_screen(world: World, client: Client) -> None:
    services.load_pack(services.START)
    field = Field.objects.filter(level=3, is_sensitive=False, active=True).order_by("key")[0]
    address = f"/rules/fields/{field.key}"
    world.signed_in(client, "officer")
    said = {"level": 2, "reason": REASON}
    shown = client.post(f"{address}/lower/", said).content.decode()
    assert "影响" in shown
    assert not LevelLowering.objects.exists()
    assert client.post(f"{address}/lower/", {**said, "confirmed": "yes"}).status_code == 302
    own = client.post(f"{address}/lower-confirm/")
    assert own.status_code == 422
    assert "由申请人以外的两个人" in own.content.decode()
    for who in ("security_admin", "sales_head"):
        world.signed_in(client, who)
        waiting = client.get("/rules/fields/", {"state": "waiting"}).context["rows"]
        assert field.key in {found.key for found in waiting}
        assert "影响" in client.get(f"{address}/lower-confirm/").content.decode()
        assert client.post(f"{address}/lower-confirm/").status_code == 302
    assert Field.objects.get(key=field.key).level == 2
