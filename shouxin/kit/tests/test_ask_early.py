"""Rows that come before the commit: it is waited for before anything else, and told if it did not come about."""

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from psycopg.pq import PipelineStatus, TransactionStatus

from shouxin.kit.statements import execute, execute_early, settle

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "INSERT INTO early_line (number) VALUES (%(number)s) RETURNING number"


@pytest.fixture(autouse=True)
def _table(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    # Whether a number is there twice is looked at when a transaction is committed, not before.
    superuser.execute("CREATE TABLE early_line (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    superuser.execute("GRANT ALL ON early_line TO PUBLIC")
    yield
    superuser.execute("DROP TABLE early_line")


def add(number: int) -> list[Any]:
    return execute_early(ADD, {"number": number})


def numbers(superuser: psycopg.Connection[Any]) -> list[int]:
    return [row[0] for row in superuser.execute("SELECT number FROM early_line ORDER BY number").fetchall()]


def rests() -> bool:
    raw = cast("psycopg.Connection[Any]", connection.connection).pgconn
    return (raw.pipeline_status, raw.transaction_status) == (PipelineStatus.OFF, TransactionStatus.IDLE)


def test_what_was_settled_is_committed(superuser: psycopg.Connection[Any]) -> None:
    assert add(1) == [(1,)]
    settle()
    assert numbers(superuser) == [1]
    assert rests()
    settle()  # nothing is left to wait for


def test_another_statement_waits_for_it(superuser: psycopg.Connection[Any]) -> None:
    for number in (1, 2, 3):
        add(number)
    assert execute("SELECT count(*) FROM early_line") == [(3,)]
    assert numbers(superuser) == [1, 2, 3]
    assert rests()


def test_a_commit_that_fails_is_told_and_leaves_nothing(superuser: psycopg.Connection[Any]) -> None:
    add(1)
    settle()
    assert add(1) == [(1,)]  # the row came, and yet:
    with pytest.raises(IntegrityError):
        settle()
    assert numbers(superuser) == [1]
    add(2)
    add(2)
    with pytest.raises(IntegrityError):
        execute("SELECT 1")
    assert numbers(superuser) == [1, 2]
    assert execute("SELECT 1") == [(1,)]
    assert rests()


def test_what_is_wrong_is_told_at_once_and_the_connection_goes_on() -> None:
    with pytest.raises(ProgrammingError):
        execute_early("SELECT early_nowhere(%(number)s)", {"number": 1})
    assert rests()
    assert add(1) == [(1,)]
    settle()


def test_what_the_server_has_forgotten_is_prepared_again(superuser: psycopg.Connection[Any]) -> None:
    add(1)
    settle()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert add(2) == [(2,)]
    settle()
    assert numbers(superuser) == [1, 2]
    assert rests()


def test_a_connection_that_breaks_before_the_commit_is_known_is_an_error() -> None:
    (backend,) = execute("SELECT pg_backend_pid()")[0]
    add(1)
    cast("psycopg.Connection[Any]", connection.connection).pgconn.finish()
    with pytest.raises(Exception, match=r"closed|lost"):
        settle()
    connection.close()
    assert execute("SELECT pg_backend_pid()") != [(backend,)]
