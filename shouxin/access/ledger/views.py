"""The screen on which auditors issue tokens for the ledger, and the ledger itself for their programs."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.access.ledger import queries, services
from shouxin.access.ledger.forms import TokenForm
from shouxin.core.ledger.tiles import WIDTH
from shouxin.core.policy import Permission
from shouxin.journal import serving
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
# What is whole never changes (C2SP tlog-tiles); what is partial grows, and the checkpoint is new every moment.
FOR_GOOD, FRESH = "private, max-age=31536000, immutable", "no-store"
SHOWN = 100
PROBLEMS = {
    "name.missing": gettext_lazy("请写明名称。"),
    "addresses.none": gettext_lazy("请写明来源地址。"),
    "addresses.wrong": gettext_lazy("来源地址写得不对：每行一个地址或网段，不能是全部地址，最多 20 条。"),
    "days.range": gettext_lazy("有效天数为 1 到 90。"),
    "token.ended": gettext_lazy("这个凭证已经停用。"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.JOURNAL_LEDGER_VERIFY)
@fresh_second_factor()
def tokens(request: StaffRequest) -> HttpResponse:
    """Every token for the ledger; the answer to an issued one is the only page that ever shows it."""
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _row, text = services.issue(actor=request.actor, **form.cleaned_data, now=clock.now())
        except services.LedgerProblem as problem:
            for code in problem.codes:
                form.add_error(None, str(PROBLEMS[code]))
        else:
            form = TokenForm()
    now, rows = clock.now(), list(queries.visible_to(request.actor)[: SHOWN + 1])
    context = {
        "page_title": _("账本凭证"),
        "token": text,
        "form": form,
        "rows": [{"one": row, "works": row.ended_at is None and row.ends_at > now} for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "address": request.build_absolute_uri("/ledger/"),
    }
    return render(request, "ledger/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.JOURNAL_LEDGER_VERIFY)
def end(request: StaffRequest, token_id: UUID) -> HttpResponse:
    if not queries.visible_to(request.actor).filter(id=token_id).exists():
        raise Http404
    try:
        services.end(actor=request.actor, token=token_id, now=clock.now())
    except services.LedgerProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _("凭证已停用。"))
    return redirect("access:ledger_tokens")


def _for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`view` for whoever shows a token for the ledger; everybody else gets one and the same answer."""

    @login_not_required
    @csrf_exempt
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            refused = _said(_("这里只能读取（GET、HEAD）。"), HTTPStatus.METHOD_NOT_ALLOWED)
            refused.headers["Allow"] = "GET, HEAD"
            return refused
        header, address = request.headers.get("Authorization", ""), request.META.get("REMOTE_ADDR", "")
        try:
            services.come_in(header=header, address=address, now=clock.now())
        except services.TurnedAway:
            refused = _said(_("需要账本凭证。"), HTTPStatus.UNAUTHORIZED)
            refused.headers["WWW-Authenticate"] = 'Bearer realm="ledger"'
            return refused
        return view(request, **named)

    return answer


@_for_programs
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """C2SP tlog-checkpoint: how many entries are sealed, their root, signed."""
    newest = serving.latest()
    return _answer(newest.note.encode() if newest else None, TEXT, FRESH)


@_for_programs
def tile(_request: HttpRequest, level: str, index: str, width: str | None = None) -> HttpResponse:
    """C2SP tlog-tiles: hashes of a level, or a bundle of entries."""
    number, wide = int(index.replace("x", "").replace("/", "")), int(width) if width else WIDTH
    found = serving.entries(number, wide) if level == "entries" else serving.hashes(int(level), number, wide)
    return _answer(found, BYTES, FOR_GOOD)


@_for_programs
def nowhere(_request: HttpRequest) -> HttpResponse:
    return _answer(None, TEXT, FRESH)


def _answer(content: bytes | None, kind: str, keep: str) -> HttpResponse:
    if content is None:
        return _said(_("这里什么也没有。"), HTTPStatus.NOT_FOUND)
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": keep})


def _said(words: str, status: HTTPStatus) -> HttpResponse:
    """What a program's log keeps for whoever reads it: one line."""
    return HttpResponse(f"{words}\n", status=status, content_type=TEXT)
