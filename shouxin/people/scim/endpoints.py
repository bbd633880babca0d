"""What answers at each address of SCIM."""

from shouxin.people.scim import api
from shouxin.people.scim.api import endpoint
from shouxin.people.scim.resources import PROVIDER, Group, User

_schemas = endpoint(get=api.described(PROVIDER.schemas, "Schemas"))
_types = endpoint(get=api.described(PROVIDER.resource_types, "ResourceTypes"))

ENDPOINTS = {
    "config": endpoint(get=api.config),
    "schemas": _schemas,
    "schema": _schemas,
    "resource_types": _types,
    "resource_type": _types,
    "users": endpoint(get=api.listing(User), post=api.create_user),
    "search_users": endpoint(post=api.searching(User)),
    "user": endpoint(get=api.read_user, put=api.replace_user, patch=api.patch_user, delete=api.delete_user),
    "groups": endpoint(get=api.listing(Group), post=api.create_group),
    "search_groups": endpoint(post=api.searching(Group)),
    "group": endpoint(
        get=api.read_group, put=api.replace_group, patch=api.patch_group, delete=api.delete_group
    ),
    "search": endpoint(post=api.searching(User, Group)),
    "nowhere": endpoint(get=api.nowhere),
}
