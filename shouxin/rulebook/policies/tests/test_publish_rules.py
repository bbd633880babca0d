"""The product's default rules are in force until the organisation publishes its own: one drafts, another approves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.services import START
from shouxin.rulebook.policies import queries, services
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion
from tests.register import acknowledge
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]


def draft(world: World, who: str = "sales_head", text: str = "本单位的守则", days: int = 0) -> PolicyVersion:
    return services.draft_policy(
        world.actor(who),
        key="staff_rules",
        text_zh=text,
        text_en="Our own rules",
        effective_on=timezone.localdate() + timedelta(days=days),
        now=clock.now(),
    )


def approve(world: World, version: PolicyVersion, who: str = "officer") -> PolicyVersion:
    return services.approve_policy(
        world.actor(who), version_id=version.id, seen=version.sha256, now=clock.now()
    )


def test_the_default_is_in_force_and_marked_as_such(world: World, client: Client) -> None:
    (version,) = queries.in_force()
    assert (version.number, version.verification) == (1, "PRODUCT DEFAULT")
    shown = world.signed_in(client, "clerk").get(reverse("rulebook:policies")).content.decode()
    assert "产品默认" in shown
    assert "客户信息使用守则" in shown


def test_loading_again_brings_nothing_and_never_replaces_an_own_version(world: World) -> None:
    assert services.load_policies(START, now=clock.now()) == []
    own = approve(world, draft(world))
    assert services.load_policies(START, now=clock.now() + timedelta(days=1)) == []
    assert queries.in_force() == [own]


def test_nothing_is_put_in_force_for_yesterday(world: World) -> None:
    with pytest.raises(Refused, match="past"):
        draft(world, days=-1)


def test_the_drafter_does_not_approve_even_with_another_log_in(world: World) -> None:
    version = draft(world)
    Staff.objects.filter(user_name="officer").update(person=world.staff("sales_head").person)
    with pytest.raises(Refused, match="needs_two"):
        approve(world, version)
    assert list(queries.awaiting(world.actor("officer"))) == []


def test_a_text_changed_after_it_was_shown_is_not_approved(world: World) -> None:
    version = draft(world)
    with pytest.raises(Refused, match="changed"):
        services.approve_policy(world.actor("officer"), version_id=version.id, seen="0" * 64, now=clock.now())


def test_an_approved_text_never_changes(world: World) -> None:
    version = approve(world, draft(world))
    with pytest.raises(IntegrityError, match="never changes"):
        PolicyVersion.objects.filter(id=version.id).update(text_zh="别的")


def test_a_promise_cannot_be_taken_back_or_moved(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        Acknowledgement.objects.all().delete()


def test_drafts_are_not_for_everybody(world: World, client: Client) -> None:
    version = draft(world)
    address = reverse("rulebook:policy_version", args=[version.id])
    assert world.signed_in(client, "clerk").get(address).status_code == 404
    assert world.signed_in(client, "officer").get(address).status_code == 200


@pytest.mark.clause("B3.1")
def test_coverage_counts_active_log_ins_and_names_who_is_missing(world: World, client: Client) -> None:
    assert queries.coverage(world.actor("officer")).complete
    version = approve(world, draft(world))
    everybody = Staff.objects.filter(is_active=True).exclude(roles=[])  # who has no role cannot sign in
    covered = queries.coverage(world.actor("officer"))
    assert (covered.accounts, covered.acknowledged, covered.percent) == (everybody.count(), 0, 0)
    acknowledge(*everybody.exclude(user_name__in=["clerk", "audit_admin"]))
    covered = queries.coverage(world.actor("officer"))
    assert not covered.complete
    assert covered.percent < 100
    missing = queries.accounts(world.actor("officer"), missing=True).values_list("user_name", flat=True)
    assert set(missing) == {"clerk", "audit_admin"}
    assert set(queries.accounts(world.actor("sales_head"), missing=True)) == {world.people["clerk"]}
    world.signed_in(client, "officer")
    page = client.get(reverse("rulebook:policy_coverage"), {"state": "missing"}).content.decode()
    assert "王芳" in page
    assert "冯涛" in page
    assert "周正" not in page.partition("<main")[2].partition("</main>")[0]
    acknowledge(*everybody.filter(user_name__in=["clerk", "audit_admin"]))
    assert queries.coverage(world.actor("officer")).percent == 100
    assert version in queries.in_force()


def test_the_screens_publish_a_new_version(world: World, client: Client) -> None:
    form = {"text_zh": "新的守则", "text_en": "New rules", "effective_on": timezone.localdate().isoformat()}
    world.signed_in(client, "sales_head")
    assert client.post(reverse("rulebook:policy_next", args=["staff_rules"]), form).status_code == 302
    version = PolicyVersion.objects.get(number=2)
    world.signed_in(client, "officer")
    assert "待我审批的守则" in client.get("/").content.decode()
    address = reverse("rulebook:policy_approve", args=[version.id])
    assert "新的守则" in client.get(address).content.decode()
    assert client.post(address, {"seen": version.sha256}).status_code == 302
    assert queries.in_force() == [PolicyVersion.objects.get(number=2)]


def test_a_draft_is_taken_back_with_a_reason(world: World, client: Client) -> None:
    version = draft(world)
    world.signed_in(client, "officer")
    address = reverse("rulebook:policy_discard", args=[version.id])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "写错了"}).status_code == 302
    assert not PolicyVersion.objects.filter(id=version.id).exists()
