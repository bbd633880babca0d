"""Screens of the guard: sources and letting one in again, one's own notices, and the page of whoever is paused."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.guarding import queries, rules, services
from shouxin.people.guarding.models import Source
from shouxin.people.lists import reading
from shouxin.people.models import Staff
from shouxin.people.second_factor.doors import fresh_second_factor

SOURCES, NOTICES = "guarded-sources", "security-notices"
lists.register(
    Listed(
        SOURCES,
        "people:guard_sources",
        ("state",),
        lists.by_age("last_at"),
        (
            Column("total", gettext_lazy("累计")),
            Column("first", gettext_lazy("首次")),
            Column("slowed", gettext_lazy("放慢")),
            Column("blocked", gettext_lazy("阻止")),
            Column("told", pgettext_lazy("time", "告知")),
            Column("until", gettext_lazy("限制到")),
        ),
    )
)
lists.register(
    Listed(
        NOTICES,
        "people:guard_notices",
        (),
        lists.by_age(),
        (Column("about", gettext_lazy("对象")), Column("address", gettext_lazy("来源"))),
    )
)


@require_GET
@allowed(Permission.PEOPLE_SOURCE_READ)
def source_list(request: StaffRequest) -> HttpResponse:
    asked, now = reading.read(request, SOURCES), clock.now()
    found = queries.sources(request.actor, state=asked.query.get("state", ""), now=now)
    page = lists.window(found, asked.sort, asked.place)
    names = _names(page.rows)
    states = [("", _("全部")), ("closed", _("限制中"))]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states),)),
        "page_title": _("访问防护"),
        "rows": [_row(source, names) for source in page.rows],
        "may_release": request.actor.may(Permission.PEOPLE_SOURCE_RELEASE),
    }
    return render(request, "guarding/sources.html", context)


@require_POST
@allowed(Permission.PEOPLE_SOURCE_RELEASE)
@fresh_second_factor()
def release(request: StaffRequest, source_id: UUID) -> HttpResponse:
    try:
        services.release(actor=request.actor, source=source_id, now=clock.now())
    except services.SourceUnknown:
        raise Http404 from None
    messages.success(request, _("已解除限制。"))
    return redirect("people:guard_sources")


@require_GET
@allowed()
def notice_list(request: StaffRequest) -> HttpResponse:
    asked, found = reading.read(request, NOTICES), queries.notices(request.actor)
    page = lists.window(found, asked.sort, asked.place)
    names = _about([notice.about for notice in page.rows if notice.about])
    context = {
        **asked.context(page, found),
        "page_title": _("账号安全提醒"),
        "rows": [(notice, names.get(str(notice.about), "")) for notice in page.rows],
        "unseen": queries.unseen(request.actor).exists(),
    }
    return render(request, "guarding/notices.html", context)


@require_POST
@allowed()
def see_notices(request: StaffRequest) -> HttpResponse:
    services.see_notices(actor=request.actor, now=clock.now())
    return redirect("people:guard_notices")


@allowed()
def paused(request: StaffRequest) -> HttpResponse:
    """The same page whatever was asked for: whoever is paused learns nothing about any customer."""
    until = queries.paused_until(request.actor.id, clock.now())
    if until is None:
        return redirect("/")
    return render(
        request, "guarding/paused.html", {"page_title": _("查阅已暂停"), "until": until}, status=403
    )


def leads(request: StaffRequest) -> str | None:
    """To the page of whoever is paused, instead of any page about customers."""
    paused_now = queries.paused_until(request.actor.id, clock.now()) is not None
    return reverse("people:guard_paused") if paused_now else None


def _names(sources: Sequence[Source]) -> dict[str, str]:
    """Accounts among the sources, by name."""
    return _accounts([UUID(one.source) for one in sources if not _is_place(one.source)])


def _about(wanted: list[UUID]) -> dict[str, str]:
    """The names of what notices are about: programs and log-ins, or the source that such a one has become."""
    sources = list(Source.objects.filter(id__in=wanted))
    names = _names(sources)
    return _accounts(wanted) | {str(one.id): names.get(one.source, "") for one in sources}


def _accounts(wanted: list[UUID]) -> dict[str, str]:
    """The names of log-ins and programs among these ids."""
    found = {str(one.id): one.display_name for one in Staff.objects.filter(id__in=wanted)}
    for known in people.other_accounts.values():
        found.update({str(key): name for key, (name, _owner) in known(wanted).items()})
    return found


def _is_place(source: str) -> bool:
    return source in {rules.EVERYWHERE, "?"} or rules.is_address(source)


def _row(source: Source, names: dict[str, str]) -> dict[str, object]:
    closed = source.until is not None and source.until > clock.now()
    shown = _("全系统") if source.source == rules.EVERYWHERE else names.get(source.source, source.source)
    return {
        "source": source,
        "shown": shown,
        "closed": closed,
        "tag": "muted" if not closed else "warn" if source.count else "bad",
        "status": _("已放开") if not closed else _("放慢中") if source.count else _("已阻止"),
    }
