"""A program with a token, proposed and approved by the services, and how it calls."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shouxin.access.clients import services
from shouxin.access.clients.models import ApiClient
from shouxin.access.clients.rules import Wanted
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from tests.harness import served
from tests.register import SALES, Register

READABLE = (
    "person_name",
    "mobile",
    "customer_no",
    "id_number",
    "contact_name",
    "contact_mobile",
    "order_no",
    "line_no",
)
CLEAR = ("person_name", "mobile", "contact_mobile")
WRITABLE = (
    "person_name",
    "company_name",
    "mobile",
    "customer_no",
    "email",
    "contact_name",
    "contact_mobile",
    "order_no",
    "line_no",
    "product_name",
)


class Program:
    """A client with its token; `call` gives (status, body)."""

    def __init__(self, register: Register, client: ApiClient, token: str) -> None:
        self.register = register
        self.client = client
        self.token = token
        self.http = served.client()

    def send(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> Any:
        given = {"Authorization": f"Bearer {self.token if token is None else token}", **headers}
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        content_type = given.pop("Content-Type", "application/json")
        return self.http.generic(
            method,
            f"/api/v1/{path}",
            content,
            content_type=content_type,
            headers={k.replace("_", "-"): v for k, v in given.items()},
        )

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        response = self.send(method, path, body, **headers)
        return response.status_code, json.loads(response.content)

    def read(
        self, *customers: UUID, fields: tuple[str, ...] = ("person_name", "mobile"), **changes: Any
    ) -> tuple[int, Any]:
        body = {
            "purpose": SALES,
            "reason": "delivery",
            "fields": list(fields),
            "ids": [str(customer) for customer in customers],
            **changes,
        }
        return self.call("POST", "customers:read", body)

    def footing(self, **changes: Any) -> dict[str, Any]:
        rule = rulebooks["rulebook"].purpose(SALES)
        assert rule is not None
        return {
            "purpose": SALES,
            "basis": rule.basis,
            "notice_version": str(rule.notice_version_id),
            "channel": "api",
            "source": "internal",
            **changes,
        }

    def person(self, name: str = "钱七", **values: str) -> dict[str, Any]:
        return {"kind": "person", "values": {"person_name": name, **values}}


Make = Callable[..., Program]


@pytest.fixture
def program(register: Register) -> Make:
    """Makes programs of 销售部: proposed by its head, approved by the officer."""

    def make(**changes: Any) -> Program:
        now = clock.now()
        world = register.world
        given: dict[str, Any] = {
            "name": "订单系统",
            "purposes": [SALES],
            "readable": READABLE,
            "clear": CLEAR,
            "writable": WRITABLE,
            "addresses": ["127.0.0.1"],
            "per_minute": 1000,
            "daily_rows": 10_000,
            "starts_at": now - timedelta(minutes=1),
            "ends_at": now + timedelta(days=30),
            "reason": "订单履约需要同步客户",
            **changes,
        }
        proposed = services.propose(
            actor=world.actor("sales_head"),
            owner=world.people["clerk"].id,
            department=world.departments["sales"].id,
            wanted=Wanted(**given),
            now=now,
        )
        client, token = services.approve(actor=world.actor("officer"), client=proposed.id, now=now)
        return Program(register, client, token)

    return make
