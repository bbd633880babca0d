"""Users and groups as SCIM speaks of them (RFC 7643): of the core schemas, what this product keeps, and no more."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    Meta,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from shouxin.people.scim.models import ScimGroup, ScimPerson
from shouxin.people.scim.rules import BASE

# What an attribute is, is said in its field: looking for sentences below it in the source takes a second at each start.
_TOLD = ConfigDict(use_attribute_docstrings=False)
_FIRST_IDEOGRAPH = "\u2e80"  # from here on names are written without a space, the family first
MOST = 200  # resources in one answer


class GroupOfUser(ComplexAttribute):
    model_config = _TOLD

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = Field(
        None, description="The group's id."
    )
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref", description="The group's address."
    )
    display: Annotated[str | None, Mutability.read_only] = Field(None, description="The group's name.")


class User(Resource[Any]):
    """A log-in of a member of staff."""

    model_config = _TOLD
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = Field(
        None, description="What the person types to sign in."
    )
    display_name: str | None = Field(None, description="The person's name.")
    active: bool | None = Field(None, description="Whether the log-in works; false ends it at once.")
    groups: Annotated[list[GroupOfUser] | None, Mutability.read_only] = Field(
        None, description="The groups the person is in."
    )


class Member(ComplexAttribute):
    model_config = _TOLD

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = Field(
        None, description="The member's id."
    )
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref", description="The member's address."
    )
    type: Annotated[str | None, Mutability.immutable] = Field(
        None, examples=["User"], description="What the member is; groups are not nested."
    )


class Group(Resource[Any]):
    """A group of the directory; what it means here the administrators set."""

    model_config = _TOLD
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = Field(None, description="The group's name.")
    members: list[Member] | None = Field(None, description="Who is in the group.")


CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=False),
    pagination=Pagination(cursor=False, index=True, default_page_size=MOST, max_page_size=MOST),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="A token that one administrator drafts and another confirms.",
            primary=True,
        )
    ],
    meta=Meta(resource_type="ServiceProviderConfig", location=f"{BASE}/ServiceProviderConfig"),
)
# Directories send much that is not kept here (addresses, telephone numbers): it is passed over, never stored.
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
PROVIDER = ScimProvider(models=[User, Group], config=CONFIG, policy=POLICY)


def user_of(person: ScimPerson, base: str) -> User:
    """The user of a row whose staff and groups are loaded."""
    staff = person.staff
    stated = set(person.stated)
    return User(
        id=str(staff.id),
        external_id=person.external_id,
        user_name=staff.user_name,
        display_name=staff.display_name if "displayName" in stated else None,
        active=staff.is_active if "active" in stated else None,
        groups=[
            GroupOfUser(
                value=str(group.id), ref=Reference["Group"](f"{base}/Groups/{group.id}"), display=group.name
            )
            for group in staff.scim_groups.all()
        ]
        or None,
        meta=Meta(
            resource_type="User",
            created=person.created_at,
            last_modified=person.changed_at,
            location=f"{base}/Users/{staff.id}",
        ),
    )


def group_of(group: ScimGroup, base: str) -> Group:
    """The group of a row whose members are loaded."""
    return Group(
        id=str(group.id),
        external_id=group.external_id,
        display_name=group.name,
        members=[_member(staff.id, base) for staff in group.members.all()] or None,
        meta=Meta(
            resource_type="Group",
            created=group.created_at,
            last_modified=group.changed_at,
            location=f"{base}/Groups/{group.id}",
        ),
    )


def _member(staff_id: UUID, base: str) -> Member:
    return Member(value=str(staff_id), ref=Reference["User"](f"{base}/Users/{staff_id}"), type="User")


def name_given(user: User) -> str | None:
    """The name of a new user: displayName, or else what a directory that sends `name` alone says there."""
    if user.display_name:
        return user.display_name
    name = user.unknown_attributes.get("name")
    if not isinstance(name, dict):
        return None
    parts = [str(name.get(key) or "").strip() for key in ("familyName", "givenName")]
    chinese = any(sign >= _FIRST_IDEOGRAPH for sign in "".join(parts))
    joined = "".join(parts) if chinese else " ".join(parts[::-1])
    return str(name.get("formatted") or "").strip() or joined.strip() or None
