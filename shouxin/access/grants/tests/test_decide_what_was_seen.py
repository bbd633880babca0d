"""An approval is for what was looked at: frozen by its hash; the page says who decides, by when, and what changed."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.access.grants import rules, services
from shouxin.access.grants.models import StandingGrant, State
from shouxin.core.policy import PurposeStatus
from shouxin.journal.models import Entry
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.purposes.models import Purpose
from tests.register import SALES, Register


@pytest.fixture
def asked(register: Register) -> StandingGrant:
    return ask(register)


def ask(register: Register, days: int = 30) -> StandingGrant:
    now = clock.now()
    return services.propose(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        fields=["mobile", "person_name"],
        daily_limit=5,
        until=now + timedelta(days=days),
        reason="日常联系客户",
        now=now,
    )


def page(register: Register, client: Client, who: str, grant: StandingGrant) -> str:
    return register.world.signed_in(client, who).get(f"/access/grants/{grant.id}/").content.decode()


def test_what_changed_after_looking_is_not_approved(register: Register, asked: StandingGrant) -> None:
    seen = asked.digest
    StandingGrant.objects.filter(id=asked.id).update(fields=["mobile"])
    head, now = register.world.actor("sales_head"), clock.now()
    with pytest.raises(services.GrantProblem, match=r"grant\.changed"):
        services.approve(actor=head, grant=asked.id, now=now, seen=seen)
    asked.refresh_from_db()
    assert asked.state == State.PENDING
    services.approve(actor=head, grant=asked.id, now=now, seen=asked.digest)
    (line,) = of_events(["grant.approved"])
    assert line.data["content"] == asked.digest
    assert Entry.objects.filter(event="grant.approved").count() == 1


def test_the_form_of_approval_sends_the_hash_it_shows(
    register: Register, client: Client, asked: StandingGrant
) -> None:
    shown = page(register, client, "sales_head", asked)
    assert f'name="seen" value="{asked.digest}"' in shown
    assert "申请之后没有变化" in shown


def test_a_rule_that_changed_since_is_named(register: Register, client: Client, asked: StandingGrant) -> None:
    Purpose.objects.filter(key=SALES).update(status=PurposeStatus.RETIRED.value)
    shown = page(register, client, "sales_head", asked)
    assert "申请之后有变化" in shown


def test_the_applicant_is_told_who_decides_by_when_and_why_not_oneself(
    register: Register, client: Client, asked: StandingGrant
) -> None:
    shown = page(register, client, "clerk", asked)
    deciding = shown[shown.index("由谁审批") :].split("</section>")[0]
    for name in ("陈刚", "周正"):
        assert name in deciding
    assert "王芳" not in deciding
    assert rules.due_on(asked.proposed_at).isoformat() in deciding
    assert "不能批准自己的申请" in shown


def test_the_next_one_that_waits_is_one_click_away(
    register: Register, client: Client, asked: StandingGrant
) -> None:
    second = ask(register, days=7)
    assert f'href="/access/grants/{second.id}/">下一份' in page(register, client, "sales_head", asked)


def test_the_story_is_told_in_sentences_with_the_proof_for_who_reads_the_journal(
    register: Register, client: Client, asked: StandingGrant
) -> None:
    services.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=clock.now())
    told = page(register, client, "officer", asked)
    story = told[told.index('id="story"') :].split("</section>")[0]
    assert "申请常设用数授权" in story
    assert "批准常设用数授权" in story
    assert story.count("/journal/") == 2
    assert "/journal/" not in page(register, client, "clerk", asked)


def test_the_application_is_kept_and_gone_when_sent(register: Register, client: Client) -> None:
    client = register.world.signed_in(client, "clerk")
    draft = "01920000-0000-7000-8000-000000000001"
    said = {
        "purpose": SALES,
        "fields_asked": ["mobile", "person_name"],
        "daily_limit": "7",
        "days": "30",
        "reason": "回访客户",
        "draft": draft,
        "draft_revision": "0",
        "draft_address": f"/access/grants/propose/?purpose={SALES}",
    }
    client.post("/drafts/keep/grant/", said)
    resumed = client.get(f"/access/grants/propose/?draft={draft}").content.decode()
    assert "回访客户" in resumed
    assert 'value="7"' in resumed
    assert resumed.count(" checked") == 2
    client.post("/access/grants/propose/", {**said, "draft_revision": "1"})
    assert StandingGrant.objects.filter(reason="回访客户").exists()
    assert f"/drafts/{draft}/" not in client.get("/drafts/").content.decode()
