"""Screens of checking, previewing and running an import."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.intake import drafts, mapping, presenting, previewing, queries, services
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.forms import TypedForm
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.previewing import Wanted
from shouxin.customers.intake.reading import UnreadableFile
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.views import NotNow, draft_of, own_batch, revision_of, say, step, wants_json
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed

P = Permission
S = BatchState
AT_CHECK = frozenset({S.DRAFT, S.CHECKING, S.CHECKED})
AT_RUN = frozenset({S.RUNNING, S.PAUSED, S.FAILED, S.DONE})


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def check(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    if row.state not in AT_CHECK:
        raise NotNow
    draft = draft_of(row)
    if draft is None:
        raise Http404
    if request.method == "POST":
        try:
            services.request_check(actor=request.actor, batch=row.id, revision=revision_of(request.POST))
        except IntakeProblem as problem:
            say(request, problem)
        return redirect("customers:import_check", row.id)
    if row.state == S.CHECKED:
        return redirect("customers:import_preview", row.id)
    purpose = rulebooks["rulebook"].purpose(row.purpose) if row.purpose else None
    gaps = [*drafts.blocked(draft), *mapping.gaps(draft.sheets, rulebooks["rulebook"].fields(), purpose)]
    context = {
        "page_title": _("检查"),
        "batch": row,
        "draft": draft,
        "declared": bool(row.purpose),
        "gaps": presenting.gap_lines(row, draft, gaps),
        "stopped": presenting.stopped_text(row.problem) if row.problem else "",
        "steps": presenting.steps(row, draft, "check"),
        "progress": presenting.progress(row),
    }
    return render(request, "intake/check.html", context)


@require_GET
@allowed(P.CUSTOMERS_BATCH_CREATE)
def progress(request: StaffRequest, batch: UUID) -> JsonResponse:
    """How far the check or the run has come, as it stands in the database."""
    return JsonResponse(presenting.progress(own_batch(request, batch)))


def _checked(request: StaffRequest, batch: UUID) -> tuple[ImportBatch, Draft]:
    row = own_batch(request, batch)
    if row.state != S.CHECKED:
        raise NotNow
    draft = draft_of(row)
    if draft is None or draft.upload is None:
        raise Http404
    return row, draft


@require_GET
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def preview(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    if row.state in AT_CHECK - {S.CHECKED}:
        return redirect("customers:import_check", row.id)
    row, draft = _checked(request, batch)
    return _preview(request, row, draft, TypedForm(expected=row.rows_total))


def _preview(request: StaffRequest, row: ImportBatch, draft: Draft, form: TypedForm) -> HttpResponse:
    wanted = Wanted.of(request.GET, draft)
    reader = previewing.reader_of(row, draft, wanted.sheet, clock.today())
    if reader is None:
        return redirect("customers:import_declare", row.id)
    try:
        page = previewing.page_of(row, draft, wanted)
    except (drafts.Gone, UnreadableFile) as problem:
        code = f"file.{getattr(problem, 'code', 'gone')}"
        messages.error(request, presenting.stopped_text(code))
        return redirect("customers:imports")
    services.record_rows_shown(actor=request.actor, batch=row.id, count=len(page.rows))
    context = {
        "page_title": _("预览与改错"),
        "batch": row,
        "draft": draft,
        "wanted": wanted,
        "tabs": previewing.sheet_tabs(draft, wanted),
        "columns": previewing.columns_of(draft, wanted.sheet, reader.rules),
        "rows": previewing.grid_rows(row, draft, reader, page.rows, wanted),
        "total": page.total,
        "problem_total": len(row.findings.get("problem_rows", [])),
        "forecast": previewing.forecast(row),
        "problems": previewing.summary_lines(row),
        "form": form,
        "back": wanted.query(),
        "all_href": wanted.query(only="", page=1, row=None),
        "problems_href": wanted.query(only="problems", page=1, row=None),
        "steps": presenting.steps(row, draft, "preview"),
        **previewing.pager(wanted, page),
    }
    return render(request, "intake/preview.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def mend(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Correct cells of one row, or leave it out, or take it in again; it is checked again at once."""
    row, draft = _checked(request, batch)
    wanted = Wanted.of(request.POST, draft)
    number = int(request.POST["line"]) if request.POST.get("line", "").isdecimal() else 0
    verb = request.POST.get("verb", "")
    try:
        if verb in {"out", "in"}:
            services.leave_out(
                actor=request.actor,
                batch=row.id,
                revision=revision_of(request.POST),
                sheet=wanted.sheet,
                row=number,
                out=verb == "out",
            )
        else:
            _mend_cells(request, row, draft, wanted.sheet, number)
    except IntakeProblem as problem:
        if wants_json(request):
            text = presenting.problem_text(problem.code)
            return JsonResponse({"problem": text}, status=HTTPStatus.CONFLICT)
        say(request, problem)
    if wants_json(request):
        return _one_line(request, batch, wanted, number)
    address = reverse("customers:import_preview", args=[row.id])
    return redirect(f"{address}{wanted.query()}#r-{number}")


