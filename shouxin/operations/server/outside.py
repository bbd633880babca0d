"""The database as a connection: where it answers, how the way there is protected, and whether it is one we can use."""

import ipaddress
import re

import psycopg
from django.conf import settings
from django.db import connection

from shouxin.core.text import Text
from shouxin.kit.connections import Connection, Outcome, TurnedAway, attempt
from shouxin.operations.server.problems import ServerProblem

OLDEST = 16  # the first version whose SQL we use
DENIED = re.compile(r"password authentication failed|no pg_hba\.conf entry|permission denied", re.IGNORECASE)
REDUCED = Text(
    "数据库不可用时整个系统停止读写，不会转用较弱的保护。",
    "Without the database nothing is read or written; no weaker way is taken instead.",
)


def target() -> str:
    """Host and port of the database, or the private socket."""
    found = settings.DATABASES["default"]
    if not found["HOST"] or found["HOST"].startswith("/"):
        return "socket"
    return f"{found['HOST']}:{found['PORT'] or 5432}"


def look() -> list[Outcome]:
    """One connection of our own, so that a pool that has given up is not asked."""
    where = target()
    if where == "socket":
        return [attempt("socket", "Unix socket", _ask)]
    return [attempt(where, "PostgreSQL", _ask)]


def _ask() -> str:
    parameters = connection.get_connection_params()
    wanted = {
        key: parameters[key]
        for key in parameters
        if key not in {"pool", "context", "cursor_factory", "prepare_threshold"}
    }
    try:
        with psycopg.connect(**(wanted | {"connect_timeout": 5})) as probe:
            row = probe.execute(
                "SELECT current_setting('server_version'),"
                " (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid())"
            ).fetchone()
    except psycopg.OperationalError as error:
        if DENIED.search(str(error)):
            raise TurnedAway(
                Text("数据库拒绝了应用账号的登录。", "The database does not let the application's log-in in.")
            ) from None
        raise
    version, tls = row or ("?", None)
    way = tls.replace("TLSv", "TLS ") if tls else "Unix socket" if target() == "socket" else "TCP"
    return f"PostgreSQL {version.split()[0]}, {way}"


DATABASE = Connection("database", Text("数据库", "Database"), REDUCED, look)


def leaves_machine() -> bool:
    """Whether what we say to the database passes a network."""
    host = target().rpartition(":")[0].strip("[]")
    if target() == "socket" or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def too_old(version: str) -> ServerProblem:
    return ServerProblem(
        "database-too-old",
        f"数据库是 PostgreSQL {version}，需要 {OLDEST} 或更高版本。请升级数据库，或在 DATABASE_URL 中指定另一个。",
        f"The database is PostgreSQL {version}; {OLDEST} or later is needed. "
        "Upgrade it or name another in DATABASE_URL.",
    )
