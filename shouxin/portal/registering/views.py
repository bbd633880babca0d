"""Forms anybody fills without an account: shown with their notice, sent once, answered with a receipt number."""

from collections.abc import Callable
from datetime import datetime
from functools import update_wrapper

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection_forms import presenting as collection_forms
from shouxin.customers.consents import receipts
from shouxin.customers.public_forms import page as pages
from shouxin.customers.public_forms import presenting, queries, receiving, rules
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.public_forms.page import PublicPage
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.kit.bots import services as bots
from shouxin.kit.bots.problems import Turned
from shouxin.portal.entering import doors
from shouxin.vault.errors import VaultError

RECEIPT = "shouxin-my-receipt"
RECEIPT_LASTS = 1800
SHOWN = 120  # times within ten minutes that one network is shown a form


def _row(code: str) -> PublicForm:
    found = queries.by_code(code)
    if found is None:
        raise Http404
    return found


def _small(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What is too large is turned away before it is read, so that nothing of it ever lies in a file."""

    @csrf_exempt  # checked inside, where the form may be read
    def guarded(request: HttpRequest, code: str) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > rules.LARGEST:
            return _closed(request, _row(code), _("提交的内容太大，没有保存。"), 413)
        return csrf_protect(view)(request, code)

    update_wrapper(guarded, view)
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


@_small
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The form of this publication; whoever sends it is told the same, whether they are known here or not."""
    row, now = _row(code), clock.now()
    try:
        asked = receiving.opened(row, now)
    except PublicProblem as problem:
        return _closed(request, row, presenting.told_to_public(problem.code), 410)
    except SubmissionProblem:
        return _closed(request, row, presenting.told_to_public("closed"), 410)
    if request.method == "POST":
        return _send(request, row, now)
    try:
        bots.look_on(form=queries.form_name(row), address=doors.address_of(request), most=SHOWN, now=now)
    except Turned as turned:
        return _closed(request, row, turned.text.in_(_language()), 429)
    return _shown(request, row, pages.build(asked, None, request.GET.get("kind", ""), now), now)


def _send(request: HttpRequest, row: PublicForm, now: datetime) -> HttpResponse:
    page = pages.build(receiving.opened(row, now), request.POST, request.POST.get("kind", ""), now)
    address, name = doors.address_of(request), queries.form_name(row)
    try:
        bots.admit(form=name, sent=request.POST, address=address, now=now)
        filled = pages.sent(page, request.POST, list(request.FILES), address)
        receipt = receiving.receive(row=row, sent=filled, name=name, now=now)
    except Turned as turned:
        status = 429 if turned.wait else 422
        return _shown(request, row, page, now, turned.text.in_(_language()), status)
    except PublicProblem as problem:
        return _closed(request, row, presenting.told_to_public(problem.code), 410)
    except SubmissionProblem as problem:
        return _not_stored(request, row, page, problem, now)
    except (Refused, VaultError, CryptoError):
        return _closed(request, row, _("现在不能接受填写，请稍后再试；没有保存任何内容。"), 503)
    answer = redirect("my:form_done", row.code)
    kept = {
        "number": receipt.number,
        "choices": _choices(page),
        "receipts": [receipts.address(entry) for entry in receipt.consents],
    }
    answer.set_signed_cookie(
        RECEIPT,
        signing.dumps(kept),
        max_age=RECEIPT_LASTS,
        path=reverse("my:form_done", args=[row.code]),
        secure=settings.ENCRYPTED,
        httponly=True,
        samesite="Lax",
    )
    return answer


@require_GET
def done(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt, for the browser that sent the form."""
    row = _row(code)
    try:
        kept = signing.loads(request.get_signed_cookie(RECEIPT, max_age=RECEIPT_LASTS) or "")
    except (KeyError, signing.BadSignature):
        return redirect("my:form", row.code)
    context = {
        "title": presenting.title_of(row),
        "number": kept["number"],
        "choices": [(collection_forms.purpose_name(key), said) for key, said in kept["choices"]],
        "receipts": kept["receipts"],
        "portal": _portal(request),
    }
    return render(request, "portal/form_done.html", context)


def _portal(request: HttpRequest) -> str:
    """Where the person looks into what is held, by the organisation's own name for this installation."""
    there = reverse("my:sign_in")
    return (
        f"{settings.PUBLIC_ADDRESS}{there}" if settings.PUBLIC_ADDRESS else request.build_absolute_uri(there)
    )


def _choices(page: PublicPage) -> list[tuple[str, bool]]:
    """Which purposes were agreed to and which not."""
    return [(boxes.page.purpose, bool(boxes.ticked)) for boxes in page.boxes() if boxes.is_valid()]


def _not_stored(
    request: HttpRequest, row: PublicForm, page: PublicPage, problem: SubmissionProblem, now: datetime
) -> HttpResponse:
    if problem.code == "form.undeclared":
        return _closed(request, row, _("提交中有这份表单没有的内容，整份没有接受，也没有保存。"), 422)
    pages.refuse(page, problem)
    said = {
        "form.invalid": _("有内容需要改正，还没有保存任何内容。"),
        "notice.changed": _("告知内容刚刚更新了，请看过新的内容再提交；还没有保存任何内容。"),
        "consent.not-shown": _("请先看同意的内容，再提交；还没有保存任何内容。"),
        "consent.not-given": _(
            "不同意这个目的，我们就不能收下这份表单；没有保存任何内容，其他服务不受影响。"
        ),
        "consent.child": _("未满年龄的人由监护人到营业场所办理；没有保存任何内容。"),
        "plan.outside": _("这次活动不面向您所在的人群；没有保存任何内容。"),
        "plan.full": presenting.told_to_public("full"),
    }
    words = said.get(problem.code, _("没有办成，没有保存任何内容。请重新打开页面再试。"))
    return _shown(request, row, page, now, words, 422)


def _shown(
    request: HttpRequest,
    row: PublicForm,
    page: PublicPage,
    now: datetime,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    kinds = page.asked.content.kinds
    context = {
        "title": page.asked.content.title.in_(_language()),
        "row": row,
        "page": page,
        "rows": pages.rows(page),
        "purpose": page.asked.purpose.name.in_(_language()),
        "consent": page.consent.rows() if page.consent else [],
        "offered": [
            (boxes, boxes.rows(), collection_forms.purpose_name(boxes.page.purpose)) for boxes in page.offered
        ],
        "kinds": kinds if len(kinds) > 1 else (),
        "offer": bots.offer(form=queries.form_name(row), now=now),
        "problem": problem,
    }
    return render(request, "portal/form.html", context, status=status)


def _closed(request: HttpRequest, row: PublicForm, words: str, status: int) -> HttpResponse:
    context = {"title": presenting.title_of(row), "words": words}
    return render(request, "portal/form_closed.html", context, status=status)


def _language() -> str:
    return get_language() or "zh-hans"
