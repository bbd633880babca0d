"""A package in words: what is in it part by part, masked for whoever reviews it, and where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, Form
from shouxin.core.policy.decision import ungranted_form
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.detail import Standing
from shouxin.kit.holdings import Column, Table
from shouxin.rights import secrecy
from shouxin.rights.cases import presenting
from shouxin.rights.cases.models import Case
from shouxin.rights.cases.models import State as CaseState
from shouxin.rights.packages import keeping, queries, rules
from shouxin.rights.packages.models import Package, State
from shouxin.rights.packages.services import VALUES
from shouxin.rights.packages.wording import Words, lines_of

LEADING = frozenset({"field", "value"})
KINDS = {
    State.REVIEW: "warn",
    State.FROZEN: "info",
    State.READY: "ok",
    State.TAKEN: "ok",
    State.ENDED: "muted",
}
presenting.PROBLEMS.update(
    {
        "package.kind": gettext_lazy("查阅、复制、转移才汇集材料，且要先查明是哪位客户。"),
        "package.rules": gettext_lazy(
            "有启用的字段没有列入“个人行权”目的，也没有法定的保密义务：请先由部门负责人修订该目的，再汇集。"
        ),
        "package.none": gettext_lazy("没有可以领取的材料：还没有准备好、已经领取过，或已过期销毁。"),
        "package.other": gettext_lazy("已由别人开始领取；没有下载完的，由同一人在有效期内重新领取。"),
        "package.grown": gettext_lazy("汇集之后该客户与另一客户合并，材料不全：请重新汇集。"),
        "package.row": gettext_lazy("没有这一项；请按本页现在的内容继续。"),
        "package.reason": gettext_lazy("请选择不列出的理由。"),
        "package.review": gettext_lazy("材料还没有审阅定稿；请先定稿，再答复。"),
        "package.missing": gettext_lazy("还没有可以交付的材料：请先汇集、审阅并定稿，再答复同意。"),
        "package.second-factor": gettext_lazy("请先输入第二次验证码，再下载。"),
    }
)


def waits_for(case: Case, actor: UUID) -> str:
    """What is to come before anything can be gathered for this request; empty when nothing is."""
    if case.act not in rules.KINDS:
        return str(presenting.PROBLEMS["package.kind"])
    if case.state == CaseState.RECEIVED:
        return _("先受理，再核验身份，然后才能汇集。")
    if case.state == CaseState.IDENTITY:
        return _("先核验申请人的身份，然后才能汇集。")
    if case.state == CaseState.HANDLING and case.handler_id != actor and case.handler:
        return _("由受理人%(name)s汇集。") % {"name": case.handler.display_name}
    return ""


def standing(row: Package) -> Standing:
    return Standing(KINDS[State(row.state)], row.get_state_display())


def parts(row: Package, looked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each part with its rows as whoever reviews may see them; `looked` are values just opened."""
    key, words = keeping.key_of(row), Words()
    for table in queries.tables():
        count = row.counts.get(table.key, 0)
        heads = [column.title.in_(language()) for column in _columns(table)]
        yield {
            "key": table.key,
            "name": table.name.in_(language()),
            "count": count,
            "opens": table.key == VALUES,
            "heads": heads,
            "rows": [
                _row(table, words, one, looked, heads)
                for one in (keeping.rows_in(key, row, table.key) if count else ())
            ],
        }


def _columns(table: Table) -> list[Column]:
    """What it is and what stands in it come first: by that it is judged, also on a telephone."""
    return sorted(table.columns, key=lambda column: table.key != VALUES or column.key not in LEADING)


def _row(
    table: Table, words: Words, row: Mapping[str, Any], looked: Mapping[str, str], heads: Sequence[str]
) -> dict[str, Any]:
    said, short = dict(row["said"]), language()[:2]
    hidden = False
    if table.key == VALUES:
        said["value"], hidden = _masked(said, looked.get(row["id"]))
    elif (
        table.key == "rights_case"
    ):  # the words themselves are read on the page of their case, which is journalled
        said |= {one: _("见该申请") for one in ("text", "name", "contact", "answer") if said.get(one)}
    cells = [words.of(table, column, said.get(column.key), short) for column in _columns(table)]
    return {
        "id": row["id"],
        "cells": cells,
        "labelled": list(zip(heads, cells, strict=True)),  # on a telephone each stands beside its head
        "closed": hidden,
    }


def _masked(said: Mapping[str, Any], opened: str | None) -> tuple[str, bool]:
    """The value as the list mask shows it, and whether more could be seen."""
    value = said["value"]
    if opened is not None:
        return opened if isinstance(value, str) else _("、").join(lines_of(value, language()[:2])), False
    if value is None:
        return _("已隐藏"), False
    rule = rulebooks["rulebook"].fields()[said["field"]]
    lines = lines_of(value, language()[:2])
    form = ungranted_form(rule)
    if form is Form.CLEAR:
        return _("、").join(lines), False
    if form is Form.MASKED:
        return _("、").join(identifiers.mask(rule.masking_rule, one, profile="detail") for one in lines), True
    return _("已隐藏"), True


def kept_secret(_row: Package | None = None) -> list[dict[str, str]]:
    """What is told to nobody it is about, whether there is any of it or not; with the article."""
    known = rulebooks["rulebook"].fields()
    return [
        {"name": _name(known[key]), "article": article.in_(language())}
        for key, article in secrecy.DUTIES.items()
        if key in known and known[key].active
    ]


def _name(rule: FieldRule) -> str:
    return rule.name.in_(language())


def reasons() -> list[tuple[str, str]]:
    return [(code, text.in_(language())) for code, text in rules.WITHHELD.items()]


def language() -> str:
    return get_language() or "zh-hans"
