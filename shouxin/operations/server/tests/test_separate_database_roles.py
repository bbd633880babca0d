"""The application owns nothing: it cannot change the journal's past, nor any table's shape."""

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from shouxin.kit.database import append_only

pytestmark = pytest.mark.django_db


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def test_the_journal_can_only_grow() -> None:
    columns = {model._meta.db_table: model._meta.concrete_fields[0].column for model in append_only.values()}
    assert "journal_entry" in columns
    for table, column in columns.items():
        assert refused(f'UPDATE "{table}" SET "{column}" = "{column}"'), table
        assert refused(f'DELETE FROM "{table}"'), table
        assert refused(f'TRUNCATE "{table}"'), table


def test_no_table_can_be_altered_dropped_or_emptied() -> None:
    for model in apps.get_models():
        table = model._meta.db_table
        assert refused(f'ALTER TABLE "{table}" ADD COLUMN sneaked integer'), table
        assert refused(f'DROP TABLE "{table}"'), table
        assert refused(f'TRUNCATE "{table}"'), table


def test_nothing_can_be_created_and_no_role_taken() -> None:
    assert refused("CREATE TABLE sneaked (id integer)")
    assert refused("CREATE SCHEMA sneaked")
    assert refused("SET ROLE shouxin_owner")
    assert refused("CREATE ROLE sneaked")
    assert refused("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
    assert refused("SET session_replication_role = replica")
