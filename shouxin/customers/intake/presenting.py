"""What the import screens are given: words, steps and lines instead of codes and objects."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.forms import Form
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.identifiers import columns
from shouxin.core.policy import Actor, FieldRule, PurposeRule
from shouxin.core.text import Text
from shouxin.customers.intake import drafts, mapping, queries, remembering
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.mapping import DROPPED, Gap, SheetPlan
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.intake.reading import FILE_TEXTS
from shouxin.customers.intake.rules import EDITABLE, may_accept, may_confirm, may_reject
from shouxin.customers.registry.forms import reading_place
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.journal.queries import Line
from shouxin.kit import detail
from shouxin.people.telling import told
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes.models import NoticeVersion

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

S = BatchState
SAMPLE_VALUES = 3
LOOKED_THROUGH = 20_000  # refused rows, to tell which sheets they are of
SHOWN_ROWS, SHOWN_COLUMNS = 5, 30  # of a sheet, before its columns are decided
OF_SHEETS = frozenset({"plan.no-sheet", "plan.sheet-open", "plan.blocked"})
BEFORE_RUN = frozenset({S.DRAFT, S.CHECKING, S.CHECKED})
WORKING = frozenset({S.CHECKING, S.RUNNING})
STEPS = (
    ("upload", gettext_lazy("上传文件")),
    ("sheets", gettext_lazy("工作表")),
    ("columns", gettext_lazy("列的对应")),
    ("declare", gettext_lazy("声明")),
    ("check", gettext_lazy("检查")),
    ("preview", gettext_lazy("预览与改错")),
    ("run", gettext_lazy("导入")),
    ("result", gettext_lazy("结果")),
)
STATE_KINDS = {
    S.DRAFT: "muted",
    S.CHECKING: "info",
    S.CHECKED: "info",
    S.RUNNING: "info",
    S.PAUSED: "warn",
    S.FAILED: "bad",
    S.CANCELLED: "muted",
}
STANDING_KINDS = {
    Standing.QUARANTINED: "warn",
    Standing.UNCONFIRMED: "warn",
    Standing.CONFIRMED: "ok",
    Standing.REJECTED: "bad",
}
PROBLEMS: Mapping[str, "StrOrPromise"] = {
    "batch.state": gettext_lazy("这个批次的状态已经变化，没有执行；请按本页现在的内容继续。"),
    "batch.changed-meanwhile": gettext_lazy(
        "您打开本页之后，这个批次在另一个窗口里改过；本页的修改没有保存，也没有覆盖任何内容。以下是最新内容，请核对后再次提交。"
    ),
    "batch.not-yours": gettext_lazy("这个批次不由您决定，或已经有人作出决定；没有执行。"),
    "batch.changed-others": gettext_lazy(
        "这个批次还修改了原来就有的客户，不能整批驳回销毁；请逐一核对被更新的客户后再确认。"
    ),
    "reason.missing": gettext_lazy("请写明理由。"),
    "declaration.missing": gettext_lazy("还没有声明目的、来源和归口部门。"),
    "declaration.consent": gettext_lazy(
        "这个目的以同意为基础：请先把“同意的页面、日期、方式”三列对应上；没有这样的证据，请用收集表单逐人征求同意。"
    ),
    "declaration.purpose": gettext_lazy("这个目的现在不能使用：未启用、没有生效的告知，或不对您的角色开放。"),
    "declaration.department": gettext_lazy("只能归口到您自己的部门。"),
    "declaration.supplier": gettext_lazy("来源为外部提供时，必须写明提供方和依据。"),
    "declaration.responsible": gettext_lazy("所选负责人已不在岗，请另选。"),
    "plan.incomplete": gettext_lazy("还有内容没有决定，见下表。"),
    "batch.not-alike": gettext_lazy("没有可以沿用的上次导入，请逐步设置。"),
    "cell.unknown": gettext_lazy("没有这一格，请刷新后再试。"),
}
# Why a check or a run stopped by itself, and what to do.
STOPPED: Mapping[str, "StrOrPromise"] = {
    "file.gone": gettext_lazy("上传的文件已经销毁，不能再读。请重新上传。"),
    "purpose.inactive": gettext_lazy("所声明的目的已停用或告知失效。请联系个人信息保护负责人，或更换目的。"),
    "operator.gone": gettext_lazy("上传人已离岗或调岗。由归口部门负责人接手后才能继续。"),
    "role.not-allowed": gettext_lazy("您的角色已不能导入。请联系安全管理员。"),
    "keys.unavailable": gettext_lazy("密钥服务没有应答，没有加密就不入库。请告知系统管理员，恢复后继续。"),
}


def language() -> str:
    return get_language() or "zh-hans"


def said(text: Text) -> str:
    return text.in_(language())


def problem_text(code: str) -> str:
    """What a step's refusal says to the person."""
    return str(PROBLEMS.get(code) or _("没有执行（%(code)s）。") % {"code": code})


