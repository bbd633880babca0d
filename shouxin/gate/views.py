"""The screen 权限判定说明: any decision, taken apart."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import DIALLED, Action, Actor, Permission, PurposeStatus
from shouxin.gate.events import refusal_name
from shouxin.gate.explain import Explanation, explain
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import ways
from shouxin.gate.rules import REASON_CLASSES, cite
from shouxin.kit import clock
from shouxin.kit.pasted import PastedIdField
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

ACTIONS = (
    (Action.VIEW.value, gettext_lazy("查看脱敏页")),
    (Action.REVEAL.value, gettext_lazy("查看明文")),
    (Action.DIAL.value, gettext_lazy("拨号")),
    (Action.WRITE.value, gettext_lazy("写入")),
)
FORMS = {
    "clear": gettext_lazy("明文"),
    "masked": gettext_lazy("脱敏"),
    "hidden": gettext_lazy("已隐藏"),
    "absent": gettext_lazy("不可见"),
}
KINDS = {"clear": "ok", "masked": "info", "hidden": "muted"}


class ExplainForm(forms.Form):
    about = forms.ChoiceField(label=gettext_lazy("谁"))
    customer = PastedIdField(
        label=gettext_lazy("客户档案号"),
        help_text=gettext_lazy("在客户页的地址里，也在日志条目上；可以整段粘贴。"),
    )
    purpose = forms.ChoiceField(label=pgettext_lazy("label", "处理目的"))
    action = forms.ChoiceField(label=gettext_lazy("动作"), choices=ACTIONS)
    given = forms.BooleanField(
        label=gettext_lazy("已填写事由"),
        required=False,
        initial=True,
        help_text=gettext_lazy("看明文必须说明事由；不勾选就是问没有事由时会怎样。"),
    )

    def __init__(self, *args: object, actor: Actor, language: str, **kwargs: object) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})  # type: ignore[arg-type]
        book = rulebooks["rulebook"]
        own = [(str(actor.id), _("我自己"))]
        others = people.staff_choices() if actor.may(Permission.PEOPLE_STAFF_READ) else []
        self.fields["about"].choices = own + [c for c in others if c[0] != str(actor.id)]  # type: ignore[attr-defined]
        in_use_first = sorted(book.purposes(), key=lambda p: p.status is not PurposeStatus.ACTIVE)
        self.fields["purpose"].choices = [(p.key, p.name.in_(language)) for p in in_use_first]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(Permission.GATE_DECISION_EXPLAIN)
def explain_view(request: StaffRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    form = ExplainForm(
        request.POST or None,
        actor=request.actor,
        language=language,
        initial={
            "customer": request.GET.get("customer", ""),
            "purpose": purpose_of(request, request.actor),
            "action": Action.REVEAL.value,
        },
    )
    context: dict[str, object] = {"page_title": _("权限判定说明"), "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _shown(_explanation(request.actor, form.cleaned_data), language)
        context["asked"] = _asked(form)
    return render(request, "gate/explain.html", context, status=422 if form.errors else 200)


def _explanation(actor: Actor, asked: dict[str, object]) -> Explanation:
    purpose = rulebooks["rulebook"].purpose(str(asked["purpose"]))
    action, book = Action(str(asked["action"])), rulebooks["rulebook"].fields()
    named = sorted(purpose.fields) if purpose else []
    if action is Action.DIAL:
        named = [key for key in named if key in book and book[key].masking_rule in DIALLED]
    about = actor if str(asked["about"]) == str(actor.id) else people.actor_by_id(UUID(str(asked["about"])))
    return explain(
        asker=actor,
        about=about,
        purpose=str(asked["purpose"]),
        customer=UUID(str(asked["customer"])),
        fields=named,
        action=action,
        reason=next(iter(REASON_CLASSES)) if asked["given"] else "",
        now=clock.now(),
    )


def _asked(form: ExplainForm) -> dict[str, object]:
    """What was asked, in the words of the form."""
    said = {
        key: dict(form.fields[key].choices).get(form.cleaned_data[key], "")  # type: ignore[attr-defined]
        for key in ("about", "purpose", "action")
    }
    return {**said, "customer": form.cleaned_data["customer"], "at": clock.now()}


def _groups(explanation: Explanation, language: str) -> list[dict[str, object]]:
    """The fields with the same answer for the same reason together, the openest answer first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for answer in explanation.fields:
        refusal = answer.refusal
        # The sentence without the names in it, so that one line tells of all the fields it holds for.
        reason, article = ("", "")
        if refusal:
            reason, article = refusal_name(refusal.code, language), cite(refusal.article, language)
        groups.setdefault((answer.form.value, reason, article), []).append(answer.name.in_(language))
    order = list(FORMS)
    return [
        {
            "form": FORMS[form],
            "kind": KINDS.get(form, "bad"),
            "names": names,
            "reason": reason,
            "article": article,
        }
        for (form, reason, article), names in sorted(
            groups.items(), key=lambda found: order.index(found[0][0])
        )
    ]


def _shown(explanation: Explanation, language: str) -> dict[str, object]:
    refusal = explanation.refusal
    return {
        "explanation": explanation,
        "facts": [(name.in_(language), value.in_(language)) for name, value in explanation.facts],
        "groups": _groups(explanation, language),
        "reason": refusal.reason.in_(language) if refusal else "",
        "refusal": refusal,
        "article": cite(refusal.article, language) if refusal else "",
        "ways": ways(refusal, None) if refusal else [],
    }
