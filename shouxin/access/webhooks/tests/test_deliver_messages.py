"""Messages arrive signed; what fails is tried again with longer waits, then given up, and somebody is told."""

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from shouxin.access.webhooks import delivering, queries, rules, services
from shouxin.access.webhooks.models import Delivery, Endpoint, EndpointState
from shouxin.access.webhooks.services import WebhookProblem
from shouxin.access.webhooks.tests.conftest import Ask
from shouxin.journal.models import Entry
from shouxin.kit import clock, outward
from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.guarding.models import SecurityNotice
from tests.harness.certificates import BAD, Authority
from tests.harness.jobs import run_queued
from tests.harness.receiver import Receiver
from tests.world import World

Told = tuple[Endpoint, str]


def ping(ruled: World, endpoint: Endpoint) -> Delivery:
    return services.ping(actor=ruled.actor("sales_head"), endpoint=endpoint.id, now=clock.now())


def outcomes(delivery: Delivery) -> list[str]:
    return [one.outcome for one in delivery.attempts.order_by("id")]


def test_message_arrives_signed_and_says_nothing_of_anybody(
    told: Told, ruled: World, receiver: Receiver
) -> None:
    endpoint, secret = told
    sent = ping(ruled, endpoint)
    assert receiver.got == []
    assert run_queued("webhooks") == [services.DELIVER]
    (got,) = receiver.got
    assert got.path == "/hooks"
    assert Webhook(secret).verify(got.body, got.headers)["type"] == "ping"
    assert set(json.loads(got.body)) == {"type", "timestamp", "data"}
    assert got.headers["webhook-id"] == rules.message_id(sent.id)
    sent.refresh_from_db()
    assert (sent.state, sent.tries, outcomes(sent)) == ("delivered", 1, ["delivered"])
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)


def test_rolled_back_change_sends_nothing(told: Told, ruled: World, receiver: Receiver) -> None:
    with transaction.atomic():
        services.tell(told[0], rules.PING, {}, clock.now())
        transaction.set_rollback(True)
    assert run_queued("webhooks") == []
    assert receiver.got == []


