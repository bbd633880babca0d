"""This app's line in the menu and its card on the workbench."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.kit import menu, workbench
from shouxin.kit.remembering import once
from shouxin.operations.queue import queries as queue
from shouxin.operations.queue.titles import title_of
from shouxin.operations.server import status

menu.register(
    menu.MenuEntry(
        group="operations",
        title=_("系统体检"),
        url_name="system",
        permissions=frozenset({Permission.OPERATIONS_HEALTH_READ.value}),
        icon="monitor_heart",
        order=10,
        text=_("服务、磁盘、备份和证书是否正常，哪里需要处理。"),
    )
)
menu.register(
    menu.MenuEntry(
        group="operations",
        title=_("后台工作"),
        url_name="operations:jobs",
        permissions=frozenset({Permission.OPERATIONS_HEALTH_READ.value}),
        icon="pending_actions",
        order=20,
        text=_("在后台执行的工作，失败的为什么失败，何时再来。"),
    )
)


def _job(row: ProcrastinateJob) -> workbench.Line:
    address = reverse("operations:job", args=[row.id])
    return workbench.Line(title_of(row.task_name, get_language() or "zh-hans"), address=address)


workbench.register(
    workbench.WorkbenchCard(
        key="failed-jobs",
        title=_("失败的后台工作"),
        rows=queue.failed,
        line=_job,
        section=workbench.Section.WATCH,
        url_name="operations:jobs",
        query="status=failed",
        permission=Permission.OPERATIONS_HEALTH_READ.value,
        order=6,
    )
)


def _line(row: tuple[str, Text]) -> workbench.Line:
    _code, said = row
    return workbench.Line(said.in_(get_language() or "zh-hans"))


def _problems() -> list[tuple[str, Text]]:
    return once(("system problems",), status.problems)


def _health(_actor: Actor) -> Iterator[workbench.Figure]:
    found = _problems()
    value = (
        gettext("正常")
        if not found
        else ngettext("%(n)d 个问题", "%(n)d 个问题", len(found)) % {"n": len(found)}
    )
    yield workbench.Figure(gettext("系统体检"), value, reverse("system"), bad=bool(found))


workbench.figures.register(
    "health", workbench.Figures("health", _health, frozenset({Permission.OPERATIONS_HEALTH_READ.value}), 5)
)
workbench.register(
    workbench.WorkbenchCard(
        key="system-problems",
        title=_("系统体检发现的问题"),
        rows=lambda _actor: _problems(),
        url_name="system",
        permission=Permission.OPERATIONS_HEALTH_READ.value,
        order=5,
        section=workbench.Section.WATCH,
        line=_line,
    )
)
