"""The screens of webhooks: asking, deciding with the secret once, every try, sending again."""

import re

import pytest
from django.test import Client

from shouxin.access.clients.models import ApiClient
from shouxin.access.webhooks import rules
from shouxin.access.webhooks.models import Endpoint
from shouxin.access.webhooks.tests.conftest import Ask
from tests.harness.jobs import run_queued
from tests.harness.receiver import Receiver
from tests.world import World

PAGE = "/access/webhooks/"
FORM = {"events": ["customer.changed"], "networks": "", "reason": "同步客户变更"}


def test_head_asks_and_is_told_what_is_wrong(client: Client, ruled: World, api_client: ApiClient) -> None:
    ruled.signed_in(client, "sales_head")
    path = f"/access/clients/{api_client.id}/webhooks/propose/"
    wrong = client.post(path, {**FORM, "url": "https://10.0.0.7/hooks"})
    assert wrong.status_code == 422
    assert "允许的内网地址" in wrong.content.decode()
    answer = client.post(path, {**FORM, "url": "https://10.0.0.7/hooks", "networks": "10.0.0.7"})
    made = Endpoint.objects.get()
    assert answer.headers["Location"] == f"{PAGE}{made.id}/"
    assert made.networks == ["10.0.0.7/32"]


def test_secret_is_shown_once(client: Client, ruled: World, ask: Ask, receiver: Receiver) -> None:
    made = ask(receiver.url)
    ruled.signed_in(client, "officer")
    assert "127.0.0.1" in client.get(PAGE, {"state": "awaiting"}).content.decode()
    answer = client.post(f"{PAGE}{made.id}/approve/")
    shown = re.search(r"whsec_[A-Za-z0-9+/=]{44}", answer.content.decode())
    assert shown
    assert "no-store" in answer.headers["Cache-Control"]
    assert "whsec_" not in client.get(f"{PAGE}{made.id}/").content.decode()


def test_every_try_is_seen_and_sent_again(
    client: Client, ruled: World, told: tuple[Endpoint, str], receiver: Receiver
) -> None:
    endpoint, _secret = told
    ruled.signed_in(client, "sales_head")
    page = f"{PAGE}{endpoint.id}/"
    receiver.answers = [500]
    client.post(page + "ping/")
    run_queued("webhooks")
    sent = endpoint.deliveries.get()
    shown = client.get(f"{page}deliveries/{sent.id}/").content.decode()
    assert "对方拒收" in shown
    assert "500" in shown
    assert "已送达" in shown
    listed = f"{PAGE}deliveries/"
    assert (
        "没有符合条件的"
        in client.get(listed, {"state": "failed", "endpoint": str(endpoint.id)}).content.decode()
    )
    assert rules.message_id(sent.id) in client.get(listed, {"endpoint": str(endpoint.id)}).content.decode()
    assert "重新推送" in client.get(page).content.decode()
    client.post(f"{page}deliveries/{sent.id}/replay/")
    run_queued("webhooks")
    assert len(receiver.got) == 3


@pytest.mark.parametrize(("who", "status"), [("service_head", 404), ("audit_admin", 200)])
def test_endpoint_is_seen_by_those_who_answer_for_its_client(
    client: Client, ruled: World, told: tuple[Endpoint, str], who: str, status: int
) -> None:
    ruled.signed_in(client, who)
    assert client.get(f"{PAGE}{told[0].id}/").status_code == status