def test_rotated_secret_signs_twice_for_a_week(told: Told, ruled: World, receiver: Receiver) -> None:
    endpoint, old = told
    _endpoint, new = services.rotate_secret(
        actor=ruled.actor("sales_head"), endpoint=endpoint.id, now=clock.now()
    )
    ping(ruled, endpoint)
    run_queued("webhooks")
    for secret in (old, new):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    late = clock.now() + rules.SECRET_OVERLAP + timedelta(minutes=1)
    delivering.tidy(now=late)
    endpoint.refresh_from_db()
    assert endpoint.earlier_secret is None
    ping(ruled, endpoint)
    run_queued("webhooks")
    Webhook(new).verify(receiver.got[1].body, receiver.got[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.got[1].body, receiver.got[1].headers)


def test_refused_message_is_tried_again_later_under_its_id(
    told: Told, ruled: World, receiver: Receiver
) -> None:
    receiver.answers = [500, 503]
    sent = ping(ruled, told[0])
    now = clock.now()
    delivering.work(delivery=sent.id, now=now)
    sent.refresh_from_db()
    assert sent.next_at is not None
    assert timedelta(seconds=4) <= sent.next_at - now <= timedelta(seconds=6)
    delivering.work(delivery=sent.id, now=now)
    delivering.work(delivery=sent.id, now=now)
    sent.refresh_from_db()
    assert outcomes(sent) == ["status", "status", "delivered"]
    assert {got.headers["webhook-id"] for got in receiver.got} == {rules.message_id(sent.id)}
    assert Endpoint.objects.get(id=told[0].id).failures == 0


def test_waits_grow_to_about_three_days() -> None:
    waits = [rules.wait_after(n, 0.5) for n in range(1, rules.TRIES)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert timedelta(days=2.5) < sum(known, timedelta()) < timedelta(days=3.5)
    assert rules.wait_after(rules.TRIES) is None
    assert rules.wait_after(1, 0.0) != rules.wait_after(1, 1.0)


def test_endpoint_that_never_answers_well_is_disabled_and_its_people_see_it(
    told: Told, ruled: World, receiver: Receiver
) -> None:
    endpoint, _secret = told
    receiver.answers = [500] * rules.TRIES
    sent, kept = ping(ruled, endpoint), ping(ruled, endpoint)
    for _ in range(rules.TRIES):
        delivering.work(delivery=sent.id, now=clock.now())
    sent.refresh_from_db()
    endpoint.refresh_from_db()
    assert (sent.state, endpoint.state) == ("failed", EndpointState.DISABLED)
    assert queries.disabled(ruled.actor("sales_head")).count() == 1
    assert Entry.objects.filter(event="webhook.disabled").count() == 1
    notices = SecurityNotice.objects.values_list("staff__user_name", "kind", "about")
    assert set(notices) == {(who, "push_stopped", endpoint.client_id) for who in ("clerk", "system_admin")}
    delivering.work(delivery=kept.id, now=clock.now())
    assert len(receiver.got) == rules.TRIES
    services.enable(actor=ruled.actor("sales_head"), endpoint=endpoint.id, now=clock.now())
    run_queued("webhooks")
    kept.refresh_from_db()
    assert kept.state == "delivered"


def test_who_answers_for_it_and_the_system_administrator_read_it_on_their_workbench(
    told: Told, ruled: World, receiver: Receiver
) -> None:
    for _ in range(2):
        receiver.answers = [410]
        ping(ruled, told[0])
        run_queued("webhooks")
        services.enable(actor=ruled.actor("sales_head"), endpoint=told[0].id, now=clock.now())
    for who in ("clerk", "system_admin"):
        browser = ruled.signed_in(Client(), who)
        assert "账号安全提醒" in browser.get("/").content.decode()
        page = browser.get("/people/security/").content.decode()
        assert page.count("推送地址连续失败，已自动停用") == 2, "each time it stopped"
        assert "订单系统" in page
    page = ruled.signed_in(Client(), "marketer").get("/people/security/").content.decode()
    assert "推送地址" not in page


def test_withdrawn_address_is_disabled_at_once(told: Told, ruled: World, receiver: Receiver) -> None:
    receiver.answers = [410]
    sent = ping(ruled, told[0])
    run_queued("webhooks")
    sent.refresh_from_db()
    assert (sent.state, outcomes(sent)) == ("failed", ["gone"])
    assert Endpoint.objects.get(id=told[0].id).state == EndpointState.DISABLED


def test_redirect_is_not_followed(told: Told, ruled: World, receiver: Receiver) -> None:
    receiver.answers = [307]
    sent = ping(ruled, told[0])
    delivering.work(delivery=sent.id, now=clock.now())
    assert outcomes(sent) == ["redirect"]
    assert [got.path for got in receiver.got] == ["/hooks"]


def test_name_that_leads_inside_reaches_nobody(ask: Ask, ruled: World, receiver: Receiver) -> None:
    asked = ask(f"https://localhost:{receiver.port}/hooks", networks=())
    endpoint, _ = services.approve(actor=ruled.actor("officer"), endpoint=asked.id, now=clock.now())
    sent = ping(ruled, endpoint)
    delivering.work(delivery=sent.id, now=clock.now())
    assert outcomes(sent) == ["forbidden"]
    assert receiver.got == []


def test_while_nobody_is_there_other_messages_wait_without_a_try(
    ask: Ask, ruled: World, receiver: Receiver
) -> None:
    asked = ask("http://127.0.0.1:9/hooks")
    endpoint, _ = services.approve(actor=ruled.actor("officer"), endpoint=asked.id, now=clock.now())
    one, other = ping(ruled, endpoint), ping(ruled, endpoint)
    now = clock.now()
    delivering.work(delivery=one.id, now=now)
    delivering.work(delivery=other.id, now=now)
    other.refresh_from_db()
    assert outcomes(one) == ["unreachable"]
    assert outcomes(other) == []
    assert other.next_at is not None
    assert other.next_at >= now + rules.PAUSE


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that this machine trusts."""
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
    outward.trust.cache_clear()
    yield found
    outward.trust.cache_clear()


@pytest.mark.parametrize("how", [*BAD, "good"])
def test_the_receiver_proves_who_it_is_or_gets_nothing(
    ask: Ask, ruled: World, authority: Authority, how: str
) -> None:
    context, host = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), "127.0.0.1"
    context.load_cert_chain(*(authority.issue(host) if how == "good" else authority.issue_bad(how, host)))
    with Receiver(context=context) as receiver:
        asked = ask(receiver.url)
        endpoint, _ = services.approve(actor=ruled.actor("officer"), endpoint=asked.id, now=clock.now())
        sent = ping(ruled, endpoint)
        delivering.work(delivery=sent.id, now=clock.now())
        assert outcomes(sent) == ["delivered" if how == "good" else "tls"]
        assert len(receiver.got) == (how == "good")
        (looked,) = tried.examine(tried.connections["webhooks"])
        assert looked.state is (State.OK if how == "good" else State.CERTIFICATE_REFUSED)


def test_replay_keeps_the_id_and_stands_in_the_journal(told: Told, ruled: World, receiver: Receiver) -> None:
    endpoint, _secret = told
    sent = ping(ruled, endpoint)
    with pytest.raises(WebhookProblem, match=r"delivery\.waiting"):
        services.replay(
            actor=ruled.actor("sales_head"), endpoint=endpoint.id, delivery=sent.id, now=clock.now()
        )
    run_queued("webhooks")
    services.replay(actor=ruled.actor("sales_head"), endpoint=endpoint.id, delivery=sent.id, now=clock.now())
    run_queued("webhooks")
    assert len(receiver.got) == 2
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    assert receiver.got[0].body == receiver.got[1].body
    assert Entry.objects.filter(event="webhook.replayed").count() == 1


def test_old_messages_are_forgotten(told: Told, ruled: World, receiver: Receiver) -> None:
    sent = ping(ruled, told[0])
    run_queued("webhooks")
    delivering.tidy(now=datetime.now(UTC) + rules.KEPT - timedelta(days=1))
    assert Delivery.objects.filter(id=sent.id).exists()
    delivering.tidy(now=datetime.now(UTC) + rules.KEPT + timedelta(days=1))
    assert not Delivery.objects.filter(id=sent.id).exists()
