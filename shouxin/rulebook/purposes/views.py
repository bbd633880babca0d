"""Screens of the record of processing activities; every verb is a page with a form whose POST calls one service."""

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Actor, Permission, PurposeStatus
from shouxin.drafts.keeper import keeper_of
from shouxin.kit import lists
from shouxin.kit.detail import Mark, Stage, Standing, stages
from shouxin.kit.detail import Verb as Doable
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.queries import departments
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.telling import told
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.purposes import forms, naming, queries, rules, services
from shouxin.rulebook.purposes.models import Purpose
from shouxin.rulebook.recipients.queries import to_choose
from shouxin.rulebook.showing import Verb, done, form_page, language, names_behind, words

P = Permission
KEY = "purposes"
lists.register(
    Listed(
        KEY,
        "rulebook:purposes",
        ("status",),
        (
            Sort("key", _("按编码"), descending=False),
            Sort("name", _("按名称"), "name_zh", descending=False),
        ),
        (
            Column("basis", _("合法性基础")),
            Column("roles", _("可用角色")),
            Column("use", _("用途类别")),
            Column("fields", _("字段")),
            Column("retention", _("保存期限")),
            Column("origin", _("出处")),
        ),
        edge=lists.code_or_none,
    )
)
STATES = Purpose.Status
FORWARD = frozenset({"submit", "approve", "activate"})
NOBODY_ELSE = _("您起草的须由另一位个人信息保护负责人批准，现在没有第二位。请由部门负责人起草，由您批准。")
OWN_ALONE = _(
    "由您起草或提交，须由另一位个人信息保护负责人批准，现在没有第二位。请退回，由部门负责人修改并提交，再由您批准。"
)
ALONE = _("由唯一的个人信息保护负责人起草或提交，其不能批准自己的。请其退回，由部门负责人修改并提交。")
VERBS: Mapping[str, Verb] = {
    "submit": Verb(
        _("提交审批"),
        _("提交后内容不能再改，由另一人审批；审批人可以退回。"),
        _("已提交，待另一人审批。"),
        P.RULEBOOK_PURPOSE_DRAFT,
        django_forms.Form,
        lambda actor, key, _data: services.submit_purpose(actor, key=key),
    ),
    "approve": Verb(
        _("批准"),
        _("您批准的是下面列出的全部内容；批准后以哈希固定。"),
        _("已批准，可以启用。"),
        P.RULEBOOK_PURPOSE_APPROVE,
        forms.SeenForm,
        lambda actor, key, data: services.approve_purpose(actor, key=key, **data),
    ),
    "return": Verb(
        _("退回补充"),
        _("退回起草人修改，之后可以重新提交。"),
        _("已退回。"),
        P.RULEBOOK_PURPOSE_APPROVE,
        forms.ReasonForm,
        lambda actor, key, data: services.return_purpose(actor, key=key, **data),
    ),
    "activate": Verb(
        _("启用目的"),
        _("启用后，所列角色可以为此目的收集和使用所列字段。"),
        _("目的已启用。"),
        P.RULEBOOK_PURPOSE_APPROVE,
        django_forms.Form,
        lambda actor, key, _data: services.activate_purpose(actor, key=key),
    ),
    "revise": Verb(
        _("停下修订"),
        _("目的立即停止使用，回到草稿；修改后须重新审批和启用。"),
        _("已停下，可以修改草稿。"),
        P.RULEBOOK_PURPOSE_APPROVE,
        forms.ReasonForm,
        lambda actor, key, data: services.revise_purpose(actor, key=key, **data),
        danger=True,
    ),
    "retire": Verb(
        _("停用目的"),
        _("目的永久停止使用，不能再启用；已收集的信息按保存期限处置。"),
        _("目的已停用。"),
        P.RULEBOOK_PURPOSE_APPROVE,
        forms.ReasonForm,
        lambda actor, key, data: services.retire_purpose(actor, key=key, **data),
        danger=True,
    ),
}


