"""Addresses of the API; what is not among them is answered as a problem, too."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.http import require_safe

from shouxin.api import lean, public, routes
from shouxin.api.door import guarded
from shouxin.kit import programs

app_name = "api"


def _routes() -> list[URLPattern]:
    patterns, _, _ = routes.api.urls
    found = [
        pattern for pattern in patterns if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    for pattern in found:
        name = str(pattern.pattern)
        view = lean.through(name) if name in programs.routes else guarded(pattern.callback)
        pattern.callback = login_not_required(view)
    return found


def _public_routes() -> list[URLPattern]:
    patterns, _, _ = public.api.urls
    found = [
        pattern for pattern in patterns if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
    for pattern in found:
        pattern.callback = public.shared(login_not_required(pattern.callback))
        pattern.callback.login_required = False  # type: ignore[attr-defined] # as login_not_required marks it
        pattern.name = f"public-{pattern.name}"
    return found


urlpatterns = [
    path(
        "public/v1/",
        include(
            [
                path(
                    "openapi.json",
                    login_not_required(require_safe(public.description)),
                    name="public-openapi",
                ),
                *_public_routes(),
            ]
        ),
    ),
    path(
        "v1/",
        include(
            [
                path("docs", login_not_required(require_safe(routes.page)), name="docs"),
                path("openapi.json", login_not_required(require_safe(routes.description)), name="openapi"),
                *_routes(),
            ]
        ),
    ),
    re_path("", guarded(login_not_required(routes.nowhere)), name="nowhere"),
]
