"""Screens of feedback: the list, one item with its answer, and who answers it."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.registry import queries as registry
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.rights.feedback import presenting, queries, services
from shouxin.rights.feedback.errors import FeedbackProblem
from shouxin.rights.feedback.forms import AnswerForm, AssignForm
from shouxin.rights.feedback.keeping import answer_in
from shouxin.rights.feedback.models import Category, Feedback

P = Permission
KEY = "rights-feedback"
lists.register(
    Listed(
        KEY,
        "rights:feedback",
        ("show", "category", "number"),
        (Sort("due", gettext_lazy("期限近的在前"), "due_on", descending=False), *lists.by_age("filed_at")),
        (
            Column("category", gettext_lazy("类别")),
            Column("owner", gettext_lazy("由谁答复")),
            Column("filed", pgettext_lazy("label", "提出时间")),
        ),
        typed=frozenset({"number"}),
    )
)
SHOWS = (
    ("", gettext_lazy("待答复")),
    ("mine", gettext_lazy("由我答复的")),
    ("late", gettext_lazy("逾期未答复")),
    ("answered", gettext_lazy("已答复")),
    ("all", gettext_lazy("全部")),
)


@require_http_methods(["GET", "POST"])
@allowed(P.RIGHTS_CASE_READ)
def item_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    asked, now = reading.read(request, KEY), clock.now()
    found = queries.narrowed(
        queries.visible_to(request.actor), request.actor, asked.query.get("show", ""), now
    )
    if asked.query.get("category") in Category.values:
        found = found.filter(category=asked.query["category"])
    if number := asked.query.get("number", ""):
        found = found.filter(number=number.strip().upper())
    page = lists.window(found, asked.sort, asked.place)
    form = (
        Field("show", _("范围"), SHOWS),
        Field("category", _("类别"), [("", _("全部")), *Category.choices]),
        Field("number", _("编号")),
    )
    context = {
        **asked.context(page, found, form),
        "page_title": _("意见反馈"),
        "rows": presenting.listed(page.rows, now),
    }
    return render(request, "feedback/list.html", context)


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_READ)
def item_page(request: StaffRequest, item_id: UUID) -> HttpResponse:
    return _page(request, _find(request, item_id), {}, 200)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
def answer(request: StaffRequest, item_id: UUID) -> HttpResponse:
    row, form = _find(request, item_id), AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer(actor=request.actor, item=row.id, text=form.cleaned_data["text"], now=clock.now())
        except FeedbackProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已答复，提出人登录后或凭查询码看到。"))
            return redirect("rights:feedback_item", row.id)
    return _page(request, row, {"answer_form": form}, 422)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
def assign(request: StaffRequest, item_id: UUID) -> HttpResponse:
    row = _find(request, item_id)
    form = AssignForm(request.POST, item=row)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.assign(
                actor=request.actor, item=row.id, category=said["category"], owner=said["owner"].id
            )
        except FeedbackProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已转交。"))
            seen = queries.visible_to(request.actor).filter(id=row.id).exists()
            return redirect("rights:feedback_item", row.id) if seen else redirect("rights:feedback")
    return _page(request, row, {"assign_form": form}, 422)


def _page(request: StaffRequest, row: Feedback, forms: dict[str, Form], status: int) -> HttpResponse:
    context = {
        "page_title": _("意见 %(number)s") % {"number": row.number},
        "item": row,
        "words": services.read(actor=request.actor, item=row),
        "answer": answer_in(row),
        "reachable": bool(row.customer_id and registry.find(request.actor, row.customer_id)),
        **presenting.detail_context(request.actor, row, clock.now()),
        **forms,
    }
    return render(request, "feedback/detail.html", context, status=status)


def _find(request: StaffRequest, item_id: UUID) -> Feedback:
    found = queries.visible_to(request.actor).filter(id=item_id).first()
    if found is None:
        raise Http404
    return found
