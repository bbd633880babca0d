"""What was shown stands in the journal before anybody sees it, for every other connection too."""

import psycopg
import pytest
from django.db import connection, transaction

from shouxin.core.policy import Action
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import SALES, Register
from tests.register import build as store_customers
from tests.world import build as build_world


def read(register: Register) -> gate.Opened:
    return gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register["li"]],
        fields=["mobile"],
        action=Action.READ,
        reason="order",
        now=clock.now(),
    )


@pytest.mark.django_db(transaction=True)
def test_entry_is_committed_when_the_values_arrive(superuser: psycopg.Connection) -> None:
    register = store_customers(build_world())
    read(register)
    found = superuser.execute(
        "SELECT count(*) FROM journal_entry WHERE event = 'field.read' AND customer = %s", [register["li"]]
    ).fetchone()
    assert found == (1,)
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction of its own"):
        read(register)  # a rollback would take the entry away, so nothing is opened


@pytest.mark.django_db
def test_statements_of_a_read_are_planned_once(register: Register) -> None:
    for _ in range(7):  # PostgreSQL would try five plans before it keeps one
        read(register)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement ~ 'gate_contact|vault_data_key|INTO .journal_entry'"
        )
        plans = cursor.fetchall()
    assert sum(generic >= 6 for generic, _ in plans) >= 1  # facts with what they open and the entry
    assert not any(custom for _, custom in plans)