def stopped_text(code: str) -> str:
    """Why work on a batch stopped."""
    if code in STOPPED:
        return str(STOPPED[code])
    text = FILE_TEXTS.get(code.removeprefix("file."))
    if code.startswith("file.") and text and "{" not in text.zh:
        return said(text)
    if code.startswith("file."):
        return _("文件读不下去（%(code)s）。请核对文件后重新上传。") % {"code": code}
    return _("入库被拒绝（%(code)s）。请把这个代码告诉个人信息保护负责人，问题解除后继续。") % {"code": code}


def status(batch: ImportBatch) -> detail.Standing:
    """Where a batch stands, and what exactly in it."""
    state = S(batch.state)
    if state is S.DONE:
        standing = Standing(batch.standing)
        return detail.Standing(STANDING_KINDS[standing], str(state.label), str(standing.label))
    second = {
        S.DRAFT: _("已中止检查") if batch.problem else _("待映射") if not batch.purpose else _("待检查"),
        S.CHECKING: _progress(batch.rows_checked, batch.rows_total),
        S.CHECKED: _("待开始"),
        S.RUNNING: _progress(batch.rows_done, batch.rows_total),
        S.PAUSED: _progress(batch.rows_done, batch.rows_total),
        S.FAILED: _progress(batch.rows_done, batch.rows_total),
        S.CANCELLED: _("文件已销毁"),
    }[state]
    return detail.Standing(STATE_KINDS[state], str(state.label), second)


def _progress(done: int, total: int) -> str:
    return _("%(done)d / %(total)d 行") % {"done": done, "total": total}


def next_step(actor: Actor, batch: ImportBatch) -> tuple[str, str]:
    """What this person does next with the batch: the words and the address."""
    mine = batch.operator_id == actor.id
    if may_accept(actor, operator=batch.operator_id, standing=batch.standing):
        return _("核准来源"), reverse("customers:import_decide", args=[batch.id])
    if may_confirm(
        actor, operator=batch.operator_id, department=batch.department_id, standing=batch.standing
    ):
        return _("确认或驳回"), reverse("customers:import_decide", args=[batch.id])
    address = reverse("customers:import_batch", args=[batch.id])
    words = {
        S.DRAFT: _("继续准备"),
        S.CHECKING: _("看检查进度"),
        S.CHECKED: _("预览并开始"),
        S.RUNNING: _("看导入进度"),
        S.PAUSED: _("继续导入"),
        S.FAILED: _("查明并继续"),
    }
    return (words.get(S(batch.state), _("查看结果")) if mine else _("查看")), address


