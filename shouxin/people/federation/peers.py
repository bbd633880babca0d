"""Speaking to the other side: only over TLS with a checked certificate, briefly, and never where it redirects to."""

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TIMEOUT = 5.0  # seconds, to connect and to answer


class Unreachable(Exception):
    """The other side does not answer, or not with a certificate we accept."""


class _Trusting(HTTPAdapter):
    """HTTPS with the organisation's own authority where it has one, TLS 1.2 or later."""

    def __init__(self, authority: str) -> None:
        self._context = ssl.create_default_context(cadata=authority or None)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - always verified
        """The context says what is trusted; the library's own list of authorities must not be added to it."""
        super().cert_verify(conn, url, True, cert)
        conn.ca_certs = conn.ca_cert_dir = None


class Session(requests.Session):
    """What allauth's providers speak with."""

    def __init__(self, authority: str = "") -> None:
        super().__init__()
        self.trust_env = False  # neither proxies nor passwords of the environment
        self.mount("https://", _Trusting(authority))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """One request.

        Raises:
            Unreachable: no answer, no valid certificate, or no HTTPS.
        """
        if urlsplit(str(url)).scheme != "https":
            raise Unreachable("only HTTPS is spoken")
        kwargs.setdefault("timeout", TIMEOUT)
        kwargs["allow_redirects"] = False
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            # The library's text may hold the address with a token in it.
            raise Unreachable(type(error).__name__) from error


def authority_of(settings: Mapping[str, Any]) -> str:
    """The organisation's own certificate authority, in PEM; empty where public ones are enough."""
    return str(settings.get("ca") or "")
