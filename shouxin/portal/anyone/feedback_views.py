"""Feedback with or without an account: written, numbered, followed by number and code, answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Actor, customer_actor
from shouxin.kit import clock
from shouxin.kit.bots import services as bots
from shouxin.portal.anyone import guarding, keys
from shouxin.portal.anyone.forms import FeedbackForm
from shouxin.portal.entering import doors
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.feedback import presenting, queries, services
from shouxin.rights.feedback.errors import FeedbackProblem
from shouxin.rights.feedback.keeping import answer_in
from shouxin.rights.feedback.models import Feedback

FORM, ITEM = "portal:feedback", "feedback"


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in writes as themselves and sees what they wrote before; others show that they are people."""
    session = doors.session_of(request)
    me = customer_actor(session.customer_id) if session else None
    form = FeedbackForm(request.POST or None)
    if request.method == "POST":
        problem = "" if me else guarding.turned(request, FORM)
        if not problem and form.is_valid():
            try:
                filed = services.file(
                    actor=me or PUBLIC,
                    category=form.cleaned_data["category"],
                    said=form.said,
                    now=clock.now(),
                )
            except FeedbackProblem as found:
                problem = str(presenting.PROBLEMS[found.code])
            else:
                answer = render(request, "portal/feedback_filed.html", {"filed": filed, "inside": bool(me)})
                keys.keep(answer, ITEM, filed.item.id)
                return answer
        if problem:
            form.add_error(None, problem)
    context = {
        "form": form,
        "inside": bool(me),
        "before": _told(me) if me else [],
        "offer": None if me else bots.offer(form=FORM, now=clock.now()),
    }
    return render(request, "portal/feedback.html", context, status=422 if form.errors else 200)


def _told(me: Actor) -> list[dict[str, object]]:
    rows = queries.visible_to(me).order_by("-filed_at", "-id")[:20]
    return [_one(row) for row in rows]


def _one(row: Feedback) -> dict[str, object]:
    now = clock.now()
    return {
        "item": row,
        "standing": presenting.standing(row, now),
        "deadline": presenting.deadline(row, now),
        "answer": answer_in(row),
    }


@require_GET
def followed(request: HttpRequest) -> HttpResponse:
    """Where it stands, for whoever has shown its code."""
    shown = keys.shown(request, ITEM)
    row = Feedback.objects.filter(id=shown).first() if shown else None
    if row is None:
        return redirect("my:follow")
    return render(request, "portal/feedback_followed.html", _one(row))
