"""Before the first customer page everybody with a log-in acknowledges the rules in force; a new version asks again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from shouxin.core.policy import Action, Actor
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.policies import queries, services
from shouxin.rulebook.policies.models import Acknowledgement, PolicyVersion
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "只为工作查看客户信息。"


def new_version(register: Register, text: str = TEXT, days: int = 0) -> PolicyVersion:
    now = clock.now()
    drafted = services.draft_policy(
        register.world.actor("sales_head"),
        key="staff_rules",
        text_zh=text,
        text_en="Look at customers for work alone.",
        effective_on=now.astimezone(queries.ZONE).date() + timedelta(days=days),
        now=now,
    )
    return services.approve_policy(
        register.world.actor("officer"), version_id=drafted.id, seen=drafted.sha256, now=now
    )


def look(register: Register, actor: Actor) -> gate.Opened:
    return gate.open_sealed(
        actor=actor,
        purpose=SALES,
        customers=[register["li"]],
        fields=["person_name"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )


@pytest.mark.clause("B3.1")
def test_a_new_version_closes_the_gate_until_it_is_acknowledged(register: Register) -> None:
    clerk = register.world.actor("clerk")
    look(register, clerk)
    version = new_version(register)
    with pytest.raises(gate.Refused) as refused:
        look(register, clerk)
    assert refused.value.refusal.code == "readiness.missing"
    assert "客户信息使用守则" in refused.value.refusal.reason.zh
    services.acknowledge(actor=clerk, version_id=version.id, seen=version.sha256, now=clock.now())
    look(register, clerk)
    with pytest.raises(gate.Refused):  # one person's promise opens nothing for another
        look(register, register.world.actor("sales_head"))


def test_a_version_of_tomorrow_closes_nothing_today(register: Register) -> None:
    version = new_version(register, days=1)
    look(register, register.world.actor("clerk"))
    with pytest.raises(Refused, match="not_in_force"):
        services.acknowledge(
            actor=register.world.actor("clerk"), version_id=version.id, seen=version.sha256, now=clock.now()
        )


@pytest.mark.clause("B3.1")
def test_who_opens_a_customer_page_is_led_to_the_rules_and_back(register: Register, client: Client) -> None:
    version = new_version(register)
    register.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    wanted = reverse("customers:page", args=[register["li"]])
    led = client.get(wanted, follow=True)
    assert led.resolver_match.view_name == "rulebook:policy_read"
    assert TEXT in led.content.decode()
    form = {"version": version.id, "seen": version.sha256, "next": wanted}
    assert client.post(reverse("rulebook:policy_read"), form).status_code == 422  # nothing was promised
    back = client.post(reverse("rulebook:policy_read"), {**form, "promise": "on"}, follow=True)
    assert back.resolver_match.view_name == "customers:page"
    assert back.status_code == 200


def test_nobody_is_led_to_another_machine(register: Register, client: Client) -> None:
    version = new_version(register)
    register.world.signed_in(client, "clerk")
    form = {"version": version.id, "seen": version.sha256, "promise": "on", "next": "https://evil.example/"}
    assert client.post(reverse("rulebook:policy_read"), form)["Location"] == "/"


def test_a_text_that_was_not_shown_cannot_be_acknowledged(register: Register) -> None:
    version = new_version(register)
    with pytest.raises(Refused, match="not_in_force"):
        services.acknowledge(
            actor=register.world.actor("clerk"), version_id=version.id, seen="0" * 64, now=clock.now()
        )


@pytest.mark.clause("B3.1")
def test_the_acknowledgement_is_kept_per_person_and_version(register: Register) -> None:
    version, world = new_version(register), register.world
    for _ in range(2):  # the second time is the same promise
        services.acknowledge(
            actor=world.actor("clerk"), version_id=version.id, seen=version.sha256, now=clock.now()
        )
    kept = Acknowledgement.objects.get(version=version)
    assert (kept.staff, kept.person) == (world.people["clerk"], world.people["clerk"].person)
    lines = of_events(["policy.acknowledged"])
    assert [(line.actor, line.data["sha256"]) for line in lines] == [
        (world.people["clerk"].pseudonym, version.sha256)
    ]


def test_without_any_rules_in_force_nobody_is_ready(register: Register, superuser: object) -> None:
    superuser.execute("SET session_replication_role = replica")  # type: ignore[attr-defined]
    superuser.execute("DELETE FROM rulebook_acknowledgement")  # type: ignore[attr-defined]
    superuser.execute("DELETE FROM rulebook_policyversion")  # type: ignore[attr-defined]
    with pytest.raises(gate.Refused) as refused:
        look(register, register.world.actor("clerk"))
    assert refused.value.refusal.code == "readiness.missing"
