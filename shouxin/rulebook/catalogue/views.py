"""Screens of the field catalogue; every verb is a page with a form whose POST calls one service."""

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Actor, Permission, ungranted_form
from shouxin.kit import lists
from shouxin.kit.detail import Standing
from shouxin.kit.detail import Verb as Doable
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import lines_of
from shouxin.people.telling import proof_of
from shouxin.rulebook.catalogue import (
    forms,
    grading,
    loading,
    presenting,
    queries,
    rules,
    sealings,
    services,
)
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.grading import Grade
from shouxin.rulebook.catalogue.models import Field, LevelLowering
from shouxin.rulebook.showing import Verb, done, examples, form_page, history_lines, names_behind, words

KEY, SHOWN = "fields", 50
lists.register(
    Listed(
        KEY,
        "rulebook:fields",
        ("words", "record", "exposure", "level", "use", "state"),
        (
            Sort("record", _("按所属记录"), "place", descending=False),
            Sort("key", _("按编码"), descending=False),
            Sort("level", _("级别高的在前"), "level"),
        ),
        (
            Column("record", _("所属记录")),
            Column("flags", _("标记")),
            Column("uses", _("用途类别")),
            Column("storage", _("存储方式")),
            Column("retention", _("保存期限")),
            Column("origin", _("出处")),
        ),
        edge=lists.code_or_none,
    )
)
STATES = (
    ("", _("全部")),
    ("active", _("已启用")),
    ("inactive", _("未启用")),
    ("undecided", _("标记未判定")),
    ("waiting", _("降级待批准")),
    ("forbidden", _("不得存储")),
)
GRADED = frozenset({"raise", "lower", "lower-confirm"})  # show what they bring before they are confirmed

