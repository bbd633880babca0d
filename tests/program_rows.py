"""Rows of the table of permissions for what programs ask, with a token: directories, the ledger, the API."""

from collections.abc import Mapping

from tests.permission_frame import NOBODY
from tests.permission_rows import Row, everybody, program

ROWS: Mapping[str, Row] = {
    # directories, with a token
    "scim:config": program("GET"),
    "scim:schemas": program("GET"),
    "scim:schema": program("GET", key="none"),
    "scim:resource_types": program("GET"),
    "scim:resource_type": program("GET", key="none"),
    "scim:users": program("GET"),
    "scim:users#create": program(),
    "scim:search_users": program(),
    "scim:user": program("GET", key=str(NOBODY)),
    "scim:user#replace": program("PUT", key=str(NOBODY)),
    "scim:user#patch": program("PATCH", key=str(NOBODY)),
    "scim:user#delete": program("DELETE", key=str(NOBODY)),
    "scim:groups": program("GET"),
    "scim:groups#create": program(),
    "scim:search_groups": program(),
    "scim:group": program("GET", key=str(NOBODY)),
    "scim:group#replace": program("PUT", key=str(NOBODY)),
    "scim:group#patch": program("PATCH", key=str(NOBODY)),
    "scim:group#delete": program("DELETE", key=str(NOBODY)),
    "scim:search": program(),
    "scim:nowhere": program("GET", key="none"),
    # the sealed journal
    "ledger:checkpoint": program("GET"),
    "ledger:tile": program("GET", level="0", index="000"),
    "ledger:nowhere": program("GET"),
    # the API
    "api:docs": everybody(),
    "api:openapi": everybody(),
    "api:create": program(),
    "api:batch": program(),
    "api:read": program(),
    "api:find": program(),
    "api:resolve": program(),
    "api:list_changes": program(),
    "api:acknowledge": program(),
    "api:change": program("PATCH", customer=NOBODY),
    "api:describe": program("GET", form=NOBODY),
    "api:hand_in": program(form=NOBODY),
    "api:public-openapi": everybody(),
    "api:public-describe": everybody(404, key="pk_nobody"),
    "api:public-hand_in": everybody(415, method="POST", key="pk_nobody"),
    "api:nowhere": everybody(404),
}
