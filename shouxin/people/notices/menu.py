"""This room's lines of the side menu, and what `doctor` says of the queue."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.core.text import Text
from shouxin.kit import clock, health, menu
from shouxin.people.notices import queries

menu.register(
    menu.MenuEntry(
        "work",
        _("通知"),
        "people:notices",
        frozenset(),
        "notifications",
        5,
        text=_("待您处理、即将到期和已有结果的事项，以及用什么方式告诉您。"),
    )
)
menu.register(
    menu.MenuEntry(
        "operations",
        _("通知渠道"),
        "people:notice_channels",
        frozenset({Permission.PEOPLE_NOTICE_MANAGE.value}),
        "outgoing_mail",
        40,
        text=_("邮件能不能发出、谁收不到通知、可以发往哪些群机器人。"),
    )
)


def _queue() -> Text | None:
    return queries.problem(clock.now())


health.remarks.register("notices-stuck", _queue)
