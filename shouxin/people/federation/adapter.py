"""How allauth's providers find their application here: in a connection that two administrators put in force.

allauth keeps applications, with their secrets in clear, in a table of its own: that table stays empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest

from shouxin.people.federation.peers import Session

_authority: ContextVar[str] = ContextVar("whose certificates are trusted besides the public ones", default="")


@contextmanager
def trusting(authority: str) -> Iterator[None]:
    """Within: certificates of this authority are accepted."""
    token = _authority.set(authority)
    try:
        yield
    finally:
        _authority.reset(token)


class ConnectionAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """No applications from tables or settings, no signing up, and sessions that check who they speak to."""

    def get_requests_session(self) -> Session:
        return Session(_authority.get())

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        del request, provider, client_id
        return []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        del request, sociallogin
        return False
