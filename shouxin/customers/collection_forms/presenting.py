"""What the templates of collection forms are given: words instead of codes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shouxin.core.policy import Permission
from shouxin.customers.collection_forms import queries
from shouxin.customers.collection_forms.models import FormField, FormState, FormVersion
from shouxin.customers.collection_forms.rules import Lack
from shouxin.customers.collection_forms.services import FormProblem
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest
from shouxin.people.telling import told
from shouxin.rulebook.purposes import queries as purposes

KINDS = {
    FormState.DRAFT: "muted",
    FormState.SUBMITTED: "warn",
    FormState.PUBLISHED: "ok",
    FormState.WITHDRAWN: "muted",
}


def language() -> str:
    return get_language() or "zh-hans"


def purpose_name(key: str) -> str:
    """A purpose by its name."""
    rule = rulebooks["rulebook"].purpose(key)
    return rule.name.in_(language()) if rule else key


def rows(versions: Iterable[FormVersion]) -> list[dict[str, Any]]:
    """Lines of the list of forms."""
    found = list(versions)
    live = set(queries.published().values_list("form_id", flat=True))
    return [
        {
            "version": one,
            "status": KINDS[FormState(one.state)],
            "purpose": purpose_name(one.purpose),
            "live": one.form_id in live,
        }
        for one in found
    ]


def fields_table(version: FormVersion) -> list[dict[str, Any]]:
    """The field × purpose × necessity table of a version."""
    rule = rulebooks["rulebook"].purpose(version.purpose)
    catalogue = rulebooks["rulebook"].fields()
    return [
        {
            "row": row,
            "name": row.field.name,
            "label": row.label(language()),
            "help": row.help_en or row.help_zh if language().startswith("en") else row.help_zh,
            "reason": row.reason_en or row.reason_zh if language().startswith("en") else row.reason_zh,
            "rule": catalogue.get(row.field_id),
            "bound": bool(rule and row.field_id in rule.fields),
        }
        for row in queries.asked(version)
    ]


def version_context(request: StaffRequest, version: FormVersion) -> dict[str, Any]:
    """The page of a version."""
    lacks = queries.lacks_of(version) if version.state in (FormState.DRAFT, FormState.SUBMITTED) else []
    names = people.names_of(_people(version))
    shown = purposes.notice_version(version.notice_version) if version.notice_version else None
    rule = rulebooks["rulebook"].purpose(version.purpose)
    return {
        "page_title": version.title,
        "version": version,
        "standing": _standing(version),
        "purpose": purpose_name(version.purpose),
        "offers": _("、").join(purpose_name(one) for one in version.offers),
        "table": fields_table(version),
        "lacks": in_words(lacks),
        "notice": shown,
        "notice_newer": bool(shown and rule and rule.notice_version_id != shown.id),
        "versions": queries.versions_of(version.form_id),
        "stages": _stages(version, names),
        "entries": told(queries.story_of(request.actor, version.form_id), request.actor),
        "steps": _steps(version, names),
        "verbs": _doable(request, version, lacks),
    }


def _standing(version: FormVersion) -> Standing:
    second = {
        FormState.DRAFT: _("还没有提交"),
        FormState.SUBMITTED: _("等另一人审批"),
        FormState.PUBLISHED: _("可以填写"),
    }.get(FormState(version.state), "")
    return Standing(KINDS[FormState(version.state)], version.get_state_display(), second)


def _doable(request: StaffRequest, version: FormVersion, lacks: Sequence[Lack]) -> list[Verb]:
    """What can be done with a version now; what somebody of this role usually could says why it cannot."""

    def leads(name: str, *args: object) -> str:
        return reverse(f"customers:{name}", args=args)

    actor, possible = request.actor, verbs(request, version, lacks)
    titles = {
        "submit": (_("提交审批"), "primary"),
        "publish": (_("批准发布"), "primary"),
        "return": (_("退回补充"), ""),
        "withdraw": (_("停用表单"), "danger"),
    }
    found: list[Verb] = []
    if version.state == FormState.PUBLISHED and actor.may(Permission.CUSTOMERS_FORM_FILL):
        found.append(Verb(_("填写"), href=leads("fill", version.form_id), style="primary"))
    if version.state == FormState.DRAFT and actor.may(Permission.CUSTOMERS_FORM_DRAFT):
        found.append(Verb(_("编排字段"), href=leads("form_fields", version.id)))
        found.append(Verb(_("表单说明"), href=leads("form_words", version.id)))
        if lacks:
            found.append(Verb(_("提交审批"), why=_("内容还不完整，见上面列出的各项。")))
    for name, (title, style) in titles.items():
        if name in possible:
            found.append(Verb(title, href=leads("form_verb", version.id, name), style=style))
    if version.state == FormState.SUBMITTED and not {"publish", "return"} & set(possible):
        own = actor.may(Permission.CUSTOMERS_FORM_PUBLISH)
        why = _("您起草或提交的须由另一人批准。") if own else _("由部门负责人或个人信息保护负责人批准。")
        found.append(Verb(_("批准发布"), why=why))
    if "next" in possible:
        found.append(Verb(_("起草新版本"), post=leads("form_next", version.id)))
    return [
        *found,
        Verb(_("预览"), href=leads("form_preview", version.id)),
        Verb(_("必要性表"), href=leads("form_table", version.id)),
    ]


def _people(version: FormVersion) -> list[Any]:
    found = (version.drafted_by, version.submitted_by, version.published_by, version.withdrawn_by)
    return [one for one in found if one]


def _steps(version: FormVersion, names: dict[Any, str]) -> list[tuple[str, str, Any]]:
    """Who did what to this version, and when."""
    said = (
        (_("起草人"), version.drafted_by, version.drafted_at),
        (_("提交人"), version.submitted_by, version.submitted_at),
        (_("发布人"), version.published_by, version.published_at),
        (_("停用人"), version.withdrawn_by, version.withdrawn_at),
    )
    return [(title, names.get(who, "—"), at) for title, who, at in said if who]


def _stages(version: FormVersion, names: dict[Any, str]) -> list[Stage]:
    """How far a version has got, and who took it there."""
    path = [
        *(("draft", _("起草")), ("submitted", pgettext("stage", "审批"))),
        *(("published", _("使用")), ("withdrawn", pgettext("stage", "停用"))),
    ]
    marks = {
        "draft": Mark(
            names.get(version.submitted_by or version.drafted_by, ""),
            version.submitted_at or version.drafted_at,
        ),
        "submitted": Mark(names.get(version.published_by, ""), version.published_at),
        "withdrawn": Mark(names.get(version.withdrawn_by, ""), version.withdrawn_at),
    }
    return stages(path, at=version.state, marks=marks, over=version.state == FormState.WITHDRAWN)


def verbs(request: StaffRequest, version: FormVersion, lacks: Sequence[Lack]) -> list[str]:
    """What this person may do with the version now."""
    actor, found = request.actor, []
    if version.state == FormState.DRAFT and actor.may(Permission.CUSTOMERS_FORM_DRAFT) and not lacks:
        found.append("submit")
    if version.state == FormState.SUBMITTED and queries.waiting(actor).filter(id=version.id).exists():
        found += ["return"] if lacks else ["publish", "return"]
    if version.state == FormState.PUBLISHED and actor.may(Permission.CUSTOMERS_FORM_PUBLISH):
        found.append("withdraw")
    newest = queries.versions_of(version.form_id).first()
    done = newest is not None and newest.state in (FormState.PUBLISHED, FormState.WITHDRAWN)
    if done and actor.may(Permission.CUSTOMERS_FORM_DRAFT):
        found.append("next")
    return found


def in_words(lacks: Iterable[Lack]) -> list[str]:
    """What is lacking, as sentences with their articles."""
    return [
        _("%(text)s（依据：%(article)s）")
        % {"text": lack.text.in_(language()), "article": cite(lack.article, language())}
        if lack.article
        else lack.text.in_(language())
        for lack in lacks
    ]


def said(problem: FormProblem) -> str:
    """A refusal with everything it names."""
    return " ".join([problem.text.in_(language()), *in_words(problem.lacks)])


def tell(request: HttpRequest, problem: FormProblem) -> None:
    messages.error(request, said(problem))


def asked_of(version: FormVersion, field: str) -> FormField | None:
    """One field of a version."""
    return version.asked.select_related("field").filter(field_id=field).first()
