"""Requests and complaints at the customer's own door: filed, followed, answered, taken back, rated."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.kit import clock
from shouxin.portal.anyone.uploads import content_of, in_memory
from shouxin.portal.asking import taking
from shouxin.portal.asking.forms import RequestForm, ScoreForm
from shouxin.portal.changes import presenting as changes
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.cases import answering, on_behalf, outside, presenting, queries, services
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import answer_of
from shouxin.rights.cases.models import CLOSED, Case, State
from shouxin.rights.cases.told import as_told
from shouxin.rights.packages import services as packages
from shouxin.rights.packages.views import archive

ANSWERED = frozenset({State.ANSWERED.value, State.WATCHING.value})


@require_http_methods(["GET", "POST"])
@for_customers
def requests(request: CustomerRequest) -> HttpResponse:
    """What the person asked for before, and the form for another."""
    form = RequestForm(request.POST or None, customer=request.me.id)
    if request.method == "POST" and form.is_valid():
        try:
            filed = services.file(actor=request.me, asked=form.asked(request.me.id), now=clock.now())
        except CaseProblem as problem:
            form.add_error(None, _problem(problem))
        else:
            return render(request, "portal/filed.html", {"filed": filed})
    found = on_behalf.readable(request.me, _visible(request).order_by("-filed_at"), clock.now())
    context = {"form": form, "cases": [_told(row) for row in found]}
    return render(request, "portal/requests.html", context, status=422 if form.errors else 200)


@require_GET
@for_customers
def one(request: CustomerRequest, case_id: UUID) -> HttpResponse:
    return _one(request, _mine(request, case_id))


def _one(request: CustomerRequest, row: Case, problem: str = "") -> HttpResponse:
    answer = (
        presenting.letter(row, answer_of(row), get_language() or "zh-hans") if row.state in ANSWERED else None
    )
    rateable = row.state in ANSWERED and row.score is None
    context = {
        **_told(row),
        "words": services.read(actor=request.me, case=row),
        "answer": answer,
        "rate": ScoreForm() if rateable else None,
        "history": presenting.history(row),
        "takes_proofs": outside.takes_proofs(row),
        "proofs": row.proofs.count(),
        "open": row.state not in CLOSED and row.state != State.WATCHING,
        "package": taking.offered(row, request.mine.second_factor_at),
        "joined": _visible(request).filter(duplicates=row).first(),
        "denied": changes.in_request(row),
        "problem": problem,
    }
    return render(request, "portal/request.html", context, status=422 if problem else 200)


@require_POST
@for_customers
def take_back(request: CustomerRequest, case_id: UUID) -> HttpResponse:
    return _done(request, case_id, lambda: services.withdraw(actor=request.me, case=case_id, now=clock.now()))


@require_POST
@for_customers
def take(request: CustomerRequest, case_id: UUID) -> HttpResponseBase:
    """The archive, once; what keeps it from being given is said on the page of the request."""
    row = _mine(request, case_id)
    try:
        found, content = packages.hand_over(actor=request.me, case=row.id, now=clock.now())
    except CaseProblem as problem:
        return _one(request, row, taking.why_not(row, problem))
    return archive(found, row, content)


@in_memory
@require_POST
@for_customers
def hand_in(request: CustomerRequest, case_id: UUID) -> HttpResponse:
    """A copy of a proof for what signing in alone does not show."""
    content = content_of(request, "proof")
    if content is None:
        return _one(request, _mine(request, case_id), _("请选择一个文件。"))
    return _done(
        request,
        case_id,
        lambda: outside.hand_in(actor=request.me, case=case_id, content=content, now=clock.now()),
    )


@require_POST
@for_customers
def rate(request: CustomerRequest, case_id: UUID) -> HttpResponse:
    form = ScoreForm(request.POST)
    if not form.is_valid():
        return _one(request, _mine(request, case_id), _("请选一个分数。"))
    said = form.cleaned_data
    return _done(
        request,
        case_id,
        lambda: answering.rate(actor=request.me, case=case_id, now=clock.now(), **said),
    )


def _done(request: CustomerRequest, case_id: UUID, verb: Callable[[], object]) -> HttpResponse:
    row = _mine(request, case_id)
    try:
        verb()
    except CaseProblem as problem:
        return _one(request, row, _problem(problem))
    return redirect("my:request", case_id)


def _visible(request: CustomerRequest) -> QuerySet[Case]:
    """The person's own; that an authority inquired about them is under a duty of secrecy and shows nowhere."""
    return queries.visible_to(request.me)


def _mine(request: CustomerRequest, case_id: UUID) -> Case:
    row = _visible(request).filter(id=case_id).first()
    if row is None:
        raise Http404
    try:
        on_behalf.check_still(request.me, row, clock.now())
    except CaseProblem:
        raise Http404 from None
    return row


def _told(row: Case) -> dict[str, Any]:
    """A case with where it stands and by which day it is answered."""
    row = as_told(row)
    return {
        "case": row,
        "standing": presenting.standing(row),
        "deadline": presenting.deadline(row, clock.now()),
    }


def _problem(problem: CaseProblem) -> str:
    return str(presenting.PROBLEMS.get(problem.code, problem.code))
