"""Screens of the register: list, look at, enter, edit, reveal."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Action, FieldRule, Permission, PurposeRule, Refusal
from shouxin.customers.registry import (
    line_forms,
    lines,
    merging,
    offers,
    page,
    presenting,
    queries,
    services,
    shown,
)
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.forms import (
    FootingForm,
    KindForm,
    ValuesForm,
    line_grid,
    lines_from,
    offered,
)
from shouxin.customers.registry.models import (
    Channel,
    Customer,
    Kind,
    Method,
    Record,
    RecordKind,
    Scope,
    Source,
)
from shouxin.drafts.keeper import keeper_of
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.gate.queries import live_contact
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor import doors as second_factor
from shouxin.people.second_factor import session
from shouxin.people.working_purpose import purpose_of
from shouxin.vault.errors import DuplicateKey

P = Permission


def working_purpose(request: StaffRequest) -> PurposeRule | None:
    return rulebooks["rulebook"].purpose(purpose_of(request, request.actor))


def no_purpose(request: StaffRequest, title: str) -> HttpResponse:
    return render(request, "registry/no_purpose.html", {"page_title": title}, status=409)


def _row(request: StaffRequest, customer_id: UUID) -> Customer:
    """The customer; one that was merged into another is reached for its records and its history alone."""
    found = queries.find_merged(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


def _moved(request: StaffRequest, row: Customer) -> HttpResponse:
    messages.info(request, _("这份客户档案已并入下面这位客户；原有记录、来源与历史都在，编号仍可查到。"))
    return redirect("customers:page", row.absorbed_by)


@never_cache
@allowed(P.CUSTOMERS_PROFILE_READ)
def customer_page(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), working_purpose(request)
    if row.absorbed_by:
        return _moved(request, row)
    if purpose is None:
        return no_purpose(request, _("客户档案"))
    try:
        view = queries.profile(
            actor=request.actor,
            purpose=purpose.key,
            row=row,
            fields=list(purpose.fields),
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    shown.keep(request, view)
    return render(request, "registry/page.html", page.page_context(request, view, purpose))


@never_cache
@require_POST
@allowed(P.CUSTOMERS_FIELD_REVEAL)
def reveal(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Clear values of one field, in the answer to this POST alone; of high risk after a second factor."""
    if second_factor.proof_given(request) and (answer := second_factor.ask_again(request)):
        return answer
    actor = replace(request.actor, second_factor_at=session.proved_at(request, request.user))
    row, purpose = _row(request, customer_id), working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("客户档案"))
    now = clock.now()
    contact = presenting.contact_of(request, row, now)
    key = request.POST.get("field", "")
    record = presenting.record_of(row, request.POST.get("record", ""))
    whose = record.customer if record else row  # a record of a customer merged into this one is still its own
    try:
        view = queries.profile(
            actor=actor,
            purpose=purpose.key,
            row=whose,
            fields=[key],
            action=Action.REVEAL,
            reason=contact.reason_class if contact else "",
            now=now,
            records=[record] if record else [],
        )
    except gate.Refused as problem:
        return _proof_wanted(request, problem.refusal) or refused(
            request, problem.refusal, customer=row.id, fields=[key]
        )
    shown.keep(request, view)
    named = queries.named(actor=actor, purpose=purpose, row=whose, record=record, now=now)
    context = presenting.revealed_context(view, key, record, named, actor)
    return render(request, "registry/revealed.html", context)


def _proof_wanted(request: StaffRequest, refusal: Refusal) -> HttpResponse | None:
    """The page that asks for the second factor and then shows the value, where nothing else is missing."""
    if refusal.code != "risk.second-factor" or request.user.second_factor_at is None:
        return None
    return second_factor.ask_again(request)


