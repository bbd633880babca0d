"""Sealed values of one customer come along with the facts: one statement less, and nothing else changes."""

from typing import Any

import psycopg
import pytest

from shouxin.core.policy import Action
from shouxin.gate import again, facts, fetching
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock, direct
from shouxin.vault.errors import Tampering
from tests.register import PEOPLE, SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("person_name", "mobile", "home_address")


def read(register: Register, name: str = "li", **more: Any) -> gate.Opened:
    return gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register[name]],
        fields=FIELDS,
        action=Action.READ,
        reason="order",
        now=clock.now(),
        **more,
    )


def texts(opened: gate.Opened, register: Register, name: str = "li") -> dict[str, str | None]:
    return {key: one.text for key, one in opened.revealed.of(register[name]).items()}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are asked; none is like one before (`test_read_again` is about those)."""
    monkeypatch.setattr(again, "learn", lambda *_: None)
    again.forget()
    seen: list[str] = []
    work = direct.rows

    def rows(connection: Any, statement: str, parameters: Any) -> Any:
        seen.append(statement)
        return work(connection, statement, parameters)

    monkeypatch.setattr(direct, "rows", rows)
    return seen


def test_a_read_of_one_customer_asks_twice_and_shows_what_three_would(
    register: Register, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "groups_of", {})  # as in a process that has decided nothing yet
    first = texts(read(register), register)
    assert set(first) == set(FIELDS)
    assert first["mobile"] != PEOPLE["li"]["mobile"]  # masked
    asked.clear()
    assert texts(read(register), register) == first
    assert texts(read(register, records=[register["li"]]), register) == first
    assert len(asked) == 4
    assert [text.count("vault_data_key") for text in asked] == [1, 0, 1, 0]
    monkeypatch.setattr(fetching, "groups_of", {"mobile": fetching.groups_of["mobile"]})
    assert texts(read(register), register) == first  # a guess that is too small costs a statement, no value
    assert texts(read(register, "zhang"), register, "zhang").keys() == {"person_name", "mobile"}


def test_what_came_along_is_checked_like_all_the_rest(
    register: Register, superuser: psycopg.Connection[Any]
) -> None:
    read(register)
    superuser.execute(
        "UPDATE vault_sealed_record SET sealed = set_byte(sealed, 25, get_byte(sealed, 25) # 1)"
        " WHERE customer_id = %s AND storage_group = %s",
        [register["li"], fetching.groups_of["mobile"]],
    )
    shown = read(register).revealed.of(register["li"])
    assert shown["mobile"].broken is Tampering.BLOB_ALTERED
    assert shown["mobile"].text is None
    assert [line.data["what"] for line in of_events(["tampering.found"])] == ["blob_altered"]


def test_closed_groups_are_found_by_an_index_of_them_alone(register: Register, superuser: Any) -> None:
    """However many groups a customer has that are open, as nearly all are."""
    superuser.execute(
        "INSERT INTO vault_group (customer_id, storage_group, state, since, changes, head)"
        " SELECT gen_random_uuid(), 'contact', 'collected', now(), 1, ''::bytea FROM generate_series(1, 5000)"
    )
    superuser.execute("ANALYZE vault_group")
    fact = facts.customer_facts["state"].sql
    plan = superuser.execute(
        f"EXPLAIN SELECT ({fact}) FROM customers_customer AS c, LATERAL (SELECT c.id) AS q(customer_id)"
    )
    assert "vault_group_closed" in str(plan.fetchall())
