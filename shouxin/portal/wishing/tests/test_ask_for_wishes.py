"""Customers are asked for their wishes at intervals; what many share is a proposal to staff, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.wishing import queries, rules, services
from shouxin.portal.wishing.models import Shared, Wish
from tests.register import PEOPLE, PHONE, Register


@pytest.mark.clause("C12.3", "D13.0")
@pytest.mark.django_db(transaction=True)
def test_wishes_are_asked_kept_asked_again_and_proposed(
    register: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, me = browser(register), customer_actor(register["li"])
    assert "您希望我们怎样联系您？" in mine.get("/my/").content.decode()
    assert mine.post("/my/contact/later/").status_code == 302
    assert "您希望我们怎样联系您？" not in mine.get("/my/").content.decode()  # dismissed counts as asked
    said = {
        "revision": Customer.objects.get(id=register["li"]).revision,
        "refused": ["phone"],
        "first": "19:00",
        "last": "21:00",
        "language": "English",
        "topics": ["safety", "news"],
    }
    assert mine.post("/my/contact/", said).status_code == 302
    assert Wish.objects.get(customer_id=register["li"]).topics == ["news", "safety"]
    assert mine.get("/my/contact/").content.decode().count(" checked") == 3
    now = clock.now()
    assert not queries.is_due(me, now + timedelta(days=300))
    assert queries.is_due(me, now + timedelta(days=367))
    for name in PEOPLE:  # the others want to hear of safety as well, and nothing else
        services.state_topics(me=customer_actor(register[name]), topics=["safety"], now=now)
    monkeypatch.setattr(services, "value", lambda _threshold: len(PEOPLE))
    assert services.count(now=now) == 1
    row = Shared.objects.get()
    assert (row.kind, row.code, row.people, row.of) == ("topic", "safety", len(PEOPLE), len(PEOPLE))
    register.world.signed_in(client, "officer")
    page = client.get("/portal/wishes/").content.decode()
    assert "质量和安全提醒" in page
    for hidden in ("新产品", "英语", "18 点", "电话", PHONE, "李小明", str(register["li"])):
        assert hidden not in page.split("<main")[1].split("</main")[0]


def test_what_few_share_is_no_proposal_and_each_counts_once() -> None:
    one, two = {("topic", "news"), ("hours", "day")}, {("topic", "news")}
    assert rules.shared([one, two, two], 3) == {("topic", "news"): 3}
    assert rules.shared([one], 2) == {}


def test_the_question_comes_again_after_the_interval() -> None:
    now = clock.now().replace(year=2027, month=3, day=1)
    assert rules.is_due(None, 12, now)
    assert not rules.is_due(now, 1, now)
    assert not rules.is_due(now.replace(year=2026, month=3, day=2), 12, now)
    assert rules.is_due(now.replace(year=2026, month=3, day=1), 12, now)
    assert rules.is_due(now.replace(year=2027, month=1, day=31), 1, now)
