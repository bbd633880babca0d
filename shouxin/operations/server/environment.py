"""Reading the environment: refuses typos, reads secrets from files of the data folder."""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from shouxin.kit import database_address
from shouxin.kit.terminal import words

KNOWN = {
    "SHOUXIN_ADDRESS": "the address at which people open the console, for links in mails: https://name[:port]",
    "SHOUXIN_CERTIFICATE": "path of a TLS certificate (PEM, with its chain); the server then listens on every address",
    "SHOUXIN_CERTIFICATE_KEY": "path of the certificate's private key",
    "SHOUXIN_CLAMAV": "ClamAV's daemon that looks attachments through: unix:/path/of.socket or tcp:host:port",
    "SHOUXIN_DATA": "the data folder; ./data unless named",
    "SHOUXIN_HOSTS": "the names under which the server is reached, separated by commas",
    "SHOUXIN_HTTP_PORT": "a port where plain HTTP is answered with a redirection to HTTPS; with a certificate only",
    "SHOUXIN_LANG": "language of the command line: zh or en",
    "SHOUXIN_ORIGINS": "origins trusted to post forms besides our own, separated by commas",
    "SHOUXIN_PROXY": "address of the reverse proxy that speaks TLS for us; the server then listens on every address",
    "SHOUXIN_ROOT_KEY_PASSPHRASE_FILE": "file with the passphrase from which the root key is derived",
    "SHOUXIN_S3": "bucket for new attachments, sealed: https://host/bucket/prefix; else they lie in the data folder",
    "SHOUXIN_S3_KEY_FILE": "file with the bucket's access key in its first line and the secret key in its second",
    "SHOUXIN_S3_REGION": "the bucket's region; us-east-1 unless named",
    "SHOUXIN_SMTP": "host:port of the mail server; without it no mail is sent",
    "SHOUXIN_SMTP_FROM": "the address that mail is sent from",
    "SHOUXIN_SMTP_PASSWORD_FILE": "file with the password for the mail server",
    "SHOUXIN_SMTP_TLS": "starttls (unless named), tls, or none for a mail server on this machine",
    "SHOUXIN_SMTP_USER": "log-in at the mail server, where it asks for one",
    "SHOUXIN_SUITE": "aes (AES-256-GCM, unless named) or sm4 (SM4-GCM); read once, when the keys are made",
    "SHOUXIN_TESTDATA": "folder with the public test sets; tests only",
    "SHOUXIN_WEB_PROCESSES": "how many web processes; unless named, one for each processor, at most four",
}
POOL = {"min_size": 1, "max_size": 8, "timeout": 10.0, "max_idle": 120.0, "reconnect_timeout": 5.0}

# Statements that ask for it are prepared, no others: Django's own are never the same twice. A prepared one is planned
# once a connection; planned anew for each array of ids it would cost several times what answering costs.
EXPLICITLY = 2**31
PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"


def refuse_unknown() -> None:
    """A misspelt variable would silently leave a protection off, so it is an error.

    Raises:
        ImproperlyConfigured: names the variable.
    """
    unknown = sorted(name for name in os.environ if name.startswith("SHOUXIN_") and name not in KNOWN)
    if unknown:
        raise ImproperlyConfigured(
            words(
                f"未知的环境变量 {', '.join(unknown)}；可用的有 {', '.join(KNOWN)}。",
                f"Unknown variables {', '.join(unknown)}; known are {', '.join(KNOWN)}.",
            )
        )


def _names(variable: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(variable, default).split(",") if part.strip()]


def data_folder() -> Path:
    """The folder that holds everything this installation keeps; `SHOUXIN_DATA`, else `./data`."""
    return Path(os.environ.get("SHOUXIN_DATA") or "data").absolute()


def named_hosts() -> list[str]:
    """The names under which people reach the server, as the organisation gave them."""
    return _names("SHOUXIN_HOSTS")


def allowed_hosts() -> list[str]:
    return [*named_hosts(), "127.0.0.1", "localhost", "[::1]"]


