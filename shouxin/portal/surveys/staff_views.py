"""Making surveys, enclosing them in messages, closing them, reading results."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.lists import uuid_or_none
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.thresholds.queries import value
from shouxin.portal.surveys import queries, rules, services
from shouxin.portal.surveys.errors import SurveyProblem
from shouxin.portal.surveys.forms import SurveyForm
from shouxin.portal.surveys.models import State
from shouxin.portal.surveys.rules import KINDS, Question
from shouxin.rights.satisfaction.rules import LEAST

P = Permission
SHOWN = 100


@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def surveys(request: StaffRequest) -> HttpResponse:
    rows = [
        {"survey": one, "sent": queries.sent(one), "answered": queries.answered(one)}
        for one in queries.visible(request.actor)[:SHOWN]
    ]
    context = {
        "page_title": _("满意度调查"),
        "rows": rows,
        "may_make": request.actor.may(P.CUSTOMERS_MESSAGE_DRAFT),
    }
    return render(request, "portal/staff/surveys.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_MESSAGE_DRAFT)
def new(request: StaffRequest) -> HttpResponse:
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.make(actor=request.actor, written=form.written(), now=clock.now())
        except SurveyProblem as problem:
            form.add_error(None, problem.text.in_(get_language() or "zh-hans"))
        else:
            return redirect("portal:survey", row.id)
    context = {"page_title": _("新的调查"), "form": form}
    return render(request, "portal/staff/survey_new.html", context, status=422 if form.errors else 200)


@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def survey(request: StaffRequest, survey_id: UUID) -> HttpResponse:
    row = queries.visible(request.actor).filter(id=survey_id).first()
    if row is None:
        raise Http404
    mine, spoken = row.made_by_id == request.actor.id, get_language() or "zh-hans"
    if row.state == State.CLOSED:
        with transaction.atomic():
            journal.append(actor=request.actor, event="survey.read", data={"survey": str(row.id)})
    questions = [Question.read(one) for one in row.questions]
    open_still = mine and row.state != State.CLOSED
    context = {
        "page_title": row.title,
        "survey": row,
        "questions": [{"question": one, "kind": KINDS[one.kind].in_(spoken)} for one in questions],
        "sent": queries.sent(row),
        "answered": queries.answered(row),
        "results": queries.results(row),
        "drafts": list(queries.drafts(request.actor)[:20]) if open_still else [],
        "may_enclose": open_still,
        "may_close": mine and row.state == State.OPEN,
        "least": value(LEAST),
        "months": value(rules.MONTHS),
    }
    return render(request, "portal/staff/survey.html", context)


@require_POST
@allowed(P.CUSTOMERS_MESSAGE_DRAFT)
def verb(request: StaffRequest, survey_id: UUID, verb: str) -> HttpResponse:
    """Enclose it in a draft, or close it."""
    actor, now = request.actor, clock.now()
    try:
        if verb == "close":
            services.close(actor=actor, survey=survey_id, now=now)
            messages.success(request, _("调查已结束，可以看结果了。"))
        else:
            message = uuid_or_none(request.POST.get("message", "")) or survey_id
            services.enclose(actor=actor, survey=survey_id, message=message, now=now)
            messages.success(request, _("已附上。请到消息里提交，由他人批准后发送。"))
    except SurveyProblem as problem:
        if problem.code == "survey.unknown":
            raise Http404 from None
        messages.error(request, problem.text.in_(get_language() or "zh-hans"))
    return redirect("portal:survey", survey_id)
