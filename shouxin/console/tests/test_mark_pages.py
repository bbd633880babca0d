"""Pages with customers' data name who looks at them and when; what is searched for stands in no address."""

import re

import pytest
from django.test import Client

from tests.register import PHONE, SALES, Register, grant

pytestmark = pytest.mark.django_db

MARK = re.compile(r"王芳 clerk \d{4}-\d{2}-\d{2} \d{2}:\d{2}")
WITH_DATA = [
    "/customers/",
    "/customers/find/",
    "/customers/{li}/",
    "/customers/{huaxin}/",
    "/customers/{li}/edit/",
    "/customers/{li}/history/",
]


@pytest.fixture
def clerk(register: Register, client: Client) -> Client:
    """王芳, working for the sales purpose."""
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    return client


def marked(text: str) -> bool:
    return "sx-watermark" in text and bool(MARK.search(text))


@pytest.mark.parametrize("address", WITH_DATA)
def test_a_page_with_customers_names_the_reader_and_the_minute(
    register: Register, clerk: Client, address: str
) -> None:
    places = {name: str(key) for name, key in register.ids.items()}
    assert marked(clerk.get(address.format(**places)).content.decode())


def test_what_a_post_answers_with_is_marked_too(register: Register, clerk: Client) -> None:
    assert marked(clerk.post("/customers/find/", {"term": PHONE}).content.decode())
    grant(register)
    clerk.post(f"/customers/{register['li']}/contact/", {"reason_class": "order"})
    revealed = clerk.post(f"/customers/{register['li']}/reveal/", {"field": "mobile"}).content.decode()
    assert PHONE in revealed
    assert marked(revealed)


def test_a_term_in_the_address_is_not_searched_for(clerk: Client) -> None:
    asked = clerk.get("/customers/find/", {"term": PHONE}).content.decode()
    assert "138****5678" not in asked
    assert "138****5678" in clerk.post("/customers/find/", {"term": PHONE}).content.decode()


def test_pages_with_customers_are_kept_in_no_cache(register: Register, clerk: Client) -> None:
    assert "no-store" in clerk.get(f"/customers/{register['li']}/")["Cache-Control"]