def _mend_cells(request: StaffRequest, row: ImportBatch, draft: Draft, sheet: int, number: int) -> None:
    """Keep the cells whose text the form changed; `restore` takes all of the row back to the file's."""
    if request.POST.get("verb") == "restore":
        cells: dict[int, str | None] = dict.fromkeys(draft.corrections.of(sheet, number))
    else:
        given = {
            int(name[5:]): request.POST.get(name, "")
            for name in request.POST
            if name.startswith("cell-") and name[5:].isdecimal()
        }
        standing = previewing.texts_of(draft, sheet, number)
        if not standing:
            raise IntakeProblem("cell.unknown")
        # A line of input cannot hold line breaks: a cell that has some is not changed by being sent back without.
        cells = {
            column: text
            for column, text in given.items()
            if text not in (standing.get(column), "".join(standing.get(column, "").splitlines()))
        }
    if cells:
        services.mend_row(
            actor=request.actor,
            batch=row.id,
            revision=revision_of(request.POST),
            sheet=sheet,
            row=number,
            cells=cells,
        )


def _one_line(request: StaffRequest, batch: UUID, wanted: Wanted, number: int) -> HttpResponse:
    """The row as it stands now, for the script that puts it into the grid."""
    row, draft = _checked(request, batch)
    reader = previewing.reader_of(row, draft, wanted.sheet, clock.today())
    found = queries.rows_at(draft, wanted.sheet, [number])
    if reader is None or not found:
        raise Http404
    line = previewing.grid_rows(row, draft, reader, found, wanted)[0]
    html = render_to_string(
        "intake/parts/grid_row.html", {"row": line, "batch": row, "wanted": wanted}, request=request
    )
    return JsonResponse({"revision": row.draft_revision, "html": html, "refused": line["refused"]})


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def start(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Start the run once the number of rows was typed."""
    row, draft = _checked(request, batch)
    form = TypedForm(request.POST, expected=row.rows_total)
    if not form.is_valid():
        return _preview(request, row, draft, form)
    return _go_on(request, row)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def go_on(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Go on with a run that was paused or stopped, from the place it reached."""
    row = own_batch(request, batch)
    if row.state not in {S.PAUSED, S.FAILED}:
        raise NotNow
    return _go_on(request, row)


def _go_on(request: StaffRequest, row: ImportBatch) -> HttpResponse:
    try:
        services.start(actor=request.actor, batch=row.id, now=clock.now())
    except IntakeProblem as problem:
        say(request, problem)
    return redirect("customers:import_run", row.id)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
def pause(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    try:
        services.pause(actor=request.actor, batch=row.id)
    except IntakeProblem as problem:
        say(request, problem)
    else:
        messages.success(request, _("已暂停：正在处理的一段做完后停下，随时可以继续。"))
    return redirect("customers:import_run", row.id)


@require_GET
@allowed(P.CUSTOMERS_BATCH_CREATE)
def run(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    if row.state not in AT_RUN:
        return redirect("customers:import_batch", row.id)
    if row.state == S.DONE:
        return redirect("customers:import_result", row.id)
    context = {
        "page_title": _("导入"),
        "batch": row,
        "status": presenting.status(row),
        "stopped": presenting.stopped_text(row.problem) if row.problem else "",
        "may_cancel": row.state == S.FAILED and not row.rows_done,
        "steps": presenting.steps(row, None, "run"),
        "progress": presenting.progress(row),
    }
    return render(request, "intake/run.html", context)
