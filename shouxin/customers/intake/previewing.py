"""The grid of a checked file: every row with its problems at their cells, and what the dry run says will happen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.core.policy import FieldRule
from shouxin.core.text import Text
from shouxin.customers.intake import agreeing, queries
from shouxin.customers.intake.assembling import REASONS
from shouxin.customers.intake.convert import Parsed, Reader, RowProblem, parse
from shouxin.customers.intake.drafts import Draft, printable
from shouxin.customers.intake.mapping import SheetPlan
from shouxin.customers.intake.models import BatchState, Existing, ImportBatch
from shouxin.customers.intake.presenting import column_letter, said, sheet_label
from shouxin.customers.intake.queries import RowPage
from shouxin.customers.intake.reading import Row
from shouxin.gate.facts import rules as rulebooks

LONGEST_SHOWN = 120  # characters of a cell; the whole text stands in its input


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the grid is asked for: the sheet, the page, one row, only rows with problems, the row being mended."""

    sheet: int
    page: int = 1
    row: int | None = None
    problems: bool = False
    editing: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, str], draft: Draft) -> "Wanted":
        """What an address asks for; nonsense asks for the beginning."""
        used = [number for number, plan in enumerate(draft.sheets) if plan.used]
        sheet = _number(data.get("sheet"))
        return cls(
            sheet if sheet in used else (used or [0])[0],
            _number(data.get("page")) or 1,
            _number(data.get("row")),
            data.get("only") == "problems",
            _number(data.get("edit")),
        )

    def query(self, **changes: object) -> str:
        """The address of another view of the grid."""
        now: dict[str, object] = {
            "sheet": self.sheet,
            "page": self.page,
            "row": self.row,
            "only": "problems" if self.problems else "",
        }
        kept = {key: value for key, value in {**now, **changes}.items() if value not in (None, "")}
        return "?" + "&".join(f"{key}={value}" for key, value in kept.items())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - rows fit


def page_of(batch: ImportBatch, draft: Draft, wanted: Wanted) -> RowPage:
    """The rows asked for; raises as `drafts.upload_of`."""
    if wanted.row is not None:
        return queries.chosen_page(draft, wanted.sheet, [wanted.row], 1)
    if wanted.problems:
        places = [row for sheet, row in batch.findings.get("problem_rows", []) if sheet == wanted.sheet]
        return queries.chosen_page(draft, wanted.sheet, places, wanted.page)
    return queries.sheet_page(draft, wanted.sheet, wanted.page, draft.looks[wanted.sheet].rows)


def reader_of(batch: ImportBatch, draft: Draft, sheet: int, today: date) -> Reader | None:
    """What the rows of a sheet are checked with, while the declared purpose is there."""
    book = rulebooks["rulebook"]
    purpose = book.purpose(batch.purpose)
    if purpose is None:
        return None
    pages = agreeing.Book.of(purpose.key, today) if purpose.consent_based else None
    return Reader.of(sheet, draft.sheets[sheet], book.fields(), purpose, today, pages)


def columns_of(draft: Draft, sheet: int, rules: Mapping[str, FieldRule]) -> list[dict[str, Any]]:
    """The columns that are imported: what is left out is not shown again."""
    plan = draft.sheets[sheet]
    return [
        {
            "column": number,
            "letter": column_letter(number),
            "heading": plan.layout.header[number],
            "field": said(rules[key].name if key in rules else agreeing.NAMES.get(key, Text(key, key))),
        }
        for number, key in enumerate(plan.columns)
        if key
    ]


def grid_rows(
    batch: ImportBatch, draft: Draft, reader: Reader, found: Iterable[Row], wanted: Wanted
) -> list[dict[str, Any]]:
    """The lines of the grid, checked now, with the corrections made so far."""
    whole = _whole_problems(batch, reader.sheet, reader.plan)
    return [_line(draft, reader, row, whole.get(row.number, []), wanted) for row in found]


def _whole_problems(batch: ImportBatch, sheet: int, plan: SheetPlan) -> dict[int, list[RowProblem]]:
    """What only the check of the whole file shows of a row: clashes with other rows, orders of several customers,
    what somebody said of their consent."""
    known: dict[int, list[RowProblem]] = {}
    for place, row, code, refuses, key in batch.findings.get("whole", []):
        text = REASONS.get(code) or agreeing.PROBLEMS.get(code)
        if place == sheet and text is not None:
            column = plan.position(key) if key else None
            known.setdefault(row, []).append(RowProblem(column, code, text, refuses, key))
    return known


