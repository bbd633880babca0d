"""Who sees which batch: importer, the owner department's head, the officer; to everybody else it does not exist."""

import re

import pytest
from django.test import Client

from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.intake.tests.screens import CSV, address, checked, done
from shouxin.customers.registry.models import Source
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/customers/imports/"
GETS = ("", "repeated", "sheets", "columns", "declaration", "check", "progress", "preview", "run")
POSTS = ("cancel", "repeat", "rows", "start", "continue", "pause", "end", "refused", "refused/destroy")
SHARED = ("result", "report")


def cards(person: Client) -> dict[str, int]:
    """The counters of imports on somebody's workbench, by the list they open."""
    found = re.findall(rf'href="{LIST}\?show=(\w+)"><b>(\d+)</b>', person.get("/").content.decode())
    return {show: int(count) for show, count in found}


def test_a_batch_exists_for_those_it_concerns_alone(client: Client, register: Register) -> None:
    batch = done(register)
    for who, status in (
        ("sales_head", 200),
        ("officer", 200),
        ("clerk", 200),
        ("agent", 404),
        ("service_head", 404),
    ):
        person = register.world.signed_in(client, who)
        for step in SHARED:
            assert person.get(address(batch.id, step)).status_code == status, (who, step)
    for who, status in (("sales_head", 200), ("service_head", 404), ("agent", 403)):
        person = register.world.signed_in(client, who)
        assert person.get(address(batch.id, "decision")).status_code == status, who


def test_the_steps_are_the_importers_alone(client: Client, register: Register) -> None:
    batch = checked(register)
    for who in ("sales_head", "agent"):
        person = register.world.signed_in(client, who)
        for step in GETS[1:]:
            assert person.get(address(batch.id, step)).status_code == 404, (who, step)
        for step in POSTS:
            assert person.post(address(batch.id, step)).status_code == 404, (who, step)
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_file_names_are_for_the_importer(client: Client, register: Register) -> None:
    cast.upload(register, CSV, "张三的客户.csv")
    batch = done(register)
    clerk = register.world.signed_in(client, "clerk")
    assert "张三的客户" in clerk.get(LIST).content.decode()
    for who in ("sales_head", "officer"):
        page = register.world.signed_in(client, who).get(LIST).content.decode()
        assert address(batch.id)[:-1] in page
        assert "张三" not in page
        assert "客户.csv" not in page
    assert address(batch.id)[:-1] not in register.world.signed_in(client, "agent").get(LIST).content.decode()


def test_a_card_opens_exactly_what_it_counts(client: Client, register: Register) -> None:
    done(register)
    checked(register, CSV + b"K-9,x,,\n")
    outside = done(
        register, CSV + b"K-8,y,,\n", source=Source.EXTERNAL, supplier="数据公司", evidence="合同 1"
    )
    head = register.world.signed_in(client, "sales_head")
    assert cards(head) == {"waiting": 2}
    page = head.get(f"{LIST}?show=waiting").content.decode()
    assert page.count('<td data-label="文件">') == 2
    assert "核准来源" in page
    assert cards(register.world.signed_in(client, "clerk")) == {"unfinished": 1}
    # The officer is the second person on an outside source; what a head can confirm is left to the head.
    assert cards(register.world.signed_in(client, "officer")) == {"waiting": 1}
    assert ImportBatch.objects.get(standing="quarantined") == outside


def test_the_way_in_leads_to_where_the_batch_stands(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, CSV, "客户.csv")
    assert clerk.get(address(batch.id)).headers["Location"] == address(batch.id, "declaration")
    assert clerk.get(address(checked(register).id)).headers["Location"].endswith("/preview/")
    finished = done(register, CSV + b"K-9,x,,\n")
    assert clerk.get(address(finished.id)).headers["Location"].endswith("/result/")
    for step in ("sheets", "columns", "declaration", "check", "repeated"):
        answer = clerk.get(address(finished.id, step), follow=True)
        assert answer.redirect_chain[-1] == (address(finished.id, "result"), 302)
        assert "状态已经变化" in answer.content.decode()
