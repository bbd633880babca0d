"""A real OpenID provider, in a process of its own on loopback: there, proving who one is, and back."""

import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.federation.tests.conftest import Connect
from tests.harness.certificates import Authority
from tests.peers import oidc_provider as provider
from tests.world import World

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def connection(connect: Connect, authority: Authority, tmp_path: Path) -> Iterator[Connection]:
    """A connection to a provider that was just started."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "issuer": f"https://localhost:{port}",
        "client_id": provider.CLIENT,
        "proofs": [],
        "ca": authority.pem,
    }
    made = connect(Kind.OIDC, settings, secret=provider.SECRET)
    files = authority.issue("localhost", "127.0.0.1")
    given = {
        "folder": str(tmp_path),
        "certificate": str(files.certificate),
        "key": str(files.key),
        "callback": f"http://testserver/sign-in/by/{made.id}/back/",
        "port": port,
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.peers.oidc_provider", json.dumps(given)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield made
        process.kill()


def address(page: Any) -> str:
    """Where the page sends the browser."""
    return str(page.context["where"])


def prove_there(address: str, authority: Authority) -> str:
    """What a browser does at the provider: type name and password there; the address it is sent back to."""
    trust = ssl.create_default_context(cadata=authority.pem)
    with httpx.Client(verify=trust, follow_redirects=False) as browser:
        page = browser.get(address)
        while page.is_redirect:
            if urlsplit(page.headers["location"]).hostname == "testserver":
                return str(page.headers["location"])
            page = browser.get(page.next_request.url if page.next_request else "")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        typed = {"csrfmiddlewaretoken": token[1], "login": provider.PERSON, "password": provider.PASSWORD}
        next_one = re.search(r'name="next" value="([^"]+)"', page.text)
        if next_one:
            typed["next"] = next_one[1].replace("&amp;", "&")
        page = browser.post(page.url, data=typed, headers={"Referer": str(page.url)})
        while urlsplit(page.headers["location"]).hostname != "testserver":
            assert page.next_request
            page = browser.get(page.next_request.url)
        return str(page.headers["location"])


def test_link_once_then_sign_in_by_the_provider(
    world: World, client: Client, connection: Connection, authority: Authority
) -> None:
    begin = f"/sign-in/by/{connection.id}/"
    # A stranger's account over there opens nothing here, and no log-in comes of it.
    stranger = client.get(prove_there(address(client.post(begin)), authority))
    assert stranger.status_code == 403
    assert "还没有" in stranger.content.decode()
    assert "_auth_user_id" not in client.session

    clerk = world.signed_in(Client(), "clerk")
    back = prove_there(address(clerk.post(f"/links/{connection.id}/link/")), authority)
    assert clerk.get(back)["Location"] == "/links/"
    assert ExternalIdentity.objects.get().staff_id == world.people["clerk"].id

    before = client.session.session_key
    away = address(client.post(begin, {"next": "/customers/"}))
    assert "_auth_user_id" not in client.session
    inside = client.get(prove_there(away, authority))
    assert (inside.status_code, inside["Location"]) == (302, "/customers/")
    assert client.session["_auth_user_id"] == str(world.people["clerk"].id)
    assert client.session.session_key != before
    assert client.get("/").status_code == 200
    events = Entry.objects.filter(actor=world.people["clerk"].pseudonym).values_list("event", flat=True)
    assert {"identity.linked", "identity.signed_in", "staff.signed_in"} <= set(events)
