"""Who read what of a customer, when and why: by name for those who answer for it, else by department and role."""

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.customers.timeline import reads
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.kit.lists import Place
from tests.register import SALES, Register, grant


@pytest.fixture
def read(register: Register) -> Register:
    """王芳 held a contact with 李小明 and saw the telephone number."""
    clerk, now = register.world.actor("clerk"), clock.now()
    row = Customer.objects.get(id=register["li"])
    grant(register)
    gate.open_contact(actor=clerk, customer=row.id, purpose=SALES, reason_class="order", note="", now=now)
    queries.profile(
        actor=clerk,
        purpose=SALES,
        row=row,
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=now,
        records=[],
    )
    return register


def shown(register: Register, client: Client, who: str, show: str = "") -> str:
    client = register.world.signed_in(client, who)
    client.post("/purpose/", {"purpose": "service" if who == "agent" else SALES})
    return client.get(f"/customers/{register['li']}/reads/?show={show}").content.decode()


def table(page: str) -> str:
    return page[page.index("<tbody>") : page.index("</tbody>")]


def test_a_head_and_an_officer_are_told_the_name_and_the_reason(read: Register, client: Client) -> None:
    for who in ("sales_head", "officer"):
        told = table(shown(read, client, who))
        for words in ("王芳", "手机号码", "订单、合同办理", "明文"):
            assert words in told, (who, words)


def test_only_who_reads_the_journal_is_led_to_the_proof(read: Register, client: Client) -> None:
    assert "/journal/" in table(shown(read, client, "officer"))
    assert "/journal/" not in table(shown(read, client, "sales_head"))


def test_a_colleague_is_told_department_and_role_and_no_name(read: Register, client: Client) -> None:
    row = Customer.objects.get(id=read["li"])
    Customer.objects.filter(id=row.id).update(scope="organisation")
    told = table(shown(read, client, "agent"))
    assert "王芳" not in told
    assert "手机号码" in told


def test_the_reader_is_told_of_the_own_reads(read: Register, client: Client) -> None:
    assert "您本人" in table(shown(read, client, "clerk"))


def test_masked_views_are_among_all_and_not_among_the_clear_ones(read: Register, client: Client) -> None:
    client = read.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    client.get(f"/customers/{read['li']}/")
    assert ">脱敏<" in table(shown(read, client, "clerk"))
    assert ">脱敏<" not in table(shown(read, client, "clerk", "clear"))


def test_the_pages_hold_every_read_once(read: Register) -> None:
    actor, row, seen = read.world.actor("officer"), Customer.objects.get(id=read["li"]), []
    place = Place(size=2)
    clerk = read.world.actor("clerk")
    for _ in range(4):
        queries.profile(
            actor=clerk,
            purpose=SALES,
            row=row,
            fields=["mobile"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
            records=[],
        )
    while True:
        page = reads.page(actor=actor, row=row, clear=False, place=place)
        seen += [line.id for line in page.lines]
        if page.window.following is None:
            break
        place = Place(after=page.window.following, size=2)
    back = reads.page(actor=actor, row=row, clear=False, place=Place(before=page.window.preceding, size=2))
    assert [line.id for line in back.lines] == seen[2:4]
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_nobody_learns_who_read_a_customer_that_is_not_theirs(read: Register, client: Client) -> None:
    assert read.world.signed_in(client, "agent").get(f"/customers/{read['secret']}/reads/").status_code == 404
