"""Whether the rules have changed is asked once a page; a change holds from the next page on."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.policy import Actor
from shouxin.rulebook.catalogue import grading, queries, services
from tests.register import SALES, Register


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One number for every time the database is asked for the state of the rules."""
    ask = queries._current
    times: list[int] = []

    def counted() -> UUID | None:
        times.append(len(times))
        return ask()

    monkeypatch.setattr(queries, "_current", counted)
    return times


def test_a_page_asks_once(register: Register, client: Client, asked: list[int]) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    for page in ("/", "/customers/", f"/customers/{register['li']}/", f"/rules/purposes/{SALES}/"):
        client.get(page)
        asked.clear()
        assert client.get(page).status_code == 200
        assert len(asked) == 1


def test_a_change_holds_from_the_next_page_on(rules: services.Loaded, officer: Actor) -> None:
    with queries.held_revision():
        assert queries.fields()["gender"].level == 2
    grading.raise_grade(officer, key="gender", level=4, reason="从严")
    with queries.held_revision():
        assert queries.fields()["gender"].level == 4
    assert queries.fields()["gender"].level == 4


def test_nothing_is_asked_where_no_rule_is_needed(db: None, asked: list[int]) -> None:
    with queries.held_revision():
        pass
    assert asked == []
