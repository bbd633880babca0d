"""The workbench (工作台): what waits for me, and what I can do next; and the page of the whole menu."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from shouxin.console import queries
from shouxin.console.menu import Menu
from shouxin.core.policy import Actor, Permission
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.preferences import services as preferences
from shouxin.people.problems import PeopleError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Task:
    """Something a role usually does; shown when its page is mounted and the actor may open it."""

    url_name: str
    permission: Permission
    icon: str
    title: "StrOrPromise"
    text: "StrOrPromise"


P = Permission
TASKS = (
    Task(
        "customers:intake_new",
        P.CUSTOMERS_BATCH_CREATE,
        "upload_file",
        _("导入客户"),
        _("从 Excel 或 CSV 导入，逐列核对后入库。"),
    ),
    Task(
        "customers:create",
        P.CUSTOMERS_PROFILE_CREATE,
        "person_add",
        _("录入客户"),
        _("手工录入一位客户或一家单位。"),
    ),
    Task(
        "customers:find",
        P.CUSTOMERS_PROFILE_SEARCH,
        "search",
        _("查找客户"),
        _("按姓名、电话、后四位或会员号查找。"),
    ),
    Task(
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_DRAFT,
        "fact_check",
        _("处理目的"),
        _("起草、批准和启用处理目的与告知。"),
    ),
    Task("people:staff_new", P.PEOPLE_STAFF_WRITE, "person_add", _("新建人员"), _("为同事建立登录名。")),
    Task(
        "people:departments",
        P.PEOPLE_DEPARTMENT_WRITE,
        "account_tree",
        _("部门"),
        _("建立部门、指定负责人。"),
    ),
    Task("people:staff", P.PEOPLE_ROLE_GRANT, "key", _("授予角色"), _("给人员授予角色，由部门负责人确认。")),
    Task(
        "access:grants",
        P.ACCESS_GRANT_READ,
        "key",
        _("用数授权"),
        _("谁可以看哪些明文，为什么，到什么时候。"),
    ),
    Task(
        "gate:explain",
        P.GATE_DECISION_EXPLAIN,
        "rule",
        _("权限判定说明"),
        _("某人为某目的能看到什么，依据哪条规则。"),
    ),
    Task(
        "journal:entries",
        P.JOURNAL_ENTRY_READ,
        "receipt_long",
        _("查阅日志"),
        _("谁在何时为何目的做了什么。"),
    ),
)


def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def tasks_for(actor: Actor) -> list[tuple[Task, str]]:
    """The tasks that `actor` can start now, with their addresses."""
    found = [(task, _address(task.url_name)) for task in TASKS if actor.may(task.permission)]
    return [(task, address) for task, address in found if address is not None]


@require_GET
@allowed()
def workbench(request: StaffRequest) -> HttpResponse:
    context = {
        "steps": queries.setup_steps(request.actor),
        "counters": queries.counters(request.actor),
        "tasks": tasks_for(request.actor),
    }
    return render(request, "console/workbench.html", context)


@require_GET
@allowed()
def menu(request: StaffRequest) -> HttpResponse:
    """Every page the reader may open, each with a sentence; the quick jump takes its entries from here."""
    return render(request, "console/menu.html")


@require_POST
@allowed()
def pin(request: StaffRequest) -> HttpResponse:
    """Put an entry among the daily ones, or take it out."""
    names = Menu(request.actor, request.path, request.user.pins).pins
    entry = request.POST.get("entry", "")
    wanted = [name for name in names if name != entry] if entry in names else [*names, entry]
    try:
        preferences.choose_pins(actor=request.actor, pins=wanted)
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    return redirect(reverse("console:menu") + "#entry-" + slugify(entry))
