"""What somebody looks for in the journal, in their session under a random token: the address holds nothing else."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

KEPT = "journal_searches"
MOST = 20
TOKEN_BYTES = 12


def keep(request: HttpRequest, asked: Mapping[str, Any]) -> str:
    """Keep a search of codes and dates; gives its token. The oldest give way."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = dict(request.session.get(KEPT, {}))
    kept[token] = dict(asked)
    request.session[KEPT] = dict(list(kept.items())[-MOST:])
    return token


def kept(request: HttpRequest, token: str) -> dict[str, Any] | None:
    """The search of a token, if this session has it."""
    found = request.session.get(KEPT, {}).get(token)
    return dict(found) if isinstance(found, dict) else None
