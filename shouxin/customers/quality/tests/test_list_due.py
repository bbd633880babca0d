"""What is due stands in the list of who answers for the customer, the oldest first, and goes with the customer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.customers.quality import queries, services
from shouxin.customers.quality.models import Standing, Verified
from shouxin.customers.quality.queries import Whose
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.quality.tests.conftest import Age
from shouxin.customers.registry import services as registry
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.kit.lists import Place
from tests.register import SALES, Register


def due(register: Register, who: str = "clerk", whose: Whose = Whose.MINE) -> list[str]:
    page = queries.due(actor=register.world.actor(who), whose=whose, now=clock.now())
    names = {one: name for name, one in register.ids.items()}
    return [names[line.customer] for line in page.lines]


@pytest.fixture
def clerk(register: Register, client: Client) -> Client:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


@pytest.mark.clause("A5.2", "C3.5")
def test_each_owner_finds_their_own_the_oldest_first(register: Register, age: Age) -> None:
    assert due(register) == []
    for name, days in (("li", 400), ("huaxin", 500), ("zhang", 450), ("service", 600)):
        age(name, days)
    assert due(register) == ["huaxin", "li"]  # the contact's phone; an organisation's name lasts longer
    assert due(register, whose=Whose.SHARED) == ["zhang"]
    assert due(register, "sales_head", Whose.DEPARTMENT) == ["huaxin", "zhang", "li"]
    assert due(register, "agent") == ["service"]
    assert due(register, whose=Whose.DEPARTMENT) == []


def test_the_workbench_counts_what_the_list_shows(register: Register, age: Age, clerk: Client) -> None:
    age("li", 400)
    age("huaxin", 500)
    assert queries.due_count(register.world.actor("clerk")) == 2
    assert "待更新的客户信息" in clerk.get("/").content.decode()


def test_it_goes_with_the_customer_to_another_person(register: Register, age: Age) -> None:
    age("li", 400)
    registry.assign(
        actor=register.world.actor("sales_head"),
        customer=register["li"],
        responsible=register.world.people["sales_head"].id,
        scope="department",
        purpose=SALES,
        now=clock.now(),
    )
    assert due(register) == []
    assert due(register, "sales_head") == ["li"]


@pytest.mark.parametrize("latest", [False, True])
def test_a_page_goes_on_where_the_last_one_ended_and_back(
    register: Register, age: Age, *, latest: bool
) -> None:
    age("li", 400)
    age("huaxin", 500)
    age("zhang", 600)
    actor, now, place = register.world.actor("sales_head"), clock.now(), Place(size=1)
    pages = []
    while True:
        page = queries.due(actor=actor, whose=Whose.DEPARTMENT, place=place, latest=latest, now=now)
        pages.append([line.customer for line in page.lines])
        if not page.window.following:
            break
        place = Place(after=page.window.following, size=1)
    order = [[register[who]] for who in ("zhang", "huaxin", "li")]
    assert pages == (order[::-1] if latest else order)
    back = queries.due(
        actor=actor,
        whose=Whose.DEPARTMENT,
        place=Place(before=page.window.preceding, size=1),
        latest=latest,
        now=now,
    )
    assert [line.customer for line in back.lines] == pages[-2]


def test_the_list_is_read_by_its_index(register: Register) -> None:
    with connection.cursor() as cursor:
        # Of a few rows any plan is as cheap; this one must be there.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        cursor.execute(
            "EXPLAIN SELECT s.id FROM customers_standing s WHERE s.responsible_id = %s AND s.due_on <= %s"
            " AND (s.due_on, s.id) >= (%s, %s) ORDER BY s.due_on, s.id LIMIT 51",
            [register["li"], timezone.localdate(), timezone.localdate(), register["li"]],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "standing_of_responsible" in plan
    assert "Sort" not in plan


@pytest.mark.clause("A5.2", "C3.5")
def test_a_clerk_verifies_several_at_once_from_the_list(register: Register, age: Age, clerk: Client) -> None:
    age("li", 400, "mobile")
    age("huaxin", 500)
    page = clerk.get("/customers/refresh/")
    text = page.content.decode()
    assert "李**" in text
    assert "手机号码" in text
    chosen = [row["value"] for row in page.context["rows"]]
    clerk.post("/customers/refresh/chosen/", {"chosen": chosen, "verb": "verify", "method": "called_back"})
    assert due(register) == []
    assert {row.field for row in Verified.objects.all()} == {"mobile", "contact_mobile"}


def test_asked_again_later_it_comes_back_on_that_day(register: Register, age: Age, clerk: Client) -> None:
    age("li", 400)
    until = timezone.localdate() + timedelta(days=10)
    chosen = [row["value"] for row in clerk.get("/customers/refresh/").context["rows"]]
    form = {"chosen": chosen, "verb": "later", "reason": "unreachable", "until": until.isoformat()}
    clerk.post("/customers/refresh/chosen/", form)
    assert due(register) == []
    assert of_events(["value.put_off"])[0].data["later"] == "unreachable"
    assert "暂时联系不上" in clerk.get(f"/customers/{register['li']}/").content.decode()
    actor, then = register.world.actor("clerk"), clock.now() + timedelta(days=10)
    assert queries.due(actor=actor, whose=Whose.MINE, now=then).lines


@pytest.mark.parametrize(("days", "reason"), [(0, "asked"), (91, "asked"), (10, ""), (10, "tired")])
def test_it_is_not_put_off_for_good_nor_without_a_reason(
    register: Register, age: Age, days: int, reason: str
) -> None:
    age("li", 400)
    with pytest.raises(QualityProblem, match=r"later\."):
        services.put_off(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            records=[(register["li"], register["li"])],
            reason=reason,
            until=timezone.localdate() + timedelta(days=days),
            now=clock.now(),
        )
    assert Standing.objects.get(id=register["li"]).later_until is None
