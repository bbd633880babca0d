"""What a grade brings, in words, beside what it brought before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.core.policy import FieldRule, Form, ungranted_form
from shouxin.core.policy.levels import LEVELS
from shouxin.rulebook.catalogue import effects, grading
from shouxin.rulebook.catalogue.grading import Grade
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.showing import language


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of the table: what is fixed, as it is and as it would be."""

    label: str
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Effects:
    """The table, and what rooms foresee in sentences."""

    lines: Sequence[Effect]
    sentences: Sequence[str]


def effects_of(field: Field, grade: Grade) -> Effects:
    """What `grade` would bring for this field."""
    change, after = grading.regrading(field, grade), grading.planned(field, grade)
    one, other = change.before, change.after
    lines = [
        Effect(_("级别"), str(one.level), str(other.level)),
        Effect(_("公开程度"), field.get_exposure_display(), after.get_exposure_display()),
        Effect(_("无用数授权时"), form_words(one), form_words(other)),
        Effect(_("查看明文的批准"), approval_words(one), approval_words(other)),
        Effect(_("向程序提供"), program_words(one), program_words(other)),
        Effect(_("最短保存期限"), floor_words(field), floor_words(after)),
        Effect(_("导出和文件"), file_words(one), file_words(other)),
        Effect(_("存储方式"), field.get_storage_display(), after.get_storage_display()),
    ]
    return Effects(lines, [text.in_(language()) for text in effects.foresee(change)])


def form_words(rule: FieldRule) -> str:
    """How somebody sees it whose purpose includes it and who holds no grant."""
    words = {
        Form.CLEAR: _("显示明文"),
        Form.MASKED: _("脱敏显示"),
        Form.HIDDEN: _("已隐藏"),
        Form.ABSENT: _("不显示"),
    }
    return words[ungranted_form(rule)]


def approval_words(rule: FieldRule) -> str:
    """Who has to approve a clear view."""
    if ungranted_form(rule) is Form.CLEAR:
        return _("无需批准")
    if rule.sensitive or rule.trade_secret or not LEVELS[rule.level].standing_grants:
        return _("须单独申请或应急访问，常设授权不覆盖")
    return _("常设用数授权，由他人批准")


def program_words(rule: FieldRule) -> str:
    """What a program may get at most."""
    if ungranted_form(rule) is Form.CLEAR or LEVELS[rule.level].programs_clear:
        return _("经批准可得明文")
    return _("只得脱敏值")


def floor_words(field: Field) -> str:
    """Below what least period nobody may go at this level."""
    floor = grading.retention_floor(field)
    return _("不得短于规则包：%(rule)s") % {"rule": floor} if floor else pgettext("floor", "可由本单位调整")


def file_words(rule: FieldRule) -> str:
    """Whether it may stand in a file that leaves."""
    return _("可进入文件") if LEVELS[rule.level].leaves_in_files else _("不进入任何文件")
