"""A departure is announced: lists are cut at once, reads of 90 days are reported, the last day ends it all."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shouxin.core.policy import Action, NotAllowed
from shouxin.customers.registry import listing, queries, services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.customers.registry.search import search
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.kit.lists import Place
from shouxin.people import services as people
from shouxin.people.leaving import queries as leaving
from shouxin.people.leaving import report, rules
from shouxin.people.leaving import services as departures
from shouxin.people.leaving.models import Departure
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from tests.register import FOOTING, PHONE, SALES, Register, grant, kept
from tests.world import World

pytestmark = pytest.mark.django_db


def announce(world: World, who: str = "clerk", by: str = "sales_head", days: int = 14) -> None:
    departures.announce(
        actor=world.actor(by),
        staff_id=world.people[who].id,
        last_day=timezone.localdate() + timedelta(days=days),
        now=clock.now(),
    )


def listed(register: Register, who: str = "clerk", after: UUID | None = None) -> queries.Page:
    return listing.page(
        actor=register.world.actor(who),
        purpose=SALES,
        filters=queries.Filters(),
        place=Place(after=after),
        now=clock.now(),
    )


def many(register: Register, count: int) -> None:
    clerk = register.world.actor("clerk")
    entries = [
        CustomerEntry(
            Kind.PERSON,
            kept({"person_name": "王小红", "customer_no": f"M-{n:04d}"}),
            register.world.departments["sales"].id,
            Scope.DEPARTMENT,
            clerk.id,
        )
        for n in range(count)
    ]
    services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())


@pytest.mark.clause("D1.1")
def test_lists_are_cut_in_the_same_moment_and_whole_again_when_it_is_taken_back(register: Register) -> None:
    many(register, 25)
    before = listed(register)
    assert len(before.customers) > rules.LIST_ROWS
    announce(register.world)
    cut = listed(register)
    assert (len(cut.customers), cut.following, cut.cut) == (rules.LIST_ROWS, None, True)
    # Attack: the address of the next page is made up by hand.
    again = listed(register, after=cut.customers[-1].row.id)
    assert [view.row.id for view in again.customers] == [view.row.id for view in cut.customers]
    assert len(listed(register, "sales_head").customers) > rules.LIST_ROWS  # nobody else is
    (departure,) = leaving.listed(register.world.actor("sales_head"), "open")
    departures.withdraw(actor=register.world.actor("sales_head"), departure_id=departure.id, now=clock.now())
    assert len(listed(register).customers) == len(before.customers)


def test_searches_are_cut_too(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouxin.customers.registry.search.LIST_ROWS", 0)
    found = search(actor=register.world.actor("clerk"), purpose=SALES, term=PHONE, now=clock.now())
    assert len(found.customers) == 1
    announce(register.world)
    found = search(actor=register.world.actor("clerk"), purpose=SALES, term=PHONE, now=clock.now())
    assert (found.customers, found.more) == ([], True)


def test_no_page_of_an_earlier_search_leads_on(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouxin.customers.registry.search.ROWS", 1)
    monkeypatch.setattr("shouxin.customers.registry.search.LIST_ROWS", 1)
    clerk, now = register.world.actor("clerk"), clock.now()
    wanted: dict[str, Any] = {"actor": clerk, "purpose": SALES, "term": f"{PHONE} 13987654321", "now": now}
    first = search(**wanted)
    assert first.following
    second = search(**wanted, before=first.following)
    assert second.customers[0].row.id != first.customers[0].row.id
    announce(register.world)
    again = search(**wanted, before=first.following)
    assert [view.row.id for view in again.customers] == [view.row.id for view in first.customers]


def test_every_log_in_of_the_person_is_announced(world: World) -> None:
    Staff.objects.filter(user_name="audit_admin").update(person=world.staff("clerk").person)
    announce(world, by="system_admin")
    assert leaving.departing(world.people["clerk"].id)
    assert leaving.departing(world.people["audit_admin"].id)


@pytest.mark.parametrize("by", ["service_head", "officer", "security_admin", "clerk"])
def test_only_the_own_head_or_a_system_administrator_announces(world: World, by: str) -> None:
    with pytest.raises(PeopleError, match="not_yours"):
        announce(world, by=by)


def test_who_leaves_cannot_take_it_back(world: World) -> None:
    """Attack: a head whose departure is announced opens their own lists again, with a second log-in too."""
    announce(world, who="sales_head", by="top_head")
    found = leaving.open_departure(world.people["sales_head"].id)
    assert found is not None
    Staff.objects.filter(user_name="system_admin").update(person=world.staff("sales_head").person)
    for who in ("sales_head", "system_admin"):
        with pytest.raises(PeopleError, match="not_yours"):
            departures.withdraw(actor=world.actor(who), departure_id=found.id, now=clock.now())
    assert leaving.departing(world.people["sales_head"].id)


def test_a_day_that_is_over_cannot_be_announced(world: World) -> None:
    with pytest.raises(PeopleError, match="last_day"):
        announce(world, days=-1)


def test_after_the_last_day_the_log_in_ends_by_itself(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk")
    announce(register.world, days=1)
    tomorrow = clock.now() + timedelta(days=1)
    assert departures.end_due(now=tomorrow) == 0  # the last day is worked to its end
    assert departures.end_due(now=tomorrow + timedelta(days=1)) == 1
    assert departures.end_due(now=tomorrow + timedelta(days=1)) == 0
    assert not register.world.staff("clerk").is_active
    assert client.get("/").status_code == 302
    assert of_events(["staff.ended"])[0].actor == departures.LAST_DAY.pseudonym
    assert not leaving.departing(register.world.people["clerk"].id)


def test_the_last_administrator_stays_and_is_shown_as_overdue(world: World, client: Client) -> None:
    Staff.objects.create(
        user_name="second",
        display_name="苏航",
        department=world.departments["it"],
        roles=["system_admin"],
        password="x",
        must_change_password=False,
    )
    announce(world, who="security_admin", by="system_admin", days=0)
    later = clock.now() + timedelta(days=2)
    assert departures.end_due(now=later) == 0
    assert world.staff("security_admin").is_active
    assert leaving.overdue(world.actor("system_admin"), later).count() == 1


def read_things(register: Register) -> None:
    grant(register)
    clerk = register.world.actor("clerk")
    listed(register)
    gate.open_contact(
        actor=clerk, customer=register["li"], purpose=SALES, reason_class="order", note="", now=clock.now()
    )
    gate.open_sealed(
        actor=clerk,
        purpose=SALES,
        customers=[register["li"]],
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=clock.now(),
    )


@pytest.mark.clause("D1.1")
def test_the_report_lists_what_was_read_by_day_customer_field_purpose_and_reason(register: Register) -> None:
    read_things(register)
    announce(register.world)
    found, table = report.read(
        actor=register.world.actor("supervisor"), staff_id=register.world.people["clerk"].id, now=clock.now()
    )
    (counts,) = found.days.values()
    assert {key: counts[key] for key in ("lists", "contacts", "reveals")} == {
        "lists": 1,
        "contacts": 1,
        "reveals": 1,
    }
    assert found.fields == {"mobile": 1}
    assert found.purposes[SALES] == 3
    assert found.reasons["order"] == 2
    assert (found.customers[register["li"]].looks, found.customers[register["li"]].reveals) == (3, 1)
    assert found.listed == 3  # 李小明, 张伟, 华信家具
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == found.entries == 3
    assert [row["customer"] for row in rows if row["event"] == "field.revealed"] == [str(register["li"])]
    for value in (PHONE, "李小明", "张伟"):
        assert value not in table
    told = of_events(["departure.reported"])[0]
    assert (told.actor, told.data["sha256"], told.data["entries"]) == (
        register.world.people["supervisor"].pseudonym,
        found.sha256,
        3,
    )


def test_reads_of_more_than_ninety_days_ago_are_left_out(register: Register) -> None:
    earlier, today = datetime.now(UTC) - timedelta(days=91), clock.today()
    with patch.object(clock, "now", return_value=earlier), patch.object(clock, "today", return_value=today):
        listed(register)
    listed(register)
    announce(register.world)
    found, _ = report.read(
        actor=register.world.actor("supervisor"), staff_id=register.world.people["clerk"].id, now=clock.now()
    )
    assert found.entries == 1


def test_nobody_is_reported_on_who_does_not_leave(register: Register) -> None:
    with pytest.raises(Staff.DoesNotExist):
        report.read(
            actor=register.world.actor("supervisor"),
            staff_id=register.world.people["clerk"].id,
            now=clock.now(),
        )


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("sales_head", True),
        ("top_head", True),
        ("audit_admin", True),
        ("officer", True),
        ("service_head", False),
    ],
)
def test_the_report_is_for_the_head_and_for_those_who_supervise(
    register: Register,
    who: str,
    may: bool,  # noqa: FBT001 - a column of the table
) -> None:
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people["clerk"].id)
    found = leaving.reportable(register.world.actor(who))
    assert found.filter(id=register.world.people["clerk"].id).exists() is may


def test_an_administrator_without_the_right_gets_no_report(register: Register) -> None:
    with pytest.raises(NotAllowed):
        report.read(
            actor=register.world.actor("system_admin"),
            staff_id=register.world.people["clerk"].id,
            now=clock.now(),
        )


def report_page(register: Register, who: str, purpose: str = SALES) -> tuple[str, int]:
    """The page as `who` sees it, and how many statements it cost."""
    browser = register.world.signed_in(Client(), who)
    session = browser.session
    session["purpose"] = purpose
    session.save()
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(f"/people/staff/{register.world.people['clerk'].id}/report/").content.decode()
    return page, len(asked)


def test_the_report_names_customers_masked_to_whoever_may_see_them(register: Register) -> None:
    read_things(register)
    announce(register.world)
    shown, _ = report_page(register, "sales_head")
    assert "李**" in shown
    assert str(register["li"]) in shown
    for value in ("李小明", PHONE):
        assert value not in shown
    seen = of_events(["list.viewed"])[0]
    assert seen.actor == register.world.people["sales_head"].pseudonym
    for who in ("audit_admin", "supervisor"):
        page, _ = report_page(register, who)
        assert str(register["li"]) in page
        assert "李**" not in page
        assert "姓名（脱敏）" not in page
    assert (
        len(of_events(["list.viewed"])) == 2
    )  # the clerk's own reading and the head's: who may not see asks nothing
    without_purpose, _ = report_page(register, "sales_head", purpose="")
    assert "李**" not in without_purpose


def test_names_cost_no_statement_per_customer(register: Register) -> None:
    read_things(register)
    announce(register.world)
    report_page(register, "sales_head")
    _, few = report_page(register, "sales_head")
    departures.withdraw(
        actor=register.world.actor("sales_head"),
        departure_id=Departure.objects.get().id,
        now=clock.now(),
    )
    many(register, 20)
    listed(register)
    announce(register.world)
    page, more = report_page(register, "sales_head")
    assert page.count("王**") == 20
    assert more == few


def test_the_screens_announce_report_and_take_back(register: Register, client: Client) -> None:
    world, clerk = register.world, register.world.people["clerk"].id
    read_things(register)
    world.signed_in(client, "sales_head")
    assert "登记预告离职" in client.get(f"/people/staff/{clerk}/").content.decode()
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    page = client.get(f"/people/staff/{clerk}/departure/").content.decode()
    assert "1 份用数授权及申请终止" in page
    answer = client.post(f"/people/staff/{clerk}/departure/", {"last_day": day}, follow=True)
    assert "王芳" in answer.content.decode()
    world.signed_in(client, "supervisor")
    assert "预告离职的人员" in client.get("/").content.decode()
    shown = client.get(f"/people/staff/{clerk}/report/").content.decode()
    assert str(register["li"]) in shown
    assert "李小明" not in shown
    file = client.post(f"/people/staff/{clerk}/report/")
    assert file["Content-Type"].startswith("text/csv")
    assert str(register["li"]) in file.content.decode()
    world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    assert "已登记您预告离职" in client.get("/customers/").content.decode()
    assert client.get(f"/people/staff/{clerk}/report/").status_code == 403
    found = leaving.open_departure(clerk)
    assert found is not None
    world.signed_in(client, "sales_head")
    client.post(f"/people/departures/{found.id}/withdraw/")
    assert not leaving.departing(clerk)
