"""Screens of leaving: announce, take back, the list, the report."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.journal.events import words as journal_words
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.leaving import naming, queries, report, rules, services, ties
from shouxin.people.leaving.forms import AnnounceForm
from shouxin.people.leaving.models import Departure
from shouxin.people.leaving.ties import Cause, Going
from shouxin.people.lists import reading
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
KEY = "departures"
lists.register(
    Listed(
        KEY,
        "people:departures",
        ("state",),
        lists.by_age(),
        (
            Column("department", pgettext_lazy("label", "部门")),
            Column("last", gettext_lazy("最后工作日")),
            Column("announced", pgettext_lazy("label", "登记")),
        ),
    )
)
STATES = (
    ("", gettext_lazy("全部")),
    ("open", gettext_lazy("预告离职")),
    ("overdue", gettext_lazy("最后工作日已过，尚未停用")),
)


def language() -> str:
    return get_language() or "zh-hans"


@require_GET
@allowed(P.PEOPLE_DEPARTURE_ANNOUNCE, P.PEOPLE_DEPARTURE_READ)
def departure_list(request: StaffRequest) -> HttpResponse:
    asked, now = reading.read(request, KEY), clock.now()
    state = asked.query.get("state", "")
    found = (
        queries.overdue(request.actor, now) if state == "overdue" else queries.listed(request.actor, state)
    )
    page = lists.window(found, asked.sort, asked.place)
    about = [row.staff_id for row in page.rows]
    reportable = set(queries.reportable(request.actor).filter(id__in=about).values_list("id", flat=True))
    announceable = queries.announceable(request.actor, [row.staff for row in page.rows])
    context = {
        **asked.context(page, found, (Field("state", _("状态"), STATES),)),
        "rows": [
            (
                row,
                _state(row),
                row.staff_id in reportable,
                row.withdrawn_at is None and row.ended_at is None and row.staff_id in announceable,
            )
            for row in page.rows
        ],
    }
    return render(request, "leaving/list.html", context)


def _state(row: Departure) -> tuple[str, str]:
    if row.withdrawn_at is not None:
        return "muted", _("已撤销")
    if row.ended_at is not None:
        return "muted", _("已离岗")
    if rules.is_over(row.last_day, clock.now()):
        return "bad", _("最后工作日已过，尚未停用")
    return "warn", _("预告离职")


def _member(request: StaffRequest, staff_id: UUID) -> Staff:
    try:
        found = people.staff_member(actor=request.actor, staff_id=staff_id)
    except Staff.DoesNotExist as error:
        raise Http404 from error
    if not queries.may_announce(request.actor, found):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_DEPARTURE_ANNOUNCE)
def announce(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff, now = _member(request, staff_id), clock.now()
    form = AnnounceForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.announce(
                actor=request.actor, staff_id=staff.id, last_day=form.cleaned_data["last_day"], now=now
            )
        except PeopleError as error:
            form.add_error(None, error.text.in_(language()))
        else:
            messages.success(
                request, _("已登记预告离职：批量查看立即收紧。部门负责人会收到通知，由其安排客户交接。")
            )
            return redirect("people:departures")
    going = Going(staff.id, staff.department_id, Cause.LEFT, now)
    context = {
        "staff": staff,
        "form": form,
        "ends": [text.in_(language()) for text in ties.foresee(going)],
        "list_rows": rules.LIST_ROWS,
    }
    return render(request, "leaving/announce.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.PEOPLE_DEPARTURE_ANNOUNCE)
@fresh_second_factor()
def withdraw(request: StaffRequest, departure_id: UUID) -> HttpResponse:
    if not queries.visible(request.actor).filter(queries.OPEN, id=departure_id).exists():
        raise Http404
    try:
        services.withdraw(actor=request.actor, departure_id=departure_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(language()))
    else:
        messages.success(request, _("已撤销预告离职。"))
    return redirect("people:departures")


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_DEPARTURE_READ)
def departure_report(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """The page; by POST its table. Each reading is journalled."""
    try:
        found, table = report.read(actor=request.actor, staff_id=staff_id, now=clock.now())
    except Staff.DoesNotExist as error:
        raise Http404 from error
    if request.method == "POST":
        answer = HttpResponse("\ufeff" + table, content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="departure-{staff_id}.csv"'
        return answer
    customers = found.most_read()
    names = naming.names(request, [customer for customer, _touched in customers])
    context = {
        "staff": Staff.objects.select_related("department").get(id=staff_id),
        "report": found,
        "days": [
            (day, [counts[column] for column in report.COLUMNS])
            for day, counts in sorted(found.days.items(), reverse=True)
        ],
        "columns": [_("列表"), _("检索"), _("档案"), _("明文"), _("接待"), _("文件"), _("被拒绝")],
        "purposes": _named("purpose", found.purposes),
        "reasons": _named("reason", found.reasons),
        "fields": _named("field", found.fields),
        "customers": [(customer, names.get(customer, ""), touched) for customer, touched in customers],
        "named": bool(names),
        "more": max(0, len(found.customers) - report.CUSTOMERS_SHOWN),
        "days_back": rules.REPORT_DAYS,
        "until": clock.now(),
    }
    return render(request, "leaving/report.html", context)


def _named(key: str, counts: dict[str, int]) -> list[tuple[str, int]]:
    """Codes by their names, the most frequent first."""
    reader = journal_words.get(key)
    named = [(reader(code, language()) if reader else code, count) for code, count in counts.items()]
    return sorted(named, key=lambda item: (-item[1], item[0]))
