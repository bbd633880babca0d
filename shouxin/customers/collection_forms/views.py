"""Pages of collection forms: the list, a version, its builder, preview and table, and the verbs between its states."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Actor, Permission
from shouxin.customers.collection_forms import presenting, queries, services
from shouxin.customers.collection_forms.forms import AnswerForm, AskForm, ReasonForm, SeenForm, WordsForm
from shouxin.customers.collection_forms.models import FormKind, FormState, FormVersion
from shouxin.customers.collection_forms.services import FormProblem
from shouxin.drafts.keeper import keeper_of
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
SHOWN = (
    ("", gettext_lazy("全部")),
    ("waiting", gettext_lazy("待我审批")),
    ("mine", gettext_lazy("我起草的草稿")),
    ("asked", gettext_lazy("我提交的，等待审批")),
    *FormState.choices,
)
KEY = "collection-forms"
lists.register(
    Listed(
        KEY,
        "customers:forms",
        ("show",),
        lists.by_age(),
        (
            Column("kind", gettext_lazy("类型")),
            Column("purpose", pgettext_lazy("label", "处理目的")),
            Column("number", gettext_lazy("版本")),
        ),
    )
)


def _version(request: StaffRequest, version: UUID) -> FormVersion:
    found = queries.version_for(request.actor, version)
    if found is None:
        raise Http404
    return found


def _draft(request: StaffRequest, version: UUID) -> FormVersion:
    found = _version(request, version)
    if found.state != FormState.DRAFT:
        raise Http404
    return found


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def form_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    found = queries.forms(request.actor, show=asked.query.get("show", ""))
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found, (Field("show", _("状态"), SHOWN),)),
        "page_title": _("收集表单"),
        "rows": presenting.rows(page.rows),
        "may_draft": request.actor.may(P.CUSTOMERS_FORM_DRAFT),
    }
    return render(request, "collection_forms/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_new(request: StaffRequest) -> HttpResponse:
    form, keeper = WordsForm(request.POST or None, actor=request.actor), keeper_of(request, "form")
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.draft(
                actor=request.actor,
                kind=FormKind(form.cleaned_data["kind"]),
                words=form.words(),
                now=clock.now(),
            )
        except FormProblem as problem:
            form.add_error(None, presenting.said(problem))
        else:
            keeper.sent(request)
            messages.success(request, _("草稿已保存。接着列出要问的字段。"))
            return redirect("customers:form_fields", row.id)
    context = {"page_title": _("起草收集表单"), "form": form, "version": None, "keeper": keeper}
    return render(request, "collection_forms/words.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_words(request: StaffRequest, version_id: UUID) -> HttpResponse:
    version = _draft(request, version_id)
    initial = {name: getattr(version, name) for name in services.WORDS}
    form = WordsForm(request.POST or None, actor=request.actor, version=version, initial=initial)
    keeper = keeper_of(request, "form")
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        try:
            services.reword(actor=request.actor, version=version.id, words=form.words(), now=clock.now())
        except FormProblem as problem:
            form.add_error(None, presenting.said(problem))
        else:
            keeper.sent(request)
            messages.success(request, _("已保存。"))
            return redirect("customers:form_version", version.id)
    context = {"page_title": _("表单说明"), "form": form, "version": version, "keeper": keeper}
    return render(request, "collection_forms/words.html", context, status=422 if form.errors else 200)


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def form_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    version = _version(request, version_id)
    return render(request, "collection_forms/version.html", presenting.version_context(request, version))


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def form_table(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """The field × purpose × necessity table of a version, to be printed."""
    version = _version(request, version_id)
    context = presenting.version_context(request, version)
    context["page_title"] = _("%(form)s：字段、目的与必要性") % {"form": version.title}
    return render(request, "collection_forms/table.html", context)


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def form_preview(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """The form as it will be filled; nothing can be sent from here."""
    version = _version(request, version_id)
    content = queries.content_of(version)
    subject = request.GET.get("kind", "")
    if subject not in content.kinds:
        subject = content.kinds[0]
    form = AnswerForm(content=content, subject=subject, fields=rulebooks["rulebook"].fields())
    context = {
        "page_title": _("预览：%(form)s") % {"form": version.title},
        "version": version,
        "form": form,
        "kinds": content.kinds,
        "kind": subject,
    }
    return render(request, "collection_forms/preview.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_fields(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """The builder: the fields in their order, and one more at the end."""
    version = _draft(request, version_id)
    form = AskForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid() and _asked(request, version, form):
        return redirect(reverse("customers:form_fields", args=[version.id]) + "#add")
    context = {
        "page_title": _("编排字段"),
        "version": version,
        "form": form,
        "table": presenting.fields_table(version),
        "lacks": presenting.in_words(queries.lacks_of(version)),
        "purpose": presenting.purpose_name(version.purpose),
    }
    return render(request, "collection_forms/fields.html", context, status=422 if form.errors else 200)


def _asked(request: StaffRequest, version: FormVersion, form: AskForm) -> bool:
    said = dict(form.cleaned_data)
    try:
        services.ask(
            actor=request.actor, version=version.id, field=said.pop("field"), now=clock.now(), **said
        )
    except FormProblem as problem:
        form.add_error(None, presenting.said(problem))
        return False
    messages.success(request, _("字段已列入。"))
    return True


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_field(request: StaffRequest, version_id: UUID, field: str) -> HttpResponse:
    """How one field is asked."""
    version = _draft(request, version_id)
    standing = presenting.asked_of(version, field)
    if standing is None:
        raise Http404
    form = AskForm(request.POST or None, version=version, standing=standing)
    if request.method == "POST" and form.is_valid() and _asked(request, version, form):
        return redirect("customers:form_fields", version.id)
    context = {"page_title": standing.field.name, "version": version, "form": form}
    return render(request, "collection_forms/field.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_arrange(request: StaffRequest, version_id: UUID, field: str) -> HttpResponse:
    """Up, down, or off the form."""
    version, verb = _draft(request, version_id), request.POST.get("verb", "")
    try:
        if verb == "drop":
            services.drop(actor=request.actor, version=version.id, field=field, now=clock.now())
        elif verb in {"up", "down"}:
            services.move(
                actor=request.actor, version=version.id, field=field, up=verb == "up", now=clock.now()
            )
        else:
            raise Http404
    except FormProblem as problem:
        presenting.tell(request, problem)
    return redirect(reverse("customers:form_fields", args=[version.id]) + f"#f-{field}")


Act = Callable[[Actor, FormVersion, dict[str, Any]], Any]
VERBS: dict[str, tuple[Permission, Any, Any, Any, type[django_forms.Form], bool, Act]] = {
    "submit": (
        P.CUSTOMERS_FORM_DRAFT,
        gettext_lazy("提交审批"),
        gettext_lazy("提交后内容不能再改，由另一人审批发布。"),
        gettext_lazy("已提交，待另一人审批。"),
        django_forms.Form,
        False,
        lambda actor, row, _data: services.submit(actor=actor, version=row.id, now=clock.now()),
    ),
    "publish": (
        P.CUSTOMERS_FORM_PUBLISH,
        gettext_lazy("批准发布"),
        gettext_lazy("您发布的是下面列出的全部内容，发布后以哈希固定；同一表单此前发布的版本随即停用。"),
        gettext_lazy("已发布，可以填写。"),
        SeenForm,
        False,
        lambda actor, row, data: services.publish(actor=actor, version=row.id, now=clock.now(), **data),
    ),
    "return": (
        P.CUSTOMERS_FORM_PUBLISH,
        gettext_lazy("退回补充"),
        gettext_lazy("退回起草人修改，之后可以重新提交。"),
        gettext_lazy("已退回。"),
        ReasonForm,
        False,
        lambda actor, row, data: services.send_back(actor=actor, version=row.id, **data),
    ),
    "withdraw": (
        P.CUSTOMERS_FORM_PUBLISH,
        gettext_lazy("停用表单"),
        gettext_lazy("立即不能再用它收集；已收集的信息不变。要再用，须起草新版本重新审批。"),
        gettext_lazy("已停用。"),
        ReasonForm,
        True,
        lambda actor, row, data: services.withdraw(actor=actor, version=row.id, now=clock.now(), **data),
    ),
}


@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_DRAFT, P.CUSTOMERS_FORM_PUBLISH)
@fresh_second_factor("publish")
def form_verb(request: StaffRequest, version_id: UUID, verb: str) -> HttpResponse:
    version = _version(request, version_id)
    if verb not in VERBS:
        raise Http404
    permission, title, sentence, done, made, danger, act = VERBS[verb]
    if not request.actor.may(permission):
        raise PermissionDenied
    initial = {"seen": queries.digest_of(version)}
    form = made(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            act(request.actor, version, form.cleaned_data)
        except FormProblem as problem:
            form.add_error(None, presenting.said(problem))
        else:
            messages.success(request, str(done))
            return redirect("customers:form_version", version.id)
    context = presenting.version_context(request, version) | {
        "page_title": title,
        "sentence": sentence,
        "form": form,
        "danger": danger,
    }
    return render(request, "collection_forms/verb.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_FORM_DRAFT)
def form_next(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """The next version of a form, begun with the content of its newest one."""
    version = _version(request, version_id)
    try:
        following = services.draft_next(actor=request.actor, form=version.form_id, now=clock.now())
    except FormProblem as problem:
        presenting.tell(request, problem)
        return redirect("customers:form_version", version.id)
    messages.success(request, _("新版本的草稿已建好，内容取自上一版本。"))
    return redirect("customers:form_version", following.id)
