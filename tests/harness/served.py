"""A test client whose requests come in as they do from the web server: past the lean routes first (decision 50)."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from shouxin.api import lean


class _Beside(ClientHandler):
    """Gives to Django what the lean application leaves to it, and nothing else."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        left: list[Any] = []
        told: list[Any] = []

        def django(environ: dict[str, Any], _start: Any) -> list[bytes]:
            left.append(super(_Beside, self).__call__(environ))
            return []

        body = lean.beside(django)(environ, lambda *given: told.extend(given))
        if left:
            return left[0]
        status, headers = told
        response: Any = HttpResponse(b"".join(body), status=int(status.split()[0]))
        for name, value in headers:
            response.headers[name] = value
        response.wsgi_request = WSGIRequest(environ)
        return response


def client(**given: Any) -> Client:
    """As Django's own."""
    made = Client(**{"HTTP_HOST": "testserver", **given})  # without a host it would be left to Django
    made.handler = _Beside(made.handler.enforce_csrf_checks)
    return made
