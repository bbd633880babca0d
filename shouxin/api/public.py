"""The API for web sites: no token, a key per form, browsers of registered web sites alone (CORS)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from ninja.errors import HttpError, ValidationError

from shouxin.api.door import Reader, check_shape, guarded
from shouxin.api.problems import on_error
from shouxin.api.routes import Api
from shouxin.core.text import Text
from shouxin.customers.public_forms import rules
from shouxin.customers.public_forms.api import origins_of, router
from shouxin.kit.problems import Problem

View = Callable[..., HttpResponse]
DESCRIPTION = """\
For the organisation's own web site. A key names one public form and is no secret; browsers are answered on the web
sites registered with it alone. Show the notice, leave every box empty, do the work that `guard` asks for, hand in once.
Problems are `application/problem+json`: decide by `code`.
"""
PREFLIGHT_LASTS = "600"

api = Api(
    title="守信 Shouxin: public forms",
    version="1",
    description=DESCRIPTION,
    parser=Reader(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-public-1",
)
api.add_router("", router)
for _kind in (Exception, ValidationError, HttpError):
    api.add_exception_handler(_kind, on_error)


def description(_request: HttpRequest) -> JsonResponse:
    """The OpenAPI description."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/public/v1/"))


def shared(view: View) -> View:
    """`view` for browsers of the registered web sites: what they may read, and their question beforehand."""
    inner = guarded(_shaped(view))

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        known = bool(origin) and origin in origins_of(str(kwargs.get("key", "")))
        asking = request.method == "OPTIONS"
        response = HttpResponse(status=204) if asking else inner(request, *args, **kwargs)
        patch_vary_headers(response, ("Origin",))
        if known:
            response.headers["Access-Control-Allow-Origin"] = origin
            if asking:
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = "Content-Type, Accept-Language"
                response.headers["Access-Control-Max-Age"] = PREFLIGHT_LASTS
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined] # no cookie is asked for, and none is given
    return answer


def _shaped(view: View) -> View:
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_shape(request.META)
        _check_size(request)
        return view(request, *args, **kwargs)

    return answer


def _check_size(request: HttpRequest) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > rules.LARGEST:
        text = Text(f"正文最大 {rules.LARGEST} 字节。", f"A body has at most {rules.LARGEST} bytes.")
        raise Problem(413, "body.too-large", text)
