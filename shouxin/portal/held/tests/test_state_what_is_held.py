"""The statement a customer reads equals the records: what, why, whence, until when, where stored, with whom shared."""

from collections import Counter, defaultdict

import pytest
from django.test import Client

from shouxin.core.policy import PurposeStatus, customer_actor
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import Channel, Kind, Method, Provenance, Scope
from shouxin.customers.registry.rules import Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.held import queries, rules, sharing
from shouxin.portal.unstated import queries as unstated
from shouxin.portal.unstated import services as grounds
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes.models import Purpose
from tests.register import PEOPLE, SALES, Register

PROVINCE = "浙江省"


def somebody_with_everything(register: Register) -> dict[str, str]:
    """A customer with a value in every category that anybody here may collect: field → purpose it came for."""
    book, clerk = rulebooks["rulebook"], register.world.actor("clerk")
    usable = [
        rule
        for rule in book.purposes()
        if rule.status is PurposeStatus.ACTIVE and rule.admits(clerk) and not rule.consent_based
    ]
    category = dict(Field.objects.values_list("key", "category"))
    chosen: dict[str, str] = {}
    for key in queries.disclosed():
        purpose = next((one.key for one in usable if key in one.fields), None)
        taken = {category[one] for one in chosen}
        if purpose and book.fields()[key].record == "profile" and category[key] not in taken:
            chosen[key] = purpose
    by_purpose: dict[str, list[str]] = defaultdict(list)
    for key, purpose in chosen.items():
        by_purpose[purpose].append(key)
    customer = None
    for purpose, keys in by_purpose.items():
        entry = CustomerEntry(
            Kind.PERSON,
            {key: Kept(f"值-{key}", 1) for key in keys},
            register.world.departments["sales"].id,
            Scope.DEPARTMENT,
            clerk.id,
            id=customer,
        )
        footing = Footing(purpose, Channel.SALES, Method.HAND)
        customer = registry.store(actor=clerk, footing=footing, entries=[entry], now=clock.now())[0].customer
    assert customer
    register.ids["all"] = customer
    return chosen


@pytest.mark.clause("D1.3")
@pytest.mark.django_db(transaction=True)
def test_the_statement_equals_the_records_and_a_lost_purpose_shows_at_once(
    register: Register, client: Client
) -> None:
    chosen = somebody_with_everything(register)
    me, now = customer_actor(register["all"]), clock.now()
    found = queries.held(me=me, now=now)
    book = rulebooks["rulebook"]
    told = {(category, item.rule.key): item for category, items in found.categories.items() for item in items}
    category = dict(Field.objects.values_list("key", "category"))
    assert len({key for key, _field in told}) > 5
    assert set(told) == {(rules.category_of(category[key]), key) for key in chosen}
    for (_category, key), item in told.items():
        assert item.provenance
        origin = Provenance.objects.get(id=item.provenance.id)
        assert (origin.purpose, origin.channel, origin.method) == (chosen[key], "sales", "hand")
        purpose = book.purpose(chosen[key])
        assert purpose
        assert item.purpose == purpose
        assert item.retention
        assert item.retention.code == purpose.retention_of(book.fields()[key])
    assert {one.purpose for one in sharing.of(me=me, found=found, now=now).foreseen} == {
        row.name for row in Purpose.objects.filter(key__in=chosen.values()) if row.recipients_zh != "无"
    }
    page = browser(register, "all").get("/my/").content.decode()
    assert "没有把您的信息交给过其他单位或个人的记录" in page
    assert "用途核查中" not in page
    officer = register.world.actor("officer")
    assert unstated.defects(officer) == []
    # The purposes fall away: staff and the customer see it with their next look, figures follow.
    common = Counter(chosen.values()).most_common(1)[0][0]
    gone = Purpose.objects.filter(key__in=[SALES, common])
    gone.update(status=Purpose.Status.RETIRED, retired_at=clock.now())
    lost = {(common, key) for key, purpose in chosen.items() if purpose == common} | {(SALES, "mobile")}
    assert lost <= {(one.ground.purpose, one.ground.field) for one in unstated.defects(officer)}
    assert all(one.customers is None for one in unstated.defects(officer))
    assert browser(register, "all").get("/my/").content.decode().count("用途核查中") >= len(lost)
    grounds.count(now=clock.now())
    counted = {(one.ground.purpose, one.ground.field): one.customers for one in unstated.defects(officer)}
    assert counted[SALES, "mobile"] == len(PEOPLE)
    assert {counted[place] for place in lost - {(SALES, "mobile")}} == {1}
    assert unstated.waiting() == []
    register.world.signed_in(client, "officer")
    page = client.get("/portal/unstated/").content.decode()
    assert "处理目的没有启用" in page
    assert "无处理目的的信息" in client.get("/").content.decode()
    assert unstated.defects(register.world.actor("clerk")) == []


@pytest.mark.django_db(transaction=True)
def test_where_it_is_stored_holds_until_it_is_moved(
    register: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    mine = browser(register)
    assert mine.get("/my/").content.decode().count("地点核实中") == 2
    register.world.signed_in(client, "system_admin")
    assert "待登记的存放地点" in client.get("/").content.decode()
    form = client.get("/portal/stored/").context["parts"][0]["form"]
    sent = {f"database-{key}": form.initial.get(key, "") for key in ("part", "seen")}
    wrong = client.post("/portal/stored/", {**sent, "database-country": "SG", "database-province": PROVINCE})
    assert wrong.status_code == 422
    done = client.post("/portal/stored/", {**sent, "database-country": "CN", "database-province": PROVINCE})
    assert done.status_code == 302
    page = mine.get("/my/").content.decode()
    assert f"中国 · {PROVINCE}" in page
    assert page.count("地点核实中") == 1  # the files
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db.elsewhere.example/shouxin")
    assert PROVINCE not in mine.get("/my/").content.decode()
    assert "还没有登记" not in client.get("/portal/stored/").content.decode().split("附件")[0]
    late = client.post("/portal/stored/", {**sent, "database-country": "CN"})
    assert late.status_code == 422  # what was looked at is not what is there now
