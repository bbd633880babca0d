"""Whether the rules have changed is asked once a page; a change holds from the next page on."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import Actor
from shouxin.rulebook.catalogue import queries, services
from tests.register import SALES, Register


def _asked(captured: CaptureQueriesContext) -> int:
    return sum("rulebook_rulerevision" in query["sql"] for query in captured.captured_queries)


def test_a_page_asks_once(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    for page in ("/", "/customers/", f"/customers/{register['li']}/", f"/rules/purposes/{SALES}/"):
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        assert _asked(captured) == 1


def test_a_change_holds_from_the_next_page_on(rules: services.Loaded, officer: Actor) -> None:
    with queries.held_revision():
        assert queries.fields()["gender"].level == 2
    services.raise_level(officer, key="gender", level=4, reason="从严")
    with queries.held_revision():
        assert queries.fields()["gender"].level == 4
    assert queries.fields()["gender"].level == 4


def test_nothing_is_asked_where_no_rule_is_needed(db: None) -> None:
    with CaptureQueriesContext(connection) as captured, queries.held_revision():
        pass
    assert _asked(captured) == 0
