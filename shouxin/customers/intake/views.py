"""Screens of preparing an import: the list, the upload, how the file is read, what its columns are, the declaration."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.intake import agreeing, drafts, presenting, queries, services
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.forms import DeclarationForm, ReadingForm, declared
from shouxin.customers.intake.mapping import DROPPED
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.reading import DEFAULT_LIMITS, UnreadableFile
from shouxin.customers.intake.reading.model import MIB
from shouxin.customers.intake.rules import EDITABLE
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.uploading import arriving
from shouxin.customers.registry.presenting import own_departments, uuid_or_none
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.working_purpose import purpose_of
from shouxin.rulebook.purposes import queries as purposes
from shouxin.vault.errors import KeyServiceUnavailable, VaultNotReady

P = Permission
P_ = ParamSpec("P_")
KEY = "import-batches"
SHOWN = (
    ("", gettext_lazy("全部")),
    ("mine", gettext_lazy("我的")),
    ("unfinished", gettext_lazy("未完成的")),
    ("waiting", gettext_lazy("等我确认的")),
)
lists.register(
    Listed(
        KEY,
        "customers:imports",
        ("show", "state", "department"),
        lists.by_age(),
        (
            Column("department", gettext_lazy("归口部门")),
            Column("purpose", pgettext_lazy("label", "处理目的")),
            Column("rows", gettext_lazy("行数")),
            Column("created", gettext_lazy("新建客户")),
            Column("refused", gettext_lazy("被拒绝")),
            Column("operator", gettext_lazy("上传人")),
            Column("uploaded", gettext_lazy("上传时间")),
        ),
    )
)
LEFT_OUT = "-"  # in the select box of a column; empty means not decided yet
USED: Mapping[str, bool | None] = {"yes": True, "no": False}


def own_batch(request: StaffRequest, batch: UUID) -> ImportBatch:
    """The actor's own batch; what is another's looks as if it did not exist."""
    row = queries.own(request.actor, batch)
    if row is None:
        raise Http404
    return row


def draft_of(row: ImportBatch) -> Draft | None:
    """What the batch keeps sealed, while it does."""
    try:
        return drafts.opened(row)
    except drafts.Gone:
        return None


def unsealing(view: Callable[P_, HttpResponseBase]) -> Callable[P_, HttpResponseBase]:
    """A page that needs the batch's key: without keys it says so and shows nothing, and nothing is stored."""

    @wraps(view)
    def shown(*args: P_.args, **kwargs: P_.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except (KeyServiceUnavailable, VaultNotReady):
            request = cast("StaffRequest", args[0])
            text = presenting.stopped_text("keys.unavailable")
            if wants_json(request):
                return JsonResponse({"problem": text}, status=HTTPStatus.SERVICE_UNAVAILABLE)
            context = {"page_title": _("现在打不开"), "text": text}
            return render(request, "intake/no_keys.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)

    return shown


class NotNow(Exception):
    """The batch has moved on (in another tab, or by itself) to where this step makes no sense."""


def step(
    view: Callable[[StaffRequest, UUID], HttpResponseBase],
) -> Callable[[StaffRequest, UUID], HttpResponseBase]:
    """A step of the wizard; when its time is over, the person is led to where the batch stands and told so."""

    @wraps(view)
    def led(request: StaffRequest, batch: UUID) -> HttpResponseBase:
        try:
            return view(request, batch)
        except NotNow:
            problem = IntakeProblem("batch.state")
            if wants_json(request):
                text = presenting.problem_text(problem.code)
                return JsonResponse({"problem": text}, status=HTTPStatus.CONFLICT)
            say(request, problem)
            return redirect("customers:import_batch", batch)

    return unsealing(led)


def editable(request: StaffRequest, batch: UUID) -> tuple[ImportBatch, Draft]:
    """The actor's own batch as long as it can still be changed."""
    row = own_batch(request, batch)
    if row.state not in EDITABLE:
        raise NotNow
    draft = draft_of(row)
    if draft is None:
        raise Http404
    return row, draft


def say(request: StaffRequest, problem: IntakeProblem) -> None:
    messages.error(request, presenting.problem_text(problem.code))


def refused_step(request: StaffRequest, problem: IntakeProblem, name: str, row: ImportBatch) -> HttpResponse:
    """What a step says that was not taken: on the page again, or to the script that saves by itself."""
    if wants_json(request):
        return JsonResponse({"problem": presenting.problem_text(problem.code)}, status=HTTPStatus.CONFLICT)
    say(request, problem)
    return redirect(f"customers:import_{name}", row.id)


def kept_step(row: ImportBatch) -> JsonResponse:
    """What a script is told that saved a step: the revision to go on from."""
    row.refresh_from_db()
    return JsonResponse({"revision": row.draft_revision})


def revision_of(data: QueryDict) -> int:
    """The revision a form carries; 0, which never matches, for anything else."""
    text = data.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - fits the column


def wants_json(request: StaffRequest) -> bool:
    """Whether a script of ours asks, not a form."""
    return request.headers.get("accept", "").startswith("application/json")


@require_GET
@allowed(P.CUSTOMERS_BATCH_READ)
def batch_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    found = queries.listed(request.actor, asked.query.get("show", ""))
    if (state := asked.query.get("state", "")) in BatchState.values:
        found = found.filter(state=state)
    if department := lists.uuid_or_none(asked.query.get("department", "")):
        found = found.filter(department_id=department)
    page = lists.window(found, asked.sort, asked.place)
    every = ("", _("全部"))
    form = (
        Field("show", _("范围"), SHOWN),
        Field("state", _("状态"), [every, *BatchState.choices]),
        Field("department", _("归口部门"), [every, *_departments(request)]),
    )
    context = {
        **asked.context(page, found, form),
        "page_title": _("导入批次"),
        "lines": presenting.list_lines(request.actor, page.rows),
        "may_import": request.actor.may(P.CUSTOMERS_BATCH_CREATE),
    }
    return render(request, "intake/list.html", context)


def _departments(request: StaffRequest) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in own_departments(request)]


@csrf_exempt  # the token is checked where the form is read, before its file is
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CREATE)
@unsealing
def upload(request: StaffRequest) -> HttpResponse:
    problem, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            file = arriving(request)
            if file is not None:
                batch = services.receive(
                    actor=request.actor, pieces=file.pieces, file_name=file.name, now=clock.now()
                )
                return _received(request, batch)
            problem = _("请选择一个文件。")
        except UnreadableFile as error:
            problem = presenting.said(error.text)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    if wants_json(request):
        return JsonResponse({"problem": problem}, status=status)
    context = {
        "page_title": _("导入客户"),
        "problem": problem,
        "limit": DEFAULT_LIMITS.text_bytes // MIB,
        "limit_bytes": DEFAULT_LIMITS.text_bytes,
        "workbook_limit": DEFAULT_LIMITS.workbook_bytes // MIB,
        "steps": presenting.first_step(),
        "unfinished": presenting.list_lines(
            request.actor, queries.unfinished(request.actor).order_by("-id")[:5]
        ),
    }
    return render(request, "intake/upload.html", context, status=status)


