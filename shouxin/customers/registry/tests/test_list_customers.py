"""The list of customers: the same people as everywhere, pages both ways, each order, nothing typed in an address."""

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db.models.functions import Now
from django.test import Client

from shouxin.core.policy import Sight
from shouxin.customers.registry import listing, queries
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Customer, Kind, Scope
from shouxin.customers.registry.queries import Filters
from shouxin.kit import clock
from shouxin.kit.lists import Place
from shouxin.people.models import Staff
from tests.register import FOOTING, SALES, Register, kept

READERS = ("clerk", "agent", "marketer", "sales_head", "top_head", "officer", "supervisor")


def many(register: Register, count: int) -> None:
    entries = [
        CustomerEntry(
            Kind.PERSON,
            kept({"person_name": f"钱多{n}", "customer_no": f"L-{n:05}"}),
            register.world.departments["sales"].id,
            Scope.DEPARTMENT,
            None,
        )
        for n in range(count)
    ]
    registry.store(actor=register.world.actor("clerk"), footing=FOOTING, entries=entries, now=clock.now())


def pages(register: Register, sort: str = "newest", size: int = 4) -> list[list[UUID]]:
    """Every page in turn, as somebody reads on."""
    chosen = next(one for one in listing.SORTS if one.key == sort)
    found, place = [], Place(size=size)
    while True:
        page = listing.page(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            filters=Filters(),
            now=clock.now(),
            place=place,
            sort=chosen,
        )
        found.append([view.row.id for view in page.customers])
        if page.following is None:
            return found
        place = Place(after=page.following, size=size)


@pytest.mark.parametrize("sight", ["", *Sight])
def test_the_list_shows_whom_the_register_shows(register: Register, sight: str) -> None:
    world = register.world
    for number, (name, (scope, visibility)) in enumerate(
        zip(
            register.ids,
            product(("own", "department", "organisation"), ("open", "unconfirmed")),
            strict=False,
        )
    ):
        creator = world.people["agent" if number % 2 else "clerk"].id
        Customer.objects.filter(id=register[name]).update(
            scope=scope, visibility=visibility, created_by=creator
        )
    for who in READERS:
        Staff.objects.filter(id=world.people[who].id).update(sight=sight)
        actor = world.actor(who)
        narrowings = [
            Filters(),
            Filters(mine=True),
            Filters(kind="person"),
            Filters(visibility="open"),
            Filters(visibility="unconfirmed"),
            Filters(department=world.departments["service"].id),
            Filters(responsible=world.people["sales_head"].id),
        ]
        for filters in narrowings:
            expected = set(
                queries.narrowed(queries.visible(actor), filters, actor).values_list("id", flat=True)
            )
            assert set(listing.ids(actor, filters, most=100)) == expected, (who, filters)
            assert listing.count(actor, filters).number == len(expected)


def test_pages_lead_on_and_back_without_gap_or_double(register: Register) -> None:
    many(register, 10)
    visible = queries.visible(register.world.actor("clerk"))
    Customer.objects.filter(id__in=visible.order_by("id").values("id")[:6]).update(
        updated_at=Now() - timedelta(days=2)  # equal moments: the id decides
    )
    orders = {
        "newest": ["-id"],
        "oldest": ["id"],
        "updated": ["-updated_at", "-id"],
        "untouched": ["updated_at", "id"],
    }
    for sort, order in orders.items():
        expected = list(visible.order_by(*order).values_list("id", flat=True))
        read = pages(register, sort)
        assert [one for page in read for one in page] == expected, sort
        chosen = next(one for one in listing.SORTS if one.key == sort)
        back = listing.page(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            filters=Filters(),
            now=clock.now(),
            place=Place(before=read[2][0], size=4),
            sort=chosen,
        )
        assert [view.row.id for view in back.customers] == read[1], sort
        assert back.preceding == read[1][0]
        onward = listing.ids(
            register.world.actor("clerk"), Filters(), most=4, sort=chosen, place=Place(after=back.following)
        )
        assert onward == read[2], sort


def test_going_back_to_the_beginning_shows_a_whole_page(register: Register) -> None:
    many(register, 10)
    read = pages(register)
    first = listing.page(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        filters=Filters(),
        now=clock.now(),
        place=Place(before=read[0][2], size=4),
    )
    assert [view.row.id for view in first.customers] == read[0]
    assert first.preceding is None


def test_an_edge_that_is_nobodys_shows_nobody_else(register: Register) -> None:
    """Attack: the address of a page names a customer of others; what is shown stays one's own."""
    page = listing.page(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        filters=Filters(),
        now=clock.now(),
        place=Place(before=register["secret"]),
        sort=listing.SORTS[2],
    )
    mine = {register["li"], register["zhang"], register["huaxin"]}
    assert {view.row.id for view in page.customers} == mine


@pytest.fixture
def browser(register: Register, client: Client) -> Client:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


def test_what_is_typed_into_the_filter_stands_in_no_address(browser: Client, register: Register) -> None:
    answer = browser.post("/customers/", {"segment": "消费者", "province": "", "kind": "person"})
    assert answer.status_code == 302
    assert "segment" not in answer["Location"]
    assert "%E6" not in answer["Location"]
    page = browser.get(answer["Location"])
    assert {line["row"].id for line in page.context["rows"]} == {register["li"]}
    assert 'value="消费者"' in page.content.decode()
    # Attack: typed by hand into the address, it narrows nothing.
    everybody = browser.get("/customers/?segment=消费者")
    assert len(everybody.context["rows"]) == 3


def test_a_kept_filter_belongs_to_who_made_it_and_ends(
    browser: Client, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = browser.post("/customers/", {"segment": "消费者"})["Location"]
    other = Client()
    register.world.signed_in(other, "sales_head").post("/purpose/", {"purpose": SALES})
    assert other.get(address).context["asked"].over
    later = clock.now() + timedelta(hours=13)
    monkeypatch.setattr("shouxin.people.lists.reading.clock.now", lambda: later)
    from shouxin.people.lists import queries as kept_lists

    assert (
        kept_lists.query_of(register.world.actor("clerk"), "customers", address.split("=")[1], later) is None
    )


def test_nothing_found_and_nothing_there_are_told_apart(browser: Client, register: Register) -> None:
    nothing = browser.get(browser.post("/customers/", {"segment": "没有"})["Location"])
    assert "没有符合条件的客户" in nothing.content.decode()
    empty = Client()
    register.world.signed_in(empty, "marketer").post("/purpose/", {"purpose": "marketing"})
    Customer.objects.update(scope="own")
    page = empty.get("/customers/").content.decode()
    assert "没有符合条件的客户" not in page
