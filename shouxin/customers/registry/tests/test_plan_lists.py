"""A page of the list is found through indexes, whoever asks for it, however it is narrowed and sorted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import Connection

from shouxin.core.policy import Actor
from shouxin.customers.registry import listing
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import Filters
from shouxin.kit.lists import Place, Sort
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS = 100_000
LOOKED_AT = 2_000  # rows of the table that one page may cost
# Narrowed by a value that few have, what waits for confirmation and what lies outside the departments is looked
# through: never all of the register, and never one part of it read from end to end.
RARE = {"rare kind", "responsible", "no such segment", "province", "two at once"}
# Old customers of a few people at the far end, then many of everybody's; a tenth waits, a hundredth is rare.
MORE = """
INSERT INTO customers_customer (id, kind, segment, jurisdiction, jurisdiction_signs, province, scope, visibility,
    created_by, restricted, public_values, revision, created_at, updated_at, owner_department_id, search_parts,
    responsible_id)
SELECT (lpad(to_hex(n), 12, '0') || '7000800000000000' || lpad(to_hex(n %% 65536), 4, '0'))::uuid,
    CASE n %% 100 WHEN 0 THEN 'organisation' ELSE 'person' END, (ARRAY['', '消费者', '企业', '小微'])[1 + n %% 4],
    'CN', '{}', (ARRAY['', '北京', '广东', '西藏'])[1 + (n %% 40 + 27) / 22], CASE n %% 50 WHEN 7 THEN 'organisation'
    WHEN 8 THEN 'own' ELSE 'department' END, CASE WHEN n %% 10 = 3 THEN 'unconfirmed' ELSE 'open' END,
    %(clerk)s, false, '{}', 1, now(), now() - n * interval '1 minute',
    CASE WHEN n < 600 THEN %(service)s::uuid ELSE %(sales)s::uuid END, '{}',
    CASE WHEN n < 600 THEN NULL WHEN n %% 3 = 0 THEN %(head)s::uuid WHEN n %% 997 = 0 THEN %(clerk)s::uuid END
FROM generate_series(1, %(count)s) n
"""
ACTORS = ("clerk", "agent", "sales_head", "top_head", "officer")


@pytest.fixture
def large(register: Register, superuser: Connection) -> Register:
    """The cast among many others, with statistics as the database keeps them."""
    people, places = register.world.people, register.world.departments
    superuser.execute(
        MORE,
        {
            "clerk": people["clerk"].id,
            "head": people["sales_head"].id,
            "sales": places["sales"].id,
            "service": places["service"].id,
            "count": CUSTOMERS,
        },
    )
    superuser.execute(
        "SET default_statistics_target = 10000"
    )  # every row is sampled: the same plans every time
    superuser.execute("VACUUM ANALYZE customers_customer")
    return register


def explained(actor: Actor, filters: Filters, sort: Sort, place: Place) -> dict[str, Any]:
    statement, parameters = listing._statement(actor, filters, sort, place)
    along = listing._walks(filters, sort)
    with transaction.atomic(), connection.cursor() as cursor, listing._walking(cursor, along=along):
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {statement}", {**parameters, "most": place.size + 1}
        )
        (found,) = cursor.fetchone()
    return (found if isinstance(found, list) else json.loads(found))[0]["Plan"]  # type: ignore[no-any-return]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def cost(plan: dict[str, Any]) -> tuple[set[str], int, int]:
    """Tables read from end to end, rows of the table looked at, and the most rows that were sorted."""
    whole, looked, most_sorted = set(), 0, 0
    for node in nodes(plan):
        loops = node.get("Actual Loops", 1)
        if node.get("Relation Name") == "customers_customer":
            removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            looked += int((node["Actual Rows"] + removed) * loops)
            if node["Node Type"] == "Seq Scan":
                whole.add(node["Relation Name"])
        if "Sort" in node["Node Type"]:
            most_sorted = max(most_sorted, *(int(part["Actual Rows"]) for part in node["Plans"]))
    return whole, looked, most_sorted


def narrowings(register: Register) -> dict[str, Filters]:
    nothing = Filters()
    return {
        "": nothing,
        "common kind": replace(nothing, kind="person"),
        "rare kind": replace(nothing, kind="organisation"),
        "segment": replace(nothing, segment="消费者"),
        "no such segment": replace(nothing, segment="没有"),
        "province": replace(nothing, province="西藏"),
        "department": replace(nothing, department=register.world.departments["service"].id),
        "mine": replace(nothing, mine=True),
        "responsible": replace(nothing, responsible=register.world.people["sales_head"].id),
        "open": replace(nothing, visibility="open"),
        "waiting": replace(nothing, visibility="unconfirmed"),
        "two at once": replace(nothing, kind="organisation", segment="消费者"),
    }


def most_to_sort(filters: Filters, *, rare: bool, along: bool) -> int:
    """How many rows may be sorted for a page.

    Where the planner may choose, it walks until the page is full or sorts all that a rare value leaves. Near the middle
    either is cheap, and statistics decide which it takes.
    """
    if along or not rare:
        return LOOKED_AT
    wanted = {column: value for column in listing._SECOND if (value := getattr(filters, column))}
    return Customer.objects.filter(**wanted).count()


def test_every_list_is_walked_along_an_index(large: Register) -> None:
    middle = Customer.objects.order_by("id").values_list("id", flat=True)[50_000]
    wrong = []
    for who in ACTORS:
        actor = large.world.actor(who)
        for name, filters in narrowings(large).items():
            for sort in listing.SORTS:
                further = () if name and name != "segment" else (Place(after=middle), Place(before=middle))
                for place in (Place(), *further):
                    if not listing._statement(actor, filters, sort, place)[0]:
                        continue
                    whole, looked, ordered = cost(explained(actor, filters, sort, place))
                    rare = name in RARE
                    sortable = most_to_sort(filters, rare=rare, along=listing._walks(filters, sort))
                    if whole or looked > (CUSTOMERS if rare else LOOKED_AT) or ordered > sortable:
                        wrong.append((who, name, sort.key, place.after, place.before, whole, looked, ordered))
    assert not wrong, "\n".join(map(str, wrong))
