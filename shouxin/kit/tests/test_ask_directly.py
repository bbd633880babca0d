"""A statement by the short way gives what psycopg gives, survives what the server forgets, and keeps transactions."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DataError, ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from shouxin.kit import direct, statements

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO = UUID(int=1), UUID(int=(1 << 128) - 1)
MOMENT = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
SENT: list[tuple[str, list[Any]]] = [
    ("%b::uuid", [ONE]),
    ("%s::uuid", [TWO]),
    ("%b::text", ["吴\n'\"\\%"]),
    ("%s::date", ["2026-11-26"]),  # what has no type is for the server to find out
    ("%b::int8", [-(1 << 63)]),
    ("%b::bool", [False]),
    ("%b::bytea", [b"\0\xff"]),
    ("%b::timestamptz", [MOMENT]),
    ("%b::text", [None]),
    ("%b::uuid[]", [[ONE, TWO]]),
    ("%b::text[]", [["", "b,{}"]]),
    ("%b::bytea[]", [[b"", b"\0"]]),
    ("%b::numeric", [Decimal("1.50")]),
    ("%b::date", [date(2026, 11, 26)]),
    ("%b::date", [date(1999, 1, 1)]),
    ("%b::text[]::varchar[]", [["吴", ""]]),
    ("'{}'::uuid[], %b::bool", [True]),
    ("'{a,NULL}'::text[], %b::bool", [True]),
    ("'100 %%', %b::int4", [7]),
]


@pytest.fixture
def raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    return cast("psycopg.Connection[Any]", connection.connection)


def by_psycopg(raw: psycopg.Connection[Any], text: str, values: Any) -> list[Any]:
    with psycopg.Cursor(raw) as cursor:
        return cursor.execute(text, values, binary=True).fetchall()


@pytest.mark.parametrize(("expression", "values"), SENT)
def test_every_kind_of_value_comes_back_as_by_psycopg(
    raw: psycopg.Connection[Any], expression: str, values: list[Any]
) -> None:
    text = f"SELECT {expression}, pg_typeof({expression.rpartition(', ')[2]})::text"
    both = [*values, *values]
    assert statements.execute(text, both) == by_psycopg(raw, text, both)


@pytest.mark.parametrize("kind", ["s", "b"])
def test_a_text_with_nul_is_refused_and_never_cut_short(kind: str) -> None:
    with pytest.raises((DataError, ProgrammingError)):
        statements.execute(f"SELECT %{kind}::text", ["known\0token"])


@given(
    st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1),
    st.text().filter(lambda text: "\0" not in text),
)
def test_numbers_and_texts_come_back(number: int, text: str) -> None:
    assert statements.execute("SELECT %b::int8, %b::text", [number, text]) == [(number, text)]


def test_what_cannot_be_told_is_refused() -> None:
    for expression in ("'infinity'::timestamptz", "'{{a},{b}}'::text[]"):
        with pytest.raises(DataError):
            statements.execute(f"SELECT {expression}")


def test_names_stand_for_the_same_value_wherever_they_are(raw: psycopg.Connection[Any]) -> None:
    text = "SELECT %(a)s::text || %(b)s::text || %(a)s::text, %(c)s::int4"
    assert statements.execute(text, {"a": "x", "b": "y", "c": 3}) == [("xyx", 3)]
    assert direct.is_open_to(raw)
    with transaction.atomic():
        assert not direct.is_open_to(raw)
        assert statements.execute(text, {"a": "x", "b": "y", "c": 3}) == [("xyx", 3)]


def test_what_is_made_ready_once_is_the_same_value_by_either_way(raw: psycopg.Connection[Any]) -> None:
    given = {"id": ONE, "ids": [TWO], "name": "吴", "none": None, "prints": [b"a", b"\0"]}
    text = "SELECT %(id)s::uuid, %(ids)s::uuid[], %(name)s::text, %(none)s::text, %(prints)s::bytea[], %(n)s::int4"
    ready = {name: direct.kept(value) for name, value in given.items()}
    assert {type(value) for value in ready.values()} == {direct.Ready}
    expected = by_psycopg(raw, text, {**given, "n": 3})
    assert statements.execute(text, {**ready, "n": 3}) == expected
    with transaction.atomic():
        assert statements.execute(text, {**ready, "n": 3}) == expected
        assert statements.execute("SELECT %b::uuid", [ready["id"]]) == [(ONE,)]
    assert direct.kept(Decimal(1)) == Decimal(1)  # what is for psycopg stays as it is


def test_a_transaction_takes_back_what_was_done_in_it(superuser: psycopg.Connection[Any]) -> None:
    superuser.execute("CREATE TABLE IF NOT EXISTS tried (n int)")
    superuser.execute("GRANT ALL ON tried TO PUBLIC")
    try:
        with transaction.atomic():
            statements.execute("INSERT INTO tried VALUES (%b::int4)", [1])
            transaction.set_rollback(True)
        assert statements.execute("SELECT count(*) FROM tried") == [(0,)]
        statements.execute("INSERT INTO tried VALUES (%b::int4)", [1])
        assert superuser.execute("SELECT count(*) FROM tried").fetchone() == (1,)  # committed by itself
    finally:
        superuser.execute("DROP TABLE tried")


def test_many_rows_and_rows_with_nothing_in_them(raw: psycopg.Connection[Any]) -> None:
    text = "SELECT n, NULLIF(n, 2) FROM generate_series(1, %b) n ORDER BY 1"
    for count in (3, 3 * direct.LONGEST):
        assert statements.execute(text, [count]) == by_psycopg(raw, text, [count])
    assert statements.execute("SELECT 1 WHERE false") == []
    assert statements.execute("SET application_name = 'tried'") == []


def test_what_the_server_has_forgotten_is_prepared_again() -> None:
    for _ in range(2):
        assert statements.execute("SELECT %b::int4", [5]) == [(5,)]
        statements.execute("DEALLOCATE ALL")
    with transaction.atomic():
        statements.execute("SELECT %b::int4", [5])
        transaction.set_rollback(True)
    assert statements.execute("SELECT %b::int4", [5]) == [(5,)]


def test_within_a_transaction_nothing_is_forgotten_unheard(raw: psycopg.Connection[Any]) -> None:
    text = "SELECT %b::int4 + 1"

    def ask(*, begun: bool = True) -> None:
        assert direct.is_open_to(raw) is begun
        assert statements.execute(text, [5]) == [(6,)]

    def by_psycopg_too() -> None:  # what psycopg has prepared itself is what it has the server forget
        with psycopg.Cursor(raw) as cursor:
            cursor.execute("SELECT 7", prepare=True)

    def undone() -> None:
        with suppress(DataError), transaction.atomic():
            by_psycopg_too()
            ask()
            statements.execute("SELECT 1 / %b::int4", [0])

    ask()
    for _ in range(3):
        with transaction.atomic():
            ask(begun=False)
            by_psycopg_too()
            undone()
            ask()
            by_psycopg_too()
            ask()
        with transaction.atomic():
            by_psycopg_too()
            ask()
            transaction.set_rollback(True)
        ask()
        undone()
        with transaction.atomic():
            by_psycopg_too()
            ask()


def test_what_was_forgotten_behind_our_back_undoes_one_transaction_and_no_more() -> None:
    def forgotten() -> None:
        with transaction.atomic():
            statements.execute("SELECT 1")
            statements.execute("SELECT %b::int4", [5])
            statements.execute("DEALLOCATE ALL")
            statements.execute("SELECT %b::int4", [5])

    for _ in range(2):
        with pytest.raises(ProgrammingError):
            forgotten()
        with transaction.atomic():
            statements.execute("SELECT 1")
            assert statements.execute("SELECT %b::int4", [5]) == [(5,)]


def test_what_is_wrong_is_told_as_django_tells_it_and_the_connection_goes_on() -> None:
    with pytest.raises(ProgrammingError):
        statements.execute("SELECT nothing FROM nowhere WHERE n = %b", [1])
    with pytest.raises(DataError):
        statements.execute("SELECT 1 / %b::int4", [0])
    with pytest.raises(DataError):
        statements.execute("SELECT %b::text", ["\0"])
    assert statements.execute("SELECT %b::int4", [1]) == [(1,)]


def test_a_connection_keeps_so_many_prepared_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    statements.execute("DEALLOCATE ALL")
    monkeypatch.setattr(direct, "KEPT", 5)
    for number in range(20):
        assert statements.execute(f"SELECT {number} + %b::int4", [1]) == [(number + 1,)]
    ((held,),) = statements.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'shouxin%'")
    assert held <= 5
