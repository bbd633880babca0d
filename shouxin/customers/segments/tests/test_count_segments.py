"""Recency, frequency, value and stage: counted in the process, kept as coarse classes, told of groups alone."""

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import NotAllowed, customer_actor
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import RefusalKind
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, RecordKind, Scope
from shouxin.customers.registry.models import Kind as CustomerKind
from shouxin.customers.segments import queries, rules, services
from shouxin.customers.segments.models import Frequency, Recency, Run, Segment, Stage, Value
from shouxin.customers.segments.rules import Classes, Dealings
from shouxin.gate.queries import live_contact
from shouxin.gate.services import Refused
from shouxin.journal.queries import of_events, timeline
from shouxin.kit import clock
from shouxin.kit.lists import Place
from shouxin.rulebook.purposes.models import Purpose
from tests.harness.jobs import run_queued
from tests.register import FOOTING, SALES, Register, kept

TODAY = date(2026, 11, 26)


def ago(days: int, amount: int = 100) -> tuple[date, Decimal]:
    return TODAY - timedelta(days=days), Decimal(amount)


@pytest.mark.parametrize(
    ("dealings", "classes"),
    [
        (Dealings(), (Recency.NEVER, Frequency.NONE, Value.NONE, Stage.PROSPECT)),
        (
            Dealings(contacts=[TODAY - timedelta(days=90)]),
            (Recency.RECENT, Frequency.NONE, Value.NONE, Stage.PROSPECT),
        ),
        (Dealings([ago(90)]), (Recency.RECENT, Frequency.ONCE, Value.LOW, Stage.NEW)),
        (Dealings([ago(91), ago(200)]), (Recency.YEAR, Frequency.SEVERAL, Value.LOW, Stage.ACTIVE)),
        (Dealings([ago(180, 10_000)]), (Recency.YEAR, Frequency.ONCE, Value.MIDDLE, Stage.ACTIVE)),
        (Dealings([ago(181)] * 5), (Recency.YEAR, Frequency.OFTEN, Value.LOW, Stage.SLEEPING)),
        (Dealings([ago(540, 100_000)]), (Recency.OLDER, Frequency.NONE, Value.HIGH, Stage.SLEEPING)),
        (Dealings([ago(541), ago(1200, 900_000)]), (Recency.OLDER, Frequency.NONE, Value.LOW, Stage.LOST)),
        (Dealings([ago(-30)]), (Recency.RECENT, Frequency.ONCE, Value.LOW, Stage.NEW)),  # dated tomorrow
    ],
)
def test_the_formula(dealings: Dealings, classes: tuple[Recency, Frequency, Value, Stage]) -> None:
    assert rules.classify(dealings, TODAY) == Classes(*classes)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12)))
def test_no_small_group_is_told_or_counted_back(counts: dict[str, int]) -> None:
    told = rules.told(counts, "abcdef")
    hidden = [key for key, count in told.items() if count is None]
    for key, count in told.items():
        assert count is None or count == counts.get(key, 0)
        assert count is None or count == 0 or count >= rules.SMALLEST
    others = [key for key in "abcdef" if counts.get(key, 0) and key not in hidden]
    assert len(hidden) != 1 or not others  # the total gives one hidden number away


@pytest.fixture
def shop(register: Register) -> Register:
    """Six buyers of the clerk's own, with one order of yesterday each."""
    world, day = register.world, clock.today() - timedelta(days=1)
    for number in range(6):
        lines = {"line_no": ["1", "2"], "product_name": ["椅子", "桌子"], "line_sales": ["6,000.00", "7000"]}
        order = {"order_no": f"N-{number}", "order_date": day.isoformat()}
        values = kept(order | {key: json.dumps(column, ensure_ascii=False) for key, column in lines.items()})
        entry = CustomerEntry(
            CustomerKind.PERSON,
            kept({"person_name": "周婷婷", "mobile": f"1395555000{number}"}),
            world.departments["sales"].id,
            Scope.DEPARTMENT,
            world.people["clerk"].id,
            records=[RecordEntry(RecordKind.ORDER, values)],
        )
        done = registry.store(actor=world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now())
        register.ids[f"buyer{number}"] = done[0].customer
    return register


def classes(customer: UUID) -> tuple[str, str, str, str] | None:
    row = Segment.objects.filter(customer_id=customer).first()
    return (row.recency, row.frequency, row.value, row.stage) if row else None


def members(register: Register, who: str = "clerk", **chosen: str) -> list[UUID]:
    found = queries.page(
        actor=register.world.actor(who), purpose=SALES, chosen=chosen, place=Place(), now=clock.now()
    )
    return [view.row.id for view in found.customers]


