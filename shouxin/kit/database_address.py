"""The address of a PostgreSQL outside: read strictly; over a network spoken to only when its certificate is proven."""

import ipaddress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from shouxin.core.text import Text

STRICT = "verify-full"
PASSED_ON = frozenset(
    {
        *(
            "sslmode",
            "sslrootcert",
            "sslcert",
            "sslkey",
            "sslcrl",
            "sslnegotiation",
            "ssl_min_protocol_version",
        ),
        *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("target_session_attrs", "channel_binding", "require_auth", "tcp_user_timeout"),
    }
)
SYSTEM_AUTHORITIES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)


class AddressProblem(ValueError):
    """The address cannot be used; `text` says why and what to do, without the password in it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def parse(url: str) -> dict[str, str]:
    """What libpq is given for `url`: dbname, host, port, user, password and options.

    Over a network `sslmode` is verify-full, also when nothing is said; a weaker one is refused. On this machine
    (socket or loopback) anything goes.

    Raises:
        AddressProblem: no such address, or one that is not protected.
    """
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise _unreadable() from None
    if parts.scheme not in {"postgres", "postgresql"} or parts.fragment:
        raise _unreadable()
    if unknown := sorted(options.keys() - PASSED_ON):
        listed = ", ".join(unknown)
        raise AddressProblem(
            Text(
                f"数据库地址中有不支持的参数：{listed}。",
                f"The database's address has options not supported: {listed}.",
            )
        )
    host = unquote(parts.hostname or "")
    if not is_local(host):
        options = _protected(options)
    return options | {
        "dbname": unquote(parts.path.lstrip("/")),
        "host": host,
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }


def is_local(host: str) -> bool:
    """Whether nobody between can listen: a Unix socket, or the loopback interface."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _protected(options: dict[str, str]) -> dict[str, str]:
    if (mode := options.get("sslmode", STRICT)) != STRICT:
        raise AddressProblem(
            Text(
                f"与其他机器上的数据库连接时必须核验证书：请把 sslmode={mode} 改为 sslmode=verify-full，"
                "自建证书颁发机构用 sslrootcert=文件 指定。",
                f"A database on another machine is spoken to only when its certificate is proven: "
                f"use sslmode=verify-full instead of sslmode={mode}, "
                "and sslrootcert=FILE for an authority of your own.",
            )
        )
    found = next((path for path in SYSTEM_AUTHORITIES if Path(path).exists()), "system")
    return {"sslrootcert": found, "gssencmode": "disable"} | options | {"sslmode": STRICT}


def _unreadable() -> AddressProblem:
    return AddressProblem(
        Text(
            "数据库地址应写作 postgresql://用户:密码@主机:端口/数据库。",
            "A database's address reads postgresql://user:password@host:port/database.",
        )
    )
