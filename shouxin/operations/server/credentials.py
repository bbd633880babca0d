"""`run/database.json` of the data folder: where the database answers and as whom to speak to it."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo


@dataclass(frozen=True, slots=True)
class Role:
    """One log-in of the database."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """An address and the three log-ins: superuser (the supervisor's own), owner (migrations), application."""

    name: str
    host: str
    port: str
    superuser: Role
    owner: Role
    application: Role

    def conninfo(self, role: str, database: str | None = None) -> str:
        """The connection string of `role` (superuser, owner or application)."""
        chosen: Role = getattr(self, role)
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=chosen.user,
            password=chosen.password,
            dbname=database or self.name,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "host": self.host,
            "port": self.port,
            "roles": {
                role: {"user": getattr(self, role).user, "password": getattr(self, role).password}
                for role in ("superuser", "owner", "application")
            },
        }


def invent(host: str, name: str = "shouxin") -> Credentials:
    """Fresh random passwords for a new cluster."""
    roles = {
        role: Role(f"shouxin_{role}", secrets.token_urlsafe(24))
        for role in ("superuser", "owner", "application")
    }
    return Credentials(name=name, host=host, port="5432", **roles)


def read(path: Path) -> Credentials | None:
    """The credentials kept at `path`, or None when there are none yet."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return parse(found)


def parse(found: dict[str, Any]) -> Credentials:
    """The credentials written by `Credentials.as_json`."""
    roles = {role: Role(**found["roles"][role]) for role in ("superuser", "owner", "application")}
    return Credentials(name=found["name"], host=found["host"], port=found["port"], **roles)


def write(path: Path, credentials: Credentials) -> None:
    """Keep `credentials` at `path`, readable by its owner alone, all or nothing."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(credentials.as_json(), file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