@pytest.mark.django_db
@pytest.mark.clause("C1.2")
def test_everybody_who_did_not_object_is_counted_and_the_list_stays_masked(
    shop: Register, client: Client
) -> None:
    Customer.objects.filter(id=shop["zhang"]).update(restricted=True)
    clerk = shop.world.actor("clerk")
    services.object_to(actor=clerk, purpose=SALES, customer=shop["li"], now=clock.now())
    run = services.refresh(now=clock.now())
    assert run
    assert (run.counted, run.objected, run.restricted) == (9, 1, 1)
    assert classes(shop["buyer0"]) == ("recent", "once", "middle", "new")
    assert classes(shop["secret"]) == ("never", "none", "none", "prospect")
    assert classes(shop["li"]) is classes(shop["zhang"]) is None

    assert set(members(shop, stage="new", value="middle")) == {
        shop["huaxin"],
        *(shop[f"buyer{n}"] for n in range(6)),
    }
    browser = shop.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    overview = browser.get("/customers/segments/").content.decode()
    assert "已反对 1 位，限制处理 1 位" in overview
    assert all(text.zh in overview for text in rules.TOLD)
    listed = browser.get("/customers/segments/members/", {"stage": "new"}).content.decode()
    assert "周**" in listed
    assert "周婷婷" not in listed
    assert "139****0003" in listed
    assert "13955550003" not in listed
    assert live_contact(actor=clerk, customer=shop["buyer0"], now=clock.now()) is None
    refused = browser.post(f"/customers/{shop['buyer0']}/reveal/", {"field": "mobile"})
    assert refused.status_code == 403  # a list is no leave to call anybody
    assert "13955550000" not in refused.content.decode()


@pytest.mark.django_db
def test_only_classes_are_kept_and_only_batches_are_journalled(shop: Register) -> None:
    services.refresh(now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM customers_segment s")
        rows = [row for (row,) in cursor.fetchall()]
    assert not [row for row in rows if "13000" in row or "6000" in row or "2026-" in row]
    assert next(line.data["reason"] for line in of_events(["maintenance.opened"])) == "segments"
    assert not [line for line in timeline(shop["buyer0"]) if line.event.startswith(("segments.", "field."))]


@pytest.mark.django_db
def test_an_objection_takes_the_classes_at_once_and_can_be_taken_back(shop: Register) -> None:
    clerk, now = shop.world.actor("clerk"), clock.now()
    services.refresh(now=now)
    # However it is said, by the customer's own word too, it is one refusal.
    consents.refuse_purpose(
        actor=customer_actor(shop["buyer2"]),
        customer=shop["buyer2"],
        purpose=services.PURPOSE,
        kind=RefusalKind.OBJECTED,
        now=now,
    )
    assert classes(shop["buyer2"]) is None
    services.object_to(actor=clerk, purpose=SALES, customer=shop["buyer1"], now=now)
    assert classes(shop["buyer1"]) is None
    services.refresh(now=now)
    assert classes(shop["buyer1"]) is None
    services.end_objection(actor=clerk, purpose=SALES, customer=shop["buyer1"], now=now)
    services.refresh(now=now)
    assert classes(shop["buyer1"])
    assert [line.event for line in timeline(shop["buyer1"]) if line.event.startswith("purpose.")] == [
        "purpose.allowed_again",
        "purpose.refused_by_customer",
    ]
    with pytest.raises(services.SegmentProblem):
        services.object_to(actor=shop.world.actor("agent"), purpose=SALES, customer=shop["buyer1"], now=now)


@pytest.mark.django_db
def test_small_groups_are_neither_told_nor_listed(shop: Register) -> None:
    services.refresh(now=clock.now())
    told = queries.counts(shop.world.actor("clerk"))
    assert told["value"] == {
        "high": 0,
        "middle": None,
        "low": 0,
        "none": None,
    }  # seven would give the two away
    assert members(shop, stage="prospect") == []
    assert len(members(shop, stage="new")) == 7
    assert queries.counts(shop.world.actor("agent"))["stage"]["new"] == 0  # out of their sight


@pytest.mark.django_db
def test_merged_customers_are_counted_as_one(shop: Register) -> None:
    Customer.objects.filter(id=shop["buyer1"]).update(absorbed_by=shop["buyer0"])
    services.refresh(now=clock.now())
    assert classes(shop["buyer0"]) == ("recent", "several", "middle", "new")
    assert classes(shop["buyer1"]) is None


@pytest.mark.django_db
def test_nothing_is_counted_while_the_purpose_is_not_in_force(shop: Register) -> None:
    Purpose.objects.filter(key=services.PURPOSE).update(status="retired")
    with pytest.raises(Refused):
        services.refresh(now=clock.now())
    assert not Segment.objects.exists()


@pytest.mark.django_db
def test_a_run_that_is_told_to_stop_leaves_the_last_one_standing(
    shop: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.refresh(now=clock.now())
    monkeypatch.setattr(services, "BATCH", 2)
    asked = iter([False, True])
    assert services.refresh(now=clock.now(), stop=lambda: next(asked)) is None
    assert Segment.objects.count() == 11
    assert Run.objects.filter(ended_at__isnull=False).count() == 1
    assert services.refresh(now=clock.now())
    assert Segment.objects.count() == 11


@pytest.mark.django_db
def test_a_head_has_them_counted_now(shop: Register) -> None:
    with pytest.raises(NotAllowed):
        services.ask(actor=shop.world.actor("clerk"))
    head = shop.world.actor("sales_head")
    assert services.ask(actor=head)
    assert not services.ask(actor=head)  # it waits already
    run_queued()
    assert Segment.objects.count() == 11
