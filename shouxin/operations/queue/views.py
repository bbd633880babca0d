"""The page of background work: running, waiting, failed with the reason, and what comes by the clock."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed
from shouxin.operations.queue import queries, services
from shouxin.operations.queue.titles import LOST, REASONS, UNKNOWN, title_of
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

P = Permission
KEY = "jobs"
lists.register(
    Listed(
        KEY,
        "operations:jobs",
        ("status",),
        lists.by_age(),
        (Column("at", gettext_lazy("时间")), Column("attempts", gettext_lazy("次数"))),
        edge=lists.number_or_none,
    )
)
TABS = (("failed", gettext_lazy("失败")), ("doing", gettext_lazy("执行中")), ("todo", gettext_lazy("等待中")))
STATES = {
    "failed": ("bad", gettext_lazy("失败")),
    "doing": ("info", gettext_lazy("执行中")),
    "todo": ("muted", gettext_lazy("等待中")),
}
PROBLEMS = {
    "gone": gettext_lazy("这项工作已不在队列里，请刷新。"),
    "queued-already": gettext_lazy("同样的工作已在排队，不必重试；可以取消这一条。"),
    "aborting-already": gettext_lazy("已要求停止，正在等它停下。"),
}


def _language() -> str:
    return get_language() or "zh-hans"


@never_cache
@require_GET
@allowed(P.OPERATIONS_HEALTH_READ)
def jobs(request: StaffRequest) -> HttpResponse:
    now, known = clock.now(), dict(TABS)
    backlog = queries.backlog(now)
    asked = reading.read(request, KEY)
    status = asked.query.get("status", "")
    if status not in known:
        status = "failed" if backlog.failed else "doing"
    found = queries.jobs(request.actor, status=status)
    page = lists.window(found, asked.sort, asked.place)
    counts = {"failed": backlog.failed, "doing": backlog.running, "todo": backlog.waiting}
    context = {
        **asked.context(page),
        "page_title": _("后台工作"),
        "status": status,
        "tabs": [(key, title, counts[key]) for key, title in TABS],
        "lines": [_shown(one) for one in queries.works(page.rows)],
        "periodic": [(one, title_of(one.task, _language())) for one in queries.periodic(request.actor, now)],
        "heartbeat": backlog.heartbeat,
        "worker_lives": backlog.heartbeat is not None and now - backlog.heartbeat < queries.ALIVE,
        "may_manage": request.actor.may(P.OPERATIONS_JOB_MANAGE),
    }
    return render(request, "queue/jobs.html", context)


@never_cache
@require_GET
@allowed(P.OPERATIONS_HEALTH_READ)
def job(request: StaffRequest, number: int) -> HttpResponse:
    found = queries.job(request.actor, number)
    if found is None:
        raise Http404
    context = {
        "line": _shown(found),
        "may_manage": request.actor.may(P.OPERATIONS_JOB_MANAGE),
    }
    return render(request, "queue/job.html", context)


@require_POST
@allowed(P.OPERATIONS_JOB_MANAGE)
def decide(request: StaffRequest, number: int, verb: str) -> HttpResponse:
    """Retry or cancel one job."""
    try:
        if verb == "retry":
            task = services.retry(actor=request.actor, job=number, now=clock.now())
            said = _("已重新排队：%(task)s")
        else:
            task = services.cancel(actor=request.actor, job=number)
            said = _("已取消：%(task)s；正在执行的会在下一步停下。")
    except services.JobProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, said % {"task": title_of(task, _language())})
    return redirect("operations:jobs")


def _shown(work: queries.Work) -> dict[str, Any]:
    kind, state = STATES[work.status]
    return {
        "work": work,
        "title": title_of(work.task, _language()),
        "kind": "warn" if work.stopping else kind,
        "state": _("正在停止") if work.stopping and work.status == "doing" else state,
        "reason": _reason(work) if work.status == "failed" else "",
    }


def _reason(work: queries.Work) -> str:
    if work.stopping:
        return _("已按要求停止，没有做完。")
    if work.failure is None:
        return LOST.in_(_language())
    return REASONS.get(work.failure.kind, UNKNOWN).in_(_language())
