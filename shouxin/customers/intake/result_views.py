"""Screens of what became of an import: the reconciliation, refused rows, the others' word on it, the first report."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.intake import (
    drafts,
    export,
    outcome,
    presenting,
    previewing,
    queries,
    reporting,
    services,
    takeover,
)
from shouxin.customers.intake.forms import NoteForm, TypedForm
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.rules import OPERATOR_GONE
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.views import draft_of, own_batch, say, unsealing
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rulebook.purposes.queries import notice_version

P = Permission
FORMATS = {
    "csv": ("text/csv; charset=utf-8", export.csv_pieces),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export.xlsx_pieces),
}


def seen_batch(request: StaffRequest, batch: UUID) -> ImportBatch:
    """A batch that exists for this actor; what is another's looks as if it did not exist."""
    row = queries.find(request.actor, batch)
    if row is None:
        raise Http404
    return row


@require_GET
@allowed(P.CUSTOMERS_BATCH_READ)
@unsealing
def result(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = seen_batch(request, batch)
    mine = row.operator_id == request.actor.id
    draft = draft_of(row) if mine else None
    context = {
        "page_title": _("导入结果") if row.state == BatchState.DONE else pgettext("label", "导入批次"),
        "batch": row,
        "draft": draft,
        "mine": mine,
        "standing": presenting.status(row),
        "stages": outcome.stages_of(row),
        "verbs": outcome.verbs(request.actor, row),
        "purpose": presenting.purpose_name(row),
        "version": notice_version(row.notice_version) if row.notice_version else None,
        "counts": presenting.reconciliation(row),
        "problems": previewing.summary_lines(row) if row.state == BatchState.DONE else [],
        "mended": previewing.mended_since(row),
        "refused_sheets": presenting.refused_sheets(row, draft),
        "workbook_holds": row.refused_count <= export.XLSX_ROWS,
        "progress": presenting.progress(row),
        "entries": presenting.story_lines(row, request.actor),
        "stopped": presenting.stopped_text(row.problem) if row.problem == OPERATOR_GONE else "",
    }
    return render(request, "intake/result.html", context)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CONFIRM)
@unsealing
def take_over(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Go on with what somebody who is gone has begun."""
    row = seen_batch(request, batch)
    try:
        takeover.take_over(actor=request.actor, batch=row.id, now=clock.now())
    except IntakeProblem as problem:
        say(request, problem)
        return redirect("customers:import_result", row.id)
    messages.success(request, _("已接手：这个导入现在由您继续。"))
    return redirect("customers:import_batch", row.id)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@unsealing
def download(request: StaffRequest, batch: UUID) -> HttpResponse | StreamingHttpResponse:
    """Refused rows with their reasons, to mend and hand in again; the importer's alone, recorded before it is sent."""
    row = own_batch(request, batch)
    draft = draft_of(row)
    kind = FORMATS.get(request.POST.get("format", ""))
    sheet = int(request.POST["sheet"]) if request.POST.get("sheet", "").isdecimal() else 0
    if draft is None or kind is None or not row.refused_count or sheet >= len(draft.sheets):
        raise Http404
    services.record_download(actor=request.actor, batch=row.id)
    content_type, pieces = kind
    # A download breaks off when its reader leaves, moves or loses the role while it runs.
    who, plan = request.actor.id, draft.sheets[sheet]
    rows = drafts.rows_to_send(row, sheet, plan.columns, lambda: queries.still_own(who, row.id))
    body = pieces(plan.layout.header, rows, language=presenting.language())
    response = StreamingHttpResponse(body, content_type=content_type)
    name = f"refused-{row.id}-{sheet + 1}.{request.POST['format']}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@unsealing
def destroy(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    try:
        services.destroy_refusals(actor=request.actor, batch=row.id, now=clock.now())
    except IntakeProblem as problem:
        say(request, problem)
    else:
        messages.success(request, _("被拒绝的行已销毁，只留下件数。"))
    return redirect("customers:import_result", row.id)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CONFIRM, P.CUSTOMERS_BATCH_RELEASE)
@fresh_second_factor("accept")
@unsealing
def decide(request: StaffRequest, batch: UUID) -> HttpResponse:
    """The word of the department's head, or of the second person on an outside source."""
    row = seen_batch(request, batch)
    verbs = presenting.verbs(request.actor, row)
    if not any(verbs.values()):
        raise Http404
    verb = request.POST.get("verb", "")
    typed = TypedForm(request.POST if verb in {"confirm", "reject"} else None, expected=row.created_count)
    note = NoteForm(request.POST if verb in {"accept", "reject"} else None, label_suffix="")
    if request.method == "POST" and all(form.is_valid() for form in (typed, note) if form.is_bound):
        try:
            said = _decide(request, row, verb, note)
        except IntakeProblem as problem:
            say(request, problem)
            return redirect("customers:import_result", row.id)
        messages.success(request, said)
        return redirect("customers:import_result", row.id)
    context = {
        "page_title": _("核准来源") if verbs["may_accept"] else _("确认导入批次"),
        "batch": row,
        "status": presenting.status(row),
        "purpose": presenting.purpose_name(row),
        "counts": presenting.reconciliation(row),
        "problems": previewing.summary_lines(row),
        "mended": previewing.mended_since(row),
        "verb": verb,
        "typed": typed,
        "note": note,
        **verbs,
    }
    bad = typed.errors or note.errors
    return render(
        request, "intake/decide.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if bad else 200
    )


def _decide(request: StaffRequest, row: ImportBatch, verb: str, note: NoteForm) -> str:
    actor, now = request.actor, clock.now()
    if verb == "accept":
        services.accept(actor=actor, batch=row.id, note=note.cleaned_data["note"], now=now)
        return _("来源已核准，等待归口部门确认。")
    if verb == "confirm":
        count = services.confirm(actor=actor, batch=row.id, now=now)
        return _("已确认：%(count)d 位客户按声明的范围可见。") % {"count": count}
    if verb == "reject":
        count = services.reject(actor=actor, batch=row.id, note=note.cleaned_data["note"], now=now)
        return _("已驳回：%(count)d 位客户的数据已销毁，决定留存。") % {"count": count}
    raise Http404


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@unsealing
def end(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Leave it at what a stopped run has stored."""
    row = own_batch(request, batch)
    try:
        services.end(actor=request.actor, batch=row.id, now=clock.now())
    except IntakeProblem as problem:
        say(request, problem)
        return redirect("customers:import_run", row.id)
    messages.success(request, _("已到此为止：已入库的部分等待确认，文件的其余部分已销毁。"))
    return redirect("customers:import_result", row.id)


@require_GET
@allowed(P.CUSTOMERS_BATCH_READ)
@unsealing
def report(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = seen_batch(request, batch)
    if row.state != BatchState.DONE:
        raise Http404
    draft = draft_of(row) if row.operator_id == request.actor.id else None
    context = {
        "page_title": _("首日体检报告"),
        "batch": row,
        "status": presenting.status(row),
        "purpose": presenting.purpose_name(row),
        "version": notice_version(row.notice_version) if row.notice_version else None,
        "counts": presenting.reconciliation(row),
        **reporting.context_of(row, draft),
    }
    return render(request, "intake/report.html", context)
