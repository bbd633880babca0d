"""A customer before the portal: a mailbox of theirs, a browser, and the jobs that a request queues."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.customers.quality import rules as quality
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.kit import clock, mail
from tests.harness.jobs import run_queued
from tests.register import FOOTING, Register

ADDRESS = "li.xiaoming@example.com"
LAST_OF_ID = "002X"


class Post:
    """What left for mailboxes: who it went to and what it said."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    def send(self, *, to: str, body: str, **_more: object) -> None:  # as mail.send
        self.letters.append((to, body))

    @property
    def code(self) -> str:
        found = re.search(r"\b\d{6}\b", self.letters[-1][1])
        assert found
        return found[0]


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    found = Post()
    monkeypatch.setattr(mail, "send", found.send)
    monkeypatch.setenv("SHOUXIN_SMTP", "127.0.0.1:25")
    return found


def give(register: Register, name: str, *, record: str = "", **values: str) -> None:
    """The customer's profile, or one of their records, holds these values besides, collected today."""
    row = Customer.objects.get(id=register[name])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values={key: Kept(text, 1) for key, text in values.items()},
        now=clock.now(),
        record=register.records[record] if record else None,
    )


def grow_old(register: Register, name: str, days: int) -> None:
    """Nobody confirmed anything of the customer for so long."""
    before = quality.day(timezone.localdate() - timedelta(days=days))
    row = Standing.objects.get(id=register[name])
    values = {
        key: known._replace(collected=before, verified=None)
        for key, known in quality.read(row.values).items()
    }
    row.values = quality.stored(values)
    row.save()


@pytest.fixture
def known(register: Register, post: Post) -> Register:
    """李小明 has a mail address on file."""
    give(register, "li", email=ADDRESS)
    return register


def ask(client: Client, contact: str = ADDRESS) -> Any:
    answer = client.post("/my/sign-in/", {"contact": contact})
    run_queued("portal")
    return answer


@pytest.fixture
def inside(known: Register, post: Post, client: Client) -> Client:
    """李小明's browser, signed in."""
    ask(client)
    assert client.post("/my/code/", {"code": post.code}).url == "/my/"  # type: ignore[attr-defined]
    return client
