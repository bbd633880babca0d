"""Answering a survey by the link that came in a message: opened as often as one likes, answered once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from shouxin.kit import clock
from shouxin.portal.surveys import queries, services
from shouxin.portal.surveys.errors import SurveyProblem
from shouxin.portal.surveys.forms import AnswerForm
from shouxin.portal.surveys.rules import Question


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Programs that follow links ahead answer nothing; whoever has the link needs no log-in."""
    survey = queries.open_to(token)
    if survey is None:
        return _shown(request, {"over": True}, 404)
    questions = [Question.read(one) for one in survey.questions]
    form = AnswerForm(request.POST or None, questions=questions)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(token=token, given=form.given, now=clock.now())
        except SurveyProblem as problem:
            form.add_error(None, problem.text.in_(get_language() or "zh-hans"))
        else:
            return _shown(request, {"survey": survey, "done": True}, 200)
    return _shown(request, {"survey": survey, "form": form}, 422 if form.errors else 200)


def _shown(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    page = render(request, "portal/survey.html", context, status=status)
    page["Referrer-Policy"] = "no-referrer"
    return page
