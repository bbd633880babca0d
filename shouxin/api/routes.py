"""The API of version 1: its routes, its description, its page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from shouxin.access.sync.api import router as sync
from shouxin.api import problems
from shouxin.api.door import Reader, Token
from shouxin.api.problems import on_error, respond
from shouxin.customers.collection.api import router as forms
from shouxin.customers.registry.api import router as customers
from shouxin.rights.cases.api import router as requests

DESCRIPTION = """\
Every request names a purpose that its token is bound to; identities stand in bodies, never in addresses.
Values come masked or clear as the client's grant says, and every read is journalled per customer.
Problems are `application/problem+json`: decide by `code`; `reason`, `article` and `ways` are for people, in Chinese or
English as `Accept-Language` asks. `Idempotency-Key` on the routes that create makes a repeat safe.
"""


class Api(NinjaAPI):
    """Ninja's API, its problems described as what they are."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """As Ninja makes it, with the media type of problems and the header of repeats."""
        schema = super().get_openapi_schema(**kwargs)
        for path, methods in schema["paths"].items():
            for operation in methods.values():
                _describe(path, operation)
        return schema


def _describe(path: str, operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if int(status) >= 400 and "application/json" in answer.get("content", {}):  # noqa: PLR2004 - problems begin there
            answer["content"]["application/problem+json"] = answer["content"].pop("application/json")
            answer["description"] = "Problem"
    if path.endswith(("/customers", "/customers:batch", "/submissions", "/requests")):
        operation.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
                "description": "The same key with the same body stores nothing twice.",
            }
        )


api = Api(
    title="守信 Shouxin",
    version="1",
    description=DESCRIPTION,
    auth=Token(),
    parser=Reader(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-1",
)
api.add_router("", customers)
api.add_router("", forms)
api.add_router("", sync)
api.add_router("", requests)
for _kind in (
    Exception,
    ValidationError,
    HttpError,
    Http404,
):  # Ninja has answers of its own for the last three
    api.add_exception_handler(_kind, on_error)


def description(_request: HttpRequest) -> JsonResponse:
    """The OpenAPI description; it tells of the product, of nobody's data."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"))


def page(request: HttpRequest) -> HttpResponse:
    """The description for people; everything it loads comes from this server."""
    return render(request, "api/docs.html")


def nowhere(_request: HttpRequest, **_: str) -> HttpResponse:
    return respond(problems.nowhere())
