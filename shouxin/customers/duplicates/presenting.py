"""Suspected pairs, runs and merges in words."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from shouxin.core.policy import Action, FieldRule, Permission, PurposeRule
from shouxin.customers.duplicates import merging, probable, queries, reading, rules
from shouxin.customers.duplicates.models import UNDECIDED, DuplicateRun, Merge, PairState, SuspectedPair
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.registry import presenting as registry
from shouxin.customers.registry import queries as customers
from shouxin.customers.registry.merging import family
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.kit.detail import Standing, Verb, stages
from shouxin.people.doors import StaffRequest
from shouxin.people.story import mark
from shouxin.people.telling import told

PROBLEMS = {
    "run.open": gettext_lazy("已有一次查重在执行，完成后再发起。"),
    "pair.unknown": gettext_lazy("没有这一对客户，或您看不到其中一位。"),
    "pair.decided": gettext_lazy("这一对已由他人处理。"),
    "pair.merged-meanwhile": gettext_lazy("其中一位刚被并入另一份档案，请回到列表重新查看。"),
    "pair.changed-meanwhile": gettext_lazy("其中一位的信息刚被修改，请核对本页现在的内容后再合并。"),
    "pair.kinds-differ": gettext_lazy("个人与单位不能合并。"),
    "pair.unconfirmed": gettext_lazy("待部门确认或来源待核的客户不能合并，请先确认导入批次。"),
    "pair.departments-differ": gettext_lazy(
        "两位客户归口不同部门：请交由同时负责两个部门的上级负责人判断，或先把客户移交到同一部门。"
    ),
    "values.altered": gettext_lazy("有内容与存入时不一致，已停止合并并留痕；请联系系统管理员核查。"),
    "values.locked": gettext_lazy("有内容已封存，不能写入；解除封存后再合并。"),
    "values.unreadable": gettext_lazy("密钥服务没有应答，没有改动任何内容；稍后再试。"),
    "merge.unknown": gettext_lazy("没有这次合并，或您看不到该客户。"),
    "merge.undone": gettext_lazy("这次合并已经撤销。"),
    "merge.not-the-last": gettext_lazy("之后还有合并：请先撤销最近的一次，才能恢复原样。"),
    "merge.destroyed": gettext_lazy("合并之后已有内容销毁，不能再恢复原样。"),
}
FAILED = {
    "keys": gettext_lazy("密钥服务没有应答，或有内容与存入时不一致。"),
    "rules": gettext_lazy("“系统维护”这一目的不允许读取所需字段，请个人信息保护负责人检查。"),
    "memory": gettext_lazy("客户太多，内存不够；已找到的保留，其余请在内存更大的机器上查。"),
    "engine": gettext_lazy("比对组件没有完成；已找到的保留，请重新发起，仍不行请联系系统管理员。"),
    "unexpected": gettext_lazy("出现意外错误；已找到的保留，请重新发起，仍不行请联系系统管理员。"),
}
AGREEMENTS = {
    rules.Agreement.SAME: ("ok", gettext_lazy("相同")),
    rules.Agreement.ALIKE: ("info", gettext_lazy("相近")),
    rules.Agreement.DIFFERENT: ("warn", gettext_lazy("不同")),
    rules.Agreement.ONE: ("muted", gettext_lazy("仅一方有")),
}
STATES = {
    PairState.OPEN: "info",
    PairState.LATER: "muted",
    PairState.HANDED: "warn",
    PairState.DIFFERENT: "muted",
    PairState.MERGED: "ok",
}
SCORES = (("0.99", "99%"), ("0.9", "90%"), ("0.5", "50%"))


def _language() -> str:
    return get_language() or "zh-hans"


def said(problem: DuplicateProblem) -> str:
    """The problem in words."""
    if isinstance(problem, merging.Objection):
        return problem.text.in_(_language())
    return str(PROBLEMS[problem.code])


def reasons(pair: SuspectedPair) -> list[str]:
    return [rules.REASONS[code].in_(_language()) for code in pair.reasons if code in rules.REASONS]


def percent(score: float) -> str:
    """A score as people read it; never a hundred, which nobody can know."""
    return f"{min(score, 0.999) * 100:.1f}%"


def names(request: StaffRequest, purpose: str, wanted: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The masked list rows of these customers, in one journalled act.

    Raises:
        Refused: the actor may not work for `purpose`.
    """
    rows = list(customers.visible(request.actor).filter(id__in=wanted))
    if not rows:
        return {}
    views = customers.masked(
        actor=request.actor, purpose=purpose, rows=rows, action=Action.VIEW, now=clock.now()
    )
    return {row["row"].id: row for row in registry.rows(views)}


