"""The grid in which lines of an order are changed: what it shows, what was typed and what is wrong; never saves."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.identifiers import masked_in
from shouxin.core.policy import FieldRule, Form, Necessity, PurposeRule
from shouxin.core.text import Text
from shouxin.customers.registry import rules
from shouxin.customers.registry.forms import ZONE
from shouxin.customers.registry.lines import LineChange
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import CustomerView, RecordView
from shouxin.customers.registry.rules import CellProblem
from shouxin.gate.facts import rules as rulebooks

PER_PAGE = 20
MOST_CELLS = 700  # a browser's form may carry a thousand fields
EXTRA = 3
MOST_DIGITS = 6
LINE = re.compile(r"line-([0-9]{1,6})-")
REQUIRED = Text("必填项不能清空。", "A required value cannot be taken away.")
PROBLEMS = {
    "lines.beyond-purpose": gettext_lazy(
        "这张订单的明细含有当前目的不包含的字段，不能删除行。请换用包含这些字段的目的后再删。"
    ),
    "lines.altered": gettext_lazy("这张订单的明细校验失败，已拒绝修改。请告知安全保密管理员。"),
    "lines.unknown": gettext_lazy("没有这一行。请重新打开本页再改。"),
}


@dataclass(slots=True)
class Box:
    """One input of the grid."""

    name: str
    head: str
    label: str
    value: str
    hint: str
    error: str = ""


@dataclass(slots=True)
class Row:
    """One line: its title and inputs; `place` is None for a line to be added."""

    title: str
    boxes: list[Box]
    place: int | None = None
    removed: bool = False


@dataclass(slots=True)
class Grid:
    """One page of an order's lines, and what the form says should become of them."""

    columns: Sequence[FieldRule]
    page: int
    pages: int
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    changed: dict[int, dict[str, str]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    added: list[dict[str, str]] = field(default_factory=list)

    @property
    def change(self) -> LineChange:
        return LineChange(self.changed, frozenset(self.removed), self.added)

    @property
    def heads(self) -> list[str]:
        """The columns' names."""
        return [_name(rule) for rule in self.columns]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every row of one form is judged by."""

    data: QueryDict
    purpose: PurposeRule
    now: datetime


def grid_of(
    data: QueryDict,
    record: RecordView | None,
    columns: Sequence[FieldRule],
    purpose: PurposeRule,
    now: datetime,
    page: int,
    *,
    afresh: bool = False,
) -> Grid:
    """The grid with what `data` says; `afresh` shows standing lines as they are now and keeps the new ones alone."""
    lines = record.lines if record else []
    size = max(1, min(PER_PAGE, MOST_CELLS // max(1, len(columns))))
    pages = max(1, -(-len(lines) // size))
    grid = Grid(columns, min(max(page, 1), pages), pages)
    asked = _Asked(data, purpose, now)
    standing = _Asked(QueryDict(), purpose, now) if afresh else asked
    clear = {rule.key for rule in columns if _is_clear(record, rule.key)}
    first = (grid.page - 1) * size
    for place in range(first, min(first + size, len(lines))):
        shown = {rule.key: _shown(record, lines[place], rule.key) for rule in columns}
        grid.rows.append(_standing(grid, standing, place, shown, clear))
    if afresh:
        grid.typed = _sent(data, columns, clear, lines)
    if grid.page == pages:
        grid.rows += [_new(grid, asked, number) for number in range(EXTRA)]
    return grid


def _sent(
    data: QueryDict, columns: Sequence[FieldRule], clear: set[str], lines: Sequence[Mapping[str, str]]
) -> list[str]:
    """What was sent about lines that no longer stand so: told for reading, as their places may have moved."""
    standing = {tuple(line.get(rule.key, "") for rule in columns if rule.key in clear) for line in lines}
    told = []
    for place in sorted({int(found[1]) for name in data if (found := LINE.match(name))}):
        values = {rule.key: data.get(f"line-{place}-{rule.key}", "").strip() for rule in columns}
        removed = str(place) in data.getlist("remove")
        seen = tuple(values[rule.key] for rule in columns if rule.key in clear)
        hidden = any(values[rule.key] for rule in columns if rule.key not in clear)
        if removed or hidden or seen not in standing:
            parts = [f"{_name(rule)} {values[rule.key]}" for rule in columns if values[rule.key]]
            parts += [_("要删除")] if removed else []
            told.append(_("第 %(line)d 行：%(text)s") % {"line": place + 1, "text": _("，").join(parts)})
    return told


def _standing(grid: Grid, asked: _Asked, place: int, shown: Mapping[str, str], clear: set[str]) -> Row:
    """A line that stands already. What is seen clear is edited in place; behind a mask, empty means unchanged."""
    title = _("第 %(line)d 行") % {"line": place + 1}
    boxes, given = [], {}
    for rule in grid.columns:
        name, now_shown = f"line-{place}-{rule.key}", shown[rule.key]
        text = asked.data.get(name)
        seen = now_shown if rule.key in clear else ""
        value = seen if text is None else text.strip()
        boxes.append(
            Box(
                name,
                _name(rule),
                f"{title} {_name(rule)}",
                value,
                "" if rule.key in clear else masked_in(_language(), now_shown),
            )
        )
        if value != seen:
            given[rule.key] = value
    row = Row(title, boxes, place, removed=str(place) in asked.data.getlist("remove"))
    if row.removed:
        grid.removed.add(place)
    elif given:
        grid.changed[place] = given
        _judge(grid, asked, row, given, partial=True)
    return row


def _new(grid: Grid, asked: _Asked, number: int) -> Row:
    title = _("新增第 %(line)d 行") % {"line": number + 1}
    names = {rule.key: f"new-{number}-{rule.key}" for rule in grid.columns}
    given = {key: asked.data.get(name, "").strip() for key, name in names.items()}
    boxes = [
        Box(names[rule.key], _name(rule), f"{title} {_name(rule)}", given[rule.key], "")
        for rule in grid.columns
    ]
    row = Row(title, boxes)
    if any(given.values()):
        grid.added.append(given)
        _judge(grid, asked, row, given, partial=False)
    return row


def _judge(grid: Grid, asked: _Asked, row: Row, given: Mapping[str, str], *, partial: bool) -> None:
    """Say of each wrong value in which line and field it stands, and whether it is refused or kept as 未核验."""
    checked = rules.check_record(
        given,
        record="order_line",
        subject=None,
        rules=rulebooks["rulebook"].fields(),
        purpose=asked.purpose,
        today=asked.now.astimezone(ZONE).date(),
        partial=partial,
    )
    by_key = {rule.key: box for rule, box in zip(grid.columns, row.boxes, strict=True)}
    names = {rule.key: _name(rule) for rule in grid.columns}
    for problem in [*checked.problems, *_emptied(given, asked.purpose, partial=partial)]:
        text = problem.text.in_(_language())
        sentence = _("%(line)s %(field)s：%(text)s") % {
            "line": row.title,
            "field": names.get(problem.field, problem.field),
            "text": text,
        }
        (grid.problems if problem.refuses else grid.remarks).append(sentence)
        if problem.refuses and problem.field in by_key:
            by_key[problem.field].error = text


def _emptied(given: Mapping[str, str], purpose: PurposeRule, *, partial: bool) -> Iterable[CellProblem]:
    for key, text in given.items():
        if partial and not text and purpose.fields[key] is Necessity.REQUIRED:
            yield CellProblem(key, "field.required", REQUIRED, refuses=True)


def _is_clear(record: RecordView | None, key: str) -> bool:
    """Whether the column is shown as it is; a column that does not exist yet hides nothing."""
    found = record.cells.get(key) if record else None
    return found is None or (found.form is Form.CLEAR and not found.broken)


def _shown(record: RecordView | None, line: Mapping[str, str], key: str) -> str:
    found = record.cells.get(key) if record else None
    if found is not None and not found.lines:
        return _("已隐藏")
    return line.get(key, "")


def _name(rule: FieldRule) -> str:
    return rule.name.in_(_language())


def _language() -> str:
    return get_language() or "zh-hans"


def read(
    request: HttpRequest,
    view: CustomerView,
    columns: Sequence[FieldRule],
    purpose: PurposeRule,
    now: datetime,
    *,
    afresh: bool = False,
) -> Grid:
    """The page of the grid that `request` is about."""
    record = view.records[0] if view.records else None
    wanted = request.GET.get("page", "")
    page = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < MOST_DIGITS else 1
    return grid_of(request.POST, record, columns, purpose, now, page, afresh=afresh)


def say_stored(request: HttpRequest, grid: Grid, *, changed: bool) -> None:
    """Tell what was stored, and which values stand as 未核验 and why."""
    if not changed:
        messages.info(request, _("没有改动，也没有保存任何内容。"))
        return
    messages.success(request, _("已保存。"))
    for sentence in grid.remarks:
        messages.warning(request, f"{sentence} {_('已按“未核验”保存。')}")


def context(row: Customer, grid: Grid, conflict: list[dict[str, Any]] | None) -> dict[str, Any]:
    """For the template: the grid, with the pages before and after it."""
    return {
        "page_title": _("修改明细"),
        "row": row,
        "grid": grid,
        "conflict": conflict,
        "previous_href": f"?page={grid.page - 1}" if grid.page > 1 else "",
        "next_href": f"?page={grid.page + 1}" if grid.page < grid.pages else "",
    }
