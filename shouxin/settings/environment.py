"""Reading the environment: refuses typos, reads secrets from files of the data folder."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

KNOWN = {"SHOUXIN_DATA", "SHOUXIN_HOSTS", "SHOUXIN_ORIGINS", "SHOUXIN_TESTDATA", "SHOUXIN_ROOT_KEY_PASSPHRASE_FILE"}


def data_folder() -> Path:
    """The folder that holds everything this installation keeps; `SHOUXIN_DATA`, else `./data`."""
    return Path(os.environ.get("SHOUXIN_DATA", "data")).absolute()


def allowed_hosts() -> list[str]:
    return [h for h in os.environ.get("SHOUXIN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]


def trusted_origins() -> list[str]:
    return [o for o in os.environ.get("SHOUXIN_ORIGINS", "").split(",") if o]


def secret_key(data: Path) -> str:
    """The signing key of sessions, from `secret_key` in the data folder; a passing one when there is none yet."""
    path = data / "keys" / "session.key"
    return path.read_text(encoding="ascii").strip() if path.exists() else secrets.token_urlsafe(48)


def databases(data: Path) -> dict[str, dict[str, Any]]:
    """`default` (the application role) and `owner` (migrations), from `run/database.json` of the data folder."""
    path = data / "run" / "database.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    shared = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.get("name", "shouxin"),
        "HOST": found.get("host", ""),
        "PORT": found.get("port", ""),
        "CONN_MAX_AGE": 0,
    }
    roles = found.get("roles", {})
    return {
        alias: {**shared, "USER": roles.get(role, {}).get("user", ""), "PASSWORD": roles.get(role, {}).get("password", "")}
        for alias, role in (("default", "application"), ("owner", "owner"))
    }
