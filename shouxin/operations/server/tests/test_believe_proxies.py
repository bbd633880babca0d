"""Forwarded headers are believed from the proxies named, and from nobody else."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory

from shouxin.operations.server.middleware import believe_named_proxies


def seen(rf: RequestFactory, peer: str) -> HttpRequest:
    passed: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        passed.append(request)
        return HttpResponse()

    request = rf.get("/")
    request.META |= {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    believe_named_proxies(view)(request)
    return passed[0]


@pytest.fixture(autouse=True)
def _proxy(settings: pytest.FixtureRequest) -> None:
    settings.PROXIES = frozenset({"10.0.0.1"})  # type: ignore[attr-defined]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]


def test_the_named_proxy(rf: RequestFactory) -> None:
    request = seen(rf, "10.0.0.1")
    assert request.META["REMOTE_ADDR"] == "198.51.100.7"
    assert request.is_secure()


def test_anybody_else(rf: RequestFactory) -> None:
    request = seen(rf, "192.0.2.1")
    assert request.META["REMOTE_ADDR"] == "192.0.2.1"
    assert not request.is_secure()
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in request.META)


def test_what_did_not_come_encrypted_is_sent_to_https(rf: RequestFactory, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["shouxin.example"]
    settings.SECURE_REDIRECT_EXEMPT, settings.SECURE_HSTS_SECONDS = ["^healthz$"], 9

    def answer(peer: str, path: str, scheme: str) -> HttpResponse:
        request = rf.get(path, headers={"host": "shouxin.example"})
        request.META |= {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_PROTO": scheme}
        handler = SecurityMiddleware(lambda _request: HttpResponse())
        return believe_named_proxies(handler)(request)  # type: ignore[arg-type]

    assert answer("10.0.0.1", "/customers/", "http")["Location"] == "https://shouxin.example/customers/"
    assert answer("192.0.2.1", "/customers/", "https").status_code == 301  # who is not named claims in vain
    assert answer("10.0.0.1", "/customers/", "https")["Strict-Transport-Security"] == "max-age=9"
    assert answer("192.0.2.1", "/healthz", "http").status_code == 200
