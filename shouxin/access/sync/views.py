"""The sync log: which customer changed, by its token, when the connected system was told and when it acknowledged."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.access.clients import queries as clients
from shouxin.access.sync import queries, rules
from shouxin.access.sync.models import CustomerChange
from shouxin.core.policy import Permission
from shouxin.gate.events import field_names
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed

PER_PAGE = 30


@allowed(Permission.API_CLIENT_READ)
def sync_log(request: StaffRequest) -> HttpResponse:
    state, now = request.GET.get("state", ""), clock.now()
    client = _client(request.GET.get("client", ""))
    found = queries.changes(request.actor, state=state, client=client, now=now)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("同步记录"),
        "page": page,
        "rows": [_row(change) for change in page],
        "state": state,
        "states": [
            ("", _("全部")),
            (queries.OPEN, _("未确认")),
            (queries.LATE, _("超过 24 小时未确认")),
            (queries.DONE, _("已确认")),
        ],
        "client": str(client) if client else "",
        "clients": clients.visible_to(request.actor).filter(customer_tokens__isnull=False).distinct(),
        "query": f"state={state}&client={client or ''}&",
    }
    return render(request, "sync/log.html", context)


def _client(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _row(change: CustomerChange) -> dict[str, object]:
    late = change.acknowledged_at is None and change.at < clock.now() - rules.LATE
    return {
        "change": change,
        "fields": field_names(change.fields, get_language() or "zh-hans"),
        "reached_at": getattr(change, "reached_at", None),
        "tag": "ok" if change.acknowledged_at else "bad" if late else "warn",
        "status": _("已确认") if change.acknowledged_at else _("逾期未确认") if late else _("未确认"),
    }
