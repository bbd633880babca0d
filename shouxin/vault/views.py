"""The page of keys: what they wrap, rotation, and marking an algorithm outdated by two people."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.kit import backups, clock
from shouxin.kit.queueing import queue_once
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import story
from shouxin.vault import jobs, outdating, presenting, queries
from shouxin.vault.forms import SuiteForm
from shouxin.vault.models import AlgorithmStatus, ChangeState, EpochState, RootState, SuiteChange

P = Permission
PROBLEMS = {
    "suite.no-successor": gettext_lazy("两个套件须不同，且都处于允许状态。"),
    "suite.open-already": gettext_lazy("已有一份申请在等待确认。"),
    "suite.decided-already": gettext_lazy("该申请已被处理；请看本页现在的内容。"),
    "reason.missing": gettext_lazy("请填写理由。"),
    "approver.same-person": gettext_lazy("申请人不能确认自己的申请，请由他人确认。"),
}
STATES = {
    EpochState.CURRENT.value: gettext_lazy("在用"),
    EpochState.OWN.value: gettext_lazy("高风险独立密钥"),
    EpochState.RETIRING.value: gettext_lazy("轮换中"),
    EpochState.RETIRED.value: gettext_lazy("已停用"),
}
ROOTS = {
    RootState.PREPARED.value: gettext_lazy("待启用"),
    RootState.CURRENT.value: gettext_lazy("在用"),
    RootState.RETIRING.value: gettext_lazy("轮换中"),
    RootState.RETIRED.value: gettext_lazy("已停用，尚保留"),
    RootState.DESTROYING.value: gettext_lazy("销毁未完成"),
    RootState.DESTROYED.value: gettext_lazy("已销毁"),
}
KINDS = {"file": gettext_lazy("密钥文件"), "passphrase": gettext_lazy("口令")}
CHANGES = {
    ChangeState.PROPOSED.value: gettext_lazy("待确认"),
    ChangeState.CONFIRMED.value: gettext_lazy("已确认"),
    ChangeState.REFUSED.value: gettext_lazy("已拒绝"),
}
SHOWN = 20
# What the story of the keys is made of.
STORY = ("vault.", "rotation.", "algorithm.", "reencryption.", "own_key.", "root_key.", "tampering.")


@allowed(P.VAULT_KEY_READ)
def keys(request: StaffRequest) -> HttpResponse:
    return _page(request, None)


@require_POST
@allowed(P.VAULT_KEY_ROTATE)
@fresh_second_factor()
def rotate(request: StaffRequest) -> HttpResponse:
    if queue_once(jobs.ROTATE, queue=outdating.QUEUE):
        messages.success(request, _("轮换已开始，在后台进行，不影响使用；进度见本页。"))
    else:
        messages.info(request, _("轮换已在排队，无须再次开始。"))
    return redirect("vault:keys")


@require_POST
@allowed(P.VAULT_KEY_ROTATE)
@fresh_second_factor()
def propose(request: StaffRequest) -> HttpResponse:
    form = SuiteForm(request.POST, status=queries.key_status(actor=request.actor))
    if not form.is_valid():
        return _page(request, form)
    try:
        outdating.propose(actor=request.actor, **form.cleaned_data, now=clock.now())
    except outdating.SuiteProblem as problem:
        form.add_error(None, str(PROBLEMS[problem.code]))
        return _page(request, form)
    messages.success(request, _("申请已提交，等待他人确认；确认前一切照旧。"))
    return redirect("vault:keys")


@require_POST
@allowed(P.VAULT_SUITE_CONFIRM, P.VAULT_KEY_ROTATE)
@fresh_second_factor("confirm")
def decide(request: StaffRequest, change_id: UUID, verb: str) -> HttpResponse:
    service = {"confirm": outdating.confirm, "refuse": outdating.refuse}[verb]
    try:
        service(actor=request.actor, change=change_id, now=clock.now())
    except outdating.SuiteProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已处理。"))
    return redirect("vault:keys")


def _page(request: StaffRequest, form: SuiteForm | None) -> HttpResponse:
    status = queries.key_status(actor=request.actor)
    changes = SuiteChange.objects.select_related("proposed_by", "decided_by").order_by("-proposed_at")[:SHOWN]
    names = {one.suite: one.name for one in status.algorithms}
    may_rotate = request.actor.may(P.VAULT_KEY_ROTATE)
    allowed_suites = [one for one in status.algorithms if one.status == AlgorithmStatus.ALLOWED]
    context = {
        "page_title": _("密钥与算法"),
        "keys": status,
        "suite": names.get(status.suite or 0, ""),
        **_of_roots(status, names),
        "epochs": [
            (one, STATES[one.state]) for one in status.epochs if one.data_keys or one.state != "retired"
        ],
        "retired": sum(one.state == "retired" for one in status.epochs),
        "changes": [
            {
                "change": one,
                "suite": names.get(one.suite, one.suite),
                "successor": names.get(one.successor, one.successor),
                "state": CHANGES[one.state],
                "progress": presenting.progress_of(status, one),
                "may_confirm": one.state == ChangeState.PROPOSED
                and one.proposed_by_id != request.actor.id
                and request.actor.may(P.VAULT_SUITE_CONFIRM),
                "may_withdraw": one.state == ChangeState.PROPOSED and one.proposed_by_id == request.actor.id,
            }
            for one in changes
        ],
        "backups": presenting.dependent_backups(status),
        "backups_known": bool(len(backups.sources)),
        "aged_root": presenting.root_is_outdated(status),
        "aged_index": presenting.index_is_outdated(status),
        "may_rotate": may_rotate,
        "entries": story(request.actor, STORY),
        "standing": presenting.standing(status),
        "verbs": presenting.verbs(status, may_rotate=may_rotate),
        "form": form or SuiteForm(status=status) if may_rotate and len(allowed_suites) > 1 else None,
    }
    return render(request, "vault/keys.html", context, status=422 if form and form.errors else 200)


def _of_roots(status: queries.KeyStatus, names: Mapping[int, str]) -> dict[str, Any]:
    """The root keys and everything under them, in words."""
    states = {one.state for one in status.roots}
    language = get_language() or ""
    return {
        "roots": [
            {
                "one": one,
                "kind": KINDS.get(one.kind, one.kind),
                "state": ROOTS[one.state],
                "lost": not one.kept and one.state not in {RootState.PREPARED, RootState.DESTROYED},
            }
            for one in status.roots
        ],
        "rotating_root": bool(states & {RootState.PREPARED, RootState.RETIRING}),
        "places": [
            {
                "name": one.name.in_(language),
                "total": one.total,
                "roots": ", ".join(map(str, sorted(one.roots))),
                "suites": ", ".join(names.get(suite, "?") for suite in sorted(one.suites)),
            }
            for one in status.places
        ],
    }
