"""What the screens of both rooms share: doing a verb and saying how it went, and reading out a field's history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.identifiers import mask, masked_in
from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.gate.rules import cite
from shouxin.people.doors import StaffRequest
from shouxin.people.queries import names_of
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, FieldChange, MaskingRule
from shouxin.rulebook.catalogue.services import START

CHANGE_NAMES: Mapping[str, Text] = {
    "pack.loaded": Text("由规则包更新", "Updated by a rule pack"),
    "field.added": Text("新增", "Added"),
    "field.changed": Text("修改", "Changed"),
    "field.flag_decided": Text("判定标记", "Flag decided"),
    "field.activated": Text("启用", "Activated"),
    "field.deactivated": Text("停用", "Deactivated"),
    "field.level_raised": Text("提高级别", "Level raised"),
    "field.class_raised": Text("提高公开程度等级", "Class raised"),
    "field.level_lowering_proposed": Text("申请降低级别", "Lower level proposed"),
    "field.level_lowering_seconded": Text("第一位批准人同意降低级别", "Lower level approved by the first"),
    "field.level_lowering_withdrawn": Text("撤回降级申请", "Lower level proposal taken back"),
    "field.level_lowering_rejected": Text("不批准降低级别", "Lower level declined"),
    "field.level_lowered": Text("经两人批准降低级别", "Level lowered by two approvers"),
}
ADDED = Text("由规则包载入", "Delivered by a rule pack")


PROFILES = ("list", "detail", "verify", "strict")


# The register's marks begin with one of these; what is not verified must never look like law.
MARKS = (
    ("VERIFIED-SECONDARY", "warn", gettext_lazy("经二手来源核验")),
    ("VERIFIED", "ok", gettext_lazy("已核对原文")),
    ("PRODUCT DEFAULT", "info", gettext_lazy("产品默认")),
    ("FROM KNOWLEDGE", "warn", gettext_lazy("待核对原文")),
)


def mark_name(verification: str) -> str:
    """The name of a mark, without its tint."""
    return next((str(name) for start, _kind, name in MARKS if verification.startswith(start)), verification)


@dataclass(frozen=True, slots=True)
class Verb:
    """A page that does one thing: its words, its form, the right it needs, the service it calls."""

    title: Promise | str
    sentence: Promise | str
    said: Promise | str
    permission: Permission
    form: type[Form]
    act: Callable[[Actor, str, Mapping[str, Any]], Any]
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline (console/parts/timeline.html)."""

    at: datetime
    sentence: str
    who: str
    note: str
    proof: str = ""  # where its entry in the journal stands


def language() -> str:
    return get_language() or "zh-hans"


def words(problem: Refused) -> str:
    """What a refusal says to the person, with its article."""
    text = problem.text.in_(language())
    return (
        _("%(text)s（依据：%(article)s）") % {"text": text, "article": cite(problem.article, language())}
        if problem.article
        else text
    )


def done(request: StaffRequest, form: Form, verb: Callable[[], Any], said: Promise | str) -> bool:
    """Do `verb` and say so; or put the reason against it on the form."""
    try:
        verb()
    except Refused as problem:
        form.add_error(None, words(problem))
    except ValidationError as problem:
        for name, found in (
            problem.message_dict.items() if hasattr(problem, "error_dict") else [("", problem.messages)]
        ):
            form.add_error(name if name in form.fields else None, found)
    else:
        messages.success(request, str(said))
        return True
    return False


def form_page(
    request: StaffRequest,
    form: Form,
    *,
    verb: Callable[[dict[str, Any]], Any],
    said: Promise | str,
    then: tuple[Any, ...],
    template: str,
    about: Mapping[str, Any],
) -> HttpResponse:
    """A form that does one thing: `verb` with what was typed and on to `then`, or again with what stands in the way."""
    sent = request.method == "POST" and form.is_valid()
    if sent and done(request, form, lambda: verb(form.cleaned_data), said):
        return redirect(*then)
    return render(request, template, {**about, "form": form}, status=422 if form.errors else 200)


def names_behind(pseudonyms: Iterable[UUID]) -> dict[UUID, str]:
    """The names behind pseudonyms; what the product did at its start is told as such."""
    return {**names_of(pseudonyms), START.pseudonym: _("系统（随版本载入）")}


def examples(rule: MaskingRule) -> list[tuple[str, str]]:
    """What each profile leaves of the rule's made-up example; profiles that show the same are named once."""
    if not rule.example_in:
        return []
    shown: list[tuple[str, str]] = []
    for profile in PROFILES:
        masked = mask(rule.code, rule.example_in, profile=profile)
        if masked not in {text for _profile, text in shown}:
            shown.append((profile, masked))
    return [(profile, masked_in(language(), text)) for profile, text in shown]


def history_lines(
    changes: Iterable[FieldChange], names: Mapping[UUID, str], proofs: Mapping[str, str]
) -> list[Line]:
    """The history of a field as people read it; `proofs` leads from a change to its entry in the journal."""
    return [_line(change, names, proofs.get(str(change.id), "")) for change in changes]


def _line(change: FieldChange, names: Mapping[UUID, str], proof: str) -> Line:
    first = not change.before and change.event in ("pack.loaded", "field.added")
    name = ADDED if first and change.event == "pack.loaded" else CHANGE_NAMES[change.event]
    sentence = name.in_(language())
    if not first and change.after:
        sentence += _("：") + _("；").join(_difference(change, attribute) for attribute in change.after)
    people = [one for one in (change.third_actor, change.second_actor, change.actor) if one]
    who = _("、").join(names.get(one, str(one)[:8]) for one in people)
    return Line(change.at, sentence, who, change.reason, proof)


def _difference(change: FieldChange, attribute: str) -> str:
    label = attribute_name(attribute)
    return f"{label} {value_words(change.before.get(attribute))} → {value_words(change.after[attribute])}"


_FORMER = {"note": "note_zh"}  # under the name it had when the history was written


def attribute_name(attribute: str) -> str:
    """A field attribute's name on the screen."""
    attribute = _FORMER.get(attribute, attribute)
    return str(Field._meta.get_field(attribute).verbose_name)  # type: ignore[union-attr] # noqa: SLF001 - Django's documented name


def value_words(value: object) -> str:
    """A value of an attribute as people read it."""
    if value is None:
        return _("未定")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(str(item) for item in value) or "—"
    return str(value) if value != "" else "—"