def list_lines(actor: Actor, batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """The lines of the list; file names of the own batches alone."""
    known = list(batches)
    names = queries.file_names(actor, known)
    lines = []
    for batch in known:
        words, address = next_step(actor, batch)
        lines.append(
            {
                "batch": batch,
                "mine": batch.operator_id == actor.id,
                "name": names.get(batch.id),
                "status": status(batch),
                "purpose": purpose_name(batch),
                "next": words,
                "address": address,
            }
        )
    return lines


def purpose_name(batch: ImportBatch) -> str:
    rule = rulebooks["rulebook"].purpose(batch.purpose) if batch.purpose else None
    return said(rule.name) if rule else batch.purpose


def steps(batch: ImportBatch, draft: Draft | None, current: str) -> list[dict[str, str]]:
    """The steps for console/parts/stepper.html."""
    done = steps_done(batch, draft)
    if current == "sheets" and not batch.purpose:
        done.discard("columns")  # proposed, and not looked at yet
    found = []
    for name, title in STEPS:
        state = "current" if name == current else "done" if name in done else "todo"
        open_ = name in done and name != "upload" and (batch.state in EDITABLE or name == "result")
        href = reverse(f"customers:import_{name}", args=[batch.id]) if open_ else ""
        found.append({"title": str(title), "state": state, "href": href})
    return found


def steps_done(batch: ImportBatch, draft: Draft | None) -> set[str]:
    """The steps that need nothing more."""
    if batch.state == S.DONE:
        return {name for name, _title in STEPS}
    done = {"upload"}
    if batch.state not in BEFORE_RUN:
        return done | {"sheets", "columns", "declare", "check", "preview"}
    if draft and all(plan.used is not None for plan in draft.sheets) and any(p.used for p in draft.sheets):
        done.add("sheets")
    if draft and all(None not in plan.columns for plan in draft.sheets if plan.used):
        done.add("columns")
    if batch.purpose:
        done.add("declare")
    if batch.state == S.CHECKED:
        done.add("check")
    return done


def place_of(batch: ImportBatch, draft: Draft | None) -> str:
    """The step at which the importer goes on."""
    fixed = {
        S.CHECKING: "check",
        S.CHECKED: "preview",
        S.RUNNING: "run",
        S.PAUSED: "run",
        S.FAILED: "run",
        S.DONE: "result",
        S.CANCELLED: "result",
    }
    if batch.state != S.DRAFT:
        return fixed[S(batch.state)]
    done = steps_done(batch, draft)
    return next(name for name, _title in STEPS if name not in done)


def first_step() -> list[dict[str, str]]:
    """The steps before there is a batch."""
    return [
        {"title": str(title), "state": "todo" if number else "current", "href": ""}
        for number, (_name, title) in enumerate(STEPS)
    ]


def sheet_cards(draft: Draft, form: Form) -> list[dict[str, Any]]:
    """Every sheet with its size, what was found in it, its first rows, and what is asked about it."""
    cards = []
    for number, (plan, look) in enumerate(zip(draft.sheets, draft.looks, strict=True)):
        cards.append(
            {
                "number": number,
                "label": sheet_label(plan),
                "plan": plan,
                "look": look,
                "header": plan.layout.header[:SHOWN_COLUMNS],
                "hidden_columns": max(0, plan.layout.width - SHOWN_COLUMNS),
                "samples": [row[:SHOWN_COLUMNS] for row in look.samples[:SHOWN_ROWS]],
                "findings": [(said(text), blocks) for text, blocks in look.findings],
                "heading": form[f"header-{number}"],
                "single": len(draft.sheets) == 1,
            }
        )
    return cards


def purpose_cards(
    known: Iterable[PurposeRule], draft: Draft, version_of: Callable[[UUID], NoticeVersion | None]
) -> dict[str, dict[str, Any]]:
    """What each purpose rests on, and how many of the mapped columns it needs."""
    mapped = [key for plan in draft.sheets if plan.used for key in plan.columns if key]
    rules = rulebooks["rulebook"].fields()
    cards = {}
    for purpose in known:
        needed = mapping.mappable(rules, purpose)
        version = version_of(purpose.notice_version_id) if purpose.notice_version_id else None
        cards[purpose.key] = {
            "article": cite(purpose.article, language()),
            "version": version,
            "needed": sum(key in needed for key in mapped),
            "mapped": len(mapped),
            "foreign": [said(rules[key].name) for key in mapped if key in rules and key not in needed],
        }
    return cards


def reuse(actor: Actor, draft: Draft) -> dict[str, Any] | None:
    """What can be taken over from last time: the mapping that stands, and the latest declaration."""
    same = remembering.followed(actor, draft)
    earlier = queries.last_done(actor) if same else None
    whole = all(None not in plan.columns for plan in draft.sheets if plan.name in same)
    if earlier is None or not whole or earlier.purpose not in {p.key for p in queries.purposes(actor)}:
        return None
    return {
        "earlier": earlier,
        "purpose": purpose_name(earlier),
        "day": max(row.used_at for row in same.values()),
    }


# Columns


def sheet_label(plan: SheetPlan) -> str:
    """A text file is one sheet without a name."""
    return plan.name or _("文件内容")


def field_groups(known: Mapping[str, FieldRule]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of a select box, grouped by record, in reading order."""
    groups = []
    for record in Field.Record:
        rules = sorted((r for r in known.values() if r.record == record), key=reading_place)
        if rules:
            groups.append((str(record.label), [(rule.key, said(rule.name)) for rule in rules]))
    return groups


def offered(actor: Actor, batch: ImportBatch) -> dict[str, FieldRule]:
    """The fields that a column may be mapped to: those of the declared purpose, else of all the actor's purposes."""
    rules = rulebooks["rulebook"].fields()
    own = queries.purposes(actor)
    chosen: Iterable[PurposeRule] = [p for p in own if p.key == batch.purpose] or own
    return {key: rule for purpose in chosen for key, rule in mapping.mappable(rules, purpose).items()}


def column_sheets(actor: Actor, draft: Draft, known: Mapping[str, FieldRule]) -> list[dict[str, Any]]:
    """The used sheets with their columns, each with samples, proposal and reason."""
    same = remembering.followed(actor, draft)
    every = mapping.mappable(rulebooks["rulebook"].fields())
    found = []
    for number, (plan, look) in enumerate(zip(draft.sheets, draft.looks, strict=True)):
        if plan.used is False:
            continue
        lines = [
            _column_line(plan, column, look.values(column), known, every)
            for column in range(plan.layout.width)
        ]
        found.append(
            {
                "number": number,
                "label": sheet_label(plan),
                "rows": look.rows,
                "remembered": same[plan.name].used_at if plan.name in same else None,
                "lines": lines,
                "open": sum(line["open"] for line in lines),
            }
        )
    return found


def _column_line(
    plan: SheetPlan,
    column: int,
    values: list[str],
    known: Mapping[str, FieldRule],
    every: Mapping[str, FieldRule],
) -> dict[str, Any]:
    heading, chosen = plan.layout.header[column], plan.columns[column]
    offers = columns.propose(heading, values, keys=every.keys())
    fits = next((offer for offer in offers if offer.field_key == chosen), None)
    reason = _reason(fits, every) if fits else ""
    if chosen is None and offers:
        name = said(every[offers[0].field_key].name)
        reason = _("可能是“%(name)s”：%(why)s") % {"name": name, "why": _reason(offers[0], every)}
    elif chosen is None:
        reason = _("看不出是什么字段，请您决定。")
    return {
        "column": column,
        "letter": column_letter(column),
        "heading": heading,
        "samples": [value for value in dict.fromkeys(values) if value.strip()][:SAMPLE_VALUES],
        "chosen": chosen,
        "open": chosen is None,
        "dropped": chosen == DROPPED,
        "reason": reason,
        # Kept selectable, so that the page shows what stands in the draft; the gaps say what is wrong with it.
        "foreign": said(every[chosen].name) if chosen and chosen not in known and chosen in every else "",
    }


def _reason(offer: columns.Proposal, every: Mapping[str, FieldRule]) -> str:
    """Why a field is proposed, with the field called as the catalogue calls it."""
    known = columns.columns().get(offer.field_key)
    text = said(offer.reason)
    return text.replace(known.name, said(every[offer.field_key].name)) if known else text


def column_letter(column: int) -> str:
    """The name of a column as spreadsheet programs show it: A, B … AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def gap_lines(batch: ImportBatch, draft: Draft, gaps: Iterable[Gap]) -> list[dict[str, str]]:
    """What is missing, each with the place where it is put right."""
    numbers = {plan.name: number for number, plan in enumerate(draft.sheets)}
    lines = []
    for gap in gaps:
        step = "sheets" if gap.code in OF_SHEETS else "columns"
        anchor = "" if gap.column is None else f"#c-{numbers[gap.sheet]}-{gap.column}"
        sheet = numbers.get(gap.sheet)
        lines.append(
            {
                "text": said(gap.text),
                "where": sheet_label(draft.sheets[sheet]) if sheet is not None and len(numbers) > 1 else "",
                "href": reverse(f"customers:import_{step}", args=[batch.id]) + anchor,
                "step": str(dict(STEPS)[step]),
            }
        )
    return lines


def progress(batch: ImportBatch) -> dict[str, Any]:
    """How far work on the batch has come; `going` while it goes on by itself."""
    state = S(batch.state)
    done = batch.rows_checked if state in BEFORE_RUN else batch.rows_done
    total = max(batch.rows_total, done)
    waits = state in WORKING and not done
    return {
        "state": state.value,
        "going": state in WORKING,
        "done": done,
        "total": total,
        "text": _("等待后台开始…")
        if waits
        else _("%(done)d / %(total)d 行（%(percent)d%%）")
        % {"done": done, "total": total, "percent": done * 100 // total if total else 0},
    }


def reconciliation(batch: ImportBatch) -> list[dict[str, Any]]:
    """What became of every row that was read; the parts add up to the whole."""
    parts = (
        (_("新建客户"), batch.created_count, _("每位新客户的第一行。")),
        (_("更新已有客户"), batch.updated_count, _("库中已有的客户得到补充或更正。")),
        (_("并入同一客户"), batch.merged_count, _("同一客户的其他行，例如更多订单。")),
        *(
            [(_("待审核"), batch.waiting_count, _("外部提供、与已有客户不同的内容，来源核准后由人审核。"))]
            if batch.waiting_count
            else []
        ),
        (_("被拒绝"), batch.refused_count, _("逐行写明原因，可下载更正后再导入。")),
        (_("未导入"), batch.dropped_count, _("导入前选择不导入，或没有新内容。")),
    )
    return [{"name": name, "count": count, "text": text} for name, count, text in parts]


def refused_sheets(batch: ImportBatch, draft: Draft | None) -> list[tuple[int, str]]:
    """The sheets whose refused rows can be fetched; each has columns of its own."""
    if draft is None or not batch.refused_count or batch.state != S.DONE:
        return []
    used = [(number, sheet_label(plan)) for number, plan in enumerate(draft.sheets) if plan.used]
    if len(used) > 1 and batch.refused_count <= LOOKED_THROUGH:
        holding = {row.sheet for row in drafts.refused_rows(batch)}
        used = [(number, label) for number, label in used if number in holding]
    return used


def story_lines(batch: ImportBatch, actor: Actor) -> list[dict[str, Any]]:
    """The batch's timeline, with staff by name."""
    return told(_looks_as_one(queries.story(batch)), actor)


def _looks_as_one(lines: Iterable[Line]) -> list[Line]:
    """Page after page of the grid is one line of the story, with all rows together; the journal keeps each."""
    told: list[Line] = []
    for line in lines:
        if told and line.event == told[-1].event == "batch.rows_shown":
            count = line.data["count"] + told[-1].data["count"]
            told[-1] = replace(told[-1], data={**line.data, "count": count})
        else:
            told.append(line)
    return told


def verbs(actor: Actor, batch: ImportBatch) -> dict[str, bool]:
    """What this person may decide about the batch."""
    mine, standing, department = batch.operator_id, batch.standing, batch.department_id
    return {
        "may_accept": may_accept(actor, operator=mine, standing=standing),
        "may_confirm": may_confirm(actor, operator=mine, department=department, standing=standing),
        "may_reject": may_reject(actor, operator=mine, department=department, standing=standing),
    }
