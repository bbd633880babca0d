"""The link on the terminal of an empty installation: two people are set up with it, once, and sign in."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.harness.server import Server

PASSWORD = "correct horse 电池 staple"
FORM = {
    "organisation": "守信示例有限公司",
    "first_name": "王一",
    "first_user": "wangyi",
    "first_password": PASSWORD + "1",
    "second_name": "李二",
    "second_user": "lier",
    "second_password": PASSWORD + "2",
}


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=30, trust_env=False) as client:
        yield client


def link_of(server: Server) -> str | None:
    found = re.search(rf"http://127\.0\.0\.1:{server.port}/setup/\S+", server.wait_announced())
    return found[0] if found else None


def send(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token is not None
    return browser.post(page.url, data=fields | {"csrfmiddlewaretoken": token[1]})


@pytest.mark.usefixtures("used_data")
def test_two_people_are_set_up_and_sign_in(make_server: Callable[..., Server], browser: httpx.Client) -> None:
    server = make_server().start().wait_ready()
    link = link_of(server)
    assert link is not None

    page = browser.get(link)
    assert page.status_code == 200
    assert "token" not in str(page.url)  # no history and no log of a proxy keeps it
    done = send(browser, page, **FORM)
    assert done.status_code == 200
    assert "wangyi" in done.text
    assert "lier" in done.text

    assert httpx.get(link, follow_redirects=True, trust_env=False).status_code == 404
    door = browser.get(f"http://127.0.0.1:{server.port}/sign-in/")
    inside = send(browser, door, username="wangyi", password=FORM["first_password"])
    assert inside.status_code == 200
    assert "/sign-in/" not in str(inside.url)

    for secret in (link.rpartition("=")[2], PASSWORD, "王一", "wangyi"):
        assert secret not in server.logs()