@require_POST
@allowed(P.CUSTOMERS_CONTACT_OPEN)
def open_contact(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("客户档案"))
    try:
        _open_for_family(request, row.id, purpose.key)
    except gate.ContactProblem as problem:
        messages.error(request, str(presenting.CONTACT_PROBLEMS[problem.code]))
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    else:
        messages.success(request, _("接待已开始：30 分钟内查看这位客户，无须再填事由。"))
    return redirect("customers:page", row.id)


def _open_for_family(request: StaffRequest, customer: UUID, purpose: str) -> None:
    """A contact with the customer, and with whoever was merged into it, as far as these may be seen."""
    refusals, family = list[gate.Refused](), merging.family(customer)
    for one in family:
        try:
            gate.open_contact(
                actor=request.actor,
                customer=one,
                purpose=purpose,
                reason_class=request.POST.get("reason_class", ""),
                note=request.POST.get("note", ""),
                now=clock.now(),
            )
        except gate.Refused as refused_one:
            refusals.append(refused_one)
    if len(refusals) == len(family):
        raise refusals[0]


@require_POST
@allowed(P.CUSTOMERS_CONTACT_OPEN)
def close_contact(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row = _row(request, customer_id)
    now = clock.now()
    found = [live_contact(actor=request.actor, customer=one, now=now) for one in merging.family(row.id)]
    for contact in found:
        if contact:
            gate.close_contact(actor=request.actor, contact=contact.id, now=now)
    if any(found):
        messages.success(request, _("接待已结束。"))
    return redirect("customers:page", row.id)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_CREATE)
def create(request: StaffRequest) -> HttpResponse:
    purpose = working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("录入客户"))
    keeper = keeper_of(request, "customer")
    kind = request.POST.get("kind") or keeper.value("kind") or request.GET.get("kind") or Kind.PERSON.value
    if kind not in Kind.values:
        raise Http404
    now, data = clock.now(), request.POST or None
    form = ValuesForm(data, purpose=purpose, record="profile", subject=kind, now=now)
    footing = FootingForm(data, actor=request.actor)
    keeper.fill(form, footing)
    if request.method == "POST" and form.is_valid() & footing.is_valid():
        try:
            done = services.store(
                actor=request.actor,
                footing=Footing(purpose.key, Channel(footing.cleaned_data["channel"]), Method.HAND),
                entries=[_entry(request, kind, form, footing)],
                now=now,
            )
        except DuplicateKey:
            form.add_error("customer_no", _("这个客户编号已经登记，请核对或查找该客户。"))
        except gate.Refused as problem:
            return refused(request, problem.refusal)
        else:
            keeper.sent(request)
            presenting.say_stored(request, form)
            return redirect("customers:page", done[0].customer)
    context = {
        "page_title": _("录入客户"),
        "keeper": keeper,
        "form": form,
        "footing": footing,
        "kind": kind,
        "kind_form": KindForm(initial={"kind": kind}, label_suffix=""),
        "purpose": purpose,
        "purpose_name": purpose.name.in_(get_language() or "zh-hans"),
    }
    return render(
        request, "registry/create.html", context, status=422 if form.errors or footing.errors else 200
    )


