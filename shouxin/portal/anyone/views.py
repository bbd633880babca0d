"""The page for people without an account: ask, complain, and follow it by number and code."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.kit import clock
from shouxin.kit.bots import services as bots
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding
from shouxin.portal.anyone import fetching, keys
from shouxin.portal.anyone import guarding as shut
from shouxin.portal.anyone.feedback_views import ITEM
from shouxin.portal.anyone.forms import FollowForm, PublicForm
from shouxin.portal.anyone.uploads import content_of, in_memory
from shouxin.portal.asking import taking
from shouxin.portal.asking.forms import ScoreForm
from shouxin.portal.entering import doors
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.forms import CodeForm
from shouxin.rights.cases import answering, outside, presenting, services
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import answer_of
from shouxin.rights.cases.models import CLOSED, Case, State
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.cases.told import as_told
from shouxin.rights.feedback import services as feedback
from shouxin.rights.packages.views import archive

Answer = TypeVar("Answer", bound=HttpResponseBase)
FORM, CASE = "portal:anyone", "case"
ANSWERED = frozenset({State.ANSWERED.value, State.WATCHING.value})


@in_memory
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A request or a complaint, by whoever it may be."""
    form = PublicForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        problem = shut.turned(request, FORM) or (_file(request, form) if form.is_valid() else None)
        if isinstance(problem, HttpResponse):
            return problem
        if problem:
            form.add_error(None, problem)
    context = {"form": form, "offer": bots.offer(form=FORM, now=clock.now())}
    return render(request, "portal/anyone.html", context, status=422 if form.errors else 200)


def _file(request: HttpRequest, form: PublicForm) -> HttpResponse | str:
    """File it and hand out number and code; or say why not."""
    proof = content_of(request, "proof")
    try:
        asked = replace(form.asked(), shown=keys.shown(request, CASE))
        filed = services.file(actor=PUBLIC, asked=asked, now=clock.now())
    except CaseProblem as problem:
        return _problem(problem)
    lost = ""
    if proof is not None and filed.repeats:
        lost = _("证明没有保存：请用前一件的编号和查询码补交。")
    elif proof is not None and not outside.takes_proofs(filed.case):
        lost = _("这一件不需要证明，文件没有保存。")
    elif proof is not None:
        try:
            outside.hand_in(actor=PUBLIC, case=filed.case.id, content=proof, now=clock.now())
        except CaseProblem as problem:
            lost = _("%(why)s 要求本身已经收到，证明可以在进度页面再交。") % {"why": _problem(problem)}
    answer = render(request, "portal/anyone_filed.html", {"filed": filed, "lost": lost})
    keys.keep(answer, CASE, filed.case.id)
    return answer


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and code. Whatever is wrong, the answer is the same."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address, now, said = doors.address_of(request), clock.now(), form.cleaned_data
        if guard.portal_closed_to(address=address, now=now):
            form.add_error(None, shut.closed())
        elif answer := _shown(said["number"], said["code"]):
            return answer
        else:
            guarding.portal_failed(address=address, now=now)
            form.add_error(None, _("编号或查询码不对。请核对后再试；查询码丢了，可以来电或到营业场所询问。"))
    return render(request, "portal/follow.html", {"form": form}, status=422 if form.errors else 200)


def _shown(number: str, code: str) -> HttpResponse | None:
    """The way to the case or the feedback of this number, when the code is its own; which of them the number says."""
    if number.strip().upper().startswith("FK"):
        item = feedback.follow(actor=PUBLIC, number=number, code=code)
        found = (ITEM, item.id, "my:followed_feedback") if item else None
    else:
        row = services.follow(actor=PUBLIC, number=number, code=code)
        found = (CASE, row.id, "my:followed") if row else None
    if found is None:
        return None
    answer = redirect(found[2])
    keys.keep(answer, found[0], found[1])
    return answer


@require_GET
def followed(request: HttpRequest) -> HttpResponse:
    return _with_case(request, lambda row: _page(request, row))


@in_memory
@require_POST
def hand_in(request: HttpRequest) -> HttpResponse:
    """A copy of a proof, by whoever has the code."""
    content = content_of(request, "proof")

    def done(row: Case) -> HttpResponse:
        if content is None:
            return _page(request, row, _("请选择一个文件。"))
        return _verb(
            request, row, lambda: outside.hand_in(actor=PUBLIC, case=row.id, content=content, now=clock.now())
        )

    return _with_case(request, done)


