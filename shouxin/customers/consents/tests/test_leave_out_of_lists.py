"""Who did not agree is left out of lists and batches and counted by reason; a withdrawal acts inside a running batch,
whatever role reads."""

import re
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import pages, services
from shouxin.customers.consents.models import Channel, RefusalKind, Shown
from shouxin.customers.consents.services import How
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.lots import lots, open_lots
from shouxin.gate.models import Contact
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from tests.register import SALES, Register

MARKETING = "marketing"


def agree(customer: UUID) -> None:
    now = clock.now()
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    services.decide(
        actor=customer_actor(customer),
        customer=customer,
        shown=page.sha256,
        ticked=frozenset({"general"}),
        how=How(Channel.PORTAL),
        now=now,
    )


def withdraw(customer: UUID) -> None:
    services.withdraw(
        actor=customer_actor(customer),
        customer=customer,
        purpose=MARKETING,
        how=How(Channel.PORTAL),
        now=clock.now(),
    )


@pytest.mark.clause("A3.1")
@pytest.mark.django_db(transaction=True)
def test_a_list_leaves_out_who_did_not_agree_and_says_how_many(register: Register, client: Client) -> None:
    agree(register["li"])
    clerk, rows = register.world.actor("clerk"), [register[one] for one in ("li", "zhang", "huaxin")]
    views, left = queries.listed(
        actor=clerk,
        purpose=MARKETING,
        rows=list(Customer.objects.filter(id__in=rows)),
        action=Action.VIEW,
        now=clock.now(),
    )
    assert [view.row.id for view in views] == [register["li"]]
    assert left == {"consent.missing": 2}
    entry = of_events(["list.viewed"], limit=1)[0].data
    assert (entry["count"], entry["left_out"]) == (1, {"consent_missing": 2})
    assert entry["notices"] == [str(Shown.objects.get().notice_version_id)]
    services.refuse_purpose(
        actor=customer_actor(register["zhang"]),
        customer=register["zhang"],
        purpose=SALES,
        kind=RefusalKind.OBJECTED,
        now=clock.now(),
    )
    register.world.signed_in(client, "clerk")
    for purpose, told in ((MARKETING, "没有同意 2 位"), (SALES, "拒绝或限制了此目的 1 位")):
        client.post("/purpose/", {"purpose": purpose})
        page = client.get("/customers/")
        assert told in page.content.decode()
        assert len(page.context["rows"]) == (1 if purpose == MARKETING else 2)
    withdraw(register["li"])
    client.post("/purpose/", {"purpose": MARKETING})
    assert "没有同意 3 位" in client.get("/customers/").content.decode()
    refused = client.get(f"/customers/{register['li']}/").content.decode()
    assert f"/customers/{register['li']}/consents/" in refused  # what would work


@pytest.mark.django_db(transaction=True)
def test_no_contact_is_begun_for_a_purpose_that_the_person_withdrew(
    register: Register, client: Client
) -> None:
    """Neither on a page that was opened before, nor with a reason: the refusal stands alone and says what works."""
    li = register["li"]
    agree(li)
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": MARKETING})
    begin = {"reason_class": "order", "note": ""}
    withdraw(li)
    refused = client.post(f"/customers/{li}/contact/", begin)
    assert refused.status_code == 403
    assert "没有该客户对此目的的有效同意" in refused.content.decode()
    assert not Contact.objects.exists()
    assert "接待已开始" not in client.get(f"/customers/{li}/").content.decode()
    agree(li)
    assert client.post(f"/customers/{li}/contact/", begin).status_code == 302
    assert Contact.objects.get().purpose == MARKETING


@pytest.mark.django_db(transaction=True)
def test_a_record_of_which_the_purpose_shows_nothing_says_so(register: Register, client: Client) -> None:
    """Its row stands there all the same: with its sources and its history, and not as a link without a name."""
    agree(register["huaxin"])
    register.world.signed_in(client, "clerk")
    rows = {}
    for purpose in (MARKETING, SALES):
        client.post("/purpose/", {"purpose": purpose})
        page = client.get(f"/customers/{register['huaxin']}/").content.decode()
        [rows[purpose]] = re.findall(r'id="records-order".*?</section>', page, re.DOTALL)
    assert "当前目的下不显示内容" in rows[MARKETING]
    assert "CN-2026-0001" in rows[SALES]
    assert "当前目的" not in rows[SALES]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_inside_a_running_batch_acts_from_the_next_lot_on(register: Register) -> None:
    everybody = [register[one] for one in ("li", "zhang", "huaxin")]
    for customer in everybody:
        agree(customer)
    batch: Any = open_lots(
        actor=register.world.actor("clerk"),
        purpose=MARKETING,
        customers=everybody,
        fields=["mobile", "person_name", "company_name"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        most=2,
    )
    _lot, first = next(batch)
    assert set(first.permit.customers) == {everybody[0]}

    def elsewhere() -> None:
        withdraw(everybody[1])
        connection.close()

    other = Thread(target=elsewhere)
    other.start()
    other.join()
    ((_lot, second),) = batch
    assert set(second.permit.customers) == {everybody[2]}
    assert second.permit.refused[everybody[1]].code == "consent.missing"
    for who in ("sales_head", "top_head", "clerk"):  # no role overrides it
        with pytest.raises(gate.Refused) as refused:
            gate.open_sealed(
                actor=register.world.actor(who),
                purpose=MARKETING,
                customers=[everybody[1]],
                fields=["mobile"],
                action=Action.VIEW,
                reason="",
                now=clock.now(),
            )
        assert refused.value.refusal.code == "consent.missing"


def test_no_lot_of_a_batch_is_a_single_customer() -> None:
    for size in (1, 2, 500, 501, 999, 1001, 10_000):
        made = lots([UUID(int=number) for number in range(size)])
        assert sum(map(len, made)) == size
        assert size == 1 or min(map(len, made)) > 1
        assert max(map(len, made)) <= 500