P = Permission
_CHANGED = ("name_zh", "name_en", "uses", "note_zh", "note_en", "reason", "review_months")
VERBS: Mapping[str, Verb] = {
    "change": Verb(
        _("修改字段"),
        _("修改后以本单位的值为准，规则包更新不再覆盖。"),
        _("字段已修改。"),
        P.RULEBOOK_FIELD_WRITE,
        forms.ChangeForm,
        lambda actor, key, data: services.change_field(
            actor, key=key, retention_rule_id=data["retention_rule"], **{k: data[k] for k in _CHANGED}
        ),
    ),
    "decide": Verb(
        _("判定标记"),
        _("判定人和时间会留存；字段启用后，标记只能改严。"),
        _("标记已判定。"),
        P.RULEBOOK_FIELD_WRITE,
        forms.DecideForm,
        lambda actor, key, data: services.decide_flag(actor, key=key, **data),
    ),
    "activate": Verb(
        _("启用字段"),
        _("启用后，需要它的目的即可收集和使用此字段。"),
        _("字段已启用。"),
        P.RULEBOOK_FIELD_APPROVE,
        django_forms.Form,
        lambda actor, key, _data: services.activate_field(actor, key=key),
    ),
    "deactivate": Verb(
        _("停用字段"),
        _("停用后任何目的都不能再收集或查看此字段；已有的值仍加密保存。"),
        _("字段已停用。"),
        P.RULEBOOK_FIELD_WRITE,
        forms.ReasonForm,
        lambda actor, key, data: services.deactivate_field(actor, key=key, **data),
    ),
    "raise": Verb(
        _("提高级别"),
        _("立即生效，已有的值同样适用。先看影响，再确认。"),
        _("级别已提高。"),
        P.RULEBOOK_FIELD_WRITE,
        forms.RaiseForm,
        lambda actor, key, data: grading.raise_grade(actor, key=key, **data),
    ),
    "lower": Verb(
        _("申请降低级别"),
        _("须由您以外的两个人批准，其中有个人信息保护负责人（您是则已满足）。先看影响，再提交。"),
        _("已提出，待另外两人批准。"),
        P.RULEBOOK_LOWERING_PROPOSE,
        forms.LowerForm,
        lambda actor, key, data: grading.propose_lowering(actor, key=key, **data),
    ),
    "lower-confirm": Verb(
        _("批准降低级别"),
        _("第二位批准人批准后立即生效。"),
        _("已批准。"),
        P.RULEBOOK_LOWERING_APPROVE,
        django_forms.Form,
        lambda actor, key, _data: grading.approve_lowering(actor, key=key),
    ),
    "lower-reject": Verb(
        _("不批准降低级别"),
        _("申请结束，级别不变。"),
        _("已不予批准。"),
        P.RULEBOOK_LOWERING_APPROVE,
        forms.ReasonForm,
        lambda actor, key, data: grading.reject_lowering(actor, key=key, **data),
    ),
    "lower-withdraw": Verb(
        _("撤回降级申请"),
        _("申请结束，级别不变。"),
        _("申请已撤回。"),
        P.RULEBOOK_LOWERING_PROPOSE,
        django_forms.Form,
        lambda actor, key, _data: grading.withdraw_lowering(actor, key=key),
    ),
}


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def field_list(request: StaffRequest) -> HttpResponse:
    asked, every = reading.read(request, KEY), ("", _("全部"))
    narrowed: dict[str, Any] = {name: asked.query.get(name, "").strip() for name in asked.listed.filters}
    narrowed["level"] = int(narrowed["level"]) if narrowed["level"] in set("12345") else None
    found = queries.catalogue(request.actor, **narrowed)
    page = lists.window(found, asked.sort, asked.place)
    levels = [(str(one), str(one)) for one in range(1, rules.HIGHEST_LEVEL + 1)]
    form = (
        lists.Field("words", _("名称或编码")),
        lists.Field("record", _("所属记录"), [every, *Field.Record.choices]),
        lists.Field("exposure", _("公开程度"), [every, *Field.ExposureClass.choices]),
        lists.Field("level", _("级别"), [every, *levels]),
        lists.Field("use", _("用途类别"), [every, *Field.UseClass.choices]),
        lists.Field("state", _("状态"), STATES),
    )
    context = {
        **asked.context(page, found, form),
        "rows": page.rows,
        "may_write": request.actor.may(Permission.RULEBOOK_FIELD_WRITE),
        "may_preview": request.actor.may(Permission.RULEBOOK_FIELD_APPROVE),
    }
    return render(request, "rulebook/field_list.html", context)


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def field_detail(request: StaffRequest, key: str) -> HttpResponse:
    field = _field(request, key)
    lowering = queries.pending_lowering(request.actor, key)
    changes = list(queries.history(request.actor, key))
    people = {field.personal_decided_by, field.trade_secret_decided_by}
    people |= {lowering.proposed_by, lowering.first_by} if lowering else set()
    names = names_behind(
        {one for one in people if one}
        | {
            one
            for change in changes
            for one in (change.actor, change.second_actor, change.third_actor)
            if one
        }
    )
    context = {
        "field": field,
        "ungranted": ungranted_form(queries.rule_of(field)).value,
        "examples": examples(field.masking_rule),
        "names": names,
        "lowering": lowering,
        "sealing": sealings.of_field(key),
        "fixed": presenting.effects_of(field, Grade(field.level)).lines,
        "entries": history_lines(changes, names, _proofs(request.actor, key)),
        "differences": loading.differences(field),
        "obstacle": None if field.active else services.why_not_active(field),
        "standing": _standing(field, lowering),
        "verbs": _doable(request.actor, field, lowering),
    }
    return render(request, "rulebook/field_detail.html", context)


def _proofs(actor: Actor, key: str) -> dict[str, str]:
    """From each change of a field to its entry in the journal, for whoever may read it."""
    lines = lines_of(["field.", "pack."], {"field": key}, limit=SHOWN)
    return {str(line.data["change"]): proof_of(line.id, actor) for line in lines if "change" in line.data}


def _standing(field: Field, lowering: LevelLowering | None) -> Standing:
    if field.storage == Field.StorageRule.FORBIDDEN:
        return Standing("bad", _("不得存储"))
    second = _("降级待批准") if lowering else ""
    return Standing("ok", _("已启用"), second) if field.active else Standing("muted", _("未启用"), second)


