"""A million customers change nothing in how a search is answered: the same statements, no table read as a whole."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import Connection

from shouxin.customers.registry import search
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.tests.test_plan_searches import TERMS, nodes, searched
from shouxin.kit import clock, statements
from tests.register import SALES, Register

__all__ = ["searched"]
pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS, TOKENS_EACH = 1_000_000, 2
LOTS = 3  # few candidates are there by coincidence, so a search looks at few lots of them
ALL_TERMS = [*TERMS, "中关村大街1号", "金桂花园3栋", "221b baker street"]
TABLES = ("customers_customer", "vault_search_token")
# Made up of numbers alone, so that every run has the same rows; tokens as long as a plan for a million gives them.
MORE_CUSTOMERS = """
INSERT INTO customers_customer (id, kind, segment, jurisdiction, jurisdiction_signs, province, scope, visibility,
    created_by, restricted, public_values, revision, created_at, updated_at, owner_department_id, search_parts)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'organisation', '', 'CN', '{}', '', 'department', 'open', c.created_by, false,
    '{}', 1, now(), now(), c.owner_department_id,
    CASE WHEN n %% 10 = 0 THEN ARRAY['company_name:window2:' || n, 'uscc:exact:' || n] ELSE '{}' END
FROM customers_customer c, generate_series(1, %s) n WHERE c.id = %s
"""
MORE_TOKENS = """
INSERT INTO vault_search_token (customer_id, record_id, place, field, token, kind, version)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 1, k.field,
    hashint4(n * 4 + part) & ((1 << 18) - 1), k.kind, 1
FROM generate_series(1, %s) n CROSS JOIN generate_series(0, %s) part
JOIN (SELECT field, kind, row_number() OVER (ORDER BY field, kind) - 1 AS number, count(*) OVER () AS of
      FROM (SELECT DISTINCT field, kind FROM vault_search_token) known) k ON k.number = (n + part) %% k.of
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique
"""


def grow(register: Register, superuser: Connection) -> None:
    """A million customers with two million tokens; the schema's indexes are left out meanwhile, and built again."""
    indexes = superuser.execute(INDEXES, [list(TABLES)]).fetchall()
    superuser.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
    for name, _definition in indexes:
        superuser.execute(f"DROP INDEX {name}".encode())
    superuser.execute(MORE_CUSTOMERS, [CUSTOMERS, register["zhang"]])
    superuser.execute(MORE_TOKENS, [CUSTOMERS, TOKENS_EACH - 1])
    for _name, definition in indexes:
        superuser.execute(definition.encode())
    superuser.execute(f"VACUUM ANALYZE {', '.join(TABLES)}".encode())


def look(register: Register, term: str, filters: Filters | None = None) -> int:
    """How many statements a search takes."""
    actor = register.world.actor("clerk")
    with CaptureQueriesContext(connection) as captured:
        search.search(actor=actor, purpose=SALES, term=term, now=clock.now(), filters=filters)
    return len(captured)


def read_whole(statement: str, parameters: Any) -> set[str]:
    """The tables that a statement reads from end to end."""
    (explained,) = statements.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)[0]
    plan = nodes((explained if isinstance(explained, list) else json.loads(explained))[0]["Plan"])
    return {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"} & set(TABLES)


@pytest.mark.clause("B2.5")
def test_a_search_is_answered_alike_at_ten_and_at_a_million_customers(
    register: Register,
    superuser: Connection,
    searched: list[tuple[str, list[Any]]],
) -> None:
    wish = Filters(wish="refused:phone")
    look(register, "小明")  # what a process reads once is read
    few = {term: look(register, term) for term in ALL_TERMS} | {"": look(register, "", wish)}
    grow(register, superuser)
    searched.clear()
    assert {term: look(register, term) for term in ALL_TERMS} | {"": look(register, "", wish)} == few
    assert len(ALL_TERMS) < len(searched) < LOTS * (len(ALL_TERMS) + 1)
    for statement, parameters in searched:
        assert not read_whole(statement, parameters), statement