@require_GET
@allowed(P.RULEBOOK_PURPOSE_READ)
def purpose_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    found = queries.purposes(request.actor, status=asked.query.get("status", ""))
    page = lists.window(found, asked.sort, asked.place)
    own = [("awaiting", _("待我审批")), ("mine", _("我起草的草稿")), ("asked", _("我提交的，等待批准"))]
    states: list[tuple[str, Any]] = [
        ("", _("全部")),
        *own,
        *((one.value, rules.STATUS_NAMES[one].in_(language())) for one in PurposeStatus),
    ]
    context = {
        **asked.context(page, found, (lists.Field("status", _("状态"), states),)),
        "rows": page.rows,
        "may_draft": request.actor.may(P.RULEBOOK_PURPOSE_DRAFT),
    }
    return render(request, "rulebook/purpose_list.html", context)


def _purpose(request: StaffRequest, key: str) -> Purpose:
    found = queries.purpose_for(request.actor, key)
    if found is None:
        raise Http404
    return found


def _drafter(request: StaffRequest, key: str) -> Purpose:
    """A draft to be edited."""
    found = _purpose(request, key)
    if found.status != STATES.DRAFT:
        raise Http404
    return found


@require_GET
@allowed(P.RULEBOOK_PURPOSE_READ)
def purpose_detail(request: StaffRequest, key: str) -> HttpResponse:
    purpose = _purpose(request, key)
    open_ = purpose.status in (STATES.DRAFT, STATES.SUBMITTED, STATES.APPROVED)
    context = {
        **_facts(request.actor, purpose),
        "lacks": services.problems(purpose) if purpose.status == STATES.DRAFT else [],
        "obstacle": services.why_not_active(purpose) if open_ else None,
        "entries": told(queries.story_of(request.actor, key), request.actor),
        "standing": _standing(purpose),
        "stages": _stages(purpose),
        "steps": _steps(purpose),
        "verbs": _doable(request.actor, purpose),
        "fields_address": reverse("rulebook:purpose_needs", args=[key])
        if purpose.status == STATES.DRAFT and request.actor.may(P.RULEBOOK_PURPOSE_DRAFT)
        else "",
    }
    return render(request, "rulebook/purpose_detail.html", context)


def _standing(purpose: Purpose) -> Standing:
    """Where a purpose stands, and for whom it waits."""
    state = PurposeStatus(purpose.status)
    second = {
        PurposeStatus.SUBMITTED: _("等另一人审批"),
        PurposeStatus.APPROVED: _("等个人信息保护负责人启用"),
    }.get(state, "")
    return Standing(rules.STATUS_KINDS[state], rules.STATUS_NAMES[state].in_(language()), second)


def _facts(actor: Actor, purpose: Purpose) -> dict[str, Any]:
    """What the page of a purpose and its approval both show."""
    rule = queries.purpose_rule(purpose.key)
    version = rule.notice_version_id if rule else None
    return {
        "purpose": purpose,
        "named": [
            (one.recipient, one.kind_names(language()))
            for one in naming.given(purpose, purpose.needs.select_related("field"))
        ],
        "needs": list(queries.needs_of(actor, purpose.key)),
        "version": queries.notice_version(version) if version else None,
    }


def _stages(purpose: Purpose) -> list[Stage]:
    """How far a purpose has got, and who took it there."""
    names = names_behind(
        one
        for one in (purpose.submitted_by, purpose.approved_by, purpose.activated_by, purpose.retired_by)
        if one
    )
    path: list[tuple[str, str]] = [
        (STATES.DRAFT.value, str(_("起草"))),
        (STATES.SUBMITTED.value, pgettext("stage", "审批")),
        (STATES.APPROVED.value, pgettext("stage", "启用")),
        (STATES.ACTIVE.value, str(_("在用"))),
        (STATES.RETIRED.value, pgettext("stage", "停用")),
    ]
    taken = {"draft": "submitted", "submitted": "approved", "approved": "activated", "retired": "retired"}
    marks = {
        stage: Mark(names.get(getattr(purpose, f"{by}_by"), ""), getattr(purpose, f"{by}_at"))
        for stage, by in taken.items()
    }
    return stages(path, at=purpose.status, marks=marks, over=purpose.status == STATES.RETIRED)


