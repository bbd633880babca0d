"""A directory connected by SCIM, and what it says over the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.people.connections import services
from shouxin.people.connections.models import Connection, Kind
from tests.world import World

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Directory:
    """The program at the other end."""

    connection: Connection
    token: str
    client: Client

    def ask(self, verb: str, path: str, body: Mapping[str, Any] | None = None, **extra: Any) -> Any:
        """The answer to one request, with the token unless `extra` has another Authorization."""
        given = {"HTTP_AUTHORIZATION": f"Bearer {self.token}", **extra}
        content = json.dumps(body, default=str) if body is not None else ""
        return self.client.generic(
            verb, f"/scim/v2/{path}", content, content_type="application/scim+json", **given
        )

    def user(self, name: str, **more: Any) -> UUID:
        """The id of a new user."""
        body = {"schemas": [USER], "userName": name, "displayName": name, "active": True, **more}
        made = self.ask("POST", "Users", body)
        assert made.status_code == 201, made.content
        return UUID(made.json()["id"])

    def group(self, name: str, *members: UUID) -> UUID:
        """The id of a new group."""
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        made = self.ask("POST", "Groups", body)
        assert made.status_code == 201, made.content
        return UUID(made.json()["id"])

    def patch(self, path: str, *operations: Mapping[str, Any]) -> Any:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


@pytest.fixture
def directory(world: World, client: Client) -> Directory:
    """A connection drafted by the system administrator and confirmed by the security administrator."""
    settings = {"department": str(world.departments["sales"].id), "addresses": ["127.0.0.1/32"]}
    now = clock.now()
    made = services.draft(
        actor=world.actor("system_admin"), kind=Kind.SCIM, name="人事目录", settings=settings, now=now
    )
    connection, token = services.confirm(
        actor=world.actor("security_admin"), connection_id=made.id, drafted_at=made.drafted_at, now=now
    )
    return Directory(connection, token, client)