def _received(request: StaffRequest, batch: ImportBatch) -> HttpResponse:
    step = "repeated" if queries.same_file(request.actor, batch) else "sheets"
    address = reverse(f"customers:import_{step}", args=[batch.id])
    return JsonResponse({"next": address}) if wants_json(request) else redirect(address)


@require_GET
@allowed(P.CUSTOMERS_BATCH_READ)
@unsealing
def batch(request: StaffRequest, batch: UUID) -> HttpResponse:
    """The way in from lists and links: the importer goes on where the batch stands, others see what became of it."""
    row = queries.find(request.actor, batch)
    if row is None:
        raise Http404
    place = "result"
    if row.operator_id == request.actor.id:
        place = presenting.place_of(row, draft_of(row))
    return redirect(f"customers:import_{place}", row.id)


@require_GET
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def repeated(request: StaffRequest, batch: UUID) -> HttpResponse:
    """The same file was handed in before: go on all the same, or stop here."""
    row, draft = editable(request, batch)
    context = {
        "page_title": _("这个文件以前上传过"),
        "batch": row,
        "draft": draft,
        "steps": presenting.steps(row, draft, "upload"),
        "earlier": presenting.list_lines(request.actor, queries.same_file(request.actor, row)),
    }
    return render(request, "intake/repeated.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def sheets(request: StaffRequest, batch: UUID) -> HttpResponse:
    row, draft = editable(request, batch)
    form = ReadingForm(request.POST or None, draft=draft)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            again = _take_sheets(request, row, draft, form)
        except IntakeProblem as error:
            return refused_step(request, error, "sheets", row)
        except UnreadableFile as error:
            problem = presenting.said(error.text)
        else:
            if wants_json(request):
                return kept_step(row)
            if again:
                messages.info(request, _("已按您的更正重新读取，请再看一遍。"))
            return redirect("customers:import_sheets" if again else "customers:import_columns", row.id)
    services.record_rows_shown(
        actor=request.actor, batch=row.id, count=sum(len(look.samples) for look in draft.looks)
    )
    context = {
        "page_title": _("工作表与标题行"),
        "batch": row,
        "draft": draft,
        "form": form,
        "problem": problem,
        "sheets": presenting.sheet_cards(draft, form),
        "reuse": presenting.reuse(request.actor, draft) if not row.purpose else None,
        "remarks": [presenting.said(remark) for remark in draft.remarks],
        "steps": presenting.steps(row, draft, "sheets"),
    }
    return render(request, "intake/sheets.html", context, status=422 if problem or form.errors else 200)


def _take_sheets(request: StaffRequest, row: ImportBatch, draft: Draft, form: ReadingForm) -> bool:
    """Keep what was chosen; tells whether the file was read again."""
    revision = revision_of(request.POST)
    if (choices := form.choices()) and not wants_json(request):
        services.read_again(actor=request.actor, batch=row.id, choices=choices, revision=revision)
        return True
    used = {
        plan.name: USED.get(request.POST.get(f"use-{number}", ""), plan.used)
        for number, plan in enumerate(draft.sheets)
    }
    services.map_columns(actor=request.actor, batch=row.id, revision=revision, columns={}, used=used)
    return False


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def columns(request: StaffRequest, batch: UUID) -> HttpResponse:
    row, draft = editable(request, batch)
    if request.method == "POST":
        try:
            services.map_columns(
                actor=request.actor,
                batch=row.id,
                revision=revision_of(request.POST),
                columns={plan.name: _chosen(request.POST, draft, n) for n, plan in enumerate(draft.sheets)},
                used={},
            )
        except IntakeProblem as problem:
            return refused_step(request, problem, "columns", row)
        return kept_step(row) if wants_json(request) else redirect("customers:import_declare", row.id)
    services.record_rows_shown(actor=request.actor, batch=row.id, count=presenting.SAMPLE_VALUES)
    known = presenting.offered(request.actor, row)
    context = {
        "page_title": _("列的对应"),
        "batch": row,
        "draft": draft,
        "groups": [*presenting.field_groups(known), *_consents(request)],
        "sheets": presenting.column_sheets(request.actor, draft, known),
        "left_out": LEFT_OUT,
        "steps": presenting.steps(row, draft, "columns"),
    }
    return render(request, "intake/columns.html", context)


def _consents(request: StaffRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """What tells of a consent, offered to whoever works for a purpose that rests on one."""
    if not any(purpose.consent_based for purpose in queries.purposes(request.actor)):
        return []
    language = get_language() or "zh-hans"
    return [(_("同意依据"), [(key, name.in_(language)) for key, name in agreeing.NAMES.items()])]


def _chosen(data: QueryDict, draft: Draft, number: int) -> list[str | None]:
    """What the form says of each column of a sheet; what it does not speak of stays."""
    found: list[str | None] = []
    for column, current in enumerate(draft.sheets[number].columns):
        key = data.get(f"c-{number}-{column}")
        found.append(current if key is None else DROPPED if key == LEFT_OUT else key or None)
    return found


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def declare(request: StaffRequest, batch: UUID) -> HttpResponse:
    row, draft = editable(request, batch)
    known = queries.purposes(request.actor)
    begun = {**declared(row)}
    begun["purpose"] = begun.get("purpose") or purpose_of(request, request.actor)  # the one worked for now
    form = DeclarationForm(request.POST or None, actor=request.actor, purposes=known, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            services.declare(
                actor=request.actor,
                batch=row.id,
                revision=revision_of(request.POST),
                declaration=form.declaration(),
            )
        except IntakeProblem as problem:
            if wants_json(request) or problem.code == "batch.changed-meanwhile":
                return refused_step(request, problem, "declare", row)
            form.add_error(None, presenting.problem_text(problem.code))
        else:
            return kept_step(row) if wants_json(request) else _on_to_check(request, row)
    if wants_json(request):
        return JsonResponse({"problem": _("还没有填完，填完后自动保存。")}, status=422)
    context = {
        "page_title": _("声明"),
        "batch": row,
        "draft": draft,
        "form": form,
        "purposes": presenting.purpose_cards(known, draft, purposes.notice_version),
        "steps": presenting.steps(row, draft, "declare"),
    }
    return render(request, "intake/declare.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@step
def repeat(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Everything as last time: from the upload straight to the check."""
    row, _draft = editable(request, batch)
    earlier = uuid_or_none(request.POST.get("earlier", "")) or row.id  # itself is no earlier one
    try:
        services.repeat(
            actor=request.actor, batch=row.id, revision=revision_of(request.POST), earlier=earlier
        )
    except IntakeProblem as problem:
        say(request, problem)
        return redirect("customers:import_batch", row.id)
    return _on_to_check(request, row)


def _on_to_check(request: StaffRequest, row: ImportBatch) -> HttpResponse:
    """The check begins at once; where something is still to be decided its page says what."""
    row.refresh_from_db()
    with suppress(IntakeProblem):
        services.request_check(actor=request.actor, batch=row.id, revision=row.draft_revision)
    return redirect("customers:import_check", row.id)


@require_POST
@allowed(P.CUSTOMERS_BATCH_CREATE)
@unsealing
def cancel(request: StaffRequest, batch: UUID) -> HttpResponse:
    row = own_batch(request, batch)
    try:
        services.cancel(actor=request.actor, batch=row.id, now=clock.now())
    except IntakeProblem as problem:
        say(request, problem)
        return redirect("customers:import_batch", row.id)
    messages.success(request, _("已放弃这次导入，上传的文件和设置已销毁。"))
    return redirect("customers:imports")
