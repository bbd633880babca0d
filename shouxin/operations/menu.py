"""This app's line in the menu and its card on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import clock, menu, workbench
from shouxin.operations.queue import queries as queue
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
workbench.register(
    workbench.WorkbenchCard(
        key="failed-jobs",
        title=_("失败的后台工作"),
        count=lambda _actor: queue.backlog(clock.now()).failed,
        url_name="operations:jobs",
        query="status=failed",
        permission=Permission.OPERATIONS_HEALTH_READ.value,
        order=6,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="system-problems",
        title=_("系统体检发现的问题"),
        count=lambda _actor: len(status.problems()),
        url_name="system",
        permission=Permission.OPERATIONS_HEALTH_READ.value,
        order=5,
    )
)
