"""The database as a connection: where it answers, how the way there is protected, and whether it is one we can use."""

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from django.conf import settings
from django.db import connections

from shouxin.core.text import Text
from shouxin.kit import database_address
from shouxin.kit.connections import Connection, Outcome, State, TurnedAway, attempt
from shouxin.operations.server.problems import ServerProblem

OLDEST = 16  # the first version whose SQL we use
SERVER_LOCK = 0x5348_4F55_5831  # advisory lock: one `shouxin serve` per outside database
CONNECT_SECONDS = 5
PATIENCE_SECONDS = 10.0  # a supervisor killed a moment ago still holds the lock until PostgreSQL notices
DENIED = re.compile(
    r"password authentication failed|no pg_hba\.conf entry|permission denied|role .* does not exist"
)
REDUCED = Text(
    "数据库不可用时整个系统停止读写，不会转用较弱的保护。",
    "Without the database nothing is read or written; no weaker way is taken instead.",
)
ABOUT = """
    SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
           (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid())
"""


def target() -> str:
    """Host and port of the database, or the private socket."""
    found = settings.DATABASES["default"]
    if not found["HOST"] or found["HOST"].startswith("/"):
        return "socket"
    host = f"[{found['HOST']}]" if ":" in found["HOST"] else found["HOST"]
    return f"{host}:{found['PORT'] or 5432}"


def leaves_machine() -> bool:
    """Whether what we say to the database passes a network."""
    return not database_address.is_local(settings.DATABASES["default"]["HOST"])


def look() -> list[Outcome]:
    """One connection of our own, so that a pool that has given up is not asked."""
    where = target()
    return [attempt(where, "Unix socket" if where == "socket" else "PostgreSQL", _protocol)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a database says of itself; `way` is how it was spoken to, as seen from our side."""

    version: str
    major: int
    way: str
    encrypted: bool


def _protocol() -> str:
    found = ask("default")
    return f"PostgreSQL {found.version}, {found.way}"


def parameters(alias: str) -> dict[str, Any]:
    """What libpq is given for the database behind `alias`."""
    ours = {"pool", "context", "cursor_factory", "prepare_threshold"}
    return {
        key: value for key, value in connections[alias].get_connection_params().items() if key not in ours
    }


def ask(alias: str) -> Answer:
    """Connect as Django would and see who answers, and how.

    Raises:
        TurnedAway: it does not let us in.
        psycopg.OperationalError: out of reach, or with a certificate that we refuse.
    """
    try:
        with psycopg.connect(**(parameters(alias) | {"connect_timeout": CONNECT_SECONDS})) as probe:
            version, major, tls = probe.execute(ABOUT).fetchone() or ("?", 0, None)
            encrypted = bool(probe.pgconn.ssl_in_use)  # a pooler between may be the one who encrypts
    except psycopg.OperationalError as error:
        if DENIED.search(str(error)):
            raise TurnedAway(
                Text("数据库拒绝了该账号的登录。", "The database does not let this log-in in.")
            ) from None
        raise
    bare = "Unix socket" if target() == "socket" else "TCP"
    way = (tls or "TLS").replace("TLSv", "TLS ") if encrypted else bare
    return Answer(version.split()[0], major, way, encrypted)


DATABASE = Connection("database", Text("数据库", "Database"), REDUCED, look)

# Said plainly, because whoever reads the list of what leaves the machine looks for them.
UNSENT = Text(
    "通知不发短信，只在系统内显示，或按各人设置发邮件和群机器人；手机号码不能用短信验证码核实。",
    "No notice is sent by SMS: they stand in the console and go by mail or chat robot as each person chose; phones "
    "cannot be confirmed by a code sent to them.",
)
SMS = Connection(
    "sms", Text("通知短信", "SMS notices"), UNSENT, lambda: [Outcome("", "", State.NOT_USED, UNSENT)]
)


def check() -> None:
    """See that an outside database can be used, by both roles, before anything is changed in it.

    Raises:
        ServerProblem: out of reach, with a certificate we refuse, turning us away, or too old.
    """
    for alias, variable in (("owner", "DATABASE_OWNER_URL"), ("default", "DATABASE_URL")):
        answers: list[Answer] = []

        def trying(name: str = alias, told: list[Answer] = answers) -> None:
            told.append(ask(name))

        outcome = attempt(target(), "PostgreSQL", trying)
        if outcome.state is not State.OK:
            raise _problem(variable, outcome)
        if answers[0].major < OLDEST:
            raise too_old(answers[0].version)


def _problem(variable: str, outcome: Outcome) -> ServerProblem:
    code, zh, en = {
        State.CERTIFICATE_REFUSED: (
            "database-certificate-refused",
            "的证书未通过核验（颁发机构、主机名或有效期不符），已拒绝连接。请更换证书，或用 sslrootcert 指定颁发机构。",
            "has a certificate that does not prove it: authority, host name or dates. Replace it or set sslrootcert.",
        ),
        State.TURNED_AWAY: (
            "database-turns-away",
            "拒绝登录。请检查其中的账号、密码以及数据库的 pg_hba.conf。",
            "does not let us in. Check user and password in it and the database's pg_hba.conf.",
        ),
    }.get(
        outcome.state,
        (
            "database-out-of-reach",
            "无法连接（不可达，或不支持要求的加密）。请检查地址、网络与数据库是否启动。",
            "cannot be reached, or does not offer the encryption demanded. Check address, network and server.",
        ),
    )
    return ServerProblem(
        code,
        f"{variable} 指向的数据库 {outcome.target} {zh}",
        f"The database {outcome.target} of {variable} {en}",
    )


def too_old(version: str) -> ServerProblem:
    return ServerProblem(
        "database-too-old",
        f"数据库是 PostgreSQL {version}，需要 {OLDEST} 或更高版本。请升级数据库，或在 DATABASE_URL 中指定另一个。",
        f"The database is PostgreSQL {version}; {OLDEST} or later is needed. "
        "Upgrade it or name another in DATABASE_URL.",
    )


def in_use() -> ServerProblem:
    return ServerProblem(
        "database-in-use",
        "另一个守信服务正在使用这个数据库（DATABASE_URL）。请先停止它：一个数据库只能由一个服务使用。",
        "Another Shouxin server is using this database (DATABASE_URL). Stop it first: a database serves one server.",
    )


class OneServer:
    """The hold of one `shouxin serve` on an outside database; data folders do not tell, they may be many."""

    def __init__(self, url: str) -> None:
        self._address: Mapping[str, Any] = {
            key: value for key, value in database_address.parse(url).items() if value
        }
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._try():
            if time.monotonic() > deadline:
                raise in_use()
            time.sleep(0.5)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def keep(self) -> bool:
        """Take the hold again after the connection was lost; False when another server has it meanwhile."""
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return True
        except psycopg.OperationalError:
            self._connection = None
        try:
            return self._try()
        except psycopg.OperationalError:
            return True  # the database is away, for others too; asked again in a while

    def _try(self) -> bool:
        found = psycopg.connect(
            **(dict(self._address) | {"connect_timeout": CONNECT_SECONDS}),
            application_name="shouxin serve",
            autocommit=True,
        )
        if (found.execute("SELECT pg_try_advisory_lock(%s)", [SERVER_LOCK]).fetchone() or [False])[0]:
            self._connection = found
            return True
        found.close()
        return False


def named() -> str:
    """The address of the outside database; empty when our own is used."""
    return os.environ.get("DATABASE_URL", "")