def public_address() -> str:
    """The address that links in mails begin with; empty where nobody said by which name the console is opened.

    Raises:
        ImproperlyConfigured: it is no address, holds more than host and port, or would send people unencrypted over
            a network.
    """
    named = os.environ.get("SHOUXIN_ADDRESS", "").rstrip("/")
    if not named:
        hosts = named_hosts()
        return f"https://{hosts[0]}" if hosts and (proxies() or certificate()) else ""
    parts = urlsplit(named)
    here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    bare = parts.hostname and not (parts.path or parts.query or parts.fragment or parts.username)
    if not bare or parts.scheme not in {"https", *(["http"] if here else [])}:
        raise ImproperlyConfigured(
            words(
                "SHOUXIN_ADDRESS 应为 https://主机名[:端口]，不含路径。",
                "SHOUXIN_ADDRESS is https://name[:port], without a path.",
            )
        )
    return named


def trusted_origins() -> list[str]:
    return _names("SHOUXIN_ORIGINS")


def proxies() -> frozenset[str]:
    """Addresses of the reverse proxies whose forwarded headers are believed."""
    return frozenset(_names("SHOUXIN_PROXY"))


def certificate() -> tuple[Path, Path] | None:
    """The certificate and its key, when we speak TLS ourselves."""
    found, key = os.environ.get("SHOUXIN_CERTIFICATE"), os.environ.get("SHOUXIN_CERTIFICATE_KEY")
    if bool(found) != bool(key):
        raise ImproperlyConfigured("SHOUXIN_CERTIFICATE and SHOUXIN_CERTIFICATE_KEY come together")
    return (Path(found), Path(key)) if found and key else None


def secret_key(data: Path) -> str:
    """The signing key of sessions, from `keys/session.key`; a passing one when there is none yet."""
    return _kept(data / "keys" / "session.key").strip() or secrets.token_urlsafe(48)


def _kept(path: Path) -> str:
    """The text of `path`, or nothing: a folder that is missing or closed is reported by whoever starts the server."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def make_secret_key(data: Path) -> None:
    """Make `keys/session.key` when missing, readable by its owner alone."""
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(folder / "session.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))


def job_modules(package: Path) -> list[str]:
    """The rooms' `jobs.py`, as module names, for the worker to find (see operations/server/worker.py)."""
    found = package.glob("*/*/jobs.py")
    return sorted(".".join(path.relative_to(package.parent).with_suffix("").parts) for path in found)


def databases(data: Path) -> dict[str, dict[str, Any]]:
    """`default` (the application role, pooled) and `owner` (migrations).

    Taken from `DATABASE_URL` and `DATABASE_OWNER_URL` when an outside PostgreSQL is used, else from the
    embedded one's `run/database.json`.
    """
    url, owner_url = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if url:
        if not owner_url:
            raise ImproperlyConfigured(
                "DATABASE_URL (application role) needs DATABASE_OWNER_URL (owner of the tables)"
            )
        found = {
            "default": _from_url("DATABASE_URL", url),
            "owner": _from_url("DATABASE_OWNER_URL", owner_url),
        }
    else:
        found = _embedded(data)
    for settings in found.values():
        settings |= {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 0,  # the pool keeps connections, not the request
            "CONN_HEALTH_CHECKS": True,  # a connection that a restart of PostgreSQL broke is replaced on checkout
        }
        options = settings.setdefault("OPTIONS", {})
        options["options"] = f"{PLAN_ONCE} {options.get('options', '')}".strip()
        options["prepare_threshold"] = EXPLICITLY
    found["default"]["OPTIONS"]["pool"] = dict(POOL)
    return found


def _embedded(data: Path) -> dict[str, dict[str, Any]]:
    found = json.loads(_kept(data / "run" / "database.json") or "{}")
    roles = found.get("roles", {})
    return {
        alias: {
            "NAME": found.get("name", "shouxin"),
            "HOST": found.get("host", ""),
            "PORT": found.get("port", ""),
            "USER": roles.get(role, {}).get("user", ""),
            "PASSWORD": roles.get(role, {}).get("password", ""),
        }
        for alias, role in (("default", "application"), ("owner", "owner"))
    }


def _from_url(variable: str, url: str) -> dict[str, Any]:
    try:
        found = database_address.parse(url)
    except database_address.AddressProblem as problem:
        raise ImproperlyConfigured(f"{variable}: {words(problem.text.zh, problem.text.en)}") from None
    return {
        name.upper(): found.pop(key)
        for name, key in (
            ("name", "dbname"),
            ("host", "host"),
            ("port", "port"),
            ("user", "user"),
            ("password", "password"),
        )
    } | {"OPTIONS": found}
