"""A refusal for want of a grant leads to an application that begins with what was refused."""

import re

import pytest
from django.test import Client

from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def test_the_application_stands_on_the_working_purpose_and_the_refused_field(
    register: Register, client: Client
) -> None:
    clerk = register.world.signed_in(client, "clerk")
    clerk.post("/purpose/", {"purpose": SALES})
    here = f"/customers/{register['li']}/"
    clerk.post(f"{here}contact/", {"reason_class": "order"})
    refused = clerk.post(f"{here}reveal/", {"field": "mobile"}).content.decode()
    way = re.search(r'href="(/access/grants/propose/[^"]*)"', refused)
    assert way
    shown = clerk.get(way[1].replace("&amp;", "&")).content.decode()
    assert f'<option value="{SALES}" selected>' in shown
    ticked = [box for box in re.findall(r"<input[^>]*fields_asked[^>]*>", shown) if "checked" in box]
    assert [re.findall(r'value="(\w+)"', box) for box in ticked] == [["mobile"]]
