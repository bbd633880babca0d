"""At the next sign-in a customer sees what changed in the notice, until it is read; reading leaves a receipt."""

import pytest
from django.test import Client

from shouxin.customers.informing.models import Receipt, Way
from shouxin.customers.informing.tests.test_tell_again import new_purpose
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from tests.register import Register


@pytest.mark.django_db(transaction=True)
def test_the_first_page_shows_what_changed_until_it_is_read(register: Register) -> None:
    client = browser(register)
    assert client.get("/my/").status_code == 200
    version = new_purpose(register.world)
    assert client.get("/my/").headers["Location"] == "/my/news/"
    assert "告知有变化" in client.get("/my/?later=1").content.decode()
    page = client.get("/my/news/").content.decode()
    assert "新增用途：会员积分" in page
    assert "按消费记录会员积分并兑换礼品" in page
    assert client.post("/my/news/", {"told": "0" * 64}).status_code == 422
    answer = client.post("/my/news/", {"told": version.sha256})
    receipt = Receipt.objects.get()
    assert (receipt.customer_id, receipt.way, receipt.sha256) == (register["li"], Way.PORTAL, version.sha256)
    assert answer.headers["Location"] == f"/my/receipts/{receipt.entry}/"
    assert "读过告知" in client.get(answer.headers["Location"]).content.decode()
    assert client.get("/my/").status_code == 200
    assert version.sha256 in client.get("/my/news/").content.decode()
    # Nobody else's receipt is theirs.
    assert browser(register, "zhang").get(f"/my/receipts/{receipt.entry}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_everybody_can_read_the_notice_in_force(register: Register, client: Client) -> None:
    new_purpose(register.world)
    page = client.get("/my/notices/customers/").content.decode()
    assert "会员积分" in page
    assert "第 1 版相比" in page
    assert client.get("/my/notices/none/").status_code == 404