def _doable(actor: Actor, field: Field, lowering: LevelLowering | None) -> list[Doable]:
    """What can be done with a field now; what somebody of this role usually could says why it cannot."""
    possible = dict(_possible(actor, field, lowering))
    found = [
        Doable(str(verb.title), href=reverse("rulebook:field_verb", args=[field.key, name]))
        for name, verb in possible.items()
    ]
    if not field.active and "activate" not in possible and actor.may(P.RULEBOOK_FIELD_APPROVE):
        found.append(Doable(str(VERBS["activate"].title), why=_("还缺条件，见上面的说明。")))
    if lowering and "lower-confirm" not in possible and actor.may(P.RULEBOOK_LOWERING_APPROVE):
        found.append(Doable(str(VERBS["lower-confirm"].title), why=_("您提出或已批准过一次，须由别人批准。")))
    return found


def _field(request: StaffRequest, key: str) -> Field:
    field = queries.field(request.actor, key)
    if field is None:
        raise Http404
    return field


def _possible(actor: Actor, field: Field, lowering: LevelLowering | None) -> list[tuple[str, Verb]]:
    """The verbs that make sense now for this actor."""
    waiting = lowering is not None
    own = lowering is not None and queries.same_person(actor.pseudonym, lowering.proposed_by)
    first = bool(lowering and lowering.first_by and queries.same_person(actor.pseudonym, lowering.first_by))
    sense = {
        "change": True,
        "decide": True,
        "activate": not field.active and services.why_not_active(field) is None,
        "deactivate": field.active,
        "raise": field.level < rules.HIGHEST_LEVEL or field.exposure != Field.ExposureClass.PRIVATE,
        "lower": (field.level > 1 or field.exposure != Field.ExposureClass.PUBLIC) and not waiting,
        "lower-confirm": waiting and not own and not first,
        "lower-reject": waiting and not own,
        "lower-withdraw": own,
    }
    return [(name, verb) for name, verb in VERBS.items() if sense[name] and actor.may(verb.permission)]


@require_http_methods(["GET", "POST"])
@allowed(Permission.RULEBOOK_FIELD_WRITE)
def field_new(request: StaffRequest) -> HttpResponse:
    form = forms.FieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = done(
            request,
            form,
            lambda: services.add_field(request.actor, **form.cleaned_data),
            _("字段已新增，尚未启用。"),
        )
        if added:
            return redirect("rulebook:field", form.cleaned_data["key"])
    context = {"form": form}
    return render(request, "rulebook/field_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(*sorted({verb.permission for verb in VERBS.values()}))
@fresh_second_factor("activate", "lower", "lower-confirm")
def field_verb(request: StaffRequest, key: str, verb: str) -> HttpResponse:
    field, page = _field(request, key), VERBS.get(verb)
    if page is None:
        raise Http404
    if not request.actor.may(page.permission):
        raise PermissionDenied
    form = page.form(request.POST if request.method == "POST" else None, initial=_initial(field))
    about: dict[str, Any] = {"field": field, "page": page}
    if verb in GRADED:
        wanted = _wanted(request, field, verb, form)
        about["effects"] = presenting.effects_of(field, wanted) if wanted else None
        if verb != "lower-confirm" and "confirmed" not in request.POST:
            about["asking"] = wanted is not None
            status = 422 if form.errors else 200
            return render(request, "rulebook/field_verb.html", {**about, "form": form}, status=status)
    return form_page(
        request,
        form,
        verb=lambda data: page.act(request.actor, key, data),
        said=page.said,
        then=("rulebook:field", key),
        template="rulebook/field_verb.html",
        about=about,
    )


def _wanted(request: StaffRequest, field: Field, verb: str, form: django_forms.Form) -> Grade | None:
    """The grade whose effect is to be shown before somebody confirms; None while there is none, or it cannot be."""
    if verb == "lower-confirm":
        found = queries.pending_lowering(request.actor, field.key)
        return Grade(found.to_level, found.to_exposure) if found else None
    if request.method != "POST" or not form.is_valid():
        return None
    data = form.cleaned_data
    grade = Grade(data["level"], data["exposure"], data.get("masking_rule", ""))
    try:
        (grading.check_raise if verb == "raise" else grading.check_lower)(field, grade)
    except Refused as problem:
        form.add_error(None, words(problem))
        return None
    return grade


def _initial(field: Field) -> dict[str, Any]:
    own = {
        name: getattr(field, name)
        for name in ("name_zh", "name_en", "uses", "note_zh", "note_en", "level", "exposure", "review_months")
    }
    return {**own, "retention_rule": field.retention_rule_id}
