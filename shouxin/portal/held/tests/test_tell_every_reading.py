"""Whoever read is told: a colleague who compared two customers, a program with a token, our own programs that write."""

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import Action
from shouxin.customers.messages.models import Channel
from shouxin.customers.messages.tests.cast import NOTICE, approved, put
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.timeline.reads import READS
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.journal.models import LISTS, Entry
from shouxin.journal.queries import concerning
from shouxin.kit import clock, ids
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.held import queries
from tests.register import SALES, Register

SECRET = "aml_risk_rating"


def looked(register: Register, *names: str, action: Action = Action.VIEW, by: str = "clerk") -> None:
    """Somebody of staff goes through these customers, as on a page of a list."""
    rows = list(Customer.objects.filter(id__in=[register[name] for name in names]))
    actor = register.world.actor(by)
    registry.listed(actor=actor, purpose=SALES, rows=rows, action=action, now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_lists_and_searches_are_told_to_each_who_stood_there_and_nothing_of_the_others(
    register: Register,
) -> None:
    looked(register, "li", "zhang")
    looked(register, "li", "zhang")
    looked(register, "li", action=Action.SEARCH)
    looked(register, "zhang", by="sales_head")
    page = browser(register).get("/my/reads/").content.decode()
    name = register.world.departments["sales"].name
    assert page.count('<li class="my-card">') == 2, "the list, gone through twice, and the search"
    assert page.count(f'<p class="my-who">{name} · ') == 2
    for said in ("在列表里看到打码后的内容", "2 次", "在查找结果里看到打码后的内容", "手机号码", "销售跟进"):
        assert said in page
    assert str(register["zhang"]) not in page
    assert "在查找结果里" not in browser(register, "zhang").get("/my/reads/").content.decode()
    story = browser(register).get("/my/story/").content.decode()
    assert "在列表中查看脱敏后的" in story
    assert str(register["zhang"]) not in story
    assert Entry.objects.filter(event__in=LISTS, customer=None).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_page_of_readings_is_one_statement_on_indexes(
    register: Register, superuser: psycopg.Connection
) -> None:
    for _ in range(queries.PER_PAGE + 1):
        looked(register, "li", "zhang")
    with transaction.atomic():
        strangers = [(None, {"customers": [str(ids.new()) for _ in range(20)]}) for _ in range(3000)]
        journal.append_many(actor=register.world.actor("clerk"), event="list.viewed", rows=strangers)
    with CaptureQueriesContext(connection) as caught:
        found = concerning([register["li"]], beginning=READS, limit=queries.PER_PAGE + 1)
    assert len(found) == queries.PER_PAGE + 1
    assert [line.id for line in found] == sorted((line.id for line in found), reverse=True)
    later = concerning([register["li"]], after=found[-1].id, limit=3)
    assert [line.id for line in later] == [line.id for line in found[-2:-5:-1]]
    assert len(caught) == 1
    superuser.execute("ANALYZE journal_entry")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {caught[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "journal_entry_named" in plan, plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.django_db(transaction=True)
def test_merges_programs_and_messages_are_among_the_readings(register: Register) -> None:
    clerk, li, zhang = register.world.actor("clerk"), register["li"], register["zhang"]
    gate.open_sealed(  # as two suspected to be one stand side by side
        actor=clerk,
        purpose=SALES,
        customers=[li, zhang],
        fields=["person_name", "mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        profile="detail",
        detail={"page": "profile"},
    )
    put(register, "li", email="li@mail.example")
    message = approved(register, "li", **NOTICE)
    row = message.recipients.get()
    message.recipients.update(outcome="sent", sent_at=clock.now(), field="email", record=li)
    with transaction.atomic():
        said = {"purpose": SALES, "fields": ["mobile", SECRET], "reason": "sync", "grants": []}
        journal.append(actor=clerk, event="field.read", customer=li, purpose=SALES, data=said)
        journal.append(
            actor=clerk,
            event="message.sent",
            customer=li,
            purpose=SALES,
            data={
                "message": str(message.id),
                "recipient": str(row.id),
                "channel": Channel.EMAIL.value,
                "purpose": SALES,
                "consent": "none",
            },
        )
    page = browser(register).get("/my/reads/").content.decode()
    for said_there in ("看到打码后的内容", "程序读取", "程序发送消息，没有人看到", "系统程序在内部的处理"):
        assert said_there in page
    assert "洗钱" not in page
    other = browser(register, "zhang").get("/my/reads/").content.decode()
    assert "看到打码后的内容" in other
    assert "程序读取" not in other
