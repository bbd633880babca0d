"""Keeping a draft by button or by script, the list of what is not sent, and throwing one away."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Permission
from shouxin.drafts import queries, rules, services
from shouxin.drafts.kinds import DraftKind, kinds
from shouxin.kit import clock, ids
from shouxin.people.doors import StaffRequest, allowed
from shouxin.vault.errors import VaultError

PROBLEMS = {
    "draft.gone": gettext_lazy("这份草稿已提交或已丢弃，这里的内容没有保存；要保留可另存一份。"),
    "draft.too-long": gettext_lazy("内容太长，草稿没有保存；请直接提交或删减。"),
    "draft.elsewhere": gettext_lazy("草稿没有保存：页面地址不对，请从菜单重新打开。"),
}


@never_cache
@require_GET
@allowed()
def draft_list(request: StaffRequest) -> HttpResponse:
    """What one began and has not sent."""
    now = clock.now()
    context = {"page_title": _("未提交的草稿"), "drafts": queries.listing(request.actor, now)}
    return render(request, "drafts/list.html", context)


@never_cache
@require_POST
@allowed()
def keep(request: StaffRequest, kind: str) -> HttpResponse:
    """Keep a form: for the script the new revision, for the button its page again."""
    known = kinds.get(kind)
    draft = _uuid(request.POST.get("draft", ""))
    if known is None or draft is None or not request.actor.may(Permission(known.permission)):
        raise Http404
    address, revision = (
        urlsplit(request.POST.get("draft_address", "")),
        request.POST.get("draft_revision", ""),
    )
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    try:
        row = services.keep(
            actor=request.actor,
            kind=known,
            draft=draft,
            revision=int(revision) if revision.isdecimal() else 0,
            path=address.path,
            typed=services.Typed(rules.typed(pairs), address.query),
            now=clock.now(),
        )
    except services.NotKept as problem:
        return _not_kept(request, known, problem)
    except (VaultError, CryptoError):
        words = _("密钥暂不可用，草稿没有保存；内容仍在本页。")
        return _answer(request, known, words, 503)
    if _by_script(request):
        return JsonResponse({"revision": row.revision, "words": saved(row.saved_at)})
    messages.success(request, _("草稿已加密保存，7 天内可以继续。"))
    return redirect(page_of(row.address, address.query, row.id))


def _not_kept(request: StaffRequest, kind: DraftKind, problem: services.NotKept) -> HttpResponse:
    if isinstance(problem, services.Overtaken):
        at = timezone.localtime(problem.saved_at).strftime("%H:%M")
        words = _("另一个窗口在 %(at)s 保存了更新的草稿，没有覆盖；这里的内容没有保存。") % {"at": at}
        return _answer(request, kind, words, 409, overtaken=True)
    return _answer(request, kind, str(PROBLEMS[problem.code]), 409 if problem.code == "draft.gone" else 422)


def _answer(
    request: StaffRequest, kind: DraftKind, words: str, status: int, *, overtaken: bool = False
) -> HttpResponse:
    """Nothing is lost: the script leaves the page as it stands, the button's answer holds everything typed."""
    if _by_script(request):
        return JsonResponse({"words": words}, status=status)
    parts = urlsplit(request.POST.get("draft_address", ""))
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    context: dict[str, Any] = {
        "page_title": _("草稿没有保存"),
        "words": words,
        "kind": kind,
        "pairs": rules.typed(pairs),
        "fresh": ids.new(),
        "address": request.POST.get("draft_address", ""),
        "later": page_of(parts.path, parts.query, request.POST.get("draft", "")) if overtaken else "",
    }
    return render(request, "drafts/not_kept.html", context, status=status)


@never_cache
@require_GET
@allowed()
def resume(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    """The form's page, going on with this draft."""
    row = queries.of(request.actor, clock.now()).filter(id=draft_id).first()
    found = (
        services.opened(actor=request.actor, kind=row.kind, draft=row.id, now=clock.now()) if row else None
    )
    if found is None:
        messages.warning(request, _("这份草稿已提交、已丢弃或已超过 7 天。"))
        return redirect("drafts:list")
    row, typed = found
    return redirect(page_of(row.address, typed.query, row.id))


@require_POST
@allowed()
def discard(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    """Throw one away."""
    services.discard(actor=request.actor, draft=draft_id)
    messages.success(request, _("草稿已销毁。"))
    return redirect("drafts:list")


def saved(at: Any) -> str:
    """The line beside the form's buttons."""
    return _("已保存 %(at)s") % {"at": timezone.localtime(at).strftime("%H:%M")}


def page_of(path: str, query: str, draft: UUID | str) -> str:
    """The form's page, going on with this draft."""
    kept = QueryDict(query, mutable=True)
    kept.pop("draft", None)
    rest = kept.urlencode()
    return f"{path}?{rest + '&' if rest else ''}{urlencode({'draft': str(draft)})}"


def _by_script(request: StaffRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