@require_POST
def ask_code(request: HttpRequest) -> HttpResponse:
    """A code to the contact left with a request made for somebody else."""

    def done(row: Case) -> HttpResponse:
        if not fetching.given_here(row):
            return _page(request, row)
        try:
            fetching.ask_code(row, doors.address_of(request), clock.now())
        except EntryProblem as problem:
            return _page(request, row, problem.text.in_(get_language() or "zh-hans"))
        return redirect(f"{reverse('my:followed')}?code=1")

    return _with_case(request, done)


@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """The code that came; the answer and the package can be had for ten minutes."""

    def done(row: Case) -> HttpResponse:
        code, now = request.POST.get("code", ""), clock.now()
        try:
            entering.answer_for(case=row.id, code=code, address=doors.address_of(request), now=now)
        except EntryProblem as problem:
            return _page(request, row, problem.text.in_(get_language() or "zh-hans"))
        answer = redirect("my:followed")
        keys.prove(answer, row.id, now)
        return answer

    return _with_case(request, done)


@require_POST
def fetch(request: HttpRequest) -> HttpResponseBase:
    """The archive, once, for whoever asked for somebody else."""

    def done(row: Case) -> HttpResponseBase:
        try:
            found, content = fetching.fetch(row, fetching.proved(request, row), clock.now())
        except CaseProblem as problem:
            return _page(request, row, taking.why_not(row, problem))
        return archive(found, row, content)

    return _with_case(request, done)


@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    form = ScoreForm(request.POST)

    def done(row: Case) -> HttpResponse:
        if not form.is_valid():
            return _page(request, row, _("请选一个分数。"))
        said = form.cleaned_data
        return _verb(request, row, lambda: answering.rate(actor=PUBLIC, case=row.id, now=clock.now(), **said))

    return _with_case(request, done)


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    return _with_case(
        request,
        lambda row: _verb(
            request, row, lambda: services.withdraw(actor=PUBLIC, case=row.id, now=clock.now())
        ),
    )


@require_POST
def put_away(_request: HttpRequest) -> HttpResponse:
    """Done looking: this browser forgets the case."""
    answer = redirect("my:follow")
    keys.drop(answer)
    return answer


def _with_case(request: HttpRequest, view: Callable[[Case], Answer]) -> Answer | HttpResponse:
    case: UUID | None = keys.shown(request, CASE)
    row = Case.objects.filter(id=case).first() if case else None
    return view(row) if row else redirect("my:follow")


def _verb(request: HttpRequest, row: Case, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except CaseProblem as problem:
        return _page(request, row, _problem(problem))
    return redirect("my:followed")


def _page(request: HttpRequest, row: Case, problem: str = "") -> HttpResponse:
    """Where it stands. What the person wrote is not shown again: a code is easily left lying about."""
    language, proved = get_language() or "zh-hans", fetching.proved(request, row)
    all_of_it = outside.tells_all(row) or proved is not None
    context: dict[str, Any] = {
        "case": as_told(row),
        "standing": presenting.standing(as_told(row)),
        "deadline": presenting.deadline(row, clock.now()),
        "history": presenting.history(row),
        "answered": row.state in ANSWERED,
        "answer": presenting.letter(row, answer_of(row), language)
        if row.state in ANSWERED and all_of_it
        else None,
        "rate": ScoreForm() if row.state in ANSWERED and row.score is None else None,
        "proofs": row.proofs.count(),
        "takes_proofs": outside.takes_proofs(row),
        "open": row.state not in CLOSED and row.state != State.WATCHING,
        "given_here": fetching.given_here(row),
        "by_file": fetching.by_file(row),
        "proved": proved,
        "code_form": CodeForm() if "code" in {*request.GET, *request.POST} else None,
        "package": taking.offered(row, proved) if proved else None,
        "problem": problem,
    }
    return render(request, "portal/followed.html", context, status=422 if problem else 200)


def _problem(problem: CaseProblem) -> str:
    return str(presenting.PROBLEMS.get(problem.code, problem.code))
