"""Every address of the customers' portal that names a thing: a stranger who is signed in, and somebody who is not, are
answered as for a thing that does not exist. A new address without a row here fails."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shouxin.kit import clock
from shouxin.portal.changes.tests.test_deny_changes import told
from shouxin.portal.choosing.tests.test_choose_purposes import MARKETING, agree, browser
from shouxin.portal.entering.tests.conftest import Post, known, post
from shouxin.portal.surveys.tests.cast import SAID, made, tokens
from shouxin.portal.warding.tests.test_decide_for_a_ward import verified, ward_of
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages.tests.test_hand_over_package import ready
from shouxin.rights.satisfaction.tests.cast import contact
from tests.register import Register

__all__ = ["known", "post"]
PORTAL = "my"
NONCE = re.compile(r'(csrfmiddlewaretoken" value|nonce|data-token)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Own:
    """A thing of one customer's: `thing` names it among those made for 李小明, `key` is the address's word for it."""

    thing: str
    key: str
    method: str = "get"
    data: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)  # what else the address names, and everybody may


@dataclass(frozen=True, slots=True)
class Link:
    """Whoever has the link may: used up, or opened by whomever, it tells no more than one nobody made."""

    thing: str
    data: Mapping[str, str] = field(default_factory=dict)


# What is the same for everybody: the code of something published, never of anybody's.
EVERYBODYS = {
    "correction": "a field of the catalogue",
    "purpose": "a purpose",
    "withdraw": "a purpose",
    "refuse": "a purpose",
    "allow": "a purpose",
    "notice": "a published notice",
    "list": "a published list",
    "list_earlier": "a published list",
    "list_version": "a published list",
    "published": "a published list",
    "form": "a published form",
    "form_done": "a published form; the receipt is in the browser that sent it",
}
# By a signature that nobody else can make; see portal/choosing/tests/test_hand_receipts.py.
SIGNED = {"handed", "handed_proof"}
ROWS: Mapping[str, Own | Link] = {
    "request": Own("case", "case_id"),
    "request_proof": Own("case", "case_id", "post"),
    "package": Own("packed", "case_id", "post"),
    "rate": Own("packed", "case_id", "post", {"score": "5"}),
    "take_back": Own("case", "case_id", "post"),
    "seen": Own("decision", "entry"),
    "receipt": Own("decision", "entry"),
    "proof": Own("decision", "entry"),
    "receipt_record": Own("decision", "entry"),
    "score": Own("contact", "contact_id", "post", {"score": "4"}),
    "survey": Link("survey", {"q0": SAID[0], "q1": SAID[1]}),
    "ward": Own("ward", "ward_id"),
    "ward_request": Own("ward", "ward_id", "post", {"kind": "copy", "text": "副本"}),
    "ward_purpose": Own("ward", "ward_id", more={"key": MARKETING}),
    "ward_withdraw": Own("ward", "ward_id", "post", more={"key": MARKETING}),
    # these two put a person's information out of use, and end other sign-ins: last
    "deny_sign_in": Own("sign_in", "denied", "post"),
    "deny": Own("change", "entry", "post"),
    "not_me": Link("not_me"),
}


def named(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every address below these."""
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from named(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield one.name or route, route


def portal() -> dict[str, str]:
    """The addresses of the portal that take something, by name."""
    mounted = [one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == PORTAL]
    assert len(mounted) == 1
    return {name: route for name, route in named(mounted) if "<" in route}


def test_every_address_that_takes_something_has_a_row() -> None:
    taking = portal()
    assert set(taking) == set(ROWS) | set(EVERYBODYS) | SIGNED
    for name in EVERYBODYS:  # an id or a token is never everybody's
        assert not re.search(r"<(uuid|str):", taking[name]), name


def found_in(page: HttpResponseBase, pattern: str) -> str:
    found = re.search(pattern, page.content.decode())  # type: ignore[attr-defined]
    assert found, pattern
    return found[1]


@pytest.fixture
def things(known: Register, post: Post, settings: LazySettings) -> dict[str, str]:
    """Of 李小明, one of each kind, by name."""
    settings.PUBLIC_ADDRESS = "https://my.example"
    me, other = browser(known), browser(known)
    agree(me)
    choices = me.get("/my/choices/")
    survey = made(known, anonymous=False)
    with transaction.atomic():
        answering = tokens(known, survey, "li")[0]
    link = told(known, post)
    changes = me.get("/my/changes/")
    assert other.get("/my/changes/").status_code == 200
    ward = ward_of(known)
    verified(known, ward, agreeing=True)
    packed = ready(known, in_hand(known, Kind.ACCESS)).case_id
    return {
        "case": str(in_hand(known, Kind.KNOW).id),
        "packed": str(packed),
        "decision": found_in(choices, r"/my/receipts/([0-9a-f-]{36})/"),
        "ward": str(ward),
        "contact": str(contact(known, clock.now(), known["li"])),
        "survey": answering,
        "change": found_in(changes, r"/my/changes/([0-9a-f-]{36})/deny/"),
        "sign_in": found_in(changes, r"/my/sign-ins/([0-9a-f-]{36})/deny/"),
        "not_me": link.rstrip("/").rpartition("/")[2],
    }


def answer(client: Client, name: str, row: Own, thing: str) -> tuple[int, str, str]:
    """Status, where it leads, and what it says, without what is different from one time to the next."""
    address = reverse(f"{PORTAL}:{name}", kwargs={row.key: UUID(thing), **row.more})
    return said(getattr(client, row.method)(address, dict(row.data)), thing)


def said(reply: Any, thing: str) -> tuple[int, str, str]:
    text = NONCE.sub("", b"".join(reply).decode()).replace(thing, "-")
    return reply.status_code, reply.headers.get("Location", "").replace(thing, "-"), text


@pytest.mark.django_db(transaction=True)
def test_what_is_anothers_is_answered_as_what_does_not_exist(known: Register, things: dict[str, str]) -> None:
    me, stranger = browser(known), browser(known, "zhang")
    for name, row in ROWS.items():
        if not isinstance(row, Own):
            continue
        thing, nothing = things[row.thing], str(uuid4())
        unknown = answer(stranger, name, row, nothing)
        assert answer(stranger, name, row, thing) == unknown, name
        nobody = answer(Client(), name, row, nothing)
        assert nobody[:2] == (302, reverse("my:sign_in")), name
        assert answer(Client(), name, row, thing) == nobody, name
        assert unknown[0] in {404, 422}, name
        if name != "deny":  # the sign-in that was denied before may have been this one
            assert answer(me, name, row, thing) != unknown, name  # it is there, for whom it belongs to
    assert answer(browser(known), "deny", ROWS["deny"], things["change"])[0] == 302  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_link_that_was_used_tells_no_more_than_one_that_nobody_made(
    known: Register, things: dict[str, str]
) -> None:
    for name, row in ROWS.items():
        if not isinstance(row, Link):
            continue
        address = reverse(f"{PORTAL}:{name}", kwargs={"token": things[row.thing]})
        nowhere = reverse(f"{PORTAL}:{name}", kwargs={"token": "x" * 32})
        opened = Client().get(address)
        assert opened.status_code == 200, name
        for private in ("李", "13812345678", "li.xiaoming"):
            assert private not in opened.content.decode(), name
        assert Client().post(address, dict(row.data)).status_code == 200, name
        for client in (Client(), browser(known, "zhang")):
            for method in (client.get, client.post):
                used, unknown = method(address), method(nowhere)
                assert said(used, things[row.thing]) == said(unknown, "x" * 32), name
