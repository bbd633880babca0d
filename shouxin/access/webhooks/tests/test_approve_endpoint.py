"""An endpoint is asked for by one and approved by another; its secret is shown once and sealed."""

import base64

import pytest
from django.db import connection

from shouxin.access.webhooks import rules, services
from shouxin.access.webhooks.models import Endpoint, EndpointState
from shouxin.access.webhooks.services import WebhookProblem
from shouxin.access.webhooks.tests.conftest import Ask
from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock, outward
from shouxin.people.models import Staff
from tests.world import World

URL = "https://crm.example.cn/hooks"


def test_officer_approves_and_the_secret_is_sealed(ask: Ask, ruled: World) -> None:
    endpoint, secret = services.approve(actor=ruled.actor("officer"), endpoint=ask(URL).id, now=clock.now())
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(raw) == rules.SECRET_BYTES
    assert services.key_of(endpoint).open("secret", bytes(endpoint.secret or b"")) == raw
    with connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM access_webhook_endpoint e")
        (row,) = cursor.fetchone() or ("",)
    assert raw.hex() not in row
    assert secret not in row
    with pytest.raises(WebhookProblem, match="already"):
        services.approve(actor=ruled.actor("officer"), endpoint=endpoint.id, now=clock.now())


@pytest.mark.parametrize("who", ["sales_head", "security_admin", "clerk"])
def test_nobody_else_approves(ask: Ask, ruled: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.approve(actor=ruled.actor(who), endpoint=ask(URL).id, now=clock.now())


def test_proposer_does_not_approve_under_another_log_in(ask: Ask, ruled: World) -> None:
    asked = ask(URL)
    Staff.objects.filter(id=ruled.people["officer"].id).update(person=ruled.staff("sales_head").person)
    with pytest.raises(WebhookProblem, match=r"approver\.same-person"):
        services.approve(actor=ruled.actor("officer"), endpoint=asked.id, now=clock.now())


def test_ending_destroys_the_secret(ask: Ask, ruled: World) -> None:
    endpoint, _secret = services.approve(actor=ruled.actor("officer"), endpoint=ask(URL).id, now=clock.now())
    with pytest.raises(WebhookProblem, match=r"endpoint\.unknown"):
        services.end(actor=ruled.actor("service_head"), endpoint=endpoint.id, now=clock.now())
    services.end(actor=ruled.actor("sales_head"), endpoint=endpoint.id, now=clock.now())
    ended = Endpoint.objects.get(id=endpoint.id)
    assert (ended.state, ended.secret, ended.wrapped_key) == (EndpointState.ENDED, None, None)
    assert Entry.objects.filter(event="webhook.ended").exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://crm.example.cn/hooks", "url.not-https"),
        ("http://10.0.0.7/hooks", "url.not-https"),
        ("https://10.0.0.7/hooks", "url.private"),
        ("https://[::ffff:10.0.0.7]/hooks", "url.private"),
        ("https://169.254.169.254/latest", "url.private"),
        ("https://[fe80::1]/", "url.private"),
        ("https://user:secret@crm.example.cn/", "url.wrong"),
        ("https://crm.example.cn:99999/", "url.wrong"),
        ("ftp://crm.example.cn/", "url.not-https"),
        ("https:///hooks", "url.wrong"),
        ("crm", "url.wrong"),
    ],
)
def test_addresses_that_lead_astray_are_refused(ask: Ask, url: str, code: str) -> None:
    with pytest.raises(WebhookProblem, match=code):
        ask(url, networks=())


@pytest.mark.parametrize(
    ("ip", "networks", "may"),
    [
        ("8.8.8.8", [], True),
        ("10.1.2.3", [], False),
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("127.0.0.1", [], False),
        ("::1", [], False),
        ("169.254.169.254", ["169.254.0.0/16"], False),
        ("0.1.2.3", ["0.0.0.0/8"], False),
        ("::ffff:10.1.2.3", [], False),
        ("64:ff9b::a00:1", [], False),
        ("2002:a00:1::", [], False),
        ("100.64.0.1", [], False),
        ("fd00::1", ["fd00::/8"], True),
    ],
)
def test_only_public_and_named_addresses_are_reached(ip: str, networks: list[str], may: object) -> None:
    assert outward.may_reach(ip, networks) is may
