"""SCIM 2.0 (RFC 7644) at /scim/v2: users and groups of the directory behind the presented token."""

import json
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ForbiddenException,
    InvalidSyntaxException,
    InvalidValueException,
    ListResponse,
    NotFoundException,
    PatchOp,
    PayloadTooLargeException,
    ResponseParameters,
    SCIMException,
    SearchRequest,
    UnauthorizedException,
    UniquenessException,
)

from shouxin.core.policy import NotAllowed
from shouxin.kit import clock
from shouxin.people.connections.models import Connection
from shouxin.people.models import Department
from shouxin.people.scim import door, queries, resources, services
from shouxin.people.scim.finding import Search
from shouxin.people.scim.models import ScimGroup, ScimPerson
from shouxin.people.scim.resources import MOST, POLICY, PROVIDER, Group, User, group_of, name_given, user_of
from shouxin.people.scim.rules import BASE
from shouxin.people.services import PeopleError

CONTENT = "application/scim+json"
Handler = Callable[["Call"], HttpResponse]
_TAKEN = frozenset({"user_name_taken", "name_taken", "external_id_taken"})
_WRONG = frozenset({"nameless", "unknown_member"})


class Call:
    """One request of a directory: who asks, for what, and how its answer is spelled."""

    def __init__(self, request: HttpRequest, connection: Connection, key: str) -> None:
        self.request = request
        self.connection = connection
        self.key = key
        self.base = request.build_absolute_uri(BASE)
        self.now = clock.now()

    def id(self) -> UUID:
        try:
            return UUID(self.key)
        except ValueError:
            raise NotFoundException from None

    def body(self) -> dict[str, Any]:
        try:
            found = json.loads(self.request.body or b"")
        except ValueError:
            raise InvalidSyntaxException from None
        if not isinstance(found, dict):
            raise InvalidSyntaxException
        return found

    def parameters(self, model: Any) -> "ResponseParameters[Any]":
        names = ("attributes", "excludedAttributes")
        asked = {key: self.request.GET[key] for key in names if key in self.request.GET}
        found: ResponseParameters[Any] = cast("Any", ResponseParameters)[model].model_validate(asked)
        return found


