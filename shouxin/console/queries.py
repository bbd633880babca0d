"""How far the organisation has come in setting itself up, and who takes the next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission, PurposeStatus, Role
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.people.models import Staff

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = Permission
FOUNDERS = 2
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One step of setting up: `address` when the actor may take it now, `names` of those who can."""

    title: "StrOrPromise"
    text: "StrOrPromise"
    done: bool
    address: str | None
    names: tuple[str, ...]


def setup_steps(actor: Actor) -> list[Step]:
    """The way from an empty installation to a working one; empty once purposes are in use and customers stand."""
    statuses = {rule.status for rule in rulebooks["rulebook"].purposes()}
    active, known = PurposeStatus.ACTIVE in statuses, Customer.objects.exists()
    if active and known:
        return []
    people = list(
        Staff.objects.filter(is_active=True)
        .order_by("created_at")
        .values_list("user_name", "display_name", "roles", "person")
    )
    alone = len({person for *_others, person in people}) <= FOUNDERS
    idle = any(not roles for _user, _name, roles, _person in people)
    return [
        _purposes(actor, people, statuses, done=active),
        Step(
            _("建立部门和同事的登录名"),
            _("两个人也可以先用起来，以后随时补充。"),
            not alone,
            _address(actor, "people:staff_new", P.PEOPLE_STAFF_WRITE),
            _who(people, Role.SYSTEM_ADMIN),
        ),
        Step(
            _("授予角色并确认"),
            _("安全管理员授予，部门负责人确认后生效。没有角色的登录名不能登录。"),
            not alone and not idle,
            # Before there is a third person nobody waits for a role.
            None if alone else _address(actor, "people:staff", P.PEOPLE_ROLE_GRANT, P.PEOPLE_ROLE_CONFIRM),
            _who(people, Role.SECURITY_ADMIN, Role.HEAD),
        ),
        Step(
            _("录入或导入第一批客户"),
            _("有了已启用的处理目的之后即可开始。"),
            known,
            _first_of(actor, active=active),
            _who(people, Role.CLERK),
        ),
    ]


def _purposes(
    actor: Actor,
    people: Iterable[tuple[str, str, list[str], object]],
    statuses: set[PurposeStatus],
    *,
    done: bool,
) -> Step:
    submitted = PurposeStatus.SUBMITTED in statuses or PurposeStatus.APPROVED in statuses
    if submitted:
        text, needed = _("已提交，等另一人批准并启用。"), (P.RULEBOOK_PURPOSE_APPROVE,)
        who = (Role.OFFICER,)
    else:
        text = _("由一人填写单位名称和联系方式并提交，另一人批准并启用；产品的默认内容可以修改。")
        needed, who = (P.RULEBOOK_PURPOSE_DRAFT,), (Role.HEAD,)
    return Step(
        _("采用处理目的和告知"), text, done, _address(actor, "rulebook:defaults", *needed), _who(people, *who)
    )


def _who(people: Iterable[tuple[str, str, list[str], object]], *roles: Role) -> tuple[str, ...]:
    """Some of those who hold each of `roles`, in the order in which the step passes through their hands."""
    found: dict[str, None] = {}
    for role in roles:
        holders = [f"{name} ({user})" for user, name, held, _person in people if role.value in held]
        found.update(dict.fromkeys(holders[: MOST_NAMES // len(roles)]))
    return tuple(found)


def _first_of(actor: Actor, *, active: bool) -> str | None:
    if not active:
        return None
    return _address(actor, "customers:intake_new", P.CUSTOMERS_BATCH_CREATE) or _address(
        actor, "customers:create", P.CUSTOMERS_PROFILE_CREATE
    )


def _address(actor: Actor, url_name: str, *needed: Permission) -> str | None:
    return _reversed(url_name) if any(actor.may(permission) for permission in needed) else None


def _reversed(url_name: str) -> str | None:
    """The address, or None while its room is not mounted."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None
