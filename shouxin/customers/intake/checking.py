"""The dry run: the whole file is read, checked and counted, and nothing is stored."""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule
from shouxin.core.text import Text
from shouxin.customers.intake import agreeing
from shouxin.customers.intake.assembling import REASONS, Assembled, Assembler, Held, Outcome
from shouxin.customers.intake.convert import Parsed
from shouxin.customers.intake.grouping import Group
from shouxin.customers.intake.models import Existing
from shouxin.customers.intake.running import Work, object_to, parsed_group, said_before
from shouxin.kit import ids

PROBLEM_ROWS = 5_000  # so many rows with problems are listed after a check; all are counted
SHARED_FIELDS = ("mobile", "id_number", "email", "uscc")


@dataclass(slots=True)
class Summary:
    """What a dry run counts."""

    rows: int = 0
    refused: int = 0
    remarked: int = 0
    customers: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    problems: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    first: dict[tuple[str, str, bool], tuple[int, int, Text]] = field(default_factory=dict)
    left_out: int = 0
    # What only the whole file shows of a row: sheet, row, code, whether it refuses, field.
    whole: list[tuple[int, int, str, bool, str]] = field(default_factory=list)
    problem_rows: list[tuple[int, int]] = field(default_factory=list)
    # Digests of 8 bytes, not texts: they have to fit into memory for a million customers.
    shared: dict[str, "array[int]"] = field(
        default_factory=lambda: {key: array("q") for key in SHARED_FIELDS}
    )
    begun: set[int] = field(default_factory=set)  # numbers of new customers
    met: set[int] = field(default_factory=set)  # customers of the register

    def see(self, row: Parsed) -> None:
        """Count one row."""
        self.rows += 1
        self.refused += row.refused
        for values in row.values.values():
            self.filled.update(values.keys())
        for problem in row.problems:
            place = (problem.field, problem.code, problem.refuses)
            self.problems[place] += 1
            self.first.setdefault(place, (row.sheet, row.number, problem.text))
            of_customer = problem.column is None and problem.code in agreeing.PROBLEMS
            if (problem.code in REASONS or of_customer) and len(self.whole) < PROBLEM_ROWS:
                self.whole.append((row.sheet, row.number, problem.code, problem.refuses, problem.field))
        if row.problems:
            self.remarked += not row.refused
            if len(self.problem_rows) < PROBLEM_ROWS:
                self.problem_rows.append((row.sheet, row.number))

    def see_customer(self, done: Assembled, rules: Mapping[str, FieldRule]) -> None:
        """Count one customer, and whose identifiers it shares with another one."""
        self.customers += Outcome.CREATED in done.outcomes
        for key in SHARED_FIELDS:
            if kept := done.profile.get(key):
                self.shared[key].append(hash(identifiers.normalise(rules[key].validator, kept.text)))

    def as_json(self) -> dict[str, Any]:
        """Counts and codes; no value of a customer."""
        return {
            "rows": self.rows,
            "refused": self.refused,
            "remarked": self.remarked,
            "customers": self.customers,
            "existing": len(self.met),
            "filled": dict(sorted(self.filled.items())),
            "problems": [
                {
                    "field": f,
                    "code": c,
                    "refuses": r,
                    "count": n,
                    "first": list(self.first[f, c, r][:2]),
                    "text": [self.first[f, c, r][2].zh, self.first[f, c, r][2].en],
                }
                for (f, c, r), n in self.problems.most_common()
            ],
            "left_out": self.left_out,
            "whole": [list(place) for place in self.whole],
            "problem_rows": [list(place) for place in self.problem_rows],
            "shared": {key: _repeated(seen) for key, seen in self.shared.items()},
        }


def _repeated(digests: "array[int]") -> int:
    """How many of them stand there more than once."""
    found = sorted(digests)
    return sum(
        one in (found[place - 1 : place] + found[place + 1 : place + 2]) for place, one in enumerate(found)
    )


def check(work: Work, now: datetime, progress: Callable[[int], None]) -> Summary:
    """Go through the whole file without storing anything; `progress` is told the number of rows seen."""
    summary = Summary()
    for chunk in work.gatherer.chunks():
        groups = [parsed_group(work, group) for group in chunk]
        work.forget()
        numbered = {group.customer: rows for group, rows in zip(chunk, groups, strict=True) if group.customer}
        with transaction.atomic():
            held = work.holding(now).foreseen(numbered)
            said = said_before(work, held, now)
        summary.met |= {hash(known.id) for known in held.values()}
        for group, found in zip(chunk, groups, strict=True):
            object_to(found, held.get(group.customer), said)
            _see_group(summary, work, group, found, held)
        progress(summary.rows)
    return summary


def _see_group(
    summary: Summary, work: Work, group: Group, found: Sequence[Parsed], held: Mapping[str, Held]
) -> None:
    kept = work.kept(found)
    known = held.get(group.customer)
    begun = bool(group.customer) and hash(group.customer) in summary.begun
    if known is None and begun:  # an earlier chunk of this very file would have created it
        known = Held(ids.new(), "", writable=True, ours=True)
    done = Assembler(known, Existing(work.batch.existing), external=work.external).run(kept)
    for row in kept:
        summary.see(row)
    summary.rows += len(found) - len(kept)
    summary.left_out += len(found) - len(kept)
    if not begun:
        summary.see_customer(done, work.rules)
    if group.customer and Outcome.CREATED in done.outcomes:
        summary.begun.add(hash(group.customer))
