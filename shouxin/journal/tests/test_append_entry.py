"""What cannot be recorded does not happen, and what does not happen is not recorded."""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from shouxin.core.ledger.entry import LONGEST, decode
from shouxin.core.ledger.errors import EntryError
from shouxin.core.policy import Actor
from shouxin.journal.models import Entry
from shouxin.journal.services import UnknownEvent, append, append_many
from shouxin.kit import clock

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMER = UUID(int=77)


@pytest.fixture
def deeds(superuser: Any, application: Any) -> Any:
    """A table of deeds that the application role may write."""
    superuser.execute("CREATE TABLE deed (name text)")
    superuser.execute("GRANT ALL ON deed TO PUBLIC")
    yield lambda: superuser.execute("SELECT count(*) FROM deed").fetchone()[0]
    superuser.execute("DROP TABLE deed")


def do(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO deed VALUES (%s)", [name])


def do_and_append(actor: Actor) -> None:
    with transaction.atomic():
        do("recorded")
        append(actor=actor, event="thing.tried")


def do_and_fail(actor: Actor) -> None:
    with transaction.atomic():
        do_and_append(actor)
        raise ZeroDivisionError


def test_an_entry_holds_who_what_whom_and_why(actor: Actor) -> None:
    with transaction.atomic():
        entry_id = append(
            actor=actor, event="thing.tried", customer=CUSTOMER, purpose="sales", data={"count": 3}
        )
    row = Entry.objects.get(id=entry_id)
    read = decode(bytes(row.body))
    assert (read.event, read.actor, read.customer, read.purpose) == (
        "thing.tried",
        UUID(int=2),
        CUSTOMER,
        "sales",
    )
    assert (row.event, row.actor, row.customer, row.purpose, row.at, row.id) == (
        read.event,
        read.actor,
        read.customer,
        read.purpose,
        read.at,
        read.id,
    )
    assert read.data == {"count": 3}


def test_staff_stand_in_entries_by_pseudonym_alone(actor: Actor) -> None:
    with transaction.atomic():
        append(actor=actor, event="thing.tried")
    assert str(actor.id).encode() not in bytes(Entry.objects.get().body)


def test_many_entries_keep_their_order(actor: Actor) -> None:
    rows = [(UUID(int=number), {"count": number}) for number in range(12_345)]
    with transaction.atomic():
        ids = append_many(actor=actor, event="thing.tried", rows=rows, purpose="sales")
    assert ids == sorted(ids)
    assert list(Entry.objects.order_by("id").values_list("customer", flat=True)) == [one for one, _ in rows]


@pytest.mark.parametrize("seed", range(3))
def test_many_entries_tell_what_each_would_tell_alone(actor: Actor, seed: int) -> None:
    chance = random.Random(seed)
    # Numbers and truths that Python calls equal.
    told: list[dict[str, Any]] = [
        {"count": 1},
        {"count": True},
        {"count": 0},
        {"count": False},
        {},
        {"codes": ["a", "b"]},
    ]
    for _ in range(12):
        some = chance.sample(told, chance.randint(1, 3))
        rows = [
            (chance.choice((None, UUID(int=chance.randrange(3)))), chance.choice((one, dict(one))))
            for one in chance.choices(some, k=chance.randint(1, 30))
        ]
        with transaction.atomic():
            many = append_many(actor=actor, event="thing.tried", rows=rows, purpose="sales")
            alone = [
                append(actor=actor, event="thing.tried", customer=customer, data=data, purpose="sales")
                for customer, data in rows
            ]
        for one, other in zip(many, alone, strict=True):
            left, right = (decode(bytes(Entry.objects.get(id=key).body)) for key in (one, other))
            assert replace(left, id=other, at=right.at) == right
            assert repr(left.data) == repr(right.data)


def test_none_at_all_is_no_statement(actor: Actor) -> None:
    with transaction.atomic():
        assert append_many(actor=actor, event="thing.tried", rows=[]) == []


def test_outside_a_transaction_nothing_is_written(actor: Actor) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        append(actor=actor, event="thing.tried")
    assert not Entry.objects.exists()


def test_a_deed_and_its_entry_happen_together(actor: Actor, deeds: Any) -> None:
    do_and_append(actor)
    assert (Entry.objects.count(), deeds()) == (1, 1)


@pytest.mark.clause("C8.1")
def test_a_deed_that_fails_leaves_no_entry(actor: Actor, deeds: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        do_and_fail(actor)
    assert not Entry.objects.exists()
    assert deeds() == 0


@pytest.mark.clause("C8.1")
@pytest.mark.parametrize(
    ("event", "facts", "error"),
    [("never.registered", {}, UnknownEvent), ("thing.tried", {"phone": "13800138000"}, EntryError)],
)
def test_an_entry_that_is_refused_undoes_the_deed(
    event: str, facts: dict[str, str], error: type[Exception], actor: Actor, deeds: Any
) -> None:
    with transaction.atomic():
        do("unrecorded")
        with pytest.raises(error):  # even a caller that swallows the error cannot keep the deed
            append(actor=actor, event=event, data=facts)
    assert deeds() == 0


@pytest.mark.clause("C8.1")
def test_an_entry_the_database_refuses_undoes_the_deed(actor: Actor, deeds: Any, superuser: Any) -> None:
    superuser.execute("ALTER TABLE journal_entry ADD CONSTRAINT closed CHECK (false)")
    try:
        with pytest.raises(DatabaseError):
            do_and_append(actor)
        with transaction.atomic():
            do("unrecorded")
            with pytest.raises(DatabaseError):
                append(actor=actor, event="thing.tried")
    finally:
        superuser.execute("ALTER TABLE journal_entry DROP CONSTRAINT closed")
    assert deeds() == 0


@pytest.mark.parametrize("length", [1, LONGEST + 1])
def test_the_database_itself_takes_no_entry_of_another_length(length: int) -> None:
    """Whatever the program checks: by the column's type, for one row and in bulk alike."""
    with pytest.raises(DatabaseError) as refused:
        Entry.objects.create(at=clock.now(), event="thing.tried", actor=CUSTOMER, body=b"\x01" * length)
    assert "journal_entry_body_length" in str(refused.value)
    Entry.objects.create(at=clock.now(), event="thing.tried", actor=CUSTOMER, body=b"\x01" * LONGEST)