def _entry(request: StaffRequest, kind: str, form: ValuesForm, footing: FootingForm) -> CustomerEntry:
    chosen = footing.cleaned_data
    return CustomerEntry(
        kind=Kind(kind),
        values={key: kept for key, kept in form.kept.items() if kept},
        department=UUID(chosen["department"]),
        scope=Scope(chosen["scope"]),
        responsible=request.actor.id if chosen["mine"] else None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def edit(request: StaffRequest, customer_id: UUID, record_id: UUID | None = None) -> HttpResponse:
    """Change a profile, or one of its records, without seeing it clear: what is left empty stays as it is."""
    row, purpose = _row(request, customer_id), working_purpose(request)
    record = _record(row, record_id)
    if row.absorbed_by and record is None:
        return _moved(request, row)
    if purpose is None:
        return no_purpose(request, _("修改客户信息"))
    now = clock.now()
    try:
        view = _masked(request, row, purpose, record)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    form = presenting.edit_form(request, view, purpose, now, record)
    conflict, footing = None, _edit_footing(request, purpose, record)
    if request.method == "POST" and form.is_valid() and form.kept:
        target = record.id if record else row.id
        waiting = offers.would_wait(footing, [(row.id, target, key) for key in form.kept])
        try:
            services.edit(
                actor=request.actor,
                footing=footing,
                customer=row.id,
                revision=presenting.number(request.POST.get("revision", "")),
                values=form.kept,
                now=now,
                record=record.id if record else None,
            )
        except services.EditConflict as problem:
            conflict = presenting.conflict_context(problem)
        except DuplicateKey:
            form.add_error(None, _("这个编号已经登记，请核对或查找该客户。"))
        except gate.Refused as problem:
            return refused(request, problem.refusal)
        else:
            presenting.say_stored(request, form, waiting=[key for _customer, _record, key in waiting])
            return redirect("customers:page", row.id)
    elif request.method == "POST" and not form.errors:
        messages.info(request, _("没有改动，也没有保存任何内容。"))
    status = 409 if conflict else 422 if form.errors else 200
    return render(
        request, "registry/edit.html", presenting.edit_context(form, conflict, view, record), status=status
    )


def _edit_footing(request: StaffRequest, purpose: PurposeRule, record: Record | None) -> Footing:
    """What is typed comes from the customer or from ourselves, unless a supplier is named; orders are always ours."""
    supplier = request.POST.get("supplier", "").strip()[:200]
    if not supplier or (record and record.kind != RecordKind.CONTACT):
        return Footing(purpose.key, Channel.SERVICE, Method.HAND)
    return Footing(purpose.key, Channel.SERVICE, Method.HAND, Source.EXTERNAL, supplier)


def _record(row: Customer, record_id: UUID | None) -> Record | None:
    if record_id is None:
        return None
    found = row.records.filter(id=record_id, ended_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def _masked(
    request: StaffRequest, row: Customer, purpose: PurposeRule, record: Record | None
) -> queries.CustomerView:
    kind, subject = (record.kind, None) if record else ("profile", row.kind)
    return _viewed(request, row, purpose, offered(kind, subject, purpose), record)


def _viewed(
    request: StaffRequest, row: Customer, purpose: PurposeRule, wanted: list[FieldRule], record: Record | None
) -> queries.CustomerView:
    return queries.profile(
        actor=request.actor,
        purpose=purpose.key,
        row=row,
        fields=[rule.key for rule in wanted],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=[record] if record else [],
    )


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def edit_lines(request: StaffRequest, customer_id: UUID, record_id: UUID) -> HttpResponse:
    """Change, add and remove lines of an order; what stands behind a mask and is left empty stays as it is."""
    row, purpose = _row(request, customer_id), working_purpose(request)
    record = _record(row, record_id)
    if record is None or record.kind != RecordKind.ORDER:
        raise Http404
    if purpose is None:
        return no_purpose(request, _("修改明细"))
    columns, conflict, now = offered("order_line", None, purpose), None, clock.now()
    try:
        view = _viewed(request, row, purpose, columns, record)
        grid = line_forms.read(request, view, columns, purpose, now)
        if request.method == "POST" and not grid.problems:
            revision = lines.edit(
                actor=request.actor,
                footing=Footing(purpose.key, Channel.SERVICE, Method.HAND),
                customer=row.id,
                record=record.id,
                revision=presenting.number(request.POST.get("revision", "")),
                fields=[rule.key for rule in columns],
                change=grid.change,
                now=now,
            )
            line_forms.say_stored(request, grid, changed=revision != view.row.revision)
            return redirect("customers:page", row.id)
    except services.EditConflict as problem:
        conflict = presenting.conflict_context(problem)
        grid = line_forms.read(request, view, columns, purpose, now, afresh=True)
    except services.RegistryProblem as problem:
        grid.problems.append(str(line_forms.PROBLEMS[problem.code]))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    status = 409 if conflict else 422 if grid.problems else 200
    return render(request, "registry/lines.html", line_forms.context(row, grid, conflict), status=status)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def add_record(request: StaffRequest, customer_id: UUID, kind: str) -> HttpResponse:
    row, purpose = _row(request, customer_id), working_purpose(request)
    if row.absorbed_by:
        return _moved(request, row)
    if purpose is None:
        return no_purpose(request, _("新增记录"))
    now, wanted = clock.now(), RecordKind(kind)
    form = ValuesForm(request.POST or None, purpose=purpose, record=kind, subject=None, now=now)
    keeper = keeper_of(request, "record")
    keeper.fill(form)
    columns = line_grid(purpose) if wanted is RecordKind.ORDER else []
    lines, line_problems = lines_from(request.POST, columns, purpose, now) if columns else ({}, [])
    blocked = [problem for problem in line_problems if problem[1].refuses]
    if request.method == "POST" and form.is_valid() and not blocked:
        values = {**{key: kept for key, kept in form.kept.items() if kept}, **lines}
        entry = CustomerEntry(Kind(row.kind), {}, id=row.id, records=[RecordEntry(wanted, values)])
        try:
            services.store(
                actor=request.actor,
                footing=Footing(purpose.key, Channel.SALES, Method.HAND),
                entries=[entry],
                now=now,
            )
        except DuplicateKey:
            form.add_error(None, _("这个编号在该客户名下已经登记。"))
        except gate.Refused as problem:
            return refused(request, problem.refusal)
        else:
            keeper.sent(request)
            presenting.say_stored(request, form, line_problems)
            return redirect("customers:page", row.id)
    context = {
        "page_title": _("新增%(kind)s") % {"kind": str(wanted.label).lower()},
        "keeper": keeper,
        "form": form,
        "row": row,
        "columns": presenting.grid(keeper.data or request.POST, columns),
        "line_problems": presenting.line_problems(line_problems),
    }
    return render(request, "registry/add_record.html", context, status=422 if form.errors or blocked else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def assign(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Hand over to a colleague of the owner department, or change who may see the masked record."""
    row, purpose = _row(request, customer_id), working_purpose(request)
    if row.absorbed_by:
        return _moved(request, row)
    if purpose is None:
        return no_purpose(request, _("负责人与范围"))
    form = presenting.AssignForm(
        request.POST or None, row=row, initial={"responsible": row.responsible_id, "scope": row.scope}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.assign(
                actor=request.actor,
                customer=row.id,
                responsible=presenting.uuid_or_none(form.cleaned_data["responsible"]),
                scope=form.cleaned_data["scope"],
                purpose=purpose.key,
                now=clock.now(),
            )
        except services.EditConflict:
            return redirect("customers:page", row.id)  # merged meanwhile: the page says into whom
        except gate.Refused as problem:
            return refused(request, problem.refusal)
        messages.success(request, _("已更新负责人与可见范围。"))
        return redirect(
            "customers:list" if queries.find(request.actor, row.id) is None else "customers:page", row.id
        )
    return render(
        request, "registry/assign.html", {"page_title": _("负责人与范围"), "form": form, "row": row}
    )


@never_cache
@allowed(P.CUSTOMERS_PROFILE_READ)
def history(request: StaffRequest, customer_id: UUID, record_id: UUID | None = None) -> HttpResponse:
    row, purpose = _row(request, customer_id), working_purpose(request)
    record = _record(row, record_id)
    if purpose is None:
        return no_purpose(request, _("字段历史"))
    try:
        past = queries.history(actor=request.actor, purpose=purpose, row=row, now=clock.now(), record=record)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    return render(request, "registry/history.html", presenting.history_context(row, past, record))