def _steps(purpose: Purpose) -> list[tuple[str, str, Any]]:
    """Who drafted, submitted, approved, activated and retired it, and when."""
    said = {
        "drafted": _("起草人"),
        "submitted": _("提交人"),
        "approved": _("批准人"),
        "activated": _("启用人"),
    }
    said["retired"] = _("停用人")
    people = {name: getattr(purpose, f"{name}_by") for name in said}
    names = names_behind(one for one in people.values() if one)
    return [
        (str(title), names.get(people[name], "—"), getattr(purpose, f"{name}_at"))
        for name, title in said.items()
        if people[name]
    ]


def _possible(actor: Actor, purpose: Purpose) -> list[tuple[str, Verb]]:
    """The verbs that make sense now for this actor; the reasons against the others stand on the page."""
    waiting = queries.purposes_awaiting(actor).filter(key=purpose.key).exists()
    against = {
        "submit": lambda: bool(services.problems(purpose)),
        "approve": lambda: not waiting,
        "activate": lambda: services.why_not_active(purpose) is not None,
    }
    return [
        (name, verb)
        for name, verb in VERBS.items()
        if purpose.status in rules.VERBS[name].allowed_from
        and actor.may(verb.permission)
        and not (name in against and against[name]())
    ]


def _doable(actor: Actor, purpose: Purpose) -> list[Doable]:
    """What can be done with a purpose now; what somebody of this role usually could says why it cannot."""
    here, drafts = purpose.status == STATES.DRAFT, actor.may(P.RULEBOOK_PURPOSE_DRAFT)
    found = []
    if here and drafts:
        found += [
            Doable(_("修改草稿"), href=reverse("rulebook:purpose_edit", args=[purpose.key])),
            Doable(_("编辑字段表"), href=reverse("rulebook:purpose_needs", args=[purpose.key])),
        ]
    possible = dict(_possible(actor, purpose))
    for name, verb in possible.items():
        style = "primary" if name in FORWARD else "danger" if verb.danger else ""
        href = reverse("rulebook:purpose_verb", args=[purpose.key, name])
        found.append(Doable(str(verb.title), href=href, style=style))
    if here and drafts and "submit" not in possible:
        found.append(Doable(str(VERBS["submit"].title), why=_("内容还不完整，见上面列出的各项。")))
    if purpose.status == STATES.SUBMITTED and "approve" not in possible:
        own = actor.may(P.RULEBOOK_PURPOSE_APPROVE)
        why = _("您提交的须由另一人审批。") if own else _("由个人信息保护负责人审批。")
        found.append(Doable(str(VERBS["approve"].title), why=why, way=_way_to_approval(purpose, own=own)))
    if purpose.status == STATES.APPROVED and "activate" not in possible:
        own = actor.may(P.RULEBOOK_PURPOSE_APPROVE)
        why = _("还缺条件，见上面的说明。") if own else _("由个人信息保护负责人启用。")
        found.append(Doable(str(VERBS["activate"].title), why=why))
    if drafts:
        copy = f"{reverse('rulebook:purpose_new')}?from={purpose.key}"
        found.append(Doable(_("以此起草新目的"), href=copy))
    return found


