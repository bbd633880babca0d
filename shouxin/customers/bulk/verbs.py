"""What may be done to many customers at once: each verb calls, customer by customer, the service of a single one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers.bulk import forms as bulk_forms
from shouxin.customers.handover import services as handover
from shouxin.customers.quality import asking
from shouxin.customers.quality import services as quality
from shouxin.customers.quality.models import Later
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.customers.registry.rules import UNVERIFIED, Kept
from shouxin.kit.registry import Registry
from shouxin.people import queries as people

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class NotDone(Exception):
    """This customer is left as it is; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Job:
    """One customer's share of an operation."""

    actor: Actor
    row: Customer
    parameters: Mapping[str, str]
    purpose: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Verb:
    """`grave` ones ask for the number of customers to be typed, however few they are."""

    key: str
    title: "StrOrPromise"
    help: "StrOrPromise"
    permission: Permission
    form: Callable[..., forms.Form]
    run: Callable[[Job], None]
    icon: str
    grave: bool = False


verbs: Registry[Verb] = Registry("bulk verbs")


def _assign(job: Job) -> None:
    """A colleague of the owner department answers for it, or all of them together."""
    wanted = job.parameters.get("responsible", "")
    colleagues = {key for key, _name in people.colleagues_of(job.row.owner_department_id)}
    if wanted and wanted not in colleagues:
        raise NotDone("responsible.elsewhere")
    registry.assign(
        actor=job.actor,
        customer=job.row.id,
        responsible=UUID(wanted) if wanted else None,
        scope=job.parameters.get("scope") or job.row.scope,
        purpose=job.purpose,
        now=job.now,
    )


def _hand_over(job: Job) -> None:
    if job.row.responsible_id is None:
        raise NotDone("responsible.nobody")
    handover.propose(
        actor=job.actor,
        leaver=job.row.responsible_id,
        customers=[job.row.id],
        successor=UUID(job.parameters["successor"]),
        now=job.now,
    )


def _refresh(job: Job) -> None:
    if not asking.ask_now(actor=job.actor, customers=[job.row.id], now=job.now):
        raise NotDone("refresh.nothing-kept")


def _mark_unreachable(job: Job) -> None:
    """Nothing is kept from anybody: the next clean-up lists it as not reached, and its owner decides."""
    if not asking.ask_now(actor=job.actor, customers=[job.row.id], now=job.now):
        raise NotDone("refresh.nothing-kept")
    try:
        quality.put_off(
            actor=job.actor,
            purpose=job.purpose,
            records=[(job.row.id, job.row.id)],
            reason=Later.UNREACHABLE,
            until=date.fromisoformat(job.parameters["until"]),
            now=job.now,
        )
    except QualityProblem as problem:
        raise NotDone(problem.code) from None


def _set_segment(job: Job) -> None:
    wanted = job.parameters["segment"]
    if job.row.segment == wanted:
        raise NotDone("segment.same")
    registry.edit(
        actor=job.actor,
        footing=Footing(job.purpose, Channel.SALES, Method.HAND),
        customer=job.row.id,
        revision=job.row.revision,
        values={"segment": Kept(wanted, UNVERIFIED)},
        now=job.now,
    )


for _verb in (
    Verb(
        "assign",
        _("交给同事负责"),
        _("改由归口部门的一位同事负责，或由本部门共同负责；也可以同时改变可见范围。马上生效。"),
        Permission.CUSTOMERS_PROFILE_EDIT,
        bulk_forms.AssignForm,
        _assign,
        "person_add",
        grave=True,
    ),
    Verb(
        "handover",
        _("提出客户交接"),
        _("由现在的负责人交接给另一位同事；对方接收后才生效，之前可以撤回。"),
        Permission.CUSTOMERS_HANDOVER_PROPOSE,
        bulk_forms.HandoverForm,
        _hand_over,
        "swap_horiz",
        grave=True,
    ),
    Verb(
        "refresh",
        _("列入待更新"),
        _("这些客户的档案今天到期，进入负责人的待更新清单。"),
        Permission.CUSTOMERS_PROFILE_EDIT,
        bulk_forms.PlainForm,
        _refresh,
        "event_repeat",
    ),
    Verb(
        "unreachable",
        _("标为联系不上"),
        _(
            "档案暂缓核实到所选日期；下次清理检查时列入“联系不上”名单，由负责人决定保留、限制处理或封存。现在不限制使用。"
        ),
        Permission.CUSTOMERS_PROFILE_EDIT,
        bulk_forms.UnreachableForm,
        _mark_unreachable,
        "phone_disabled",
    ),
    Verb(
        "segment",
        _("设置细分"),
        _("把细分改成同一个值；原来的值留在字段历史中。"),
        Permission.CUSTOMERS_PROFILE_EDIT,
        bulk_forms.SegmentForm,
        _set_segment,
        "label",
    ),
):
    verbs.register(_verb.key, _verb)


def offered(actor: Actor) -> list[Verb]:
    return [verb for verb in verbs.values() if actor.may(verb.permission)]
