"""Whoever decides without signing in gets a receipt all the same, by an address that nobody can make up."""

import html
import re
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.core.ledger import standalone
from shouxin.customers.consents import receipts
from shouxin.customers.consents.models import Decision
from shouxin.customers.messages import unsubscribing
from shouxin.customers.messages.models import Recipient
from shouxin.customers.messages.tests.cast import agree, approved, with_mail
from shouxin.journal.sealer import Sealer
from tests.register import Register

HANDED = re.compile(r'href="(/my/receipts/handed/[^"]+/)"')


def handed(page: bytes) -> str:
    found = HANDED.search(page.decode())
    assert found
    return html.unescape(found[1])


@pytest.mark.django_db(transaction=True)
def test_leaving_by_the_link_of_a_message_gives_a_receipt_that_proves_itself(
    register: Register, superuser: psycopg.Connection, settings: LazySettings, tmp_path: Path
) -> None:
    with_mail(register, "li")
    agree(register, "li")
    message = approved(register, "li")
    link = f"/customers/u/{unsubscribing.token(Recipient.objects.get(message=message).id)}/"
    address = handed(Client().post(link).content)
    shown = Client().get(address)
    assert "撤回" in shown.content.decode()
    assert "李" not in shown.content.decode()
    assert Client().get(f"{address}proof/").status_code == 409  # not sealed yet
    settings.DATA = tmp_path
    Sealer(superuser, tmp_path).round()
    key, file = tmp_path / "ledger.pub", tmp_path / "receipt.tlog-proof"
    key.write_bytes(Client().get("/my/receipts/key/").content)
    file.write_bytes(Client().get(f"{address}proof/").content)
    assert standalone.main([str(file), "--key", str(key)]) == 0
    for forged in (address[:-1] + "A/", "/my/receipts/handed/unknown/"):
        assert Client().get(forged).status_code == 404
        assert Client().get(f"{forged}proof/").status_code == 404


@pytest.mark.django_db
def test_the_counter_has_a_receipt_to_hand_over_for_each_decision(register: Register, client: Client) -> None:
    agree(register, "li")
    register.world.signed_in(client, "clerk")
    page = client.get(f"/customers/{register['li']}/consents/").content
    assert receipts.entry_of(handed(page).split("/")[-2]) == Decision.objects.get(kind="general").entry
    assert "已同意" in Client().get(handed(page)).content.decode()