def list_rows(request: StaffRequest, purpose: str, found: Sequence[SuspectedPair]) -> list[dict[str, Any]]:
    wanted = {one for pair in found for one in (pair.customer_id, pair.other_id)}
    named = names(request, purpose, sorted(wanted))
    return [
        {
            "pair": pair,
            "one": named.get(pair.customer_id),
            "other": named.get(pair.other_id),
            "reasons": reasons(pair),
            "score": percent(pair.score),
            "kind": STATES[PairState(pair.state)],
        }
        for pair in found
    ]


def run_context(request: StaffRequest, run: DuplicateRun | None) -> dict[str, Any]:
    """How the newest search stands, and what it could not do without the extra."""
    going = run is not None and run.state in {"queued", "running"}
    return {
        "run": run,
        "going": going,
        "run_problem": FAILED.get(run.problem) if run else None,
        "thorough": probable.is_available(),
        "may_run": request.actor.may(Permission.CUSTOMERS_DUPLICATE_MERGE),
    }


def filter_choices() -> list[tuple[str, str]]:
    return [(code, text.in_(_language())) for code, text in rules.REASONS.items()]


def compare_context(
    request: StaffRequest, pair: SuspectedPair, purpose: PurposeRule, sides: Sequence[Customer]
) -> dict[str, Any]:
    """Both profiles side by side, masked, and how each field agrees.

    Raises:
        Refused: journalled.
    """
    now, one, other = clock.now(), sides[0], sides[1]
    opened = gate.open_sealed(
        actor=request.actor,
        purpose=purpose.key,
        customers=[one.id, other.id],
        fields=list(purpose.fields),
        action=Action.VIEW,
        reason="",
        now=now,
        records=[one.id, other.id],
        profile="detail",
        detail={"page": "profile"},
    )
    for row in sides:
        if row.id in opened.permit.refused:
            raise gate.Refused(opened.permit.refused[row.id])
    shown = [
        {
            cell.rule.key: cell
            for cell in customers.cells_of(opened.permit, opened.revealed, row, row.id).values()
        }
        for row in sides
    ]
    keys = [key for key in opened.permit.fields if key in shown[0] or key in shown[1]]
    clear = reading.values([one.id, other.id], keys, now)
    return {
        "pair": pair,
        "sides": [_side(row, shown[n]) for n, row in enumerate(sides)],
        "lines": [
            _line(opened.permit.fields[key], [side.get(key) for side in shown], sides, clear) for key in keys
        ],
        "reasons": reasons(pair),
        "standing": _standing(pair),
        "entries": told(queries.story_of(pair), request.actor),
        "may_merge": merging.may_merge(request.actor, one, other),
        "may_judge": request.actor.may(Permission.CUSTOMERS_DUPLICATE_JUDGE),
        "undecided": pair.state in UNDECIDED,
        "apart": one.owner_department_id != other.owner_department_id,
    }


def _standing(pair: SuspectedPair) -> Standing:
    likely = gettext("可能性 %(percent)s") % {"percent": percent(pair.score)}
    return Standing(STATES[PairState(pair.state)], pair.get_state_display(), likely)


def _side(row: Customer, cells: Mapping[str, Any]) -> dict[str, Any]:
    found = cells.get("person_name") or cells.get("company_name")
    number = cells.get("customer_no")
    return {
        "row": row,
        "name": registry.cell(found) if found else None,
        "number": registry.cell(number) if number else None,
        "records": sum(customers.count_records(row.id).values()),
    }


