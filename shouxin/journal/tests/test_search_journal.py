"""Whatever the journal is narrowed to, a page of it reads a short stretch of an index, with 200,000 entries too."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db.models.query import QuerySet

from shouxin.core.policy import Actor, NotAllowed
from shouxin.journal import queries
from shouxin.journal import services as journal
from shouxin.journal.models import Entry
from shouxin.kit.lists import Place, by_age
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 200_000
RARE_ACTOR, RARE_CUSTOMER = UUID(int=777), UUID(int=888)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# One entry every ten seconds; a thousand actors, twenty events, five purposes, half of the entries about a customer.
FILL = """
    INSERT INTO journal_entry (id, at, event, actor, customer, purpose, body)
    SELECT (lpad(to_hex(%(begin)s + n * 10000::bigint), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
           timestamptz '2026-01-01 00:00:00+00' + n * interval '10 seconds',
           'thing.e' || (n %% 20),
           CASE WHEN n %% 5000 = 7 THEN %(actor)s ELSE lpad(to_hex(n %% 1000 + 1), 32, '0')::uuid END,
           CASE WHEN n %% 5000 = 9 THEN %(customer)s
                WHEN n %% 2 = 0 THEN lpad(to_hex(n %% 9999 + 1), 32, '1')::uuid END,
           CASE WHEN n %% 40000 = 11 THEN 'rare' WHEN n %% 3 > 0 THEN 'p' || (n %% 5) END,
           '\\x0101'::bytea
    FROM generate_series(0, %(many)s - 1) AS n
"""


@pytest.fixture
def many(superuser: psycopg.Connection[Any]) -> None:
    """Only the owner may analyse the table, as autovacuum does where the product runs."""
    values = {"begin": int(BEGIN.timestamp() * 1000), "actor": RARE_ACTOR, "customer": RARE_CUSTOMER}
    superuser.execute(FILL, {**values, "many": MANY})
    superuser.execute("ANALYZE journal_entry")


def touched(plan: dict[str, Any]) -> int:
    """How many rows the scans of a plan looked at, kept or not."""
    own = plan["Actual Rows"] * plan["Actual Loops"] + plan.get("Rows Removed by Filter", 0)
    below = [touched(child) for child in plan.get("Plans", [])]
    return int(max([own, *below]))


def scans(plan: dict[str, Any]) -> set[str]:
    return {plan["Node Type"]}.union(*(scans(child) for child in plan.get("Plans", [])))


def plan(rows: QuerySet[Entry], before: UUID | None = None) -> dict[str, Any]:
    """The plan of a page of these entries, as it was carried out."""
    rows = rows.filter(id__lt=before) if before else rows
    found: dict[str, Any] = json.loads(rows.order_by("-id")[:51].explain(analyze=True, format="json"))[0][
        "Plan"
    ]
    return found


DAY = BEGIN + timedelta(days=10)
SEARCHES = [
    queries.Filters(),
    queries.Filters(actor=RARE_ACTOR),
    queries.Filters(actor=UUID(int=5)),
    queries.Filters(customers=(RARE_CUSTOMER,)),
    queries.Filters(customers=(RARE_CUSTOMER, UUID(int=1))),
    queries.Filters(event="thing.e3"),
    queries.Filters(purpose="p1"),
    queries.Filters(purpose="rare"),
    queries.Filters(purpose="none"),
    queries.Filters(since=DAY, until=DAY + timedelta(days=1)),
    queries.Filters(since=BEGIN + timedelta(days=2), until=BEGIN + timedelta(days=20)),
    queries.Filters(actor=RARE_ACTOR, since=DAY),
    queries.Filters(customers=(RARE_CUSTOMER,), purpose="p1", event="thing.e9"),
    queries.Filters(event="thing.e3", until=DAY),
]


def test_no_search_walks_the_whole_journal(many: None, auditor: Actor) -> None:
    for filters in SEARCHES:
        for before in (None, queries._first_id(BEGIN + timedelta(days=12))):
            found = plan(queries.matching(auditor, filters), before)
            assert "Seq Scan" not in scans(found), filters
            assert touched(found) < MANY / 10, filters


def test_what_is_prepared_for_any_customer_reads_a_short_stretch_too(
    many: None, superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("SET plan_cache_mode = force_generic_plan")
    for text, given in (
        (queries._ABOUT, (RARE_CUSTOMER, 51)),
        (queries._ABOUT_EVENT, (RARE_CUSTOMER, "thing.e9", 51)),
    ):
        row = superuser.execute(f"EXPLAIN (ANALYZE, FORMAT json) {text}", given, prepare=True).fetchone()
        assert row is not None
        found = row[0][0]["Plan"]
        assert "Seq Scan" not in scans(found), text
        assert touched(found) < MANY / 10, text


def test_the_latest_about_one_customer_are_those_of_the_search(auditor: Actor, register: Register) -> None:
    newest, oldest = by_age()
    for _ in range(2):
        journal.append_at_once(actor=auditor, event="journal.entry_read", rows=[(register["li"], {})])
    for event in (None, "journal.entry_read", "thing.unheard"):
        filters = queries.Filters(event=event, customers=(register["li"],))
        rows = list(queries.matching(auditor, filters).order_by("-id").values_list("id", flat=True))
        page = queries.page(auditor, filters, newest, Place(size=1))
        assert [line.id for line in page.rows] == rows[:1]
        assert page.following == (rows[0] if len(rows) > 1 else None)
        after = queries.page(auditor, filters, newest, Place(size=50, after=page.following))
        assert [line.id for line in after.rows] == (rows[1:] if len(rows) > 1 else rows)
        reverse = queries.page(auditor, filters, oldest, Place())
        assert [line.id for line in reverse.rows] == rows[::-1]
    with pytest.raises(NotAllowed):
        queries.page(register.world.actor("clerk"), filters, newest, Place())
