"""How two customers stand to each other: on both, seen with both, never twice and never in a circle."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import NotAllowed
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, RecordKind, Scope
from shouxin.customers.registry.models import Kind as CustomerKind
from shouxin.customers.relationships import queries, rules, services
from shouxin.customers.relationships.models import Kind, Relationship, Side
from shouxin.customers.relationships.services import RelationProblem
from shouxin.gate.limits import day_of
from shouxin.gate.services import Refused
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


def relate(
    register: Register,
    customer: str,
    other: str,
    kind: Kind = Kind.GUARANTOR,
    side: Side = Side.SECOND,
    *,
    who: str = "clerk",
    **more: Any,
) -> Relationship:
    said = {"since": day_of(clock.now()) - timedelta(days=30), **more}
    return services.relate(
        actor=register.world.actor(who),
        purpose=SALES,
        customer=register[customer],
        other=register[other],
        kind=kind,
        side=side,
        now=clock.now(),
        **said,
    )


def seen(register: Register, customer: str, who: str = "clerk") -> queries.Relations:
    return queries.of(
        actor=register.world.actor(who), purpose=SALES, customer=register[customer], now=clock.now()
    )


def spoken(register: Register, customer: str, who: str = "clerk") -> list[tuple[str, UUID]]:
    found = seen(register, customer, who).shown
    return [(rules.called(one.row.kind, one.row.side).zh, one.other.row.id) for one in found]


@pytest.fixture
def firms(register: Register) -> Register:
    """Three more organisations of the clerk's own, the first with a contract."""
    world = register.world
    for name in ("one", "two", "three"):
        records = (
            [
                RecordEntry(
                    RecordKind.CONTRACT, kept({"contract_no": "HT-1", "contract_signed_on": "2026-01-02"})
                )
            ]
            if name == "one"
            else []
        )
        entry = CustomerEntry(
            CustomerKind.ORGANISATION,
            kept({"company_name": f"第{name}公司"}),
            world.departments["sales"].id,
            Scope.DEPARTMENT,
            world.people["clerk"].id,
            records=records,
        )
        done = registry.store(actor=world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now())
        register.ids[name] = done[0].customer
        if records:
            register.records["contract"] = done[0].records[0]
    return register


def test_it_stands_on_both_in_both_directions_and_in_both_timelines(register: Register) -> None:
    relate(register, "li", "zhang")
    assert spoken(register, "li") == [("担保人", register["zhang"])]
    assert spoken(register, "zhang") == [("被担保人", register["li"])]
    assert seen(register, "li").shown[0].other.cells["person_name"].text == "张*"
    for name in ("li", "zhang"):
        told = [line for line in timeline(register[name]) if line.event == "relation.made"]
        assert len(told) == 1
        assert str(register["li"]) not in str(told[0].data)
        assert str(register["zhang"]) not in str(told[0].data)


def test_whom_one_may_not_see_is_a_number_and_no_name(register: Register) -> None:
    relate(register, "li", "zhang", who="sales_head")
    relate(register, "secret", "zhang", who="sales_head")
    assert [one for _name, one in spoken(register, "zhang", "sales_head")] == [
        register["li"],
        register["secret"],
    ]
    mine = seen(register, "zhang")
    assert [one.other.row.id for one in mine.shown] == [register["li"]]
    assert mine.unseen == 1


def test_nobody_is_related_to_whom_they_do_not_see(register: Register) -> None:
    with pytest.raises(RelationProblem, match=r"other\.unknown"):
        relate(register, "li", "secret")
    with pytest.raises(RelationProblem, match=r"other\.unknown"):
        relate(register, "li", "li")
    with pytest.raises(Refused):
        relate(register, "li", "service", who="agent")
    with pytest.raises(NotAllowed):
        relate(register, "li", "zhang", who="officer")
    assert not Relationship.objects.exists()


@pytest.mark.parametrize(
    ("customer", "other", "kind", "side", "code"),
    [
        ("li", "huaxin", Kind.SPOUSE, Side.SECOND, r"kind\.unfitting"),
        ("li", "huaxin", Kind.PARENT, Side.SECOND, r"kind\.unfitting"),
        ("huaxin", "li", Kind.EMPLOYER, Side.SECOND, r"kind\.unfitting"),
    ],
)
def test_what_does_not_fit_is_refused(
    register: Register, customer: str, other: str, kind: Kind, side: Side, code: str
) -> None:
    with pytest.raises(RelationProblem, match=code):
        relate(register, customer, other, kind, side)


def test_no_relationship_begins_tomorrow(register: Register) -> None:
    with pytest.raises(RelationProblem, match=r"since\.future"):
        relate(register, "li", "zhang", since=day_of(clock.now()) + timedelta(days=1))


@pytest.mark.parametrize(("again", "side"), [(("li", "zhang"), Side.SECOND), (("zhang", "li"), Side.FIRST)])
def test_the_same_is_not_noted_twice_from_either_side(
    register: Register, again: tuple[str, str], side: Side
) -> None:
    relate(register, "li", "zhang")
    with pytest.raises(RelationProblem, match=r"relation\.known"):
        relate(register, *again, Kind.GUARANTOR, side)
    assert Relationship.objects.count() == 2