def _line(
    rule: FieldRule,
    cells: Sequence[Any],
    sides: Sequence[Customer],
    clear: Mapping[UUID, tuple[str, Mapping[str, str]]],
) -> dict[str, Any]:
    texts = [clear[row.id][1].get(rule.key) if row.id in clear else None for row in sides]
    agreement = rules.agreement(rule, texts[0], texts[1])
    kind, label = AGREEMENTS[agreement]
    return {
        "key": rule.key,
        "label": rule.name.in_(_language()),
        "cells": [registry.cell(cell) if cell else None for cell in cells],
        "kind": kind,
        "agreement": label,
        "unique": bool({"unique", "unique_in_customer"} & set(rule.indexes)),
        "choice": all(cells)
        and agreement is not rules.Agreement.SAME
        and not {"unique", "unique_in_customer"} & set(rule.indexes),
    }


def merge_rows(
    request: StaffRequest, purpose: PurposeRule | None, found: Sequence[Merge]
) -> list[dict[str, Any]]:
    """Merges with whom they left standing, masked; without a purpose nobody is shown.

    Raises:
        Refused: journalled.
    """
    named = names(request, purpose.key, sorted({one.customer_id for one in found})) if purpose else {}
    return [{"merge": one, "survivor": named.get(one.customer_id)} for one in found]


def merge_context(request: StaffRequest, purpose: PurposeRule | None, merge: Merge) -> dict[str, Any]:
    """The page of one merge: what became one, by whom, and whether it can be undone.

    Raises:
        Refused: journalled.
    """
    named = names(request, purpose.key, [merge.customer_id]) if purpose else {}
    known = rulebooks["rulebook"].fields()
    labels = [known[key].name.in_(_language()) for key in merge.fields if key in known]
    undone = merge.undone_at is not None
    state = Standing("muted", gettext("已撤销")) if undone else Standing("ok", gettext("已合并"))
    path = [("merged", gettext("合并")), ("undone", gettext("撤销"))]
    marks = {
        "merged": mark(merge.merged_by, merge.merged_at),
        "undone": mark(merge.undone_by, merge.undone_at),
    }
    return {
        "page_title": gettext("一次合并"),
        "merge": merge,
        "survivor": named.get(merge.customer_id),
        "labels": labels,
        "family": len(merge.kept.get("family", [])),
        "standing": state,
        "stages": stages(path if undone else path[:1], at=path[undone][0], marks=marks, over=True),
        "verbs": [] if undone else [_undo_verb(request, merge)],
        "entries": told(queries.story_of_merge(merge), request.actor),
    }


def _undo_verb(request: StaffRequest, merge: Merge) -> Verb:
    label = gettext("撤销合并")
    if not request.actor.may(Permission.CUSTOMERS_DUPLICATE_MERGE):
        return Verb(label, why=gettext("由可以合并客户的人员撤销。"))
    both = Customer.objects.in_bulk([merge.customer_id, merge.absorbed_id])
    problem = merging.undo_problem(merge, both[merge.customer_id], both[merge.absorbed_id])
    if problem:
        return Verb(label, why=PROBLEMS[problem])
    post = reverse("customers:merge_undo", args=[merge.id])
    return Verb(label, post=post, style="danger", confirm=gettext("撤销这次合并，恢复两份档案？"))


def merged_panel(request: HttpRequest, customer: UUID) -> dict[str, Any] | None:
    """On a customer's page: what was merged into it, and undoing the newest."""
    found = list(queries.merges_of(customer))
    actor = getattr(request, "actor", None)
    if not found or actor is None:
        return None
    return {
        "merges": found,
        "newest": found[0],
        "family": family(customer)[1:],
        "may_undo": actor.may(Permission.CUSTOMERS_DUPLICATE_MERGE),
    }


def suspected_panel(request: HttpRequest, customer: UUID) -> dict[str, Any] | None:
    """On a customer's page: whether somebody else may be the same."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    pairs = queries.of_customer(actor, customer)
    return {"pairs": [(pair, percent(pair.score), reasons(pair)) for pair in pairs]} if pairs else None
