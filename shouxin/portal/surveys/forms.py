"""What a survey asks, and how it is answered; nothing here saves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.portal.surveys import rules
from shouxin.portal.surveys.rules import KINDS, Kind, Question
from shouxin.portal.surveys.services import Written


class SurveyForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=60, help_text=_("客户看到的标题。"))
    anonymous = forms.BooleanField(
        label=_("匿名"),
        required=False,
        help_text=_("答卷与身份分开保存，谁也对不上；以后不能改成记名。"),
    )
    closes_on = forms.DateField(
        label=_("最后一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        spoken = get_language() or "zh-hans"
        kinds = [(kind.value, text.in_(spoken)) for kind, text in KINDS.items()]
        for place in range(1, rules.MOST_QUESTIONS + 1):
            self.fields[f"text_{place}"] = forms.CharField(
                label=_("问题 %(n)s") % {"n": place}, max_length=200, required=place == 1
            )
            self.fields[f"kind_{place}"] = forms.ChoiceField(
                label=_("问题 %(n)s 怎样回答") % {"n": place}, choices=kinds
            )
            self.fields[f"options_{place}"] = forms.CharField(
                label=_("问题 %(n)s 的选项") % {"n": place},
                max_length=400,
                required=False,
                help_text=_("“选一项”才写，用顿号或逗号隔开。"),
            )

    @property
    def about(self) -> list[forms.BoundField]:
        """What is said of the survey itself."""
        return [self[name] for name in ("title", "anonymous", "closes_on")]

    @property
    def questions(self) -> list[tuple[int, list[forms.BoundField]]]:
        """One line per question: its words, how it is answered, what there is to choose from."""
        return [
            (place, [self[f"{name}_{place}"] for name in ("text", "kind", "options")])
            for place in range(1, rules.MOST_QUESTIONS + 1)
        ]

    def written(self) -> Written:
        said = self.cleaned_data
        questions = [
            Question(Kind(said[f"kind_{place}"]), said[f"text_{place}"], _options(said[f"options_{place}"]))
            for place in range(1, rules.MOST_QUESTIONS + 1)
            if said[f"text_{place}"].strip()
        ]
        return Written(said["title"], questions, said["anonymous"], said["closes_on"])


def _options(typed: str) -> tuple[str, ...]:
    parts = typed.replace("，", "、").replace(",", "、").split("、")
    return tuple(one.strip() for one in parts if one.strip())


class AnswerForm(forms.Form):
    """The questions of one survey."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._count = len(questions)
        for place, one in enumerate(questions):
            self.fields[f"q{place}"] = _field(one)

    @property
    def given(self) -> list[str]:
        return [self.cleaned_data[f"q{place}"] for place in range(self._count)]


def _field(question: Question) -> forms.Field:
    if question.kind is Kind.TEXT:
        return forms.CharField(
            label=question.text,
            required=False,
            max_length=rules.MOST_TEXT,
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        )
    scores = [str(n) for n in range(rules.SCORES, 0, -1)]
    options = scores if question.kind is Kind.SCORE else list(question.options)
    choices = [("", "—"), *((one, one) for one in options)]
    return forms.ChoiceField(label=question.text, required=False, choices=choices)