def test_two_may_guarantee_for_each_other_but_not_marry_twice(register: Register) -> None:
    relate(register, "li", "zhang")
    relate(register, "zhang", "li")
    relate(register, "li", "zhang", Kind.SPOUSE)
    with pytest.raises(RelationProblem, match=r"relation\.known"):
        relate(register, "zhang", "li", Kind.SPOUSE)


def test_no_company_is_above_itself_at_any_distance(firms: Register) -> None:
    relate(firms, "one", "two", Kind.PARENT, Side.FIRST)
    relate(firms, "two", "three", Kind.PARENT, Side.FIRST)
    for customer, other, side in (
        ("three", "one", Side.FIRST),
        ("one", "three", Side.SECOND),
        ("two", "one", Side.FIRST),
    ):
        with pytest.raises(RelationProblem, match=r"relation\.(circle|known)"):
            relate(firms, customer, other, Kind.PARENT, side)


@given(
    edges=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda e: e[0] != e[1]), max_size=15
    )
)
def test_a_hierarchy_that_is_checked_edge_by_edge_never_closes(edges: list[tuple[int, int]]) -> None:
    kept_edges: list[tuple[UUID, UUID]] = []
    for above, below in edges:
        one, two = UUID(int=above), UUID(int=below)
        if not rules.circular(kept_edges, one, two):
            kept_edges.append((one, two))
    for start in range(7):
        reached, waiting = set[UUID](), [UUID(int=start)]
        while waiting:
            here = waiting.pop()
            fresh = {below for above, below in kept_edges if above == here} - reached
            reached |= fresh
            waiting.extend(fresh)
        assert UUID(int=start) not in reached


@pytest.mark.parametrize(
    "broken",
    [
        {"other": "customer"},
        {"kind": "friend"},
        {"side": "third"},
        {"until": "2000-01-01"},
        {"side": "first", "contract": "019ab000-0000-7000-8000-000000000001"},
    ],
)
def test_the_database_refuses_nonsense(register: Register, broken: dict[str, Any]) -> None:
    mine = relate(register, "li", "zhang")
    values = {key: register["li"] if value == "customer" else value for key, value in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Relationship.objects.filter(id=mine.id).update(**values)


def test_ending_ends_both_halves_and_it_may_begin_again(register: Register) -> None:
    mine = relate(register, "li", "zhang")
    services.end(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        relationship=mine.id,
        now=clock.now(),
    )
    assert spoken(register, "li") == spoken(register, "zhang") == []
    assert Relationship.objects.filter(until__isnull=False).count() == 2
    for name in ("li", "zhang"):
        assert timeline(register[name])[0].event in {"relation.ended", "list.viewed"}
    with pytest.raises(RelationProblem, match=r"relation\.unknown"):
        services.end(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            customer=register["li"],
            relationship=mine.id,
            now=clock.now(),
        )
    relate(register, "li", "zhang")


def test_a_guarantor_stands_by_a_contract_of_the_guaranteed(firms: Register) -> None:
    mine = relate(firms, "one", "li", contract=firms.records["contract"])
    assert mine.contract == firms.records["contract"]
    other = Relationship.objects.get(pair=mine.pair, customer_id=firms["li"])
    assert other.contract is None  # a contract is named with its own customer alone
    for customer, kind in (("two", Kind.GUARANTOR), ("one", Kind.PARTNER)):
        with pytest.raises(RelationProblem, match=r"contract\.unfitting"):
            relate(firms, customer, "huaxin", kind, contract=firms.records["contract"])


def test_a_merged_customer_keeps_its_relationships_under_who_stands_for_it(firms: Register) -> None:
    relate(firms, "one", "two", Kind.PARTNER)
    relate(firms, "one", "three", Kind.PARTNER)
    Customer.objects.filter(id=firms["one"]).update(absorbed_by=firms["two"])
    assert spoken(firms, "two") == [("合作方", firms["three"])]  # not with itself
    assert spoken(firms, "three") == [("合作方", firms["two"])]


def test_it_is_noted_on_the_page_without_a_name_in_an_address(register: Register, client: Client) -> None:
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    here = f"/customers/{register['li']}/"
    found = browser.post(f"{here}relations/new/", {"term": "张伟-10002"}).content.decode()
    assert str(register["zhang"]) in found
    assert "张伟<" not in found
    said = {"other": str(register["zhang"]), "role": "guarantor.second", "since": "2026-01-02"}
    assert browser.post(f"{here}relations/new/", said | {"role": "parent.second"}).status_code == 422
    assert browser.post(f"{here}relations/new/", said | {"other": str(register["secret"])}).status_code == 422
    assert browser.post(f"{here}relations/new/", said).status_code == 302
    page = browser.get(here).content.decode()
    assert "担保人：" in page
    mine = Relationship.objects.get(customer_id=register["li"])
    browser.post(f"{here}relations/{mine.id}/end/")
    assert "担保人：" not in browser.get(here).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_close_a_circle_at_once_do_not(firms: Register) -> None:
    relate(firms, "one", "two", Kind.PARENT, Side.FIRST)
    begin, outcomes = Barrier(2), list[str]()

    def close(above: str, below: str) -> None:
        begin.wait()
        try:
            relate(firms, above, below, Kind.PARENT, Side.FIRST)
            outcomes.append("noted")
        except RelationProblem as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [Thread(target=close, args=pair) for pair in (("two", "three"), ("three", "one"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["noted", "relation.circle"]
