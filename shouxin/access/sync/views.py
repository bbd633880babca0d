"""The sync log: which customer changed, by its token, when the connected system was told and when it acknowledged."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.access.sync import queries, rules
from shouxin.access.sync.models import CustomerChange
from shouxin.core.policy import Permission
from shouxin.gate.events import field_names
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, uuid_or_none
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

KEY = "sync-log"
lists.register(
    Listed(
        KEY,
        "access:sync",
        ("client", "state"),
        lists.by_age(),
        (
            Column("client", gettext_lazy("接口客户端")),
            Column("fields", gettext_lazy("变更字段")),
            Column("revision", gettext_lazy("版本")),
            Column("at", gettext_lazy("变更")),
            Column("reached", pgettext_lazy("time", "告知")),
            Column("acknowledged", gettext_lazy("确认")),
        ),
    )
)
STATES = (
    ("", gettext_lazy("全部")),
    (queries.OPEN, gettext_lazy("未确认")),
    (queries.LATE, gettext_lazy("超过 24 小时未确认")),
    (queries.DONE, gettext_lazy("已确认")),
)


@require_GET
@allowed(Permission.API_CLIENT_READ)
def sync_log(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    client = uuid_or_none(asked.query.get("client", ""))
    state = asked.query.get("state", "")
    found = queries.changes(request.actor, state=state, client=client, now=clock.now())
    page = lists.window(found, asked.sort, asked.place)
    choices = [("", _("全部")), *((str(one.id), one.name) for one in queries.connected(request.actor))]
    form = (Field("client", _("接口客户端"), choices), Field("state", _("状态"), STATES))
    context = {
        **asked.context(page, found, form),
        "page_title": _("同步记录"),
        "rows": [_row(change) for change in page.rows],
    }
    return render(request, "sync/log.html", context)


def _row(change: CustomerChange) -> dict[str, object]:
    late = change.acknowledged_at is None and change.at < clock.now() - rules.LATE
    return {
        "change": change,
        "fields": field_names(change.fields, get_language() or "zh-hans"),
        "reached_at": getattr(change, "reached_at", None),
        "tag": "ok" if change.acknowledged_at else "bad" if late else "warn",
        "status": _("已确认") if change.acknowledged_at else _("逾期未确认") if late else _("未确认"),
    }
