"""Screens of attachments: attach, open, replace, remove, destroy."""

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Permission, PurposeRule
from shouxin.customers.attachments import (
    presenting,
    previews,
    queries,
    scanning,
    services,
    storage,
    uploading,
)
from shouxin.customers.attachments.content import ContentProblem
from shouxin.customers.attachments.forms import UploadForm
from shouxin.customers.attachments.models import Attachment, Kind, State
from shouxin.customers.attachments.rules import LARGEST, MEGABYTE
from shouxin.customers.attachments.services import AttachmentProblem, NewFile
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.customers.registry.queries import find as find_customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.gate.queries import live_contact
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor import doors as second_factor
from shouxin.people.second_factor import session
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.telling import told
from shouxin.people.thresholds.queries import value
from shouxin.people.working_purpose import purpose_of

P = Permission


def _purpose(request: StaffRequest) -> PurposeRule | None:
    return rulebooks["rulebook"].purpose(purpose_of(request, request.actor))


def _no_purpose(request: StaffRequest) -> HttpResponse:
    return render(request, "registry/no_purpose.html", {"page_title": _("附件")}, status=409)


def _customer(request: StaffRequest, customer_id: UUID) -> Customer:
    found = find_customer(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


def _attachment(
    request: StaffRequest, customer: Customer, attachment_id: UUID, purpose: PurposeRule
) -> Attachment:
    """An attachment of this customer, of a kind that exists for this purpose."""
    row = queries.find_of(request.actor, customer.id, attachment_id)
    if row is None or row.kind not in {rule.key for rule in queries.kinds(purpose)}:
        raise Http404
    return row


def in_memory(view: Any) -> Any:
    """Files of the form are held in memory alone; one that is too long is turned away before it is read."""

    @csrf_exempt  # checked inside, where the form may be read
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            largest = value(LARGEST) * MEGABYTE
            if uploading.too_long(request, largest):
                context = {"page_title": _("文件太大"), "largest": largest // MEGABYTE}
                return render(request, "attachments/too_large.html", context, status=413)
            request.upload_handlers = [uploading.InMemory(request, largest)]
        answer: HttpResponseBase = csrf_protect(view)(request, *args, **kwargs)
        return answer

    update_wrapper(guarded, view)
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


@in_memory
@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_ATTACHMENT_WRITE)
def upload(request: StaffRequest, customer_id: UUID, attachment_id: UUID | None = None) -> HttpResponse:
    """Attach some files, or the next version of one attachment."""
    customer, purpose = _customer(request, customer_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    before = _attachment(request, customer, attachment_id, purpose) if attachment_id else None
    if not presenting.may_write(request, customer) or (before and before.state != State.CURRENT):
        raise Http404
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(
        *posted, rules=queries.kinds(purpose), one=before is not None, kind=before.kind if before else ""
    )
    problems: list[tuple[str, str]] = []
    if posted:
        _say_dropped(request, problems)
        if form.is_valid():
            try:
                done = _attach_all(request, customer, purpose, form, before, problems)
            except gate.Refused as problem:
                return refused(request, problem.refusal, customer=customer.id)
            _say_done(request, done)
            if not problems:
                return redirect("customers:page", customer.id)
    context = {
        "page_title": _("上传新版本") if before else _("上传附件"),
        "form": form,
        "problems": problems,
        "customer": customer,
        "largest": value(LARGEST),
        "not_scanned": not scanning.is_configured(),
    }
    return render(request, "attachments/upload.html", context, status=422 if problems or form.errors else 200)


def _say_dropped(request: StaffRequest, problems: list[tuple[str, str]]) -> None:
    _read = request.FILES  # reading them is what counts those that were dropped
    for handler in request.upload_handlers:
        if isinstance(handler, uploading.InMemory) and handler.dropped:
            problems += [("", ContentProblem("too_large").text.in_(presenting.language()))] * handler.dropped


def _say_done(request: StaffRequest, done: int) -> None:
    if done:
        text = ngettext("已保存 %(n)d 个附件，加密存储。", "已保存 %(n)d 个附件，加密存储。", done)
        messages.success(request, text % {"n": done})


def _attach_all(
    request: StaffRequest,
    customer: Customer,
    purpose: PurposeRule,
    form: UploadForm,
    before: Attachment | None,
    problems: list[tuple[str, str]],
) -> int:
    """Each file by itself: one that is refused keeps no other back. How many were attached."""
    done = 0
    footing = Footing(purpose.key, Channel(form.cleaned_data["channel"]), Method.HAND)
    for given in form.cleaned_data["documents"][: 1 if before else None]:
        try:
            services.attach(
                actor=request.actor,
                footing=footing,
                customer=before.customer_id if before else customer.id,
                file=NewFile(Kind(form.cleaned_data["kind"]), given.name or "", given.read()),
                now=clock.now(),
                replaces=before.id if before else None,
            )
        except ContentProblem as problem:
            problems.append((given.name, problem.text.in_(presenting.language())))
        except AttachmentProblem as problem:
            problems.append((given.name, str(presenting.PROBLEMS[problem.code])))
        else:
            done += 1
    return done


@never_cache
@require_http_methods(["GET"])
@allowed(P.CUSTOMERS_PROFILE_READ)
def detail(request: StaffRequest, customer_id: UUID, attachment_id: UUID) -> HttpResponse:
    """An attachment's versions and what can be done with it."""
    customer, purpose = _customer(request, customer_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    row = _attachment(request, customer, attachment_id, purpose)
    versions = queries.versions(row)
    writes = presenting.may_write(request, customer)
    context = {
        "page_title": pgettext("label", "附件") + " · " + str(Kind(row.kind).label),
        "customer": customer,
        "newest": versions[0],
        "lines": presenting.lines(versions),
        "may_open": request.actor.may(P.CUSTOMERS_FIELD_REVEAL),
        "standing": presenting.standing(versions),
        "verbs": presenting.verbs(request.actor, versions[0], writes=writes),
        "entries": told(queries.story_of(versions), request.actor),
    }
    return render(request, "attachments/detail.html", context)


@never_cache
@require_POST
@allowed(P.CUSTOMERS_FIELD_REVEAL)
def opened(request: StaffRequest, customer_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Some pages, in the answer to this POST alone; of high risk after a second factor."""
    if second_factor.proof_given(request) and (answer := second_factor.ask_again(request)):
        return answer
    actor = replace(request.actor, second_factor_at=session.proved_at(request, request.user))
    customer, purpose = _customer(request, customer_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    row, now = _attachment(request, customer, attachment_id, purpose), clock.now()
    contact = live_contact(actor=actor, customer=customer.id, now=now)
    first = _first(request, row)
    try:
        found = queries.open_attachment(
            actor=actor,
            purpose=purpose.key,
            row=row,
            reason=contact.reason_class if contact else "",
            now=now,
            page=first + 1,
        )
        content = b"".join(found.chunks)
        mark = previews.mark_of(actor, request.user.user_name, now)
        preview = previews.draw(row.media_type, content, first, mark)
    except gate.Refused as problem:
        if problem.refusal.code == "risk.second-factor" and request.user.second_factor_at is not None:
            return second_factor.ask_again(request) or refused(request, problem.refusal, customer=customer.id)
        return refused(request, problem.refusal, customer=customer.id)
    except (queries.NotOpen, SealBroken, storage.Missing, storage.StorageAway, ContentProblem) as problem:
        return _not_opened(request, actor, customer, row, problem)
    return render(request, "attachments/opened.html", _preview_context(customer, found, preview, first))


def _first(request: StaffRequest, row: Attachment) -> int:
    """The page to begin with, counted from 0."""
    text = request.POST.get("page", "")
    wanted = int(text) - 1 if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - no number of pages is longer
    return min(max(wanted, 0), max(row.pages - 1, 0))


def _preview_context(
    customer: Customer, found: queries.Opened, preview: previews.Preview, first: int
) -> dict[str, Any]:
    row, shown = found.row, len(preview.images)
    return {
        "page_title": _("查看附件"),
        "customer": customer,
        "line": presenting.lines([row])[0],
        "name": found.name,
        "preview": preview,
        "images": [base64.b64encode(image).decode() for image in preview.images],
        "first": first + 1,
        "last": first + shown,
        "previous": max(first - previews.AT_ONCE, 0) + 1 if first else 0,
        "following": first + shown + 1 if shown and first + shown < row.pages else 0,
    }


def _not_opened(
    request: StaffRequest, actor: Any, customer: Customer, row: Attachment, problem: Exception
) -> HttpResponse:
    if isinstance(problem, queries.NotOpen):
        code = problem.code
    elif isinstance(problem, storage.StorageAway):
        code = "storage.away"
    elif isinstance(problem, storage.Missing):
        code = "attachment.missing"
    else:
        code = "attachment.altered"
    if code == "attachment.altered":
        services.report_altered(actor=actor, attachment=row)
    messages.error(request, str(presenting.PROBLEMS[code]))
    return redirect("customers:attachment", customer.id, row.id)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_ATTACHMENT_WRITE)
def remove(request: StaffRequest, customer_id: UUID, attachment_id: UUID) -> HttpResponse:
    words = {
        "page_title": _("移除附件"),
        "sentence": _("移除这个附件和它的全部版本？移除后谁也打不开，只封存；要销毁，由部门负责人另行办理。"),
        "verb": _("移除"),
    }
    said = _("附件已移除：不能再打开，封存到部门负责人销毁为止。")
    return _ended(request, customer_id, attachment_id, services.remove, words, said)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_ATTACHMENT_DESTROY)
@fresh_second_factor()
def destroy(request: StaffRequest, customer_id: UUID, attachment_id: UUID) -> HttpResponse:
    words = {
        "page_title": _("销毁附件"),
        "sentence": _(
            "销毁这个附件和它的全部版本？销毁后不能再恢复；此前自行保存的备份里若还有副本，随备份到期清除。"
        ),
        "verb": _("销毁"),
    }
    said = _("附件已销毁：密钥和文件名立即销毁，密文随后删除。")
    return _ended(request, customer_id, attachment_id, services.destroy, words, said)


def _ended(
    request: StaffRequest,
    customer_id: UUID,
    attachment_id: UUID,
    end: Callable[..., Any],
    words: dict[str, str],
    said: str,
) -> HttpResponse:
    """Ask with these words; posted, end the attachment and say so."""
    customer, purpose = _customer(request, customer_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    row = _attachment(request, customer, attachment_id, purpose)
    if request.method == "POST":
        try:
            end(actor=request.actor, purpose=purpose.key, attachment=row.id, now=clock.now())
        except AttachmentProblem as problem:
            messages.error(request, str(presenting.PROBLEMS[problem.code]))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=customer.id)
        else:
            messages.success(request, said)
        return redirect("customers:page", customer.id)
    return render(request, "attachments/confirm.html", {**words, "customer": customer, "row": row})
