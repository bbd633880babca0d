"""Whatever stands in clear is described in docs/formats/clear-columns.md: no column, index or table more."""

import re
from pathlib import Path

import psycopg
import pytest

from shouxin.core.policy import Exposure, Storage
from shouxin.gate.facts import rules
from tests.register import Register

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "clear-columns.md"
TABLES = "'public'::regnamespace AND c.relkind IN ('r', 'p')"


def described() -> tuple[dict[str, set[str]], set[str]]:
    """Per table with data about customers its columns and indexes; and the tables without such data."""
    tables: dict[str, set[str]] = {}
    others: set[str] = set()
    here = others
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## `(\w+)`", line):
            here = tables.setdefault(heading[1], set())
        elif line.startswith("# "):
            here = others
        elif row := re.match(r"\| `([^`]+)` \| \S", line):
            here.add(row[1])
    return tables, others


def columns(connection: psycopg.Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        f" WHERE c.relnamespace = {TABLES} AND a.attnum > 0 AND NOT a.attisdropped"
    ):
        found.setdefault(table, set()).add(column)
    return found


def indexes(connection: psycopg.Connection) -> set[tuple[str, str]]:
    """(table, columns or expressions in brackets) of every index."""
    rows = connection.execute(
        "SELECT c.relname,"
        " ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnkeyatts) n)"
        f" FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = {TABLES}"
    )
    return {(table, f"({', '.join(keys)})") for table, keys in rows}


def test_every_table_is_described(superuser: psycopg.Connection) -> None:
    tables, others = described()
    assert set(columns(superuser)) - set(tables) - others == set()
    assert not set(tables) & others


def test_every_column_and_index_about_customers_is_described(superuser: psycopg.Connection) -> None:
    tables, _ = described()
    standing = columns(superuser)
    parts = {(table, name) for table in tables for name in standing.get(table, ())}
    parts |= {(table, index) for table, index in indexes(superuser) if table in tables}
    told = {(table, name) for table, names in tables.items() if table in standing for name in names}
    assert parts - told == set(), "not described"
    assert told - parts == set(), "described, but gone"


def test_no_table_that_names_a_customer_is_called_harmless(superuser: psycopg.Connection) -> None:
    _, others = described()
    naming = {table for table, names in columns(superuser).items() if names & {"customer", "customer_id"}}
    assert naming & others == set()


def test_the_clear_fields_of_the_catalogue_are_those_the_page_names(register: Register) -> None:
    clear = {key: rule for key, rule in rules["rulebook"].fields().items() if rule.storage is Storage.CLEAR}
    assert set(clear) == {
        "company_name",
        "uscc",
        "registered_address",
        "business_scope",
        "legal_rep_name",
        "shareholder",
        "license_image",
        "segment",
    }
    assert {key for key, rule in clear.items() if rule.exposure is not Exposure.PUBLIC} == {"segment"}
