"""Addresses of SCIM, mounted at /scim/v2/."""

from django.urls import path, re_path

from shouxin.people.scim import api
from shouxin.people.scim.api import endpoint
from shouxin.people.scim.resources import PROVIDER, Group, User

app_name = "scim"

_schemas = endpoint(get=api.described(PROVIDER.schemas, "Schemas"))
_types = endpoint(get=api.described(PROVIDER.resource_types, "ResourceTypes"))

urlpatterns = [
    path("ServiceProviderConfig", endpoint(get=api.config), name="config"),
    path("Schemas", _schemas, name="schemas"),
    path("Schemas/<str:key>", _schemas, name="schema"),
    path("ResourceTypes", _types, name="resource_types"),
    path("ResourceTypes/<str:key>", _types, name="resource_type"),
    path("Users", endpoint(get=api.listing(User), post=api.create_user), name="users"),
    path("Users/.search", endpoint(post=api.searching(User)), name="search_users"),
    path(
        "Users/<str:key>",
        endpoint(get=api.read_user, put=api.replace_user, patch=api.patch_user, delete=api.delete_user),
        name="user",
    ),
    path("Groups", endpoint(get=api.listing(Group), post=api.create_group), name="groups"),
    path("Groups/.search", endpoint(post=api.searching(Group)), name="search_groups"),
    path(
        "Groups/<str:key>",
        endpoint(get=api.read_group, put=api.replace_group, patch=api.patch_group, delete=api.delete_group),
        name="group",
    ),
    path(".search", endpoint(post=api.searching(User, Group)), name="search"),
    re_path(r"^(?P<key>.*)$", endpoint(get=api.nowhere), name="nowhere"),
]