def _line(draft: Draft, reader: Reader, row: Row, whole: list[RowProblem], wanted: Wanted) -> dict[str, Any]:
    place, open_ = (reader.sheet, row.number), row.number == wanted.editing
    mended = draft.corrections.of(*place)
    parsed = parse(reader, row, mended)
    codes = {problem.code for problem in parsed.problems}
    problems = [*parsed.problems, *(one for one in whole if not mended and one.code not in codes)]
    out = place in draft.dropped
    cells = [_cell(parsed, column, problems, mended, open_=open_ and not out) for column in reader.shown]
    return {
        "number": row.number,
        "cells": cells,
        "whole": [said(p.text) for p in problems if p.column is None or row.problem is not None],
        "broken": row.problem is not None,
        "refused": any(p.refuses for p in problems) and not out,
        "remarked": bool(problems) and not out,
        "mended": bool(mended),
        "out": out,
        "inputs": not out and row.problem is None and any(cell["input"] for cell in cells),
        "open": open_,
        "edit_href": wanted.query(edit=row.number),
        "form": f"f-{reader.sheet}-{row.number}",
    }


def _cell(
    parsed: Parsed, column: int, problems: list[RowProblem], mended: Mapping[int, str], *, open_: bool
) -> dict[str, Any]:
    here = [p for p in problems if p.column == column]
    text = printable(parsed.cells[column]) if column < len(parsed.cells) else ""
    return {
        "column": column,
        "letter": column_letter(column),
        "text": text,
        "short": text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…",
        "problems": [said(p.text) for p in here],
        "bad": any(p.refuses for p in here),
        "mended": column in mended,
        "input": bool(here) or open_,
    }


def texts_of(draft: Draft, sheet: int, number: int) -> dict[int, str]:
    """The cells of one row as they stand now, by column."""
    mended = draft.corrections.of(sheet, number)
    found = queries.rows_at(draft, sheet, [number])
    return {**dict(enumerate(map(printable, found[0].cells))), **mended} if found else {}


def summary_lines(batch: ImportBatch) -> list[dict[str, Any]]:
    """What the check found, by field and rule, each with a way to the first such row."""
    grid = reverse("customers:import_preview", args=[batch.id])
    rules = rulebooks["rulebook"].fields()
    lines = []
    for found in batch.findings.get("problems", []):
        sheet, row = found["first"]
        name = rules[found["field"]].name if found["field"] in rules else None
        lines.append(
            {
                "field": said(name) if name else _("整行"),
                "text": said(Text(*found["text"])),
                "refuses": found["refuses"],
                "count": found["count"],
                "row": row,
                "href": f"{grid}?sheet={sheet}&row={row}",
            }
        )
    return lines


def forecast(batch: ImportBatch) -> dict[str, Any]:
    """What the run will do, as the last check counted it."""
    found = batch.findings
    return {
        "rows": found.get("rows", 0),
        "refused": found.get("refused", 0),
        "remarked": found.get("remarked", 0),
        "left_out": found.get("left_out", 0),
        "columns_left_out": found.get("columns_left_out", 0),
        "new": found.get("customers", 0),
        "existing": found.get("existing", 0),
        "policy": str(Existing(batch.existing).label),
        "external": batch.source == "external",
        "stale": stale(batch),
    }


def stale(batch: ImportBatch) -> bool:
    """Whether something was mended or left out since the counts were made."""
    return batch.state == BatchState.CHECKED and mended_since(batch)


def mended_since(batch: ImportBatch) -> bool:
    """Whether the problems the check found are no longer all there: cells were mended or rows left out since."""
    return bool(batch.findings.get("revision", batch.draft_revision) != batch.draft_revision)


def pager(wanted: Wanted, page: RowPage) -> dict[str, Any]:
    """For the line below the grid."""
    if wanted.row is not None or page.pages == 1:
        return {"previous_href": "", "next_href": "", "page_number": 1, "pages": 1}
    return {
        "previous_href": wanted.query(page=page.number - 1) if page.number > 1 else "",
        "next_href": wanted.query(page=page.number + 1) if page.number < page.pages else "",
        "page_number": page.number,
        "pages": page.pages,
    }


def sheet_tabs(draft: Draft, wanted: Wanted) -> list[dict[str, Any]]:
    """The imported sheets, when there are several."""
    used = [(n, plan) for n, plan in enumerate(draft.sheets) if plan.used]
    if len(used) == 1:
        return []
    return [
        {
            "label": sheet_label(plan),
            "href": wanted.query(sheet=n, page=1, row=None),
            "current": n == wanted.sheet,
        }
        for n, plan in used
    ]