def answer(payload: dict[str, Any] | None, status: int = 200) -> HttpResponse:
    """A SCIM message; never kept by a browser or a proxy."""
    content = b"" if payload is None else json.dumps(payload, ensure_ascii=False, default=str).encode()
    response = HttpResponse(content, status=status, content_type=CONTENT)
    response["Cache-Control"] = "no-store"
    if status == UnauthorizedException.status:
        response["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    location = (payload or {}).get("meta", {}).get("location")
    if location:
        response["Location"] = location
    return response


def _problem(error: Exception) -> Error:
    """What a program is told; nothing of the cause that it did not send itself."""
    if isinstance(error, SCIMException):
        return error.to_error()
    if isinstance(error, ValidationError):
        return Error.from_validation_errors(error)[0]
    if isinstance(error, PeopleError):
        detail = error.text.in_("en")
        if error.code in _TAKEN:
            return UniquenessException(detail=detail).to_error()
        if error.code in _WRONG:
            return InvalidValueException(detail=detail).to_error()
        return ForbiddenException(detail=detail).to_error()
    if isinstance(error, ScimPerson.DoesNotExist | ScimGroup.DoesNotExist):
        return NotFoundException().to_error()
    if isinstance(error, NotAllowed):
        return ForbiddenException().to_error()
    if isinstance(error, RequestDataTooBig):
        return PayloadTooLargeException().to_error()
    raise error


def endpoint(**handlers: Handler) -> Callable[..., HttpResponse]:
    """A view that lets directories in by their token and speaks SCIM, whatever goes wrong."""

    def view(request: HttpRequest, key: str = "") -> HttpResponse:
        try:
            with PROVIDER:
                connection = door.come_in(
                    header=request.headers.get("Authorization", ""),
                    address=request.META.get("REMOTE_ADDR", ""),
                    now=clock.now(),
                )
                handler = handlers.get((request.method or "").lower())
                if handler is None:
                    refused = answer(Error(status=405, detail="Method not allowed").model_dump(), 405)
                    refused["Allow"] = ", ".join(sorted(verb.upper() for verb in handlers))
                    return refused
                return handler(Call(request, connection, key))
        except Exception as error:  # noqa: BLE001 - what has no SCIM answer is raised again
            found = _problem(error)
            return answer(found.model_dump(), found.status or 400)

    update_wrapper(view, endpoint)
    return csrf_exempt(view)


# Discovery


def config(_call: Call) -> HttpResponse:
    return answer(resources.CONFIG.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def described(things: Iterable[Any], place: str) -> Callable[[Call], HttpResponse]:
    """A discovery endpoint over fixed descriptions, as a list or one by one."""

    def handler(call: Call) -> HttpResponse:
        if "filter" in call.request.GET:
            raise ForbiddenException(detail="Filters are not supported here")
        all_of_them = [_dumped(one, f"{call.base}/{place}") for one in things]
        if call.key:
            found = next((one for one in all_of_them if one.get("id", one.get("name")) == call.key), None)
            if found is None:
                raise NotFoundException
            return answer(found)
        return answer(_listed(all_of_them, len(all_of_them), 1))

    return handler


def _dumped(thing: Any, place: str) -> dict[str, Any]:
    dumped: dict[str, Any] = thing.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    dumped["meta"] = {"resourceType": type(thing).__name__, "location": f"{place}/{dumped.get('id')}"}
    return dumped


def _listed(found: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    return {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(found),
        "Resources": found,
    }


def nowhere(_call: Call) -> HttpResponse:
    raise NotFoundException


# Lists and searches


def _search(call: Call, asked: dict[str, Any], *models: Any) -> HttpResponse:
    # Subscripted at run time: a search over both kinds is bound to their union.
    bound: Any = models[0] if len(models) == 1 else User | Group
    wanted = cast("Any", SearchRequest)[bound].model_validate(asked)
    start = max(wanted.start_index or 1, 1)
    count = MOST if wanted.count is None else min(max(wanted.count, 0), MOST)
    found, total = Search(call.connection, wanted, models, call.base).page(start, count)
    page = [row.model_dump(scim_ctx=Context.SEARCH_RESPONSE, response_parameters=wanted) for row in found]
    return answer(_listed(page, total, start))


def listing(model: Any) -> Handler:
    def handler(call: Call) -> HttpResponse:
        return _search(call, call.request.GET.dict(), model)

    return handler


def searching(*models: Any) -> Handler:
    def handler(call: Call) -> HttpResponse:
        return _search(call, call.body(), *models)

    return handler


# Users


def _wanted_user(user: User, *, new: bool = False) -> services.WantedUser:
    name = name_given(user) if new else user.display_name
    return services.WantedUser(
        user_name=user.user_name or "",
        display_name=name,
        active=user.active,
        external_id=user.external_id,
        name_stated=name is not None,
    )


def _show_user(call: Call, person: ScimPerson, context: Context, status: int = 200) -> HttpResponse:
    fresh = queries.people(call.connection).get(staff_id=person.staff_id)
    dumped = user_of(fresh, call.base).model_dump(scim_ctx=context, response_parameters=call.parameters(User))
    return answer(dumped, status)


def create_user(call: Call) -> HttpResponse:
    user = User.model_validate(call.body(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    if not Department.objects.filter(id=call.connection.settings["department"], is_active=True).exists():
        raise ForbiddenException(
            detail="The department for new people is closed; an administrator must choose another"
        )
    person = services.bring(connection=call.connection, wanted=_wanted_user(user, new=True), now=call.now)
    return _show_user(call, person, Context.RESOURCE_CREATION_RESPONSE, 201)


def read_user(call: Call) -> HttpResponse:
    return _show_user(
        call, queries.people(call.connection).get(staff_id=call.id()), Context.RESOURCE_QUERY_RESPONSE
    )


@transaction.atomic
def replace_user(call: Call) -> HttpResponse:
    before = user_of(queries.people(call.connection).get(staff_id=call.id()), call.base)
    user = User.model_validate(call.body(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    user.replace(before)
    person = services.change_user(
        connection=call.connection, staff_id=call.id(), wanted=_wanted_user(user), now=call.now
    )
    return _show_user(call, person, Context.RESOURCE_REPLACEMENT_RESPONSE)


@transaction.atomic
def patch_user(call: Call) -> HttpResponse:
    user = user_of(queries.people(call.connection).get(staff_id=call.id()), call.base)
    patch = PatchOp[User].model_validate(call.body(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    patch.patch(user, scim_policy=POLICY)
    person = services.change_user(
        connection=call.connection, staff_id=call.id(), wanted=_wanted_user(user), now=call.now
    )
    return _show_user(call, person, Context.RESOURCE_PATCH_RESPONSE)


def delete_user(call: Call) -> HttpResponse:
    services.remove_user(connection=call.connection, staff_id=call.id(), now=call.now)
    return answer(None, 204)


# Groups


def _wanted_group(group: Group) -> services.WantedGroup:
    try:
        members = [UUID(member.value or "") for member in group.members or []]
    except ValueError:
        raise InvalidValueException(detail="A member does not exist") from None
    return services.WantedGroup(group.display_name or "", group.external_id, members)


def _show_group(call: Call, group_id: UUID, context: Context, status: int = 200) -> HttpResponse:
    fresh = queries.groups(call.connection).get(id=group_id)
    dumped = group_of(fresh, call.base).model_dump(
        scim_ctx=context, response_parameters=call.parameters(Group)
    )
    return answer(dumped, status)


def create_group(call: Call) -> HttpResponse:
    group = Group.model_validate(call.body(), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    made = services.add_group(connection=call.connection, wanted=_wanted_group(group), now=call.now)
    return _show_group(call, made.id, Context.RESOURCE_CREATION_RESPONSE, 201)


def read_group(call: Call) -> HttpResponse:
    return _show_group(call, call.id(), Context.RESOURCE_QUERY_RESPONSE)


@transaction.atomic
def replace_group(call: Call) -> HttpResponse:
    before = group_of(queries.groups(call.connection).select_for_update().get(id=call.id()), call.base)
    group = Group.model_validate(call.body(), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    group.replace(before)
    wanted = _wanted_group(group)
    services.change_group(connection=call.connection, group_id=call.id(), wanted=wanted, now=call.now)
    return _show_group(call, call.id(), Context.RESOURCE_REPLACEMENT_RESPONSE)


@transaction.atomic
def patch_group(call: Call) -> HttpResponse:
    group = group_of(queries.groups(call.connection).select_for_update().get(id=call.id()), call.base)
    patch = PatchOp[Group].model_validate(call.body(), scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    patch.patch(group, scim_policy=POLICY)
    wanted = _wanted_group(group)
    services.change_group(connection=call.connection, group_id=call.id(), wanted=wanted, now=call.now)
    return _show_group(call, call.id(), Context.RESOURCE_PATCH_RESPONSE)


def delete_group(call: Call) -> HttpResponse:
    services.remove_group(connection=call.connection, group_id=call.id())
    return answer(None, 204)
