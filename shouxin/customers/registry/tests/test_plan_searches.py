"""Searching reads the token index alone, whatever the size of the register, in the same number of statements."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import Connection

from shouxin.customers.registry import search
from shouxin.kit import clock, statements
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = [PHONE, "小明", "5678", "李 5678", "lixiaoming", "lxm", "华信", "@example.cn", "李小明-10001"]
CUSTOMERS, INDEXED = 8_000, 2_000
MORE_CUSTOMERS = """
INSERT INTO customers_customer (id, kind, segment, jurisdiction, jurisdiction_signs, province, scope, visibility,
    created_by, restricted, public_values, revision, created_at, updated_at, owner_department_id, search_parts)
SELECT gen_random_uuid(), 'organisation', '', 'CN', '{}', '', 'department', 'open', c.created_by, false,
    '{}', 1, now(), now(), c.owner_department_id, ARRAY['company_name:window2:' || n, 'uscc:exact:' || n]
FROM customers_customer c, generate_series(1, %s) n WHERE c.id = %s
"""
MORE_TOKENS = """
INSERT INTO vault_search_token (customer_id, record_id, place, field, token, kind, version)
SELECT c.id, c.id, 1, t.field, (random() * 250)::int, t.kind, 1
FROM (SELECT id FROM customers_customer LIMIT %s) c, (SELECT DISTINCT field, kind FROM vault_search_token) t
"""


@pytest.fixture
def large(register: Register, superuser: Connection) -> Register:
    """The cast among many others, with statistics as the database keeps them; every kind of token as often."""
    superuser.execute(MORE_CUSTOMERS, [CUSTOMERS, register["zhang"]])
    superuser.execute(MORE_TOKENS, [INDEXED])
    # Written anew: tests of a million rows leave indexes so long that reading these few rows whole would be cheaper.
    superuser.execute("VACUUM (FULL, ANALYZE) vault_search_token, customers_customer")
    return register


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """The statements that look for candidates, with their parameters."""
    seen: list[tuple[str, list[Any]]] = []

    def execute(statement: str, parameters: Any = ()) -> list[Any]:
        seen.append((statement, list(parameters)))
        return statements.execute(statement, parameters)

    monkeypatch.setattr(search, "execute", execute)
    return seen


def look(register: Register, term: str) -> None:
    search.search(actor=register.world.actor("clerk"), purpose=SALES, term=term, now=clock.now())


def test_candidates_come_from_the_indexes(large: Register, searched: list[tuple[str, list[Any]]]) -> None:
    for term in TERMS:
        searched.clear()
        look(large, term)
        assert searched
        for statement, parameters in searched:
            explained = statements.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)[0][0]
            plan = nodes((explained if isinstance(explained, list) else json.loads(explained))[0]["Plan"])
            scanned = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
            assert not scanned & {"vault_search_token", "customers_customer"}, (term, explained)
            assert {node.get("Index Name") for node in plan} & {"vault_token_find", "customer_parts"}, term


def test_the_number_of_statements_does_not_depend_on_what_is_found(
    register: Register,
) -> None:
    look(register, "小明")  # what a process reads once is read
    counts = set()
    for term in (PHONE, "小明", "5678", "lixiaoming"):
        with CaptureQueriesContext(connection) as captured:
            look(register, term)
        counts.add(len(captured))
    assert len(counts) == 1
