"""Addresses of SCIM, mounted at /scim/v2/."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

app_name = "scim"


def _endpoint(name: str) -> Callable[..., HttpResponse]:
    """Loaded by its first request: the library of SCIM takes as long to load as everything else that is mounted."""

    def view(request: HttpRequest, key: str = "") -> HttpResponse:
        from shouxin.people.scim.endpoints import ENDPOINTS

        return ENDPOINTS[name](request, key)

    return csrf_exempt(view)


def _at(address: str, name: str) -> URLPattern:
    return path(address, _endpoint(name), name=name)


urlpatterns = [
    _at("ServiceProviderConfig", "config"),
    _at("Schemas", "schemas"),
    _at("Schemas/<str:key>", "schema"),
    _at("ResourceTypes", "resource_types"),
    _at("ResourceTypes/<str:key>", "resource_type"),
    _at("Users", "users"),
    _at("Users/.search", "search_users"),
    _at("Users/<str:key>", "user"),
    _at("Groups", "groups"),
    _at("Groups/.search", "search_groups"),
    _at("Groups/<str:key>", "group"),
    _at(".search", "search"),
    re_path(r"^(?P<key>.*)$", _endpoint("nowhere"), name="nowhere"),
]
