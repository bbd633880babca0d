"""A list with nothing in it says what would stand there; a page somebody may not open says what would work."""

import re
from collections.abc import Mapping

import pytest
from django.test import Client

from tests.register import SALES
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]
# An organisation on its first day: rules in force, nothing done yet.
LISTS: Mapping[str, tuple[str, ...]] = {
    "clerk": (
        "/customers/",
        "/customers/imports/",
        "/customers/promises/",
        "/customers/refresh/",
        "/customers/duplicates/",
        "/customers/duplicates/merges/",
        "/customers/outside/",
        "/customers/forms/",
        "/access/grants/",
        "/access/emergency/",
        "/people/security/",
    ),
    "sales_head": (
        "/customers/collection/",
        "/customers/supplies/",
        "/customers/handover/",
        "/access/clients/",
        "/access/webhooks/",
        "/access/sync/",
        "/access/reviews/",
        "/access/risk/",
        "/people/departures/",
        "/people/delegations/",
    ),
    "security_admin": ("/people/connections/", "/access/secrets/", "/people/second-factor/resets/"),
}
CLOSED = {
    "clerk": ("/people/staff/", "/journal/", "/keys/", "/system/"),
    "audit_admin": ("/customers/", "/customers/new/", "/access/grants/propose/"),
}


def at_work(world: World, client: Client, who: str) -> Client:
    world.signed_in(client, who)
    session = client.session
    session["purpose"] = SALES
    session.save()
    return client


def empty(text: str, language: str) -> str:
    """What is wrong with how an empty list is shown."""
    found = re.search(r'class="sx-empty.*?</(?:div|section)>', text, re.DOTALL)
    if not found:
        return "nothing is said of the empty list"
    said = re.sub(r"<span[^>]*material-symbols[^>]*>.*?</span>|<[^>]+>", " ", found.group()).strip()
    right = len(said) > 3 and bool(re.search(r"[\u3400-\u9fff]", said)) is (language != "en")
    return "" if right else f"says: {said}"


@pytest.mark.parametrize("who", LISTS)
def test_an_empty_list_says_what_belongs_there(who: str, world: World, client: Client) -> None:
    at_work(world, client, who)
    wrong = []
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for address in LISTS[who]:
            answer = client.get(address)
            assert answer.status_code == 200, address
            if problem := empty(answer.content.decode(), language):
                wrong.append(f"{address} in {language}: {problem}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", CLOSED)
def test_a_closed_page_says_who_could_open_it(who: str, world: World, client: Client) -> None:
    at_work(world, client, who)
    for address in CLOSED[who]:
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "没有查看到任何内容" in answer.content.decode(), address
        assert "由安全管理员授予角色、负责人确认" in answer.content.decode(), address
