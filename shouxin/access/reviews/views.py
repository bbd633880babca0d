"""Screens of reviews: the list, the lines of one, the decision line by line, the evidence as a table."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shouxin.access.reviews import presenting, queries, rules, services
from shouxin.access.reviews.models import Review, ReviewLine
from shouxin.core.policy import Permission
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.thresholds.queries import value

P = Permission
PROBLEMS = {
    "line.unknown": gettext_lazy("没有找到这一条，或不归您复核。"),
    "line.not-yours": gettext_lazy("没有找到这一条，或不归您复核。"),
    "line.decided-already": gettext_lazy("这一条已被处理；请看本页现在的内容。"),
    "line.overdue": gettext_lazy("这一条已过期限并将失效；仍需要时请重新申请。"),
}
KEY = "reviews"
lists.register(
    Listed(
        KEY,
        "access:reviews",
        ("state",),
        lists.by_age("opened_at"),
        (
            Column("total", gettext_lazy("条数")),
            Column("mine", gettext_lazy("待我复核")),
            Column("confirmed", gettext_lazy("已确认")),
            Column("ended", gettext_lazy("已收回")),
            Column("lapsed", gettext_lazy("逾期失效")),
            Column("due", gettext_lazy("截止")),
        ),
    )
)


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def review_list(request: StaffRequest) -> HttpResponse:
    now, actor, asked = clock.now(), request.actor, reading.read(request, KEY)
    found = queries.seen_by(actor)
    if asked.query.get("state") == "awaiting":
        # What waits may belong to departments one does not otherwise read.
        found = queries.reviews_awaiting(actor)
    page = lists.window(found, asked.sort, asked.place)
    waiting = queries.lines_awaiting(actor, [review.id for review in page.rows])
    states = [("", _("全部")), ("awaiting", _("待我复核"))]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states),)),
        "page_title": _("权限复核"),
        "rows": [
            {**presenting.summary(review, now), "mine": waiting.get(review.id, 0)}
            for review in queries.with_counts(page.rows)
        ],
        "may_open": actor.may(P.ACCESS_REVIEW_OPEN),
        "days": value(rules.DEADLINE),
        "months": value(rules.PERIOD),
    }
    return render(request, "reviews/list.html", context)


@require_POST
@allowed(P.ACCESS_REVIEW_OPEN)
def open_now(request: StaffRequest) -> HttpResponse:
    opened = services.open_now(actor=request.actor, now=clock.now())
    if opened:
        messages.success(request, _("已开始复核，各部门负责人的工作台会出现待办。"))
    else:
        messages.info(request, _("今天已经开始过复核，或没有需要复核的权限。"))
    return redirect("access:reviews")


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def review_page(request: StaffRequest, review_id: UUID) -> HttpResponse:
    review, now = _visible(request, review_id), clock.now()
    lines = presenting.rows(queries.lines_of(review), queries.reviewer(request.actor), now)
    mine = sum(row["may"] for row in lines)
    context = {
        "page_title": _("%(department)s · %(period)s 权限复核")
        % {"department": review.department.name, "period": review.period},
        "review": review,
        "lines": lines,
        "mine": mine,
        **presenting.detail_context(request.actor, review, now, mine=mine),
    }
    return render(request, "reviews/detail.html", context)


@require_POST
@allowed(P.ACCESS_REVIEW_CONFIRM)
@fresh_second_factor("confirm")
def decide(request: StaffRequest, line_id: UUID, verb: str) -> HttpResponse:
    """One line, one POST: confirm it or end the right at once; back to the next line."""
    line = ReviewLine.objects.filter(id=line_id).first()
    if line is None:
        raise Http404
    _visible(request, line.review_id)
    verbs = {"confirm": services.confirm, "end": services.end}
    try:
        verbs[verb](actor=request.actor, line_id=line_id, now=clock.now())
    except services.ReviewProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    except PeopleError as problem:
        messages.error(request, problem.text.in_(get_language() or "zh-hans"))
    # Without a fragment: a browser puts the cursor on the next line (autofocus) only when the address names no place.
    return redirect("access:review", line.review_id)


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def review_csv(request: StaffRequest, review_id: UUID) -> HttpResponse:
    review = _visible(request, review_id)
    table = presenting.as_csv(review, queries.lines_of(review))
    name = f"review-{review.period}-{review.id.hex[-8:]}.csv"
    return HttpResponse(
        table,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _visible(request: StaffRequest, review_id: UUID) -> Review:
    """The review, when the reader oversees it, answers for the department, or has a line in it to decide."""
    found = queries.visible_to(request.actor).filter(id=review_id).first()
    if found is None and queries.lines_awaiting(request.actor, [review_id]):
        found = queries.every().filter(id=review_id).first()
    if found is None:
        raise Http404
    return found