def _way_to_approval(purpose: Purpose, *, own: bool) -> str:
    """Who may approve it, by name; or how it can be approved at all, as an officer or as anybody else is told."""
    able = queries.approvers_beside([purpose.drafted_by, purpose.submitted_by])
    if able:
        return _("可以审批的人：%(names)s。") % {"names": _("、").join(one.display_name for one in able)}
    return str(OWN_ALONE if own else ALONE)


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_DRAFT)
def purpose_new(request: StaffRequest) -> HttpResponse:
    """A new record, empty or filled from an existing one (?from=key) with its field table."""
    source = queries.purpose_for(request.actor, request.GET.get("from", ""))
    initial = _initial(source) if source else {"handler": queries.organisation_name()}
    form, keeper = forms.NewPurposeForm(request.POST or None, initial=initial), keeper_of(request, "purpose")
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        content = form.content()
        drafted = done(
            request,
            form,
            lambda: services.draft_purpose(
                request.actor, needs_of=source.key if source else "", **_with_rows(content)
            ),
            _("草稿已保存。接着列出所需字段。"),
        )
        if drafted:
            keeper.sent(request)
            return redirect("rulebook:purpose", content["key"])
    context = {
        "form": form,
        "source": source,
        "keeper": keeper,
        "alone": not queries.approvers_beside([request.actor.pseudonym]),
        "nobody_else": NOBODY_ELSE,
    }
    return render(request, "rulebook/purpose_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_DRAFT)
def purpose_edit(request: StaffRequest, key: str) -> HttpResponse:
    purpose = _drafter(request, key)
    form, keeper = (
        forms.PurposeForm(request.POST or None, initial=_initial(purpose)),
        keeper_of(request, "purpose"),
    )
    keeper.fill(form)
    if request.method == "POST" and form.is_valid():
        content = _with_rows(form.content())
        if done(
            request,
            form,
            lambda: services.edit_purpose(request.actor, key=key, **content),
            _("草稿已修改。"),
        ):
            keeper.sent(request)
            return redirect("rulebook:purpose", key)
    context = {"form": form, "purpose": purpose, "keeper": keeper}
    return render(request, "rulebook/purpose_form.html", context, status=422 if form.errors else 200)


def _with_rows(content: dict[str, Any]) -> dict[str, Any]:
    chosen = departments().filter(id__in=content["departments"])
    named = [one for one in to_choose(content["named"]) if str(one.id) in content["named"]]
    return {**content, "departments": list(chosen), "named": named}


def _initial(purpose: Purpose) -> dict[str, Any]:
    """A form filled with what a purpose says."""
    names = (*services.TEXTS, *services.LASTS, "roles")
    links = ("basis", "article", "department", "retention_rule", "notice")
    return {
        **{name: getattr(purpose, name) for name in names},
        **{name: getattr(purpose, f"{name}_id") for name in links},
        "departments": [str(row.pk) for row in purpose.departments.all()],
        "named": [str(row.pk) for row in purpose.named.all()],
    }


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_DRAFT)
def purpose_needs(request: StaffRequest, key: str) -> HttpResponse:
    """The field × necessity table of a draft, row by row."""
    purpose = _drafter(request, key)
    form = forms.NeedForm(request.POST or None, use=purpose.use)
    return form_page(
        request,
        form,
        verb=lambda data: services.set_need(request.actor, key=key, **data),
        said=_("已列入。"),
        then=("rulebook:purpose_needs", key),
        template="rulebook/purpose_needs.html",
        about={
            "purpose": purpose,
            "needs": list(queries.needs_of(request.actor, key)),
            "editing": True,
        },
    )


@require_POST
@allowed(P.RULEBOOK_PURPOSE_DRAFT)
def drop_need(request: StaffRequest, key: str, field: str) -> HttpResponse:
    try:
        services.drop_need(request.actor, key=key, field=field)
    except Refused as problem:
        messages.error(request, words(problem))
        return redirect("rulebook:purposes")
    messages.success(request, _("已移出：此目的不再需要该字段。"))
    return redirect("rulebook:purpose_needs", key)


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_DRAFT, P.RULEBOOK_PURPOSE_APPROVE)
@fresh_second_factor("approve", "activate")
def purpose_verb(request: StaffRequest, key: str, verb: str) -> HttpResponse:
    purpose, page = _purpose(request, key), VERBS.get(verb)
    if page is None:
        raise Http404
    if not request.actor.may(page.permission):
        raise PermissionDenied
    initial = {"seen": rules.digest(services.content(purpose))}
    form = page.form(request.POST if request.method == "POST" else None, initial=initial)
    return form_page(
        request,
        form,
        verb=lambda data: page.act(request.actor, key, data),
        said=page.said,
        then=("rulebook:purpose", key),
        template="rulebook/purpose_verb.html",
        about={**_facts(request.actor, purpose), "page": page, "verb": verb},
    )
